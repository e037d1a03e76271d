// Command releasecheck reads a goreleaser configuration as goreleaser does, and
// fails at a key that it does not know or a program that is not there. It is a
// module of its own, so that restrain's does not carry goreleaser's.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
)

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "releasecheck: %v\n", err)
		os.Exit(1)
	}
}

func check(path string) error {
	project, err := config.Load(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(project.Builds) == 0 {
		return fmt.Errorf("%s: builds nothing; name the programs under builds", path)
	}
	for _, build := range project.Builds {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), build.Main, "main.go")); err != nil {
			return fmt.Errorf("%s: build %q: %w; correct its main", path, build.ID, err)
		}
	}
	return nil
}
