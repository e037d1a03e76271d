package intercept

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Both ways to tell a process agree on what it is, on what is a thread, and on
// what has gone.
func TestIdentity(t *testing.T) {
	// A thread that is not the one the process began with: a thread is locked to
	// each goroutine, and the first thread can be that of one of them only.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	thread := unix.Gettid()
	if thread == os.Getpid() {
		other, done := make(chan int), make(chan struct{})
		defer close(done)
		go func() {
			runtime.LockOSThread() // and never unlocked: it ends with the goroutine
			other <- unix.Gettid()
			<-done
		}()
		thread = <-other
	}
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	_, child, _ := family(t)
	for name, identify := range map[string]func(int) (identity, error){"pidfd": identityOf, "proc": identityInProc} {
		own, err := identify(os.Getpid())
		if err != nil || own.ppid != os.Getppid() || own.uid != os.Geteuid() || own.serial == 0 {
			t.Errorf("%s: this process: %+v, %v", name, own, err)
		}
		if again, err := identify(os.Getpid()); err != nil || again != own {
			t.Errorf("%s: this process again: %+v, %v; was %+v", name, again, err, own)
		}
		if other, err := identify(child); err != nil || other == own {
			t.Errorf("%s: another process: %+v, %v", name, other, err)
		}
		if _, err := identify(thread); err != errThread {
			t.Errorf("%s: thread %d: %v", name, thread, err)
		}
		if _, err := identify(ended.Process.Pid); err != errGone {
			t.Errorf("%s: an ended process: %v", name, err)
		}
	}
}

// A caller that is remembered is still asked who it is now.
func TestCallers(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sleep 60 >/dev/null & echo $!; read x")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var child int
	if _, err := fmt.Fscan(out, &child); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Kill(child, unix.SIGKILL) })
	var last callers
	t.Cleanup(last.forget)
	same := func(pid int) identity {
		t.Helper()
		want, wantErr := identityOf(pid)
		for range 2 {
			got, err := last.identify(pid)
			if err != wantErr || err == nil && (got.identity != want || got.pid != pid || got.tid != pid) {
				t.Errorf("process %d: %+v, %v; want %+v, %v", pid, got, err, want, wantErr)
			}
		}
		return want
	}
	same(os.Getpid())
	same(cmd.Process.Pid)
	before := same(child)
	_ = in.Close()
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != 1 { // read found the end
		t.Fatal(err)
	}
	if after := same(child); after == before {
		t.Errorf("%+v before and after its parent ended", after)
	}
	same(cmd.Process.Pid) // it has gone
	// Whoever has the id of a process that was remembered is somebody else.
	ended := exec.Command("true")
	if err := ended.Start(); err != nil {
		t.Fatal(err)
	}
	same(ended.Process.Pid)
	if err := ended.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := last.identify(ended.Process.Pid); err != errGone {
		t.Errorf("a process that has ended: %v, want errGone", err)
	}
}

// A thread is known as one of its process, and no more of them than the last few.
func TestCallersOfThreads(t *testing.T) {
	want, err := identityOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	var last callers
	t.Cleanup(last.forget)
	ended := make(chan struct{})
	defer close(ended)
	for range maxCallers + 1 {
		started := make(chan int)
		go func() {
			runtime.LockOSThread() // the thread ends with the goroutine
			started <- unix.Gettid()
			<-ended
		}()
		tid := <-started
		for range 2 {
			p, err := last.identify(tid)
			if err != nil || p.identity != want || p.pid != os.Getpid() || p.tid != tid {
				t.Fatalf("thread %d: %+v, %v; want %+v", tid, p, err, want)
			}
			p.close()
		}
	}
	if len(last.list) > maxCallers {
		t.Errorf("%d threads are remembered, want at most %d", len(last.list), maxCallers)
	}
}
