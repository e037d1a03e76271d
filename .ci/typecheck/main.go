// Typecheck reads the packages of a module, and their tests, as another system has
// them, and reports what would not compile there. It makes no code: to compile the
// standard library and every dependency once more for each system takes minutes.
//
//	typecheck DIR GOOS/GOARCH...
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "typecheck: name the module's directory and systems, as in: typecheck . darwin/arm64")
		os.Exit(2)
	}
	failed := false
	for _, system := range os.Args[2:] {
		count, err := check(os.Args[1], system)
		if err == nil && count == 0 {
			err = fmt.Errorf("%s: no packages were read", system)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "typecheck:", err)
			failed = true
			continue
		}
		fmt.Printf("%s: %d packages\n", system, count)
	}
	if failed {
		os.Exit(1)
	}
}

const maxFaults = 20 // of one system, shown

// check reads the module in a directory for one system, and gives how many packages
// it has there.
func check(dir, system string) (count int, err error) {
	goos, goarch, _ := strings.Cut(system, "/")
	dir, err = filepath.Abs(dir)
	if err != nil {
		return 0, err
	}
	config := packages.Config{
		Mode:  packages.LoadAllSyntax,
		Dir:   dir,
		Env:   append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0", "GOWORK=off"),
		Tests: true,
		ParseFile: func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
			file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
			if file != nil && !strings.HasPrefix(name, dir+string(filepath.Separator)) {
				withoutBodies(file)
			}
			return file, err
		},
	}
	loaded, err := packages.Load(&config, "./...")
	if err != nil {
		return 0, fmt.Errorf("%s: %w", system, err)
	}
	var faults []string
	for _, p := range loaded {
		if strings.HasSuffix(p.ID, ".test") {
			continue // what go test makes: its main function calls the tests
		}
		for _, e := range p.Errors {
			faults = append(faults, e.Error())
		}
	}
	if len(faults) > maxFaults {
		faults = append(faults[:maxFaults], fmt.Sprintf("and %d more", len(faults)-maxFaults))
	}
	if len(faults) > 0 {
		return 0, fmt.Errorf("%s:\n%s", system, strings.Join(faults, "\n"))
	}
	return len(loaded), nil
}

// withoutBodies leaves only what others see of a dependency's file.
func withoutBodies(file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
}
