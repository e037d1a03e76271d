package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Exit statuses of a command that could not be started (POSIX, 2.8.2).
const (
	statusCannotRun = 126
	statusNotFound  = 127
)

// lookPath finds the agent's program as a shell in the agent's directory would.
// It searches this process's own PATH, as os/exec does: the human means the
// program they would have started themselves, whatever the agent's PATH is to be.
// The status goes with an error.
func lookPath(o Options) (path string, status int, err error) {
	if len(o.Argv) == 0 || o.Argv[0] == "" {
		return "", statusNotFound, errors.New("no command to run; give one after --")
	}
	name := o.Argv[0]
	if strings.Contains(name, "/") {
		err := runnable(inDir(o.Dir, name))
		return name, statusOf(err), explain(name, err)
	}
	failed := error(fs.ErrNotExist)
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if dir == "" {
			dir = "."
		}
		path := dir + "/" + name
		err := runnable(inDir(o.Dir, path))
		if err == nil {
			return path, 0, nil
		}
		if errors.Is(err, fs.ErrPermission) {
			failed = err
		}
	}
	return "", statusOf(failed), explain(name, failed)
}

func inDir(dir, path string) string {
	if dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func runnable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() || info.Mode()&0o111 == 0 {
		return fs.ErrPermission
	}
	return nil
}

func statusOf(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, fs.ErrNotExist):
		return statusNotFound
	}
	return statusCannotRun
}

func explain(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%q: command not found; check its name and PATH", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%q: not an executable file; check its mode", name)
	}
	return fmt.Errorf("%q: %w; check the path", name, err)
}
