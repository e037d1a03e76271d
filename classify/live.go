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

// lookTime bounds what a line is held up for by looks: at the targets of its
// commands, and at files that tell what they mean. A verdict must not hang on how
// busy the machine is, so a look is waited for; a file system that hangs must not
// hang the line. What is not known by then is unknown, and counts as lost.
const lookTime = 2 * time.Second

// Live is the Context of a line that is about to run.
type Live struct {
	dir    string
	env    func(string) (string, bool)
	around func() surroundings

	within time.Duration // bounds the looks, all together
	since  time.Time     // when the step began that the line is a part of; may be zero
	// read and look are what may take long on a slow file system.
	read func(path string, max int) ([]byte, error)
	look func(ctx context.Context, path string) TargetInfo

	guard *Guard // restrain's own files; nil where they are not known
	trees trees  // that git has around the targets

	mu      sync.Mutex
	targets map[string]TargetInfo

	spending sync.Mutex
	spent    time.Duration // on looks so far
}

// NewLive gives the context of a line that would run in dir, an absolute path,
// with the given environment.
func NewLive(dir string, env func(string) (string, bool)) *Live {
	l := &Live{dir: dir, env: env, within: lookTime, read: readRegular}
	l.look = l.survey
	l.around = sync.OnceValue(func() surroundings {
		around := namedAround(env)
		around.workspace = dir
		if workspace, ok := wait(l, func(context.Context) string { return findWorkspace(dir, around.home) }); ok {
			around.workspace = workspace
		}
		return around
	})
	return l
}

// surroundings are the directories that a path is placed by. Many commands name
// no path, and reading the environment and looking for a repository would be a
// good part of what judging them costs: they are worked out when asked for.
type surroundings struct{ home, temp, workspace string }

// namedAround are the surroundings that the environment names.
func namedAround(env func(string) (string, bool)) surroundings {
	home, _ := env("HOME")
	if !filepath.IsAbs(home) {
		home = ""
	}
	temp, _ := env("TMPDIR")
	if temp = filepath.Clean(temp); !filepath.IsAbs(temp) || temp == "/" || temp == home {
		temp = ""
	}
	return surroundings{home: home, temp: temp}
}

// Since says when the step began that the line is a part of: what was made after
// that is its own.
func (l *Live) Since(began time.Time) { l.since = began }

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
	type answer struct {
		data []byte
		err  error
	}
	got, ok := wait(l, func(context.Context) answer {
		data, err := l.read(l.absolute(path), max)
		return answer{data, err}
	})
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: path, Err: context.DeadlineExceeded}
	}
	return got.data, got.err
}

// Glance is ReadFile: the file is there.
func (l *Live) Glance(path string, max int) ([]byte, error) { return l.ReadFile(path, max) }

// Resolve follows links. The workspace and the home may themselves be reached
// through links: a path below them stays below them.
func (l *Live) Resolve(path string) (real string, elsewhere bool, err error) {
	follow := strings.HasSuffix(path, "/")
	lexical := filepath.Clean(l.absolute(path))
	if lexical == "/" {
		return path, false, nil
	}
	real, ok := wait(l, func(context.Context) string { return l.resolve(lexical, follow) })
	if !ok {
		return path, false, &fs.PathError{Op: "resolve", Path: path, Err: context.DeadlineExceeded}
	}
	if real == "" || real == lexical {
		return path, false, nil
	}
	return real, true, nil
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

// wait gives what work finds out, if that is within what is left of the time
// for looks. What hangs goes on unheeded.
func wait[T any](l *Live, work func(context.Context) T) (result T, ok bool) {
	start := time.Now()
	l.spending.Lock()
	left := l.within - l.spent
	l.spending.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), left)
	defer cancel()
	result, ok = inTime(ctx, func() T { return work(ctx) })
	l.spending.Lock()
	l.spent += time.Since(start)
	l.spending.Unlock()
	return result, ok
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
	t := l.lookAt(path)
	t.Outside = !isBelow(path, l.Workspace())
	if l.targets == nil {
		l.targets = map[string]TargetInfo{}
	}
	l.targets[path] = t
	return t
}

// lookAt waits for a look at a path. Of what could not be looked through it says
// whether git may have it: where there is no git, nobody has a copy.
func (l *Live) lookAt(path string) TargetInfo {
	if strings.ContainsAny(path, "*?[") {
		if t, ok := wait(l, func(context.Context) TargetInfo { return lookFor(path) }); ok {
			return t
		}
		return TargetInfo{Late: true, Unasked: true}
	}
	tracked, ok := wait(l, func(context.Context) bool {
		_, ok := repository(path)
		return ok
	})
	if !ok {
		return TargetInfo{Late: true, Unasked: true}
	}
	if t, ok := wait(l, func(ctx context.Context) TargetInfo { return l.look(ctx, path) }); ok {
		return t
	}
	return TargetInfo{Known: !tracked, Exists: true, Partial: true, Late: true, Unasked: tracked}
}
