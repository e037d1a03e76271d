package intercept

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// still is a clock on which every other attempt comes at once.
func still() time.Time { return time.Unix(0, 0) }

func TestHeldTenMinutesThenApproved(t *testing.T) {
	var clock atomic.Int64
	asked, answer := make(chan struct{}), make(chan Reply)
	j := judgeFunc(func(ctx context.Context, r Request) Reply {
		if !isProgram(r, "echo") {
			return Reply{Allow: true}
		}
		close(asked)
		select {
		case reply := <-answer:
			return reply
		case <-ctx.Done():
			return Reply{}
		}
	})
	now := func() time.Time { return time.Unix(clock.Load(), 0) }
	s := start(t, ExecOptions{Now: now}, j, nil, "sh", "-c", need(t, "echo")+" held; :")
	<-asked
	clock.Store(600)
	answer <- Reply{Allow: true}
	if out, status := s.wait(); out != "held\n" || status != 0 {
		t.Errorf("status %d, output %q", status, out)
	}
}

// What a slow judge approved is what runs: a path that means another file by
// then is refused.
func TestChangedWhileHeld(t *testing.T) {
	v := victim(t)
	link := filepath.Join(t.TempDir(), "tool")
	if err := os.Symlink(need(t, "true"), link); err != nil {
		t.Fatal(err)
	}
	var clock atomic.Int64
	j := judgeFunc(func(_ context.Context, r Request) Reply {
		if r.Exec.Path == link {
			clock.Add(1)
			swap(t, link, need(t, "rm"))
		}
		return Reply{Allow: true}
	})
	s := start(t, ExecOptions{Now: func() time.Time { return time.Unix(clock.Load(), 0) }}, j, nil, "env", link, "-f", v)
	if _, status := s.wait(); status != 126 {
		t.Errorf("status %d, want 126", status)
	}
	mustExist(t, v, &recorder{})
}

// TestKeptWhileHeld: a program that is stored by a hard link is still the one
// that was judged, however long that took; one that was written is not.
func TestKeptWhileHeld(t *testing.T) {
	for name, write := range map[string]bool{"linked": false, "written": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tool := filepath.Join(dir, "tool")
			if err := os.WriteFile(tool, []byte("#!/bin/sh\necho ran\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			var clock atomic.Int64
			j := judgeFunc(func(_ context.Context, r Request) Reply {
				if r.Exec.Path != tool {
					return Reply{Allow: true}
				}
				clock.Add(1)
				if err := os.Link(tool, filepath.Join(dir, "stored")); err != nil {
					t.Error(err)
				}
				if write {
					if err := os.WriteFile(tool, []byte("#!/bin/sh\necho other\n"), 0o755); err != nil {
						t.Error(err)
					}
				}
				return Reply{Allow: true, Kept: true}
			})
			s := start(t, ExecOptions{Now: func() time.Time { return time.Unix(clock.Load(), 0) }}, j, nil, "env", tool)
			out, status := s.wait()
			if ran := strings.Contains(out, "ran"); ran == write || write != (status == 126) {
				t.Errorf("status %d, output %q", status, out)
			}
		})
	}
}

func swap(t *testing.T, link, to string) {
	if err := os.Remove(link); err != nil {
		t.Error(err)
	}
	if err := os.Symlink(to, link); err != nil {
		t.Error(err)
	}
}

// Ctrl-C on a held child kills it, and the question is withdrawn (pitfall 17).
func TestInterruptedWhileHeld(t *testing.T) {
	withdrawn := make(chan bool, 1)
	j := judgeFunc(func(ctx context.Context, r Request) Reply {
		if !isProgram(r, "sleep") {
			return Reply{Allow: true}
		}
		_ = unix.Kill(r.PID, unix.SIGINT)
		select {
		case <-ctx.Done():
			withdrawn <- true
		case <-time.After(patience):
			withdrawn <- false
		}
		return Reply{Allow: true}
	})
	// A job in the background hands on that interrupts are ignored.
	s := start(t, ExecOptions{}, j, nil, "env", "--default-signal=INT", "sleep", "60")
	s.wait()
	if !<-withdrawn {
		t.Error("the question outlived its process")
	}
	if ws := s.cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signal() != unix.SIGINT {
		t.Errorf("ended with %v, want SIGINT", ws)
	}
}

// A Go program interrupts itself with a signal while it is held (pitfall 1).
// It is judged once, with the kernel's flag and without.
func TestSignalsWhileHeld(t *testing.T) {
	for _, interruptible := range []bool{false, true} {
		t.Run(fmt.Sprintf("interruptible %v", interruptible), func(t *testing.T) {
			r := &recorder{reply: func(q Request) Reply {
				if isProgram(q, "echo") {
					for range 200 {
						_ = unix.Kill(q.PID, unix.SIGURG)
						time.Sleep(50 * time.Microsecond) // paces the signals; waits for nothing
					}
				}
				return Reply{Allow: true}
			}}
			out, status := start(t, ExecOptions{Interruptible: interruptible, Now: still}, r, nil, helper("exec", need(t, "echo"), "once")...).wait()
			_, n := r.find(func(q Request) bool { return isProgram(q, "echo") })
			if out != "once\n" || status != 0 || n != 1 {
				t.Errorf("status %d, output %q, judged %d times", status, out, n)
			}
		})
	}
}

// When serving ends, what is held is denied and what comes later fails.
func TestStoppedWhileHeld(t *testing.T) {
	held := make(chan struct{})
	hold := sync.OnceFunc(func() { close(held) }) // the next may still come to be judged
	j := judgeFunc(func(ctx context.Context, r Request) Reply {
		if isProgram(r, "echo") {
			hold()
			<-ctx.Done()
		}
		return Reply{Allow: true}
	})
	echo := need(t, "echo")
	s := start(t, ExecOptions{}, j, nil, "bash", "-c", echo+" one; "+echo+" two; builtin echo end")
	<-held
	s.cancel()
	if out, _ := s.wait(); strings.Contains(out, "one\n") || strings.Contains(out, "two\n") || !strings.HasSuffix(out, "end\n") {
		t.Errorf("output %q", out)
	}
}
