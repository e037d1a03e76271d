package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"restrain/platform"
	"restrain/report"
	"restrain/session"
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
			return nil, session.Usagef("--report %q has no file: write FORMAT=FILE, as in sarif=restrain.sarif", spec)
		}
		if err := knownFormat(format); err != nil {
			return nil, err
		}
		if info, err := os.Stat(filepath.Dir(path)); path != "-" && (err != nil || !info.IsDir()) {
			return nil, session.Usagef("--report %s: there is no directory %s: make it first", spec, filepath.Dir(path))
		}
		asked[format] = true
		files = append(files, reportFile{format: format, path: path})
	}
	if h.Getenv("GITHUB_ACTIONS") != "true" {
		return files, nil
	}
	if !asked[report.GitHub] {
		files = append(files, reportFile{format: report.GitHub, path: "-", unasked: true})
	}
	if path := h.Getenv("GITHUB_STEP_SUMMARY"); path != "" && !asked[report.Summary] {
		files = append(files, reportFile{format: report.Summary, path: path, appends: true})
	}
	return files, nil
}

// knownFormat checks the name of a format.
func knownFormat(format string) error {
	if !slices.Contains(report.Formats(), format) {
		return session.Usagef("unknown report format %q: use one of %s", format, strings.Join(report.Formats(), ", "))
	}
	return nil
}

// writeReport writes sessions to a file.
func (h *host) writeReport(to reportFile, sessions ...report.Session) error {
	var out io.Writer
	switch {
	case to.path == "-" && to.unasked:
		out = h.Stderr
	case to.path == "-":
		out = h.Stdout
	}
	if out != nil {
		if to.format == report.GitHub {
			fmt.Fprintln(out) // a command is one only at the beginning of a row
		}
		return report.Write(out, to.format, sessions...)
	}
	write := replaceFile
	if to.appends {
		write = appendFile
	}
	err := write(to.path, func(file *os.File) error { return report.Write(file, to.format, sessions...) })
	if err != nil {
		return fmt.Errorf("cannot write the %s report: %w; name a file that can be written", to.format, err)
	}
	return nil
}

// What may lie where a report is to be written. The agent may have put it there,
// and a report has its words in it; a pipe might never be read.
var (
	errLink    = errors.New("it is a link; name the file itself, or - for stdout")
	errSpecial = errors.New("it is no regular file")
)

const charDevice = fs.ModeDevice | fs.ModeCharDevice // such as /dev/null

// replaceFile puts a file in the place of what is there.
func replaceFile(path string, write func(*os.File) error) error {
	if info, err := os.Lstat(path); err == nil {
		switch info.Mode().Type() {
		case 0:
		case charDevice:
			return appendFile(path, write)
		case fs.ModeSymlink:
			return errLink
		default:
			return errSpecial
		}
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".restrain-report-*")
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(file.Name()))
	}
	return err
}

// appendFile adds to what is there.
func appendFile(path string, write func(*os.File) error) error {
	file, err := platform.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	switch {
	case errors.Is(err, platform.ErrLink):
		return errLink
	case platform.IsPipeAlone(err):
		return errSpecial // a pipe that nobody reads
	case err != nil:
		return err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().Type() != 0 && info.Mode().Type() != charDevice {
		err = errSpecial
	}
	if err == nil {
		err = write(file)
	}
	return errors.Join(err, file.Close())
}
