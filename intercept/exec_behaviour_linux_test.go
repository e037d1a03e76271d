package intercept

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	"restrain/internal/slowtest"
)

// judgeFunc is a judge that sees the context.
type judgeFunc func(context.Context, Request) Reply

func (f judgeFunc) Judge(ctx context.Context, r Request) Reply { return f(ctx, r) }

// What agents' runtimes make of a denial (pitfall 2).
func TestDeniedIsPermissionDenied(t *testing.T) {
	slowtest.Long(t)
	for _, test := range []struct {
		program string
		args    []string
		want    string
		status  int
	}{
		{"bash", []string{"-c", "rm -f victim"}, "Permission denied", 126},
		{"env", []string{"rm", "-f", "victim"}, "Permission denied", 126},
		{"python3", []string{"-c", "import subprocess\ntry: subprocess.run(['rm','-f','victim'])\nexcept PermissionError as e: print('errno', e.errno)"}, "errno 13", 0},
		{"node", []string{"-e", "require('child_process').spawn('rm',['-f','victim']).on('error', e => console.log('event', e.code))"}, "event EACCES", 0},
	} {
		t.Run(test.program, func(t *testing.T) {
			argv := append([]string{need(t, test.program)}, test.args...)
			r := denyProgram("rm", "victim")
			out, status := run(t, r, argv...)
			if status != test.status || !strings.Contains(out, test.want) {
				t.Errorf("status %d, output %q; want %d, %q; judged %q", status, out, test.status, test.want, r.argvs())
			}
		})
	}
}

// Nothing below an agent types into a terminal: without the filter, what is none
// would be ENOTTY.
func TestTypingIsRefused(t *testing.T) {
	const program = "import fcntl, termios\ntry: fcntl.ioctl(0, termios.TIOCSTI, b'y')\nexcept OSError as e: print('errno', e.errno)"
	if out, status := run(t, &recorder{}, need(t, "python3"), "-c", program); status != 0 || strings.TrimSpace(out) != "errno 1" {
		t.Errorf("status %d, output %q", status, out)
	}
}

// A search along PATH tries what is not there (pitfall 3): only what is there is
// judged.
func TestStormAlongPath(t *testing.T) {
	slowtest.Long(t)
	var path strings.Builder
	for i := range 50 {
		fmt.Fprintf(&path, "/nonexistent/%d:", i)
	}
	r := &recorder{}
	_, status := run(t, r, need(t, "env"), "PATH="+path.String()+filepath.Dir(need(t, "true")), "true")
	if n := len(r.argvs()); status != 0 || n != 2 {
		t.Errorf("status %d, judged %q; want env and true once each", status, r.argvs())
	}
}

// A denied command is tried again from the next PATH entry (pitfall 4): nobody
// is asked twice.
func TestDeniedAlongPathIsAskedOnce(t *testing.T) {
	slowtest.Long(t)
	rm, err := os.ReadFile(need(t, "rm"))
	if err != nil {
		t.Fatal(err)
	}
	path := ""
	for range 3 {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "rm"), rm, 0o755); err != nil {
			t.Fatal(err)
		}
		path += dir + ":"
	}
	for _, test := range []struct {
		program string
		args    []string
		status  int
	}{
		{"env", []string{"rm", "-f"}, 126},
		{"bash", []string{"-c", `rm -f "$0"; exit $?`}, 126},
		{"dash", []string{"-c", `rm -f "$0"; exit $?`}, 126},
		{"python3", []string{"-c", "import os,sys\ntry: os.execvp('rm', ['rm','-f',sys.argv[1]])\nexcept PermissionError: sys.exit(7)"}, 7},
		{"python3", []string{"-c", "import subprocess,sys\ntry: subprocess.run(['rm','-f',sys.argv[1]])\nexcept PermissionError: sys.exit(7)"}, 7},
		{"node", []string{"-e", "require('child_process').spawn('rm',['-f',process.argv[1]]).on('error', () => process.exit(7))"}, 7},
	} {
		t.Run(test.program, func(t *testing.T) {
			program := interpreter(t, test.program)
			v := victim(t)
			r := denyProgram("rm", v)
			argv := append([]string{program}, append(test.args, v)...)
			s := start(t, ExecOptions{Now: still}, r, func(cmd *exec.Cmd) { cmd.Env = append(os.Environ(), "PATH="+path+"/usr/bin:/bin") }, argv...)
			_, status := s.wait()
			mustExist(t, v, r)
			if _, n := r.find(func(q Request) bool { return isProgram(q, "rm") }); status != test.status || n != 1 {
				t.Errorf("status %d, rm judged %d times, want %d and once: %q", status, n, test.status, r.argvs())
			}
		})
	}
}

// interpreter is the program itself behind a name, which may be the script of a
// version manager.
func interpreter(t *testing.T, name string) string {
	t.Helper()
	path := need(t, name)
	args := []string{"-c", "import sys; print(sys.executable)"}
	switch name {
	case "python3":
	case "node":
		args = []string{"-p", "process.execPath"}
	default:
		return path
	}
	out, err := exec.Command(path, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// The check after exec kills what slipped in between the check and the exec
// (pitfall 14), and nothing else.
func TestVerify(t *testing.T) {
	if abiOf(auditArchNative).prctl == 0 {
		t.Skip("no check after exec on this processor")
	}
	v := victim(t)
	link := filepath.Join(t.TempDir(), "tool")
	if err := os.Symlink(need(t, "true"), link); err != nil {
		t.Fatal(err)
	}
	killed := make(chan string, 16)
	o := ExecOptions{Verify: true, Mismatch: func(_ int, image string) { killed <- image }}
	j := judgeFunc(func(_ context.Context, r Request) Reply {
		if r.Exec.Path == link {
			swap(t, link, need(t, "rm"))
		}
		return Reply{Allow: true}
	})
	script := "printf '#!/bin/sh\\necho script\\n' > s; chmod +x s; ./s; env true; " +
		"/proc/self/exe -c :; /proc/$$/exe -c 'echo self'; " + strings.Join(helper("loop", "2", "/bin/echo", "static"), " ") + "; " + link + " -f " + v + "; echo $?"
	script = strings.ReplaceAll(script, "/proc/self/exe "+helperVerb, testBinary(t)+" "+helperVerb)
	out, _ := start(t, o, j, nil, "sh", "-c", script).wait()
	mustExist(t, v, &recorder{})
	for _, want := range []string{"script\n", "self\n", "static\nstatic\n", "137\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("output %q has no %q", out, want)
		}
	}
	close(killed)
	for image := range killed {
		if filepath.Base(image) != "rm" {
			t.Errorf("%s was killed", image)
		}
	}
}

func testBinary(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFiftyAtOnce(t *testing.T) {
	script := `for i in $(seq 50); do (for j in 1 2 3 4; do ` + need(t, "expr") + ` $i + 0; done) & done; wait`
	r := &recorder{}
	out, status := run(t, r, "sh", "-c", script)
	_, judged := r.find(func(q Request) bool { return isProgram(q, "expr") })
	if lines := strings.Count(out, "\n"); status != 0 || lines != 200 || judged != 200 {
		t.Errorf("status %d, %d ran, %d judged; want 200 of each", status, lines, judged)
	}
}

// A second listener in the tree is refused by the kernel (pitfall 7).
func TestNested(t *testing.T) {
	out, _ := run(t, &recorder{}, helper("supervisor", "nothing", "true")...)
	if !strings.Contains(out, ErrNested.Error()) {
		t.Errorf("output %q does not tell of %q", out, ErrNested)
	}
}

// asNobody starts a helper as an ordinary user.
func asNobody(t *testing.T, words ...string) *exec.Cmd {
	t.Helper()
	needExec(t)
	argv := helper(words...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return cmd
}

// An ordinary user cannot read a process that is not dumpable (pitfall 9):
// what it execs is opaque, and a judge that knows no better denies it.
func TestUnreadableProcess(t *testing.T) {
	echo := need(t, "echo")
	out, _ := asNobody(t, append(append([]string{"supervisor", "nothing"}, helper("undumpable", echo, "it", "ran")...), "")...).CombinedOutput()
	if strings.Contains(string(out), "it ran") || !strings.Contains(string(out), "permission denied") {
		t.Errorf("output %q", out)
	}
}

func TestOrdinaryUser(t *testing.T) {
	rm := need(t, "rm")
	out, _ := asNobody(t, "supervisor", "victim", "sh", "-c", rm+" victim; echo $?; id -u; grep NoNewPrivs /proc/self/status").CombinedOutput()
	if !strings.Contains(string(out), "126\n") || !strings.Contains(string(out), "NoNewPrivs:\t1") {
		t.Errorf("output %q", out)
	}
}

// Root needs no no_new_privs: setuid programs go on working (pitfall 10).
func TestRootKeepsSetuid(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	out, _ := run(t, &recorder{}, "grep", "NoNewPrivs", "/proc/self/status")
	if !strings.Contains(out, "NoNewPrivs:\t0") {
		t.Errorf("output %q", out)
	}
}

func TestNothingPrepared(t *testing.T) {
	needExec(t)
	door, err := NewExecDoor(ExecOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := door.Serve(context.Background(), allowAll{}); err == nil {
		t.Error("served without a launch")
	}
	if err := door.Prepare(&Launch{Argv: []string{"no-such-agent"}}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%v, want %v", err, exec.ErrNotFound)
	}
}

// An agent that never starts does not keep the supervisor waiting for it.
func TestStubEndsEarly(t *testing.T) {
	needExec(t)
	door, err := NewExecDoor(ExecOptions{})
	if err != nil {
		t.Fatal(err)
	}
	l := &Launch{Argv: []string{"true"}}
	if err := door.Prepare(l); err != nil {
		t.Fatal(err)
	}
	_ = l.Files[0].Close()
	if err := door.Serve(context.Background(), allowAll{}); err == nil {
		t.Error("served an agent that is not there")
	}
}

// The hidden verb does nothing for those who have no supervisor.
func TestStubWithoutSupervisor(t *testing.T) {
	words := stubArgs(0, "-", need(t, "echo"), []string{"echo", "ran"})
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err == nil || strings.Contains(string(out), "ran\n") {
		t.Errorf("output %q, %v", out, err)
	}
}

// Orphans come to the supervisor, which waits for them.
func TestOrphansAreReaped(t *testing.T) {
	script := `mkfifo f; (sh -c 'echo $$ > f; exec true' &); read p < f
i=0; while [ -d /proc/$p ]; do i=$((i+1)); [ $i -gt 30000000 ] && exit 3; done; exit 0`
	if _, status := run(t, &recorder{}, "sh", "-c", script); status != 0 {
		t.Errorf("status %d: the orphan is still there", status)
	}
}

// The agent is left to whoever started it, by the doors of other sessions too.
func TestAgentsAreLeft(t *testing.T) {
	s := start(t, ExecOptions{}, &recorder{}, nil, "true")
	if err := unix.Waitid(unix.P_PID, s.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	sweep() // as another door does
	if _, status := s.wait(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// A script's text and a shell's line reach the judge as what they are.
func TestWhatTheJudgeSees(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s"), []byte("#!/bin/sh -e\necho $1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	var once sync.Once
	r.reply = func(q Request) Reply {
		once.Do(func() {
			if q.Exec.PPID != os.Getpid() || q.PeerUID != os.Geteuid() {
				t.Errorf("the agent has parent %d and uid %d", q.Exec.PPID, q.PeerUID)
			}
		})
		return Reply{Allow: true}
	}
	t.Setenv("RESTRAIN_TEST", "value")
	run(t, r, "bash", "-c", "cd "+dir+"; ./s one; sh s two; exit", "zero", "first")

	line, _ := r.find(func(q Request) bool { return q.Kind == KindLine })
	if line.Shell != "bash" || !strings.HasPrefix(line.Line, "cd ") || len(line.Params) != 2 || line.Params[0] != "zero" || line.Door != DoorExec {
		t.Errorf("line: %+v", line)
	}
	script, _ := r.find(func(q Request) bool { return q.Exec.Path == filepath.Join(dir, "s") })
	if got := strings.Join(script.Argv, " "); got != "/bin/sh -e "+dir+"/s one" || !strings.Contains(script.Exec.Script, "echo $1") || script.Dir != dir {
		t.Errorf("script: argv %q, %+v", got, script.Exec)
	}
	if !strings.Contains(strings.Join(script.Environ(), "\n"), "RESTRAIN_TEST=value") {
		t.Error("the environment is missing")
	}
	operand, _ := r.find(func(q Request) bool { return strings.Join(q.Argv, " ") == "sh s two" })
	if operand.Exec == nil || operand.Exec.ScriptPath != filepath.Join(dir, "s") || operand.Exec.Script == "" {
		t.Errorf("script operand: %+v", operand)
	}
	if script.Exec.Serial == 0 || script.PID == line.PID {
		t.Errorf("process: pid %d, start %d", script.PID, script.Exec.Serial)
	}
}

func TestTooLongArgvIsOpaque(t *testing.T) {
	r := &recorder{reply: func(q Request) Reply { return Reply{Allow: q.Exec.Opaque == ""} }}
	_, status := run(t, r, "bash", "-c", `env true $(seq 200000); exit $?`)
	if q, n := r.find(func(q Request) bool { return q.Exec.Opaque != "" }); n == 0 || status != 126 {
		t.Errorf("status %d, %d opaque, %v", status, n, q.Exec)
	}
}

// What an ordinary user may not enter on PATH the kernel refuses by itself: it
// is no question, and does not count against the entry that comes next.
func TestClosedDirectoryOnPath(t *testing.T) {
	closed := t.TempDir()
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(closed, 0o700) })
	// The judge would deny what is in there, and with it the same argv elsewhere.
	// env tries every entry, where a shell looks first.
	cmd := asNobody(t, "supervisor", closed, "sh", "-c", "/usr/bin/env id -u; echo $?")
	cmd.Env = append(os.Environ(), "PATH="+closed+":/usr/bin:/bin")
	out, _ := cmd.CombinedOutput()
	if got := strings.TrimSpace(string(out)); got != strconv.Itoa(ordinaryUser())+"\n0" {
		t.Errorf("output %q", got)
	}
}

// ordinaryUser is whom asNobody runs as.
func ordinaryUser() int {
	if os.Geteuid() == 0 {
		return 65534
	}
	return os.Geteuid()
}

// A process is the same one before and after an exec that another of its
// threads than the first has made, however much later that was started: Go
// programs such as restrain's own doors exec like that.
func TestThreadExecsAsItsProcess(t *testing.T) {
	need(t, "python3")
	const late = `
import os, threading
def started(tid):
    return open('/proc/self/task/%d/stat' % tid).read().rpartition(')')[2].split()[19]
def run():
    if started(threading.get_native_id()) != started(os.getpid()):
        os.execv('/bin/sh', ['sh', '-c', 'exec true'])
while True:
    t = threading.Thread(target=run)
    t.start()
    t.join()
`
	r := &recorder{}
	if out, code := run(t, r, "python3", "-c", late); code != 0 {
		t.Fatalf("exit status %d: %s", code, out)
	}
	sh, before := r.find(func(q Request) bool { return q.Line == "exec true" })
	after, n := r.find(func(q Request) bool { return isProgram(q, "true") })
	if before != 1 || n != 1 {
		t.Fatalf("judged %q", r.argvs())
	}
	if was, is := (Process{sh.PID, sh.Exec.Serial}), (Process{after.PID, after.Exec.Serial}); was != is || sh.Exec.PPID != after.Exec.PPID {
		t.Errorf("process %v below %d became %v below %d", was, sh.Exec.PPID, is, after.Exec.PPID)
	}
}

// A line looks denied however its shell is started: 126, and the reason on stderr.
func TestLeadsToShell(t *testing.T) {
	for command, want := range map[string]bool{
		"/bin/bash -c x": true, "/usr/bin/setsid -w bash -c x": true, "/usr/bin/env A=1 timeout 5 /bin/sh -c x": true,
		"/bin/bash script.sh": true, "/usr/bin/rm -rf x": false, "/usr/bin/python3 x.py": false, "": false,
	} {
		if got := leadsToShell(strings.Fields(command)); got != want {
			t.Errorf("%q: %t, want %t", command, got, want)
		}
	}
}
