package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"
)

func versionCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print the version and how it was built",
		Description: "   restrain version",
		Action:      func(*cli.Context) error { return h.printVersion() },
	}
}

func (h *host) printVersion() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	_, err := fmt.Fprintln(h.Stdout, versionText(info))
	return err
}

// versionText names the version and what it was built from. The go command
// records both: the version from the tag, the rest from the repository.
func versionText(info *debug.BuildInfo) string {
	version := "devel"
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	built := map[string]string{"vcs.revision": "unknown revision"}
	for _, setting := range info.Settings {
		built[setting.Key] = setting.Value
	}
	details := []string{built["vcs.revision"]}
	if built["vcs.modified"] == "true" {
		details = append(details, "with uncommitted changes")
	}
	if when := built["vcs.time"]; when != "" {
		details = append(details, when)
	}
	details = append(details, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	return fmt.Sprintf("restrain %s (%s)", version, strings.Join(details, ", "))
}
