package classify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Looks are the ways to find out what a step would lose. Nothing that belongs
// to a repository is run for them.
type Looks interface {
	// Within bounds the looks at one line.
	Within() time.Duration
	// Lstat and ReadDir are those of package os; a directory is read in no
	// order.
	Lstat(path string) (fs.FileInfo, error)
	ReadDir(path string) ([]fs.DirEntry, error)
	// Real follows all links of a path.
	Real(path string) (string, error)
	// Born is when a file was made, where that is known.
	Born(path string) (time.Time, bool)
	// Status gives what git status says of paths below the root of a working
	// tree, no paths being all, in its short form.
	Status(ctx context.Context, root string, paths []string) ([]byte, error)
	// Unpack gives what an archive of xz or zstd holds, up to a bound.
	Unpack(ctx context.Context, data []byte, most int) ([]byte, error)
	// Git runs a git command that only looks, in a repository around dir.
	Git(ctx context.Context, dir string, args ...string) ([]byte, error)
}

// disk is the Looks of the machine itself.
type disk struct{ trees *trees }

// Looks gives the ways to look at files before the line runs.
func (l *Live) Looks() Looks { return disk{&l.trees} }

// Own reports a file that is younger than the step which the line is a part of.
func (l *Live) Own(path string) bool {
	if l.since.IsZero() {
		return false
	}
	made, ok := birthTime(path)
	return ok && !made.Before(l.since.Add(-clockLag))
}

func (disk) Within() time.Duration { return lossTime }

func (disk) Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

func (disk) ReadDir(path string) ([]fs.DirEntry, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(lossFiles + 1)
	if err == io.EOF {
		err = nil
	}
	return entries, err
}

func (disk) Real(path string) (string, error) { return filepath.EvalSymlinks(path) }

func (disk) Born(path string) (time.Time, bool) { return birthTime(path) }

// Status does without git where it can.
func (d disk) Status(ctx context.Context, root string, paths []string) ([]byte, error) {
	out, ok := d.trees.at(root).status(ctx, paths...)
	if !ok {
		return nil, fs.ErrPermission
	}
	return out, nil
}

// Unpack uses the system's own program, for the standard library has none.
func (disk) Unpack(ctx context.Context, data []byte, most int) ([]byte, error) {
	program := "/usr/bin/zstd"
	if data[0] == 0xfd {
		program = "/usr/bin/xz"
	}
	cmd := exec.CommandContext(ctx, program, "-dc")
	cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	unpacked, err := io.ReadAll(io.LimitReader(out, int64(most)+1))
	if err == nil && len(unpacked) > most {
		err = fs.ErrInvalid
	}
	if err != nil {
		_ = cmd.Process.Kill() // it is not waited for to write all
	}
	return unpacked, errors.Join(err, cmd.Wait())
}

// Git refuses where the repository's configuration could make git run programs.
func (disk) Git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	root, ok := repository(dir)
	if !ok {
		return nil, fs.ErrNotExist
	}
	if dirs, ok := findGitDirs(root); !ok || !dirs.isPlain() {
		return nil, fs.ErrPermission
	}
	return runGit(ctx, dir, append([]string{"-c", "core.quotePath=false", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0"}, args...)...)
}

// birthTime is when a file was made, where the file system says so.
func birthTime(path string) (born time.Time, ok bool) {
	file, err := statFile(path)
	return file.born, err == nil && !file.born.IsZero()
}
