package intercept

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test program is the door, by the names that the door has.
func init() {
	shell, _ := DoorName(os.Args[0])
	switch {
	case len(os.Args) > 1 && os.Args[1] == EnvVerb:
		os.Exit(AskForShell(os.Args[2:], os.Getenv, os.Stderr))
	case len(os.Args) > 1 && os.Args[1] == TypedVerb:
		os.Exit(AskTyped(os.Args[2:], os.Getenv, os.Stderr))
	case shell != "":
		os.Exit(doorForTests(shell))
	case len(os.Args) > 1 && os.Args[1] == "__caller":
		agent, err := Caller()
		fmt.Println(agent.PID, agent.TTYSafe, agent.Key, err)
		os.Exit(0)
	}
}

func doorForTests(shell string) int {
	args, err := ParseShellArgs(shell, os.Args[1:])
	if err != nil {
		return Conclude(Reply{}, err, os.Stderr)
	}
	dir, _ := os.Getwd()
	r := Request{Kind: KindLine, Door: DoorShell, Shell: shell, Line: args.Line, Params: args.Params, Dir: dir, Env: os.Environ()}
	if !args.HasLine {
		r.Kind, r.Argv = KindArgv, append([]string{shell}, os.Args[1:]...)
	}
	reply, err := Call(Socket(os.Args[0], os.Getenv), r)
	if status := Conclude(reply, err, os.Stderr); status != 0 {
		return status
	}
	path, err := RealShell(shell, os.Environ())
	if err == nil {
		err = ExecShell(path, os.Args[0], os.Args[1:], os.Environ())
	}
	return Conclude(Reply{}, err, os.Stderr)
}

// A shellJudge is a judge that is a function.
type shellJudge func(context.Context, Request) Reply

func (f shellJudge) Judge(ctx context.Context, r Request) Reply { return f(ctx, r) }

// A house is a shell door that is served, and what came to it.
type house struct {
	door *ShellDoor
	env  []string

	mu   sync.Mutex
	came []Request
}

// openHouse serves a door whose judge denies the lines that start with "forbidden".
func openHouse(t *testing.T, env ...string) *house {
	return openWith(t, func(_ context.Context, r Request) Reply {
		if strings.HasPrefix(r.Line, "forbidden") {
			return Reply{Message: "restrain: denied: do not retry"}
		}
		return Reply{Allow: true}
	}, env...)
}

func openWith(t *testing.T, judge shellJudge, env ...string) *house {
	t.Helper()
	door, err := NewShellDoor()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{door: door}
	l := Launch{Env: append([]string{"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "SHELL=/bin/bash"}, env...)}
	if err := door.Prepare(&l); err != nil {
		t.Fatal(err)
	}
	h.env = append(l.Env, "GORACE=atexit_sleep_ms=0") // the race detector holds up every exit otherwise
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() {
		served <- door.Serve(ctx, shellJudge(func(ctx context.Context, r Request) Reply {
			h.mu.Lock()
			if !r.Repeat { // the shell's own question about what it was started for
				h.came = append(h.came, r)
			}
			h.mu.Unlock()
			return judge(ctx, r)
		}))
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if err := door.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(door.dir); err == nil {
			t.Errorf("%s is still there", door.dir)
		}
	})
	return h
}

func (h *house) command(name string, args ...string) *exec.Cmd {
	if !filepath.IsAbs(name) {
		name = h.door.path(shimName, name)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = h.env
	return cmd
}

// lines are the lines and programs that came, in order.
func (h *house) lines() (list []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.came {
		list = append(list, string(r.Door)+":"+r.Line+strings.Join(r.Argv, " "))
	}
	return list
}

func TestShellDoor(t *testing.T) {
	for _, test := range []struct {
		argv   []string
		out    string
		status int
		came   []string
	}{
		{[]string{"restrain-bash", "-c", "echo a; exit 3"}, "a\n", 3, []string{"shell:echo a; exit 3"}},
		{[]string{"restrain-bash", "-lc", "echo a $0 $1", "x", "y"}, "a x y\n", 0, []string{"shell:echo a $0 $1"}},
		{[]string{"bash", "-c", "echo $0 $BASH"}, "/usr/bin/bash /usr/bin/bash\n", 0, []string{"shell:echo $0 $BASH"}},
		{[]string{"sh", "-ec", "false; echo no"}, "", 1, []string{"shell:false; echo no"}},
		{[]string{"bash", "-c", "forbidden"}, "", Denied, []string{"shell:forbidden"}},
		{[]string{"bash", "--junk", "-c", "echo a"}, "", Denied, nil},
		{[]string{"bash", "-c", "kill -TERM $$"}, "", -1, []string{"shell:kill -TERM $$"}},
		// A real shell, started past the door, asks by itself.
		{[]string{"/bin/bash", "-c", "echo a $1", "x", "y"}, "a y\n", 0, []string{"env:echo a $1"}},
		{[]string{"/bin/bash", "-c", "forbidden; echo no"}, "", Denied, []string{"env:forbidden; echo no"}},
		// What runs inside an allowed line is asked about too.
		{[]string{"bash", "-c", "/bin/bash -c 'forbidden; echo no'; echo $?"}, "126\n", 0,
			[]string{"shell:/bin/bash -c 'forbidden; echo no'; echo $?", "env:forbidden; echo no"}},
		// An allowed line is good once: the same process cannot run it again.
		{[]string{"bash", "-c", "export N=x$N; [ ${#N} -lt 3 ] && exec /bin/bash -c \"$BASH_EXECUTION_STRING\"; exit 0"}, "", 0, nil},
	} {
		h := openHouse(t)
		var errOut bytes.Buffer
		cmd := h.command(test.argv[0], test.argv[1:]...)
		cmd.Stderr = &errOut
		out, _ := cmd.Output()
		if string(out) != test.out || cmd.ProcessState.ExitCode() != test.status {
			t.Errorf("%q: %q, status %d, want %q, %d; stderr %q", test.argv, out, cmd.ProcessState.ExitCode(), test.out, test.status, &errOut)
		}
		if test.status == Denied && !strings.HasPrefix(errOut.String(), "restrain: ") {
			t.Errorf("%q: denied without a word: %q", test.argv, &errOut)
		}
		if got := h.lines(); test.came != nil && strings.Join(got, "\n") != strings.Join(test.came, "\n") {
			t.Errorf("%q: asked about %q, want %q", test.argv, got, test.came)
		} else if test.came == nil && test.status == 0 && len(got) < 2 {
			t.Errorf("%q: asked about %q once only", test.argv, got)
		}
	}
}

func TestShellDoorRequest(t *testing.T) {
	h := openHouse(t)
	cmd := h.command("bash", "-c", "true", "zero", "one")
	cmd.Dir = t.TempDir()
	cmd.Env = append(cmd.Env, "SOME=thing")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	r := h.came[0]
	h.mu.Unlock()
	if r.Dir != cmd.Dir || strings.Join(r.Params, " ") != "zero one" || r.Shell != "bash" ||
		r.PeerUID != os.Getuid() || r.PID != cmd.Process.Pid || environment(r.Env).get("SOME") != "thing" {
		t.Errorf("%+v", r)
	}
}

func TestShellDoorFailsClosed(t *testing.T) {
	h := openHouse(t)
	h.door.listener.Close()
	for _, argv := range [][]string{{"bash", "-c", "echo ran"}, {"/bin/bash", "-c", "echo ran"}} {
		cmd := h.command(argv[0], argv[1:]...)
		out, _ := cmd.Output()
		if len(out) > 0 || cmd.ProcessState.ExitCode() != Denied {
			t.Errorf("%q without a judge: %q, status %d", argv, out, cmd.ProcessState.ExitCode())
		}
	}
}

func TestShellDoorWithoutEnvironment(t *testing.T) {
	h := openHouse(t)
	cmd := h.command("bash", "-c", "forbidden; echo ran")
	cmd.Env = []string{}
	if out, _ := cmd.Output(); len(out) > 0 || len(h.lines()) != 1 {
		t.Errorf("an empty environment: %q, asked about %q", out, h.lines())
	}
}

func TestShellDoorWithdraws(t *testing.T) {
	asked, withdrawn := make(chan bool), make(chan bool)
	h := openWith(t, func(ctx context.Context, r Request) Reply {
		close(asked)
		<-ctx.Done()
		close(withdrawn)
		return Reply{}
	})
	cmd := h.command("bash", "-c", "true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Fatal("nobody was asked")
	}
	cmd.Process.Kill()
	cmd.Wait()
	select {
	case <-withdrawn:
	case <-time.After(time.Minute):
		t.Error("the question still stands after its process has gone")
	}
}

func TestShellDoorPassesDescriptorsAndBytes(t *testing.T) {
	data := make([]byte, 10<<20)
	for i, state := 0, uint32(1); i < len(data); i++ {
		state = state*1664525 + 1013904223
		data[i] = byte(state >> 24)
	}
	h := openHouse(t)
	cmd := h.command("restrain-bash", "-c", "cat; echo on four >&4")
	cmd.Stdin = bytes.NewReader(data)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd.ExtraFiles = []*os.File{w, w}
	out, err := cmd.Output()
	w.Close()
	if err != nil || sha256.Sum256(out) != sha256.Sum256(data) {
		t.Errorf("10 MB came out changed: %d bytes, %v", len(out), err)
	}
	var four bytes.Buffer
	if four.ReadFrom(r); four.String() != "on four\n" {
		t.Errorf("descriptor 4: %q", &four)
	}
	const list = "ls /proc/self/fd"
	direct, err := exec.Command("/bin/bash", "-c", list).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := h.command("bash", "-c", list).Output(); err != nil || string(got) != string(direct) {
		t.Errorf("descriptors %q, want %q as without the door; %v", got, direct, err)
	}
}

func TestShellDoorKeepsTheUsersFile(t *testing.T) {
	dir := t.TempDir()
	file := dir + "/own"
	if err := os.WriteFile(file, []byte("own=loaded"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := openHouse(t, "BASH_ENV=$DIRECTORY/own", "DIRECTORY="+dir)
	out, err := h.command("/bin/bash", "-euc", "echo $own $#", "a", "b").Output()
	if err != nil || string(out) != "loaded 1\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestShellDoorManyAtOnce(t *testing.T) {
	h := openHouse(t)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			want := fmt.Sprintln(i)
			if out, err := h.command("bash", "-c", "echo "+want).Output(); err != nil || string(out) != want {
				t.Errorf("%d: %q, %v", i, out, err)
			}
		})
	}
	all.Wait()
	if n := len(h.lines()); n != 50 {
		t.Errorf("%d were judged, want 50", n)
	}
}

func TestShellDoorIsPrivate(t *testing.T) {
	h := openHouse(t)
	info, err := os.Stat(h.door.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestShellDoorTakesNoGarbage(t *testing.T) {
	h := openHouse(t)
	for _, garbage := range []string{"\xff\xff\xff\xff", "\x00\x00\x00\x03\x01\x02\x03", "\x00\x00\x00\x01\x09"} {
		conn, err := net.Dial("unix", h.door.path(socketName))
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte(garbage))
		body, err := readMessage(conn)
		if err == nil {
			if reply, err := decodeReply(body); err != nil || reply.Allow {
				t.Errorf("%q: %+v, %v", garbage, reply, err)
			}
		}
		conn.Close()
	}
	if got := h.lines(); len(got) > 0 {
		t.Errorf("garbage was judged: %q", got)
	}
}

func TestNestedSessionJoins(t *testing.T) {
	h := openHouse(t)
	inner, err := NewShellDoor()
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	l := Launch{Env: h.env}
	if err := inner.Prepare(&l); err != nil || environment(l.Env).get(SocketVariable) != h.door.path(socketName) {
		t.Errorf("%v, socket %q", err, environment(l.Env).get(SocketVariable))
	}
}

func TestCaller(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var keys [2]string
	for i, argv := range [][]string{{exe, "__caller"}, {"sh", "-c", `env sh -c '"$0" __caller; true' "$0"; true`, exe}} {
		out, err := exec.Command(argv[0], argv[1:]...).Output()
		var pid int
		var safe bool
		if _, scanErr := fmt.Sscan(string(out), &pid, &safe, &keys[i]); err != nil || scanErr != nil {
			t.Fatalf("%q: %v, %v", out, err, scanErr)
		}
		if pid != os.Getpid() {
			t.Errorf("%q: the agent is %d, want this test, %d", argv, pid, os.Getpid())
		}
	}
	if keys[0] != keys[1] || keys[0] == "" {
		t.Errorf("one agent has the keys %q", keys)
	}
}

func TestWire(t *testing.T) {
	r := Request{Kind: KindArgv, Argv: []string{"a", ""}, Params: []string{"b"}, Dir: "/d", Env: []string{"A=1"}, Shell: "sh", Door: DoorShell, Interactive: true, Elsewhere: true}
	got, err := decodeRequest(encodeRequest(r))
	if err != nil || fmt.Sprint(got) != fmt.Sprint(r) {
		t.Errorf("%+v, %v, want %+v", got, err, r)
	}
	body := encodeRequest(r)
	for n := range body {
		if _, err := decodeRequest(body[:n]); err == nil {
			t.Errorf("a request cut after %d bytes is taken", n)
		}
	}
	if _, err := decodeRequest(append(body, 0)); err == nil {
		t.Error("a request with something behind it is taken")
	}
}
