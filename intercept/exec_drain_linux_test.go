package intercept

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"restrain/secret"
)

// maskSteps masks every command whose name is that.
func maskSteps(name string) *recorder {
	return &recorder{reply: func(q Request) Reply {
		r := Reply{Allow: true}
		if strings.HasSuffix(q.Exec.Path, name) {
			r.Mask = maskedValues
			r.Withheld = func(list []secret.Withheld) string { return "withheld " + strconv.Itoa(list[0].Times) }
		}
		return r
	}}
}

// helperWaiter starts a command again and again. It reads what comes while the
// command runs, nothing that comes later, and tells how much that was; a reader
// that takes nothing before the end stands for one with a small output.
func helperWaiter(args []string) {
	rounds, _ := strconv.Atoi(args[0])
	want, _ := strconv.Atoi(args[1])
	for range rounds {
		read, write, err := os.Pipe()
		if err != nil {
			fatal(err)
		}
		pid, err := syscall.ForkExec(args[2], args[2:], &syscall.ProcAttr{Files: []uintptr{0, write.Fd(), write.Fd()}, Env: os.Environ()})
		if err != nil {
			fatal(err)
		}
		write.Close()
		ended, got := make(chan struct{}), make(chan int)
		go func() {
			var all bytes.Buffer
			buffer := make([]byte, 128<<10)
			for {
				_ = read.SetReadDeadline(time.Time{})
				select {
				case <-ended: // what is there is there; nothing is waited for
					_ = read.SetReadDeadline(time.Now().Add(time.Millisecond))
				default:
					_ = read.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				}
				n, err := read.Read(buffer)
				all.Write(buffer[:n])
				if err == nil || os.IsTimeout(err) && !closed(ended) {
					continue
				}
				got <- all.Len()
				return
			}
		}()
		var status syscall.WaitStatus
		_, _ = syscall.Wait4(pid, &status, 0, nil)
		close(ended)
		if n := <-got; n != want || status.ExitStatus() != 0 {
			os.Stdout.WriteString("short: " + strconv.Itoa(n) + " of " + strconv.Itoa(want) + "\n")
		}
		read.Close()
	}
	os.Stdout.WriteString("done\n")
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// A parent that only waits for its child has all of its output when that ends.
func TestMaskedOutputIsThereAtTheEnd(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		size, rounds int
	}{{60 << 10, 200}, {1 << 20, 20}} {
		text := strings.Repeat("some line of text\n", test.size/18)
		file := dir + "/" + strconv.Itoa(test.size)
		if err := os.WriteFile(file, []byte(text+"last s3cr3t-and-more, and s3cr3t-"), 0o600); err != nil {
			t.Fatal(err)
		}
		want := len(text) + len("last ‹TOKEN: withheld by restrain, 15 characters›, and s3cr3t-") + len("withheld 1\n")
		out, status := run(t, maskSteps("cat"), helper("waiter", strconv.Itoa(test.rounds), strconv.Itoa(want), need(t, "cat"), file)...)
		if out != "done\n" || status != 0 {
			t.Errorf("%d bytes: status %d, %.300s", test.size, status, out)
		}
	}
}

// Signals, stops and exit statuses of a command that is masked are its own.
func TestMaskedCommandEndsAsEver(t *testing.T) {
	sh := need(t, "sh")
	for script, want := range map[string]string{
		"exit 3":                            "3",
		"kill -TERM $$":                     "143",
		"kill -KILL $$":                     "137",
		"trap 'exit 5' USR1; kill -USR1 $$": "5",
		"(sleep 0.05; kill -CONT $$) & kill -STOP $$; exit 6": "6",
	} {
		judge := maskSteps("masked")
		out, _ := run(t, judge, sh, "-c", `cp `+sh+` masked; ./masked -c "$1"; echo $?`, "sh", script)
		if fields := strings.Fields(out); len(fields) == 0 || fields[len(fields)-1] != want {
			t.Errorf("%s: %q, want %s", script, out, want)
		}
	}
}

// What a command leaves behind holds nobody up who waits for the command alone.
func TestMaskedCommandLeavesADaemon(t *testing.T) {
	sh, sleep := need(t, "sh"), need(t, "sleep")
	began := time.Now()
	out, status := run(t, maskSteps("masked"), sh, "-c", `cp `+sh+` masked; ./masked -c 'echo s3cr3t-and-more; `+sleep+` 30 & echo $! >pid'; echo waited; kill $(cat pid)`)
	if want := "‹TOKEN: withheld by restrain, 15 characters›\nwithheld 1\nwaited\n"; out != want || status != 0 {
		t.Errorf("status %d, %q", status, out)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

// A reader that takes nothing before its child has ended is not held up for ever.
func TestMaskedOutputThatNobodyReads(t *testing.T) {
	r, w := newPipe(t)
	relay, ends, err := newRelay(maskedValues, [2]int{fdOf(t, w), -1})
	if err != nil {
		t.Fatal(err)
	}
	wait := runRelay(relay)
	const size = 200 << 10 // more than the reader's pipe holds
	go func() {
		_, _ = ends[1].Write(make([]byte, size))
		ends[1].Close()
	}()
	m := &maskedRun{door: &ExecDoor{}, relay: relay, fds: [2]int{-1, -1}}
	began := time.Now()
	m.drained()
	if took := time.Since(began); took > 10*drainTime {
		t.Errorf("held up for %s", took)
	}
	if n, err := io.CopyN(io.Discard, r, size); n != size || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	wait()
}
