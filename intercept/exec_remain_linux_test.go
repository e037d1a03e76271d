package intercept

import (
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A door that takes over goes on judging where the first has ended, and what
// remains can be named.
func TestInherit(t *testing.T) {
	needExec(t)
	v := victim(t)
	door, err := NewExecDoor(ExecOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := door.Listener(); err == nil {
		t.Error("a listener before anything was served")
	}
	r, w := pipe(t)
	up, tell := pipe(t)
	s := startDoor(t, door, &recorder{}, func(cmd *exec.Cmd) {
		cmd.Stdin, cmd.ExtraFiles = r, append(cmd.ExtraFiles, tell) // 4, behind the stub's socket
	}, "sh", "-c", "echo up >&4; read go; "+need(t, "rm")+" -f "+v+"; "+need(t, "echo")+" ran")
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
	if names := Remaining(listener, 0); !slices.Equal(names, []string{"sh"}) {
		t.Errorf("what remains is %q, want sh", names)
	}
	heir, err := InheritExecDoor(ExecOptions{}, listener)
	if err != nil {
		t.Fatal(err)
	}
	heir.agent = s.cmd.Process.Pid // it is ours to wait for
	second := denyProgram("rm", v)
	go func() { s.served <- heir.Serve(t.Context(), second) }()
	if _, err := w.WriteString("go\n"); err != nil {
		t.Fatal(err)
	}
	out, status := s.wait()
	mustExist(t, v, second)
	mustSee(t, second, "rm -f "+v)
	if !strings.HasSuffix(out, "ran\n") || status != 0 {
		t.Errorf("status %d, output %q", status, out)
	}
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// Only a listener can be inherited.
func TestInheritNoListener(t *testing.T) {
	needExec(t)
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if _, err := InheritExecDoor(ExecOptions{}, null); err == nil || !strings.Contains(err.Error(), "no seccomp listener") {
		t.Errorf("%v", err)
	}
}
