package intercept

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"restrain/internal/slowtest"
)

// What programs make of a refusal, the first of a tree, and that they are told
// why. All of the tree is still there.
func TestFileRefused(t *testing.T) {
	slowtest.Long(t)
	for _, test := range []struct {
		argv   []string
		says   string
		status int
	}{
		{[]string{"rm", "tree/f"}, "Permission denied", 1},
		{[]string{"rm", "-rf", "tree"}, "Permission denied", 1},
		{[]string{"mv", "a", "tree/f"}, "Permission denied", 1},
		{[]string{"sh", "-c", "echo x > tree/f"}, "Permission denied", 2},
		{[]string{"python3", "-c", "import os\nos.remove('tree/f')"}, "PermissionError: [Errno 13]", 1},
		{[]string{"python3", "-c", "import shutil\nshutil.rmtree('tree')"}, "PermissionError: [Errno 13]", 1},
		{[]string{"node", "-e", "require('fs').rmSync('tree', {recursive: true})"}, "EACCES", 1},
		{[]string{"perl", "-e", "unlink('tree/f') or die $!"}, "Permission denied", 13},
		{[]string{"git", "clean", "-fdq"}, "Permission denied", 1},
	} {
		t.Run(strings.Join(test.argv[:len(test.argv)-1], " "), func(t *testing.T) {
			dir := oldFiles(t, "tree/f", "a")
			if test.argv[0] == "git" {
				if out, err := exec.Command(need(t, "git"), "init", "-q", dir).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			w := fromNow(t)
			w.reply = func(context.Context, FileCall) FileReply { return FileReply{Message: "restrain: the reason"} }
			out, status := runFiles(t, w, dir, append([]string{need(t, test.argv[0])}, test.argv[1:]...)...)
			if status != test.status || !strings.Contains(out, test.says) || !strings.Contains(out, "restrain: the reason\n") {
				t.Errorf("status %d, output %q; want %d and %q", status, out, test.status, test.says)
			}
			if b, err := os.ReadFile(filepath.Join(dir, "tree/f")); err != nil || len(b) == 0 {
				t.Errorf("the refused call was carried out: %q, %v", b, err)
			}
		})
	}
}

// A call that is refused and tried again is not told again.
func TestFileRefusedOnce(t *testing.T) {
	dir := oldFiles(t, "a")
	w := fromNow(t)
	w.reply = func(context.Context, FileCall) FileReply { return FileReply{Message: "once"} }
	out, _ := runFiles(t, w, dir, "perl", "-e", "unlink 'a' for 1 .. 20; print 'still' if -e 'a'")
	if got := w.told(dir); len(got) != 1 || out != "once\nstill" {
		t.Errorf("told %q, output %q", got, out)
	}
}

// While one call is held others go on, also of the same process.
func TestFileHeldAlone(t *testing.T) {
	dir := oldFiles(t, "first", "second")
	w, second := fromNow(t), make(chan struct{})
	w.reply = func(ctx context.Context, c FileCall) FileReply {
		if filepath.Base(c.Target.Path) == "second" {
			close(second)
			return FileReply{Allow: true}
		}
		select {
		case <-second:
			return FileReply{Allow: true}
		case <-ctx.Done():
			return FileReply{}
		}
	}
	out, status := runFiles(t, w, dir, "sh", "-c", "rm first & while [ -e second ]; do rm -f second; done; wait $!")
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); status != 0 || len(left) > 0 {
		t.Errorf("status %d, output %q, left %q", status, out, left)
	}
}

// A held call ends with its process, and the question with it.
func TestFileKilledWhileHeld(t *testing.T) {
	dir := oldFiles(t, "a")
	w, withdrawn := fromNow(t), make(chan bool, 1)
	w.reply = func(ctx context.Context, c FileCall) FileReply {
		_ = unix.Kill(c.Process.PID, unix.SIGTERM)
		select {
		case <-ctx.Done():
			withdrawn <- true
		case <-time.After(patience):
			withdrawn <- false
		}
		return FileReply{Allow: true}
	}
	s := startFiles(t, w, dir, "rm", "a")
	s.wait()
	if !<-withdrawn {
		t.Error("the question outlived its process")
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); err != nil {
		t.Errorf("the call was carried out: %v", err)
	}
}

// When serving ends, what is held is refused, whatever is said then.
func TestFileStoppedWhileHeld(t *testing.T) {
	dir := oldFiles(t, "a")
	w, held := fromNow(t), make(chan struct{})
	w.reply = func(ctx context.Context, _ FileCall) FileReply {
		close(held)
		<-ctx.Done()
		return FileReply{Allow: true}
	}
	s := startFiles(t, w, dir, "rm", "a")
	<-held
	s.cancel()
	if out, status := s.wait(); status == 0 {
		t.Errorf("status 0: %s", out)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); err != nil {
		t.Errorf("the call was carried out: %v", err)
	}
}

// What was read of a process that has gone meanwhile may be another's: it is
// not told.
func TestFileOfWhoHasGone(t *testing.T) {
	needExec(t)
	w := fromNow(t)
	door, err := NewExecDoor(ExecOptions{Files: w})
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n := callHere(unix.SYS_UNLINKAT, ^uint64(99), address(filepath.Join(oldFiles(t, "a"), "a")))
	c, err := door.readFileCall(n, callUnlinkat, abiOf(n.arch))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if door.witness(t.Context(), n, callUnlinkat, abiOf(n.arch), c) || len(w.seen) > 0 { // there is no such notification
		t.Errorf("told %q", w.told("/"))
	}
}

// A late yes is for what was told: a call that has become another one is
// refused.
func TestFileChangedWhileHeld(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(dir string) error
		status int
	}{
		{"as it was", func(string) error { return nil }, 0},
		{"linked, as keeping does", func(dir string) error { return os.Link(dir+"/a", dir+"/kept") }, 0},
		{"another file", func(dir string) error { return os.Rename(dir+"/b", dir+"/a") }, 1},
		{"other content", func(dir string) error { return os.WriteFile(dir+"/a", []byte("what came meanwhile"), 0o600) }, 1},
		{"same content, written again", func(dir string) error { return os.Chtimes(dir+"/a", time.Time{}, time.Unix(1, 0)) }, 1},
		{"other mode", func(dir string) error { return os.Chmod(dir+"/a", 0o600) }, 1},
		{"gone", func(dir string) error { return os.Remove(dir + "/a") }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := oldFiles(t, "a", "b")
			w := fromNow(t)
			var clock atomic.Int64
			w.reply = func(context.Context, FileCall) FileReply {
				clock.Add(1)
				if err := test.change(dir); err != nil {
					t.Error(err)
				}
				return FileReply{Allow: true}
			}
			now := func() time.Time { return time.Unix(clock.Load(), 0) }
			s := start(t, ExecOptions{Files: w, Now: now}, allowAll{}, func(c *exec.Cmd) { c.Dir = dir }, "rm", "a")
			if out, status := s.wait(); status != test.status {
				t.Errorf("status %d, want %d; %s", status, test.status, out)
			}
		})
	}
}

// Another file is another one, though all else agrees.
func TestFileUnchanged(t *testing.T) {
	one := fileEnd{exists: true, st: unix.Statx_t{Ino: 1, Size: 1}}
	for name, change := range map[string]func(*fileEnd){
		"inode":  func(e *fileEnd) { e.st.Ino = 2 },
		"device": func(e *fileEnd) { e.st.Dev_minor = 2 },
		"birth":  func(e *fileEnd) { e.st.Btime.Sec = 2 },
		"path":   func(e *fileEnd) { e.size = copy(e.room[prefixRoom:], "x") },
		"start":  func(e *fileEnd) { e.dirfd = 2 },
		"absent": func(e *fileEnd) { e.exists = false },
	} {
		other := one
		if change(&other); one.unchanged(&other) || other.unchanged(&one) {
			t.Errorf("%s: counts as unchanged", name)
		}
	}
	if same := one; !one.unchanged(&same) {
		t.Error("the same counts as changed")
	}
}

// When the supervisor dies, a held call and those that come later fail.
func TestFileSupervisorKilled(t *testing.T) {
	needExec(t)
	dir := oldFiles(t, "a", "b")
	argv := helper("filesupervisor", "hold", "sh", "-c", "rm -f a; echo x > b; rm -f b; echo end")
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	out, in := pipe(t)
	cmd.Stdout = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "told: unlink \n" {
		t.Errorf("%q, %v", line, err)
	}
	_ = cmd.Process.Kill()
	if rest, err := io.ReadAll(lines); err != nil || !strings.HasSuffix(string(rest), "end\n") {
		t.Errorf("the agent did not go on: %q, %v", rest, err)
	}
	_ = cmd.Wait()
	for _, name := range []string{"a", "b"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != "content of "+name {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

// A process whose memory cannot be read is told as unknown, and what is not
// allowed then does not happen.
func TestFileUnreadable(t *testing.T) {
	needExec(t)
	dir := oldFiles(t, "a")
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	out, err := asNobody(t, append([]string{"filesupervisor", "deny"}, helper("file", "undumpable", filepath.Join(dir, "a"))...)...).CombinedOutput()
	if want := "told: unlink " + errUnreadable.Error() + "\npermission denied\n"; err != nil || string(out) != want {
		t.Errorf("%q, %v; want %q", out, err, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); err != nil {
		t.Errorf("the refused call was carried out: %v", err)
	}
}

// Many processes at once lose nothing unseen.
func TestFileManyAtOnce(t *testing.T) {
	slowtest.Long(t)
	const processes, each = 16, 1000
	var names, line []string
	for p := range processes {
		for i := range each {
			names = append(names, fmt.Sprintf("%d/%d", p, i))
		}
	}
	dir := oldFiles(t, names...)
	for p := range processes {
		line = append(line, strings.Join(helper("unlinks", strconv.Itoa(p), strconv.Itoa(each)), " ")+" &")
	}
	var mu sync.Mutex
	times := map[uint64]int{}
	w := fromNow(t)
	w.reply = func(_ context.Context, c FileCall) FileReply {
		mu.Lock()
		defer mu.Unlock()
		times[c.Target.Ino]++
		return FileReply{Allow: c.Target.Exists && c.Unknown == ""}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := strings.ReplaceAll(strings.Join(line, "\n"), "/proc/self/exe", self) + "\nwait"
	out, status := runFiles(t, w, dir, "sh", "-c", script)
	left, _ := filepath.Glob(filepath.Join(dir, "*/*"))
	if status != 0 || out != "" || len(left) > 0 || len(times) != processes*each {
		t.Errorf("status %d, output %q, %d left, %d files told", status, out, len(left), len(times))
	}
}

// Names that change places while they are looked at: what goes was told, under
// one name or the other.
func TestFileRenameRace(t *testing.T) {
	dir := oldFiles(t, "a", "b")
	w := fromNow(t)
	line := "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo $i > new; done & " +
		"perl -e 'for (1 .. 500) { rename \"a\", \"t\"; rename \"b\", \"a\"; rename \"t\", \"b\" }' & wait; rm a b"
	if out, status := runFiles(t, w, dir, "sh", "-c", line); status != 0 {
		t.Errorf("status %d: %s", status, out)
	}
	told := w.told(dir)
	for _, want := range []string{"unlink a", "unlink b"} {
		if !slices.Contains(told, want) {
			t.Errorf("%q was not told", want)
		}
	}
}
