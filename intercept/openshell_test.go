package intercept

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestParseTyped(t *testing.T) {
	r, err := ParseTyped([]string{"bash", "12", "3", "> file", "bash", "one"})
	if err != nil || r.Line != "> file" || r.Typed != (TypedLine{12, 3}) || !slices.Equal(r.Params, []string{"bash", "one"}) || r.Door != DoorTyped {
		t.Errorf("%+v, %v", r, err)
	}
	for _, args := range [][]string{nil, {"bash", "1", "2"}, {"bash", "x", "1", "line"}, {"bash", "1", "", "line"}} {
		if _, err := ParseTyped(args); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestTypedOverTheWire(t *testing.T) {
	want, err := ParseTyped([]string{"zsh", "12", "3", "> file"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeRequest(encodeRequest(want))
	if err != nil || got.Typed != want.Typed || got.Door != DoorTyped {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWithInitFile(t *testing.T) {
	for _, test := range []struct{ argv, want string }{
		{"/bin/bash -i", "/bin/bash --rcfile F -i"},
		{"bash --noediting -i", "bash --rcfile F --noediting -i"},
		{"bash -i -c x", "bash -i -c x"},
		{"bash -il", "bash -il"},
		{"bash --norc -i", "bash --norc -i"},
		{"bash --rcfile X -i", "bash --rcfile X -i"},
		{"bash script", "bash script"},
		{"zsh -i", "zsh -i"},
		{"claude -i", "claude -i"},
	} {
		if got := strings.Join(withInitFile(strings.Fields(test.argv), "F"), " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.argv, got, test.want)
		}
	}
}

// A command that an allowed line was seen to run is part of that step, once.
func TestAdopt(t *testing.T) {
	family := map[int]int{5: 1, 10: 5, 20: 10, 30: 20}
	a := NewSteps[string]()
	a.parent = func(pid int) (int, uint64, error) { return family[pid], uint64(pid), nil }
	shell, ok := a.ShellAbove(Process{20, 20}, 10)
	if !ok || shell != (Process{10, 10}) {
		t.Fatalf("the shell above: %v, %t", shell, ok)
	}
	if _, ok := a.ShellAbove(Process{20, 20}, 30); ok {
		t.Error("a process that is not above was taken for the shell")
	}
	exec := func(pid int, argv ...string) Request {
		return Request{Kind: KindArgv, Argv: argv, Dir: "/d", PID: pid, Exec: &Exec{Serial: uint64(pid)}}
	}
	a.Type(shell, 7, []Foreseen{{Argv: []string{"make", "all"}, Dir: "/d"}}, "rule")
	if permit, same := a.Typed(shell, 7); !same || permit != "rule" {
		t.Errorf("the line's permit: %q, %t", permit, same)
	}
	if _, same := a.Typed(shell, 8); same {
		t.Error("another line has the scope")
	}
	if a.Place(exec(20, "true")).Below {
		t.Error("what an open shell runs counts as part of its last line")
	}
	if a.Adopt(exec(20, "make", "other")) {
		t.Error("another command was adopted")
	}
	if !a.Adopt(exec(20, "make", "all")) {
		t.Error("the line's command was not adopted")
	}
	if at := a.Place(exec(30, "cc")); !at.Below || at.Permit != "rule" {
		t.Errorf("below the line's command: %+v", at)
	}
	if a.Adopt(exec(20, "make", "all")) {
		t.Error("it was adopted twice")
	}
	a.Type(shell, 0, nil, "")
	if _, same := a.Typed(shell, 0); same {
		t.Error("a line without a number has the scope of another")
	}
}

// An interactive shell under the shell door asks about all that is typed.
func TestShellDoorTyped(t *testing.T) {
	for _, shell := range []string{"bash", "zsh"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("no %s here", shell)
			continue
		}
		h := openHouse(t, "HISTFILE=/dev/null")
		cmd := h.command(path, "-i")
		dir := t.TempDir()
		cmd.Dir, cmd.Stdin = dir, strings.NewReader("forbidden=1; : > x\ntrue plain\necho $forbidden end\n")
		out, _ := cmd.CombinedOutput()
		if !strings.Contains(string(out), "restrain: denied") || !strings.Contains(string(out), " end\n") && !strings.Contains(string(out), "end\n") {
			t.Errorf("%s: %s", shell, out)
		}
		if _, err := os.Stat(dir + "/x"); err == nil {
			t.Errorf("%s: the denied line ran", shell)
		}
		if !slices.Contains(h.lines(), "typed:true plain") {
			t.Errorf("%s: asked about %q", shell, h.lines())
		}
	}
}

func TestInheritShellHooks(t *testing.T) {
	dir := t.TempDir() + "/" + hooksPrefix + "1"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h := &ShellHooks{dir}
	left := h.Leave()
	if err := h.Close(); err != nil || left != dir {
		t.Fatalf("left %q, %v", left, err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("what was left is gone: %v", err)
	}
	heir, err := InheritShellHooks(left)
	if err != nil {
		t.Fatal(err)
	}
	if err := heir.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := InheritShellHooks(t.TempDir()); err == nil {
		t.Error("another directory was taken over")
	}
}

// Where the session is over, a shell says so, denies what matters and goes on
// with what does not.
func TestTypedWithoutSession(t *testing.T) {
	for _, shell := range []string{"bash", "zsh"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("no %s here", shell)
			continue
		}
		dir := t.TempDir()
		files := shellFiles{dir: dir + "/hooks", ask: quote(dir + "/gone")}
		if err := files.write(); err != nil {
			t.Fatal(err)
		}
		env := environment{"PATH=/usr/bin:/bin", "HOME=" + dir, "HISTFILE=/dev/null"}
		files.prepare(&env)
		cmd := exec.Command(path, "-i")
		cmd.Env, cmd.Dir = env, dir
		// Two lines are refused; what the prompt does by itself says so once.
		rc := "p() { : > y; : > y; }\nPROMPT_COMMAND=p\nprecmd() { p; }\n"
		for _, name := range []string{"/.bashrc", "/.zshrc"} {
			if err := os.WriteFile(dir+name, []byte(rc), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd.Stdin = strings.NewReader("echo a > x\ntrue\ntrue\np\ntrue\necho b > x\ntrue\necho last 2>/dev/null\n")
		out, _ := cmd.CombinedOutput()
		if n := strings.Count(string(out), "the guarded session is over"); n != 3 || !strings.Contains(string(out), "last\n") {
			t.Errorf("%s said so %d times:\n%s", shell, n, out)
		}
		if _, err := os.Stat(dir + "/x"); err == nil {
			t.Errorf("%s: it ran", shell)
		}
	}
}
