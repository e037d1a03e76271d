package classify

import (
	"context"
	"io/fs"
	"path"
	"strings"
	"time"
)

// full is a place where everything is there to be lost: each name is a file
// that is not in git, each tracked one has changes and each branch has commits
// of its own. The examples of rules about losses are judged in it.
type full struct{ Offline }

// Looks gives the looks at that place.
func (f full) Looks() Looks { return fullLooks{f.WorkDir} }

type fullLooks struct{ root string }

func (l fullLooks) Lstat(p string) (fs.FileInfo, error) {
	if path.Base(p) == ".git" && path.Dir(p) != l.root {
		return nil, fs.ErrNotExist
	}
	return fullFile(p), nil
}

func (fullLooks) Within() time.Duration                 { return lossTime }
func (fullLooks) ReadDir(string) ([]fs.DirEntry, error) { return nil, nil }
func (fullLooks) Real(p string) (string, error)         { return p, nil }
func (fullLooks) Born(string) (time.Time, bool)         { return time.Time{}, false }

func (fullLooks) Unpack(context.Context, []byte, int) ([]byte, error) {
	return nil, fs.ErrNotExist
}

func (fullLooks) Status(context.Context, string, []string) ([]byte, error) {
	return []byte(" M src/a.go\x00?? notes.txt\x00?? NOTES.md\x00?? names.txt\x00?? data.bin\x00"), nil
}

func (l fullLooks) Git(_ context.Context, _ string, args ...string) ([]byte, error) {
	const id = "0123456789012345678901234567890123456789"
	line := strings.Join(args, " ")
	switch {
	case strings.HasPrefix(line, "for-each-ref"):
		var out strings.Builder
		for _, ref := range args[2:] {
			out.WriteString(id + "  " + ref + "\n")
		}
		return []byte(out.String()), nil
	case strings.Contains(line, "--format=%H %ct %P"):
		return []byte(id + " 1700000000 \n"), nil
	case strings.HasPrefix(line, "ls-files"):
		return []byte("notes.txt\x00"), nil
	case strings.HasPrefix(line, "rev-parse --verify"):
		return []byte(id + "\n"), nil
	case strings.HasPrefix(line, "log"):
		return []byte("1700000000\n"), nil
	}
	return nil, nil
}

// fullFile is a file of a few bytes.
type fullFile string

func (f fullFile) Name() string     { return path.Base(string(f)) }
func (fullFile) Size() int64        { return 100 }
func (fullFile) Mode() fs.FileMode  { return 0o644 }
func (fullFile) ModTime() time.Time { return time.Time{} }
func (fullFile) IsDir() bool        { return false }
func (fullFile) Sys() any           { return nil }
