package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"restrain/report"
)

// A reportFile is a report that is to be written.
type reportFile struct {
	format, path string // "-" is stdout
	appends      bool   // to what others have written there
	unasked      bool   // goes to stderr, where it is in nobody's way
}

// reportFiles reads FORMAT=FILE, before the agent starts: a report that cannot
// be written is not to be noticed when it is over. In GitHub Actions annotations
// and the job summary are written unasked.
func (h *host) reportFiles(specs []string) ([]reportFile, error) {
	var files []reportFile
	asked := map[string]bool{}
	for _, spec := range specs {
		format, path, found := strings.Cut(spec, "=")
		if !found || path == "" {
			return nil, usagef("--report %q has no file: write FORMAT=FILE, as in sarif=restrain.sarif", spec)
		}
		if err := knownFormat(format); err != nil {
			return nil, err
		}
		if info, err := os.Stat(filepath.Dir(path)); path != "-" && (err != nil || !info.IsDir()) {
			return nil, usagef("--report %s: there is no directory %s: make it first", spec, filepath.Dir(path))
		}
		asked[format] = true
		files = append(files, reportFile{format: format, path: path})
	}
	if h.getenv("GITHUB_ACTIONS") != "true" {
		return files, nil
	}
	if !asked[report.GitHub] {
		files = append(files, reportFile{format: report.GitHub, path: "-", unasked: true})
	}
	if path := h.getenv("GITHUB_STEP_SUMMARY"); path != "" && !asked[report.Summary] {
		files = append(files, reportFile{format: report.Summary, path: path, appends: true})
	}
	return files, nil
}

// knownFormat checks the name of a format.
func knownFormat(format string) error {
	if !slices.Contains(report.Formats(), format) {
		return usagef("unknown report format %q: use one of %s", format, strings.Join(report.Formats(), ", "))
	}
	return nil
}

// writeReport writes sessions to a file.
func (h *host) writeReport(to reportFile, sessions ...report.Session) error {
	var out io.Writer
	switch {
	case to.path == "-" && to.unasked:
		out = h.stderr
	case to.path == "-":
		out = h.stdout
	}
	if out != nil {
		if to.format == report.GitHub {
			fmt.Fprintln(out) // a command is one only at the beginning of a row
		}
		return report.Write(out, to.format, sessions...)
	}
	mode := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if to.appends {
		mode = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	file, err := os.OpenFile(to.path, mode, 0o644)
	if err == nil {
		err = report.Write(file, to.format, sessions...)
		if closed := file.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return fmt.Errorf("cannot write the %s report: %w; name a file that can be written", to.format, err)
	}
	return nil
}
