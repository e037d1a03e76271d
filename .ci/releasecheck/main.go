// Command releasecheck reads a goreleaser configuration as goreleaser does. It
// fails at a key that it does not know and at a file that is not there, and makes
// the packages of Linux systems from the section that describes them. It is a
// module of its own, so that restrain's does not carry goreleaser's.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
)

const usage = `usage: releasecheck CONFIG                        check it
       releasecheck CONFIG VERSION PROGRAMS OUT  make its packages, with the programs of a directory`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "releasecheck: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 && len(args) != 4 {
		return fmt.Errorf("%d arguments\n%s", len(args), usage)
	}
	project, err := config.Load(args[0])
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	root := filepath.Dir(args[0])
	if len(args) == 1 {
		if err := check(root, &project); err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		return nil
	}
	if err := makePackages(root, &project, args[1], args[2], args[3]); err != nil {
		return fmt.Errorf("%s: nfpms: %w", args[0], err)
	}
	return nil
}

func check(root string, project *config.Project) error {
	if len(project.Builds) == 0 {
		return fmt.Errorf("builds nothing; name the programs under builds")
	}
	binaries := map[string]bool{}
	for _, build := range project.Builds {
		if _, err := os.Stat(filepath.Join(root, build.Main, "main.go")); err != nil {
			return fmt.Errorf("build %q: %w; correct its main", build.ID, err)
		}
		binaries[build.Binary] = true
	}
	for _, cask := range project.Casks {
		for binary := range binaries {
			if !slices.Contains(cask.Binaries, binary) {
				return fmt.Errorf("homebrew_casks %q: %q is built and not installed; add it to its binaries", cask.Name, binary)
			}
		}
	}
	if len(project.NFPMs) == 0 || len(project.Casks) == 0 || len(project.SBOMs) == 0 {
		return fmt.Errorf("nfpms, homebrew_casks and sboms are how restrain is got; say them")
	}
	return nil
}
