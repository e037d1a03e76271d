package intercept

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"restrain/internal/slowtest"
)

// A guard that takes over goes on: one with a witness is told, one without lets
// the calls happen.
func TestFilesInherited(t *testing.T) {
	for _, watched := range []bool{true, false} {
		dir := oldFiles(t, "a", "b")
		first, second := fromNow(t), fromNow(t)
		second.reply = func(context.Context, FileCall) FileReply { return FileReply{Message: "no"} }
		door, err := NewExecDoor(ExecOptions{Files: first})
		if err != nil {
			t.Fatal(err)
		}
		r, w := pipe(t)
		up, tell := pipe(t)
		s := startDoor(t, door, allowAll{}, func(cmd *exec.Cmd) {
			cmd.Dir, cmd.Stdin, cmd.ExtraFiles = dir, r, append(cmd.ExtraFiles, tell)
		}, "sh", "-c", "rm a; echo up >&4; read go; rm b; :")
		if _, err := io.ReadFull(up, make([]byte, len("up\n"))); err != nil {
			t.Fatal(err)
		}
		listener, err := door.Listener()
		if err != nil {
			t.Fatal(err)
		}
		s.cancel()
		if err := <-s.served; err != nil {
			t.Fatal(err)
		}
		o := ExecOptions{}
		if watched {
			o.Files = second
		}
		heir, err := InheritExecDoor(o, listener)
		if err != nil {
			t.Fatal(err)
		}
		heir.agent = s.cmd.Process.Pid
		go func() { s.served <- heir.Serve(t.Context(), allowAll{}) }()
		if _, err := w.WriteString("go\n"); err != nil {
			t.Fatal(err)
		}
		out, status := s.wait()
		_, err = os.Stat(filepath.Join(dir, "b"))
		if status != 0 || (err == nil) != watched || strings.Contains(out, "no\n") != watched {
			t.Errorf("with a witness %v: status %d, output %q, b: %v", watched, status, out, err)
		}
		if got := first.told(dir); !slices.Equal(got, []string{"unlink a"}) {
			t.Errorf("the first was told %q", got)
		}
	}
}

// Restrain inside restrain joins the outer session, whose witness is told.
func TestFilesNested(t *testing.T) {
	dir := oldFiles(t, "a")
	w := fromNow(t)
	out, status := runFiles(t, w, dir, helper("filesupervisor", "deny", "rm", "a")...)
	if status == 0 || !strings.Contains(out, ErrNested.Error()) {
		t.Errorf("status %d, output %q", status, out)
	}
	if out, status := runFiles(t, w, dir, "sh", "-c", "rm a"); status != 0 || !slices.Contains(w.told(dir), "unlink a") {
		t.Errorf("status %d, output %q, told %q", status, out, w.told(dir))
	}
}

// The witness may itself remove files and start programs: its own threads are
// not below the filter.
func TestFileWitnessIsFree(t *testing.T) {
	dir, own := oldFiles(t, "a"), oldFiles(t, "b", "c")
	w := fromNow(t)
	w.reply = func(context.Context, FileCall) FileReply {
		err := os.Remove(filepath.Join(own, "b"))
		if err == nil {
			err = exec.Command("rm", filepath.Join(own, "c")).Run()
		}
		return FileReply{Allow: err == nil}
	}
	if out, status := runFiles(t, w, dir, "rm", "a"); status != 0 {
		t.Errorf("status %d: %s", status, out)
	}
	if got := w.told(dir); !slices.Equal(got, []string{"unlink a"}) {
		t.Errorf("told %q", got)
	}
}

// callHere is a notification of a call that this thread might make, and gives
// what must live as long.
func callHere(nr uint32, args ...uint64) *notification {
	n := &notification{tid: uint32(unix.Gettid()), nr: int32(nr), arch: auditArchNative}
	copy(n.args[:], args)
	return n
}

func address(path string) uint64 {
	p, err := unix.BytePtrFromString(path)
	if err != nil {
		panic(err)
	}
	pinned = append(pinned, p)
	return uint64(uintptr(unsafe.Pointer(p)))
}

// pinned keeps the paths that calls of these tests name.
var pinned []*byte

// What passes costs no memory, however often it comes.
func TestFilesThatPassAllocateNothing(t *testing.T) {
	slowtest.Long(t)
	needExec(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dir := oldFiles(t, "a/b")
	w := fromNow(t)
	w.began = time.Unix(1, 0) // all is of the session
	door, err := NewExecDoor(ExecOptions{Files: w})
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(filepath.Join(dir, "a"), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	paths := []string{"b", "none"}
	if !strings.HasPrefix(dir, "/dev/") { // names there are looked at closely: /dev/fd/3
		paths = append(paths, filepath.Join(dir, "a/b"), filepath.Join(dir, "none"))
	}
	for _, path := range paths {
		n := callHere(unix.SYS_UNLINKAT, uint64(fd), address(path))
		passes := true
		allocations := testing.AllocsPerRun(1000, func() {
			c, err := door.readFileCall(n, callUnlinkat, abiOf(n.arch))
			passes = passes && err == nil && door.passes(c, n)
			c.close()
		})
		if !passes || allocations >= 1 { // a pool may be emptied now and then
			t.Errorf("%s: passes %v, %v allocations", path, passes, allocations)
		}
	}
}

// What is remembered of calls is bounded.
func TestFilesRemembered(t *testing.T) {
	slowtest.Long(t)
	d := newDecisions(still, false)
	b := newBirths()
	for i := range 100_000 {
		d.of(t.Context(), attempt{1, 2, uint64(i)}, fileID{}, func() Reply { return Reply{} })
		b.learn(0, uint64(i))
	}
	if len(d.last.values) > 4096 || len(b.known.values) > 64 {
		t.Errorf("%d answers and %d file systems are remembered", len(d.last.values), len(b.known.values))
	}
}

// A call is told to belong to the step whose process makes it, or to the one
// above it.
func TestStepOf(t *testing.T) {
	dir := oldFiles(t, "a", "b")
	steps, w := NewSteps[string](), fromNow(t)
	j := judgeFunc(func(_ context.Context, r Request) Reply {
		if r.Kind == KindLine {
			steps.Begin(Process{r.PID, r.Exec.Serial}, nil, "permit")
		}
		return Reply{Allow: true}
	})
	var found []Process
	w.reply = func(_ context.Context, c FileCall) FileReply {
		step, permit, below := steps.StepOf(c.Process, c.PPID)
		if below && permit == "permit" {
			found = append(found, step)
		}
		return FileReply{Allow: true}
	}
	s := start(t, ExecOptions{Files: w}, j, func(c *exec.Cmd) { c.Dir = dir }, "sh", "-c", "env rm a; rm b; :")
	s.wait()
	if len(found) != 2 || found[0] != found[1] || found[0].PID != s.cmd.Process.Pid {
		t.Errorf("steps %+v, want that of process %d twice", found, s.cmd.Process.Pid)
	}
	if _, _, below := steps.StepOf(Process{PID: os.Getpid()}, 1); below {
		t.Error("what is outside belongs to a step")
	}
}
