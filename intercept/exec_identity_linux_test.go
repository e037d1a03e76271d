package intercept

import (
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
