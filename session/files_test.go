//go:build linux

package session

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"restrain/gate"
	"restrain/intercept"
	"restrain/keep"
)

// A filesLab is a witness with a gate at which nobody answers.
type filesLab struct {
	*files
	t     *testing.T
	dir   string // with home, work, state, config and temp in it
	store *keep.Store
	steps int
}

func newFilesLab(t *testing.T, limits keep.Limits) *filesLab {
	t.Helper()
	l := &filesLab{t: t, dir: resolveLinks(t.TempDir())}
	for _, dir := range []string{"home", "work", "state", "config", "temp"} {
		l.write(dir + "/.present")
	}
	env := map[string]string{"HOME": l.at("home"), "XDG_STATE_HOME": l.at("state"), "XDG_CONFIG_HOME": l.at("config")}
	getenv := func(name string) string { return env[name] }
	policy, err := LoadPolicy(getenv, "agent", "")
	if err != nil {
		t.Fatal(err)
	}
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		t.Fatal(err)
	}
	sessionStore, err := gate.OpenStore(stateDir, "aaaa1111", policy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessionStore.Close() })
	if l.store, err = keep.Open(stateDir, limits); err != nil {
		t.Fatal(err)
	}
	j := newJudge([]string{"agent"}, l.at("home"))
	j.gate = &gate.Gate{Policy: policy, Store: sessionStore, Settle: j.settle, Keeps: func() (*keep.Store, error) { return l.store, nil }}
	l.files = newFiles(j, policy, getenv, l.at("work"))
	j.files = l.files
	l.places.temp = []string{l.at("temp")} // the lab is in the real one
	return l
}

func (l *filesLab) at(name string) string { return filepath.Join(l.dir, name) }

// write makes a file that has been there for an hour.
func (l *filesLab) write(name string) string {
	l.t.Helper()
	path := l.at(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("content of "+filepath.Base(name)), 0o600); err != nil {
		l.t.Fatal(err)
	}
	before := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, before, before); err != nil {
		l.t.Fatal(err)
	}
	return path
}

func (l *filesLab) git(args ...string) {
	l.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b", "-C", l.at("work")}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "HOME="+l.at("home"))
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// step has the gate let a line run, and gives the process that it runs as.
func (l *filesLab) step(line string) intercept.Process {
	l.t.Helper()
	l.steps++
	decision, err := l.judge.gate.Judge(l.t.Context(), gate.Request{Door: "exec", Line: line, Dir: l.at("work"), Home: l.at("home"), Live: true})
	if err != nil || decision.Permit == nil {
		l.t.Fatalf("%s: %v %s", line, err, decision.Reason)
	}
	p := intercept.Process{PID: 1<<30 + l.steps, Serial: 1}
	l.judge.steps.Begin(p, nil, decision.Permit)
	return p
}

func fileAt(t *testing.T, path string) intercept.File {
	t.Helper()
	f := intercept.File{Path: path, Dir: -1, FD: -1}
	info, err := os.Lstat(path)
	if err != nil {
		return f
	}
	st := info.Sys().(*syscall.Stat_t)
	f.Exists = true
	f.FileFacts = intercept.FileFacts{Dev: uint64(st.Dev), Ino: st.Ino, Mode: st.Mode, Links: uint32(st.Nlink), Size: st.Size,
		Modified: info.ModTime(), Born: time.Now().Add(-time.Hour)}
	return f
}

func (l *filesLab) call(p intercept.Process, op intercept.FileOp, path string) intercept.FileCall {
	l.t.Helper()
	return intercept.FileCall{Op: op, Process: p, PPID: 1, Target: fileAt(l.t, path), To: intercept.File{Dir: -1, FD: -1}}
}

func (l *filesLab) file(c intercept.FileCall) intercept.FileReply {
	l.t.Helper()
	return l.File(l.t.Context(), c)
}

func (l *filesLab) journal() string {
	l.t.Helper()
	text, err := os.ReadFile(gate.JournalPath(filepath.Join(l.at("state"), "restrain"), "aaaa1111"))
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text)
}

func (l *filesLab) end() []keep.Kept {
	l.t.Helper()
	if err := l.judge.settleFiles(); err != nil {
		l.t.Fatal(err)
	}
	list, err := l.store.List(keep.Filter{})
	if err != nil {
		l.t.Fatal(err)
	}
	return list
}

func TestFileVerdicts(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	l := newFilesLab(t, keep.Limits{})
	for _, name := range []string{"clean", "changed", "plain", "node_modules/a/b", "node_modules/tracked", "build/a", "judged/deep/a", ".restrain.toml"} {
		l.write("work/" + name)
	}
	if err := os.WriteFile(l.at("work/.gitignore"), []byte("node_modules\nplain-ignored\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.write("work/plain-ignored")
	l.git("init", "-q")
	l.git("add", "clean", "changed", ".gitignore")
	l.git("commit", "-qm", "first")
	l.write("work/staged")
	l.git("add", "staged")
	change := func(name string) {
		if err := os.WriteFile(l.at("work/"+name), []byte("changed"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change("changed")
	for _, name := range []string{"home/file", "home/dir/file", "other/.git/HEAD", "work/vendor/.git/HEAD", "temp/file", "config/restrain/rules.toml", "state/restrain/x", "work/.restrain-kept-0/k/1"} {
		l.write(name)
	}
	step, none := l.step("rm -rf judged"), intercept.Process{PID: 1<<30 + 99, Serial: 1}
	day := func(f *intercept.File) { f.Modified = time.Now().Add(-25 * time.Hour) }
	for _, test := range []struct {
		name, path string
		by         intercept.Process
		op         intercept.FileOp
		change     func(*intercept.File)
		want       fileVerdict
	}{
		{"judged with the line", "work/judged/deep/a", step, intercept.FileUnlink, nil, letGo},
		{"the same below no step", "work/judged/deep/a", none, intercept.FileUnlink, nil, keepFirst},
		{"no name", "work/plain", step, intercept.FileTruncate, func(f *intercept.File) { f.Links = 0 }, letGo},
		{"anything else", "work/plain", step, intercept.FileUnlink, nil, keepFirst},
		{"state", "state/restrain/x", step, intercept.FileUnlink, nil, askFirst},
		{"rules", "config/restrain/rules.toml", step, intercept.FileRename, nil, askFirst},
		{"what holds the state", "state", step, intercept.FileRename, nil, askFirst},
		{"project rules", "work/.restrain.toml", step, intercept.FileUnlink, nil, askFirst},
		{"the store on another disk", "work/.restrain-kept-0/k/1", step, intercept.FileUnlink, nil, askFirst},
		{"another repository", "other/.git/HEAD", step, intercept.FileUnlink, nil, askFirst},
		{"a repository within", "work/vendor/.git/HEAD", step, intercept.FileUnlink, nil, askFirst},
		{"the repository", "work/.git/HEAD", step, intercept.FileUnlink, nil, keepFirst},
		{"young in a temporary directory", "temp/file", step, intercept.FileUnlink, nil, letGo},
		{"old there", "temp/file", step, intercept.FileUnlink, day, keepFirst},
		{"of unknown age there", "temp/file", step, intercept.FileUnlink, func(f *intercept.File) { f.Born = time.Time{} }, keepFirst},
		{"a directory", "work/judged/deep", none, intercept.FileRmdir, nil, keepAlong},
		{"committed", "work/clean", step, intercept.FileUnlink, nil, letGo},
		{"changed", "work/changed", step, intercept.FileUnlink, nil, keepFirst},
		{"staged", "work/staged", step, intercept.FileUnlink, nil, keepFirst},
		{"built and ignored", "work/node_modules/a/b", step, intercept.FileUnlink, nil, letGo},
		{"built and not ignored", "work/build/a", step, intercept.FileUnlink, nil, keepFirst},
		{"ignored and not built", "work/plain-ignored", step, intercept.FileUnlink, nil, keepFirst},
		{"in the home directory", "home/file", step, intercept.FileUnlink, nil, askFirst},
		{"there by the agent itself", "home/file", none, intercept.FileUnlink, nil, keepFirst},
		{"there and replaced", "home/file", step, intercept.FileRename, nil, keepFirst},
		{"below there", "home/dir/file", step, intercept.FileUnlink, nil, keepFirst},
	} {
		c := l.call(test.by, test.op, l.at(test.path))
		if test.change != nil {
			test.change(&c.Target)
		}
		at, permit, _ := l.judge.steps.StepOf(c.Process, c.PPID)
		if got := l.verdict(&fileCall{&c, at, permit}, &c.Target); got != test.want {
			t.Errorf("%s: verdict %d, want %d", test.name, got, test.want)
		}
	}
	clean := l.step("rm clean; rm -rf node_modules")
	if _, permit, _ := l.judge.steps.StepOf(clean, 1); !permit.Took(l.at("work/clean")) || !permit.Took(l.at("work/node_modules/a/b")) ||
		permit.Took(l.at("work/clean/below")) || permit.Took(l.at("work/node_modules2")) || permit.Took(l.at("work")) {
		t.Error("a permit does not name what its step takes away without a loss, or names more")
	}
	// What git has come to track is not a build's, though its directory is.
	l.git("add", "-f", "node_modules/tracked")
	l.git("commit", "-qm", "second")
	change("node_modules/tracked")
	tracked := l.call(step, intercept.FileUnlink, l.at("work/node_modules/tracked"))
	if got := l.verdict(&fileCall{FileCall: &tracked}, &tracked.Target); got != keepFirst {
		t.Errorf("built and tracked: verdict %d", got)
	}
	if got := verdictOfGit(t, l); got != letGo {
		t.Errorf("git in a repository: verdict %d", got)
	}
	if isOfSystem(l.at("work/git")) || !isOfSystem("/usr/bin/git") {
		t.Error("a git that the agent made counts as the system's, or the system's does not")
	}
}

// verdictOfGit is that about a file of another repository, for a git that runs.
func verdictOfGit(t *testing.T, l *filesLab) fileVerdict {
	t.Helper()
	cmd := exec.Command("git", "-C", l.at("work"), "cat-file", "--batch")
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
	if _, err := in.Write([]byte("HEAD\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil { // it is git now
		t.Fatal(err)
	}
	c := l.call(intercept.Process{PID: cmd.Process.Pid, Serial: 1}, intercept.FileUnlink, l.at("other/.git/HEAD"))
	got := l.verdict(&fileCall{FileCall: &c}, &c.Target)
	in.Close()
	_ = cmd.Wait() // what it had to say is not read
	return got
}

func TestFilesAreKept(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	gone, emptied, replaced, source, still := l.write("work/gone"), l.write("work/emptied"), l.write("work/replaced"), l.write("work/source"), l.write("work/still")
	hidden := l.write("work/hidden")
	l.write("work/trash/old")
	step := l.step("rm -rf trash; true")
	before, _ := os.ReadFile(emptied)
	rename := l.call(step, intercept.FileRename, source)
	rename.To = fileAt(t, replaced)
	hide := l.call(step, intercept.FileRename, hidden)
	hide.To.Path = l.at("work/trash/hidden")
	for _, c := range []intercept.FileCall{l.call(step, intercept.FileUnlink, gone), l.call(step, intercept.FileTruncate, emptied), rename, hide, l.call(step, intercept.FileUnlink, still)} {
		if reply := l.file(c); !reply.Allow {
			t.Fatalf("%s %s: %s", c.Op, c.Target.Path, reply.Message)
		}
	}
	for _, err := range []error{os.Remove(gone), os.Truncate(emptied, 0), os.Rename(source, replaced), os.RemoveAll(l.at("work/trash")), os.Remove(hidden)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var below *keep.Kept
	for _, k := range l.end() {
		if k.Entry != 0 {
			below = &k
		}
	}
	if below == nil || below.Files != 4 || below.Number != 1 || !strings.Contains(below.Command, "rm -rf trash") {
		t.Fatalf("kept %+v", below)
	}
	if text := l.journal(); !strings.Contains(text, "restrain undo "+below.ID) || !strings.Contains(text, `"kind":"note"`) || !strings.Contains(text, `"of":`) {
		t.Errorf("the journal does not tell of it: %s", text)
	}
	if _, err := l.store.Restore(t.Context(), []string{below.ID}, nil, keep.Options{}); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(emptied)
	if err != nil || string(after) != string(before) {
		t.Errorf("given back %q, %v", after, err)
	}
	for _, path := range []string{gone, replaced, hidden} {
		if text, err := os.ReadFile(path); err != nil || string(text) != "content of "+filepath.Base(path) {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
}

func TestFilesThatCannotBeKept(t *testing.T) {
	l := newFilesLab(t, keep.Limits{StepFiles: 1})
	step := l.step("true")
	var replies []bool
	for i := range 4 {
		replies = append(replies, l.file(l.call(step, intercept.FileUnlink, l.write("work/data/"+strconv.Itoa(i)))).Allow)
	}
	if !replies[0] || replies[1] || replies[2] || replies[3] {
		t.Errorf("answers %v; the store holds one", replies)
	}
	if n := strings.Count(l.journal(), `"command":"rm -rf -- `+l.at("work/data")+`"`); n != 1 {
		t.Errorf("asked %d times about one tree", n)
	}
	if l.file(l.call(l.step("true 2"), intercept.FileUnlink, l.write("work/data/a"))).Allow == false {
		t.Error("another step has no room of its own")
	}
}

func TestFilesOfRestrainAreRefused(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	step := l.step("true")
	for _, name := range []string{"state/restrain/a", "state/restrain/b", "config/restrain/rules.toml"} {
		reply := l.file(l.call(step, intercept.FileUnlink, l.write(name)))
		if reply.Allow || !strings.HasPrefix(reply.Message, "restrain: denied: ") || strings.Contains(reply.Message, "\n") {
			t.Errorf("%s: %+v", name, reply)
		}
	}
	move := l.call(step, intercept.FileRename, l.at("state"))
	move.To.Path = l.at("elsewhere")
	if l.file(move).Allow {
		t.Error("what holds the state may be moved away")
	}
	exchange := l.call(step, intercept.FileExchange, l.write("work/a"))
	exchange.To = fileAt(t, l.at("config/restrain/rules.toml"))
	if l.file(exchange).Allow {
		t.Error("the rules may be exchanged")
	}
}

func TestFilesOfAnotherView(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	c := l.call(l.step("true"), intercept.FileUnlink, l.write("work/a"))
	c.Foreign = true
	if reply := l.file(c); !reply.Allow {
		t.Errorf("the same file: %s", reply.Message)
	}
	c.Target.Ino++
	if l.file(c).Allow {
		t.Error("a file that is another one here goes unasked")
	}
}

func TestFileCallsThatCannotBeRead(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	c := l.call(l.step("true"), intercept.FileUnlink, l.at("work/none"))
	c.Unknown = "its path is too long"
	if !l.file(c).Allow {
		t.Error("it does not go on")
	}
	l.step("true again")
	if text := l.journal(); !strings.Contains(text, "a call on files that could not be read: its path is too long") || !strings.Contains(text, l.at("work/none")) {
		t.Errorf("the journal does not tell of it: %s", text)
	}
}

func TestFilesOfManySteps(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	const steps = maxKeeping + 3
	for i := range steps {
		path := l.write("work/" + strconv.Itoa(i))
		if !l.file(l.call(l.step("true "+strconv.Itoa(i)), intercept.FileUnlink, path)).Allow {
			t.Fatal("not kept")
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if n := len(l.kept.order); n > maxKeeping || n != len(l.kept.open) {
			t.Fatalf("%d steps are open", n)
		}
	}
	if kept := l.end(); len(kept) != steps {
		t.Errorf("%d steps kept, not %d", len(kept), steps)
	}
	if n := strings.Count(l.journal(), `"kind":"note"`); n != steps {
		t.Errorf("%d notes", n)
	}
}

// A database empties its log at every commit.
func TestFilesThatAreEmptiedAgain(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	path, step := l.write("work/log"), l.step("true")
	for range 3 {
		if !l.file(l.call(step, intercept.FileTruncate, path)).Allow {
			t.Fatal("not kept")
		}
		if err := os.WriteFile(path, []byte("the step's own"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !l.file(l.call(step, intercept.FileUnlink, path)).Allow {
		t.Fatal("not kept")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	kept := l.end()
	if len(kept) != 1 || kept[0].Files != 2 {
		t.Fatalf("kept %+v: once emptied and once removed", kept)
	}
	if _, err := l.store.Restore(t.Context(), []string{kept[0].ID}, nil, keep.Options{}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "content of log" {
		t.Errorf("given back %q, %v", text, err)
	}
}

func TestFilesOfEndedStepsAreTold(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	for _, test := range []struct {
		name    string
		running bool
		ago     time.Duration
		told    int
	}{
		{"runs", true, time.Hour, 0}, {"has ended just now", false, 0, 0}, {"has ended", false, 2 * settleTime, 1},
	} {
		path, step := l.write("work/"+test.name), l.step("true "+test.name)
		if !l.file(l.call(step, intercept.FileUnlink, path)).Allow {
			t.Fatal("not kept")
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		s := l.kept.order[0]
		if s.last = time.Now().Add(-test.ago); test.running {
			s.step.PID = os.Getpid()
		}
		before := strings.Count(l.journal(), `"kind":"note"`)
		l.judge.settle()
		if told := strings.Count(l.journal(), `"kind":"note"`) - before; told != test.told {
			t.Errorf("%s: told %d times", test.name, told)
		}
		l.end()
	}
}

func TestAnswersThatWereNoneAreNotRemembered(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	c := l.call(l.step("true"), intercept.FileUnlink, l.write("state/restrain/a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if l.File(ctx, c).Allow {
		t.Fatal("allowed")
	}
	for tree, answer := range l.asked.known {
		if answer.decided {
			t.Errorf("an answer about %s that nobody waited for stands", tree.root)
		}
	}
}
