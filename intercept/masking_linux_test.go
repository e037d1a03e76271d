package intercept

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"restrain/secret"
)

var maskedValues = []secret.Value{secret.New("TOKEN", "s3cr3t-and-more", secret.Origin{})}

func newPipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

func fdOf(t *testing.T, f *os.File) int {
	t.Helper()
	return dupOf(t, int(f.Fd()))
}

func dupOf(t *testing.T, fd int) int {
	t.Helper()
	fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// runRelay runs a relay; the function that it returns waits for its end.
func runRelay(r *maskRelay) (wait func()) {
	done := make(chan struct{})
	go func() { r.run(); close(done) }()
	return func() { <-done }
}

// What is printed to two outputs that are one keeps its order.
func TestRelayKeepsTheOrder(t *testing.T) {
	read, write := newPipe(t)
	out := fdOf(t, write)
	r, ends, err := newRelay(maskedValues, [2]int{out, dupOf(t, out)})
	if err != nil || len(r.streams) != 1 || ends[1] != ends[2] {
		t.Fatalf("%d pipes: %v", len(r.streams), err)
	}
	wait := runRelay(r)
	var want strings.Builder
	for range 200 {
		io.WriteString(ends[1], "out s3cr3t-")
		io.WriteString(ends[2], "and-more err\n")
		want.WriteString("out ‹TOKEN: withheld by restrain, 15 characters› err\n")
	}
	ends[1].Close()
	got := make([]byte, want.Len())
	if _, err := io.ReadFull(read, got); err != nil || string(got) != want.String() {
		t.Errorf("%v: %.200q", err, got)
	}
	wait()
}

// Two outputs stay two.
func TestRelayOfTwo(t *testing.T) {
	_, one := newPipe(t)
	_, other := newPipe(t)
	r, ends, err := newRelay(maskedValues, [2]int{fdOf(t, one), fdOf(t, other)})
	if err != nil || len(r.streams) != 2 || ends[1] == ends[2] {
		t.Fatalf("%d pipes: %v", len(r.streams), err)
	}
	wait := runRelay(r)
	ends[1].Close()
	ends[2].Close()
	wait()
}

// Whoever prints learns that its reader has gone, as without a relay.
func TestRelayWithoutReader(t *testing.T) {
	read, write := newPipe(t)
	r, ends, err := newRelay(maskedValues, [2]int{fdOf(t, write), -1})
	if err != nil {
		t.Fatal(err)
	}
	wait := runRelay(r)
	read.Close()
	wait()
	if _, err := ends[1].WriteString("x"); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the next write: %v", err)
	}
}

// A prompt appears, though its end may be the beginning of a secret.
func TestRelayShowsPrompts(t *testing.T) {
	read, write := newPipe(t)
	r, ends, err := newRelay(maskedValues, [2]int{fdOf(t, write), -1})
	if err != nil {
		t.Fatal(err)
	}
	wait := runRelay(r)
	io.WriteString(ends[1], "continue? s3")
	got := make([]byte, len("continue? s3"))
	if _, err := io.ReadFull(read, got); err != nil || string(got) != "continue? s3" {
		t.Errorf("%q: %v", got, err)
	}
	ends[1].Close()
	wait()
}

// When the shell has ended, what it left behind does not keep its door for ever.
func TestRelayEndsAfterTheShell(t *testing.T) {
	read, write := newPipe(t)
	r, ends, err := newRelay(maskedValues, [2]int{fdOf(t, write), -1})
	if err == nil {
		r.ended, r.wake, err = os.Pipe()
	}
	if err != nil {
		t.Fatal(err)
	}
	wait := runRelay(r)
	io.WriteString(ends[1], "last words")
	r.wake.Close()
	wait()
	got := make([]byte, 10)
	if _, err := io.ReadFull(read, got); err != nil || string(got) != "last words" {
		t.Errorf("%q: %v", got, err)
	}
	if _, err := ends[1].WriteString("more"); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("what is left behind prints: %v", err)
	}
}

// A file is read later, by whomever, and a terminal would be one no more.
func TestRelayOfAFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	// What is known to be printed there is asked about; what a search comes upon is not.
	r, ends, err := newRelay(maskedValues, [2]int{int(file.Fd()), -1})
	if err != nil || masksOutput(int(file.Fd())) {
		t.Fatalf("error %v, masked %t", err, masksOutput(int(file.Fd())))
	}
	r.close()
	for _, end := range ends {
		end.Close()
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if !masksOutput(int(null.Fd())) || !masksOutput(-1) {
		t.Error("what nobody sees cannot be masked")
	}
	if terminal, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0); err == nil {
		defer unix.Close(terminal)
		if masksOutput(terminal) {
			t.Error("a terminal can be masked")
		}
	}
}

// Where the kernel does not take the pipes, nothing may start.
func TestMaskThatCannotBeInstalled(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.Command("sleep", "60")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	s := &ExecDoor{listener: -1}
	c := &call{request: Request{PID: cmd.Process.Pid, Exec: &Exec{}}, process: &process{}}
	if err := s.mask(&notification{id: 1}, c, &Reply{Allow: true, Mask: maskedValues}); err == nil {
		t.Error("a step whose output is not masked is let run")
	}
	c.request.PID = 1 << 30
	if err := s.mask(&notification{id: 1}, c, &Reply{Allow: true, Mask: maskedValues}); err == nil {
		t.Error("a step whose output cannot be had is let run")
	}
}

// A door hands on what a reply is to withhold, and takes nothing less for whole.
func TestReplyWithMask(t *testing.T) {
	b := encodeReply(Reply{Allow: true, Mask: maskedValues})
	r, err := decodeReply(b)
	if err != nil || !r.Allow || len(r.Mask) != 1 || r.Mask[0] != maskedValues[0] {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := decodeReply(b[:len(b)-3]); err == nil || r.Allow {
		t.Errorf("a part of it is %+v, %v", r, err)
	}
}
