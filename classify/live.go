package classify

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// lookTime bounds the looks at the targets of a line, and the glances at what
// tools keep. What is not known by then is unknown.
const lookTime = 20 * time.Millisecond

// maxFiles bounds the counting of files.
const maxFiles = 200_000

// Live is the Context of a line that is about to run.
type Live struct {
	dir    string
	env    func(string) (string, bool)
	around func() surroundings

	within time.Duration // bounds the looks, and the glances
	since  time.Time     // when the step began that the line is a part of; may be zero
	// read and look are what may take long on a slow file system.
	read func(path string, max int) ([]byte, error)
	look func(ctx context.Context, path string) TargetInfo

	mu      sync.Mutex
	targets map[string]TargetInfo
	// What was spent so far on looks at targets, and on glances.
	looked, glances time.Duration
}

// NewLive gives the context of a line that would run in dir, an absolute path,
// with the given environment.
func NewLive(dir string, env func(string) (string, bool)) *Live {
	l := &Live{dir: dir, env: env, within: lookTime, read: readRegular, look: look}
	l.around = sync.OnceValue(func() surroundings { return lookAround(dir, env) })
	return l
}

// surroundings are the directories that a path is placed by. Many commands name
// no path, and reading the environment and looking for a repository would be a
// good part of what judging them costs: they are worked out when asked for.
type surroundings struct{ home, temp, workspace string }

func lookAround(dir string, env func(string) (string, bool)) surroundings {
	home, _ := env("HOME")
	if !filepath.IsAbs(home) {
		home = ""
	}
	temp, _ := env("TMPDIR")
	if temp = filepath.Clean(temp); !filepath.IsAbs(temp) || temp == "/" || temp == home {
		temp = ""
	}
	return surroundings{home, temp, findWorkspace(dir, home)}
}

// Since says when the step began that the line is a part of: what was made after
// that is its own.
func (l *Live) Since(began time.Time) { l.since = began }

// made reports that the step has made all that is at a path; what cannot be
// looked through in time it has not.
func (l *Live) made(path string) bool {
	if l.since.IsZero() {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), madeTime)
	defer cancel()
	made, ok := inTime(ctx, func() bool { return madeSince(ctx, path, l.since) })
	return ok && made
}

// madeTime bounds the look at how old things are, which only what a part of a
// step would destroy gets. Few need more than a millisecond; what runs out of it
// stops a build.
const madeTime = 500 * time.Millisecond

// madeSince reports that everything at a path was made after a time. A directory
// that is too large to be looked through in time was not.
func madeSince(ctx context.Context, path string, began time.Time) bool {
	began = began.Add(-clockLag)
	seen := 0
	err := filepath.WalkDir(path, func(at string, _ fs.DirEntry, err error) error {
		if seen++; err != nil || ctx.Err() != nil || seen > maxFiles {
			return fs.ErrInvalid
		}
		if made, ok := birthTime(at); !ok || made.Before(began) {
			return fs.ErrExist
		}
		return nil
	})
	return err == nil
}

// clockLag is how far a file system's clock may be behind: it is set at the
// kernel's ticks, of which there are at least 100 in a second.
const clockLag = 10 * time.Millisecond

// findWorkspace gives the repository that a directory is in, or the directory.
func findWorkspace(dir, home string) string {
	if root, ok := repository(dir); ok && root != home {
		return root
	}
	return dir
}

// repository finds the git working tree around a path.
func repository(dir string) (root string, ok bool) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at, true
		}
		if at == filepath.Dir(at) {
			return "", false
		}
	}
}

// Dir is the directory that the line runs in.
func (l *Live) Dir() string { return l.dir }

// Home is the user's home, by the line's environment.
func (l *Live) Home() string { return l.around().home }

// Workspace is the repository around the directory, or the directory.
func (l *Live) Workspace() string { return l.around().workspace }

// TempDir is the temporary directory of the line's environment.
func (l *Live) TempDir() string { return l.around().temp }

// LookupEnv looks up a variable of the line's environment.
func (l *Live) LookupEnv(name string) (string, bool) { return l.env(name) }

// ReadFile reads the first max bytes of a regular file; anything else, which
// might block, is refused.
func (l *Live) ReadFile(path string, max int) ([]byte, error) {
	return l.read(l.absolute(path), max)
}

// Glance is ReadFile within what is left of the time for glances, 20 ms.
func (l *Live) Glance(path string, max int) ([]byte, error) {
	type answer struct {
		data []byte
		err  error
	}
	got, ok := glance(l, func() answer {
		data, err := l.ReadFile(path, max)
		return answer{data, err}
	})
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: path, Err: context.DeadlineExceeded}
	}
	return got.data, got.err
}

// glance gives what work finds out within what is left of the time for glances.
func glance[T any](l *Live, work func() T) (T, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	start := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), l.within-l.glances)
	defer cancel()
	got, ok := inTime(ctx, work)
	l.glances += time.Since(start)
	return got, ok
}

// Resolve follows links within what is left of the time for glances. The
// workspace and the home may themselves be reached through links: a path below
// them stays below them.
func (l *Live) Resolve(path string) (real string, elsewhere bool) {
	follow := strings.HasSuffix(path, "/")
	lexical := filepath.Clean(l.absolute(path))
	if lexical == "/" {
		return path, false
	}
	real, ok := glance(l, func() string { return l.resolve(lexical, follow) })
	if !ok || real == "" || real == lexical {
		return path, false
	}
	return real, true
}

func (l *Live) resolve(path string, follow bool) string {
	last := ""
	if !follow {
		path, last = filepath.Split(path)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil || real == filepath.Clean(path) {
		return ""
	}
	for _, known := range [...]string{l.Workspace(), l.Home()} {
		if at, err := filepath.EvalSymlinks(known); err == nil && known != "" && isBelow(real, at) {
			real = known + real[len(at):]
			break
		}
	}
	return filepath.Join(real, last)
}

// inTime gives what work finds out, if that is before the context ends: a file
// system that hangs must not hold the line up. The work goes on unheeded.
func inTime[T any](ctx context.Context, work func() T) (result T, ok bool) {
	if ctx.Err() != nil {
		return result, false
	}
	done := make(chan T, 1)
	go func() { done <- work() }()
	select {
	case result = <-done:
		return result, true
	case <-ctx.Done():
		return result, false
	}
}

// readRegular reads the first max bytes of a regular file.
func readRegular(path string, max int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(max)))
}

// absolute gives a path a beginning: the home for "~", the directory for a
// relative one.
func (l *Live) absolute(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		return l.Home() + rest
	}
	if !filepath.IsAbs(path) {
		return filepath.Join(l.dir, path)
	}
	return path
}

// Target looks at a path, once for each.
func (l *Live) Target(path string) TargetInfo {
	if strings.Contains(path, hole) {
		return TargetInfo{}
	}
	path = l.absolute(path)
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.targets[path]; ok {
		return t
	}
	t := TargetInfo{Known: true, Exists: true, Made: l.made(path)}
	if !t.Made {
		t = l.lookInTime(path)
	}
	t.Outside = !isBelow(path, l.Workspace())
	if l.targets == nil {
		l.targets = map[string]TargetInfo{}
	}
	l.targets[path] = t
	return t
}

// lookInTime looks within what is left of the time for looks.
func (l *Live) lookInTime(path string) TargetInfo {
	ctx, cancel := context.WithTimeout(context.Background(), l.within-l.looked)
	defer cancel()
	start := time.Now()
	t, ok := inTime(ctx, func() TargetInfo {
		if strings.ContainsAny(path, "*?[") {
			return lookFor(path)
		}
		return l.look(ctx, path)
	})
	l.looked += time.Since(start)
	t.Unasked = t.Unasked || !ok
	return t
}

// lookFor finds out whether there is anything that a pattern of the shell fits.
// What is there is not looked at: an exec may mean a name that has a star.
func lookFor(pattern string) TargetInfo {
	if _, err := os.Lstat(pattern); !os.IsNotExist(err) || strings.Contains(pattern, "**") {
		return TargetInfo{}
	}
	fits, err := filepath.Glob(pattern)
	return TargetInfo{Known: err == nil && len(fits) == 0}
}

// look counts what is at a path and asks git about it.
func look(ctx context.Context, path string) TargetInfo {
	info, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return TargetInfo{Known: true}
	}
	if err != nil {
		return TargetInfo{}
	}
	t := TargetInfo{Known: true, Exists: true}
	switch {
	case info.IsDir():
		t.count(ctx, path)
	case info.Mode()&fs.ModeSymlink != 0:
		return t // what it leads to stays
	default:
		t.Files, t.Bytes = 1, info.Size()
	}
	if t.Files == 0 && !t.Partial && ctx.Err() == nil {
		return t // git has nothing to add, and takes its time
	}
	root, ok := repository(filepath.Dir(path))
	if inner, is := repository(path); is && inner == path {
		root, ok, t.Repository = inner, true, true
	}
	if !ok || isBelow(path, filepath.Join(root, ".git")) {
		return t
	}
	return t.askGit(ctx, root, path)
}

// count walks a directory until it is through or the time is up.
func (t *TargetInfo) count(ctx context.Context, dir string) {
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			t.Partial = true // what cannot be read is not counted
			return nil
		case ctx.Err() != nil || t.Files >= maxFiles:
			t.Partial = true
			return fs.SkipAll
		case entry.IsDir():
			return nil
		}
		t.Files++
		if info, err := entry.Info(); err == nil {
			t.Bytes += info.Size()
		}
		return nil
	})
	if err != nil {
		t.Partial = true
	}
}
