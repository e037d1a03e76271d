package intercept

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A fileRecorder is a witness that remembers what it was told.
type fileRecorder struct {
	began  time.Time
	spares func(dir string) bool
	guards func(path string) bool
	reply  func(context.Context, FileCall) FileReply

	mu    sync.Mutex
	seen  []FileCall
	asked []string // the directories, of Spares
}

// fromNow is a witness of all that is there by now.
func fromNow(t testing.TB) *fileRecorder {
	t.Helper()
	return &fileRecorder{began: birthOf(t, t.TempDir())}
}

// birthOf is when a file was born, by the clock of file systems, which is behind
// the usual one.
func birthOf(t testing.TB, path string) time.Time {
	t.Helper()
	e := &fileEnd{fd: -1, dirfd: unix.AT_FDCWD}
	e.size = copy(e.room[prefixRoom:], path)
	if errno := statxAt(unix.AT_FDCWD, &e.room[prefixRoom], 0, &e.st); errno != 0 {
		t.Fatal(errno)
	}
	born := e.facts(true).Born
	if born.IsZero() {
		t.Skip("this file system tells no births")
	}
	return born
}

func (r *fileRecorder) Began() time.Time { return r.began }

func (r *fileRecorder) Spares(dir string, _ Process, _ int) bool {
	r.mu.Lock()
	r.asked = append(r.asked, dir)
	r.mu.Unlock()
	return r.spares != nil && r.spares(dir)
}

func (r *fileRecorder) Guards(path string) bool { return r.guards != nil && r.guards(path) }

func (r *fileRecorder) File(ctx context.Context, c FileCall) FileReply {
	r.mu.Lock()
	r.seen = append(r.seen, c)
	r.mu.Unlock()
	if r.reply == nil {
		return FileReply{Allow: true}
	}
	return r.reply(ctx, c)
}

// told lists what was told, sorted: operation and names, those below dir
// without it. The source of a rename that is not among the old files is "new".
func (r *fileRecorder) told(dir string) (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.seen {
		line := string(c.Op) + " " + within(dir, c.Target)
		if c.To.Path != "" {
			if c.Target.Born.After(r.began) {
				line = string(c.Op) + " new"
			}
			line += " " + within(dir, c.To)
		}
		if c.Unknown != "" {
			line += " unknown"
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

func within(dir string, f File) string {
	if rel, err := filepath.Rel(dir, f.Path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return f.Path
}

// oldFiles makes files with content in a new directory, before any session.
func oldFiles(t testing.TB, names ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("content of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// startFiles supervises argv in dir with a witness, and allows every exec.
func startFiles(t testing.TB, w FileWitness, dir string, argv ...string) *session {
	t.Helper()
	return start(t, ExecOptions{Files: w}, allowAll{}, func(c *exec.Cmd) { c.Dir = dir }, argv...)
}

func runFiles(t testing.TB, w FileWitness, dir string, argv ...string) (string, int) {
	t.Helper()
	return startFiles(t, w, dir, argv...).wait()
}
