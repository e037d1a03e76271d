package intercept

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"restrain/internal/slowtest"
)

// Calls that usual programs seldom make are told as what they do.
func TestFileCalls(t *testing.T) {
	slowtest.Long(t)
	for _, test := range []struct {
		args []string
		want []string // what is told
		says string
	}{
		{[]string{"openat2", "a"}, []string{"truncate a"}, "<nil>"},
		{[]string{"openat2", "d/c"}, []string{"truncate d/c"}, "<nil>"},
		{[]string{"read2", "a"}, nil, "<nil>"},
		{[]string{"exchange", "a", "b"}, []string{"exchange a b"}, "<nil>"},
		{[]string{"exchange", "a", "none"}, nil, "no such file"},
		{[]string{"noreplace", "a", "b"}, nil, "file exists"},
		{[]string{"noreplace", "a", "new"}, []string{"rename a new"}, "<nil>"},
		{[]string{"creat", "a"}, []string{"truncate a"}, "<nil>"},
		{[]string{"creat", "new"}, nil, "<nil>"},
		{[]string{"truncate", "a"}, []string{"truncate a"}, "<nil>"},
		{[]string{"badpath"}, []string{"unlink  unknown"}, "bad address"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			dir := oldFiles(t, "a", "b", "d/c")
			w := fromNow(t)
			out, status := runFiles(t, w, dir, helper(append([]string{"file"}, test.args...)...)...)
			if got := w.told(dir); status != 0 || !slices.Equal(got, test.want) || !strings.Contains(out, test.says) {
				t.Errorf("status %d, output %q, told %q; want %q", status, out, got, test.want)
			}
		})
	}
}

// A link of proc(5) on the way leads us elsewhere than the program: what it
// names is then not known, and never taken for what it would be for us.
func TestFileThroughProcLink(t *testing.T) {
	dir := oldFiles(t, "a", "d/c")
	w := fromNow(t)
	out, status := runFiles(t, w, dir, "sh", "-c", "ln -s /proc/self/cwd l; rm l/a; ln -s /proc/self/fd/3 m; echo x 3>> d/c > m")
	if got := w.told(dir); status != 0 || !slices.Equal(got, []string{"truncate m unknown", "unlink l/a unknown"}) {
		t.Errorf("status %d, output %q, told %q", status, out, got)
	}
}

// A directory that neither we nor the program may enter hides nothing.
func TestFileInClosedDirectory(t *testing.T) {
	needExec(t)
	dir := oldFiles(t, "d/a")
	if err := os.Chmod(filepath.Join(dir, "d"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "d"), 0o700) })
	out, _ := asNobody(t, "filesupervisor", "deny", "rm", "-f", filepath.Join(dir, "d/a")).CombinedOutput()
	if strings.Contains(string(out), "told") || !strings.Contains(string(out), "Permission denied") {
		t.Errorf("%q", out)
	}
}

// Where a program may go and we may not, what it names is unknown.
func TestFileBeyondOurReach(t *testing.T) {
	need(t, "unshare")
	dir := oldFiles(t, "d/a")
	for _, path := range []string{filepath.Join(dir, "d"), filepath.Join(dir, "d/a")} {
		if err := os.Chown(path, 65534, 65534); err != nil {
			t.Skip("files cannot be given away")
		}
	}
	for at := dir; at != "/"; at = filepath.Dir(at) {
		if fi, err := os.Stat(at); err != nil || fi.Mode()&0o001 == 0 {
			if err := os.Chmod(at, 0o755); err != nil {
				t.Skip(err)
			}
		}
	}
	if err := os.Chmod(filepath.Join(dir, "d"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "d"), 0o700) })
	if err := asNobody(t, "exec", need(t, "unshare"), "-r", "ls", filepath.Join(dir, "d")).Run(); err != nil {
		t.Skip("this system forbids user namespaces")
	}
	out, _ := asNobody(t, "filesupervisor", "deny", "unshare", "-r", "rm", "-f", filepath.Join(dir, "d/a")).CombinedOutput()
	if !strings.Contains(string(out), "told: unlink what it names cannot be looked at: permission denied") {
		t.Errorf("%q", out)
	}
}

// What is not a loss is not told: what was born in the session, what is not
// there, what the witness spares, and calls that fail.
func TestFilesThatPass(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       []string
	}{
		{"born in the session", "echo x > n; echo y > n; mv n m; mkdir e; mv m e/; rm -r e", nil},
		{"not there", "rm -f none d/none; rmdir none 2>/dev/null; mv none m 2>/dev/null; :", nil},
		{"moved to what is not there", "mv a new", []string{"rename a new"}},
		{"its own name", "ln a l; mv --no-copy a l 2>/dev/null; :", nil},
		{"empty", "> empty", nil},
		{"a directory is no file", `unlink d 2>/dev/null; rmdir a 2>/dev/null; :`, nil},
		{"fifo", "mkfifo p; cat p > /dev/null & echo x > p; wait", nil},
		{"old over new", "echo x > n; mv a n", []string{"rename a n"}},
		{"new over old", "echo x > n; mv n a", []string{"rename new a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := oldFiles(t, "a", "d/c")
			if err := os.WriteFile(filepath.Join(dir, "empty"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			w := fromNow(t)
			out, status := runFiles(t, w, dir, "bash", "-c", test.line)
			if got := w.told(dir); status != 0 || !slices.Equal(got, test.want) {
				t.Errorf("status %d, output %q, told %q; want %q", status, out, got, test.want)
			}
		})
	}
}

// What is guarded is told of though it was born in the session, however the call
// names it.
func TestGuardedFilesAreTold(t *testing.T) {
	dir := oldFiles(t, "a", "d/c")
	w := fromNow(t)
	w.guards = func(path string) bool { return path == dir || strings.HasPrefix(path, filepath.Join(dir, "own")) }
	line := "mkdir own; echo x > own/n; echo x > n; ln -s own link; ln -s own/n name; echo y > own/n; echo y > name; mv n own/m; rm d/../own/m; cd link; rm n; cd ..; rmdir own"
	out, status := runFiles(t, w, dir, "bash", "-ec", line)
	want := []string{"rmdir own", "truncate own/n", "truncate own/n", "unlink own/m", "unlink own/n"}
	if got := w.told(dir); status != 0 || !slices.Equal(got, want) {
		t.Errorf("status %d, output %q, told %q", status, out, got)
	}
}

// What is told of a file is what it is, and its directory reaches it.
func TestFileFacts(t *testing.T) {
	dir := oldFiles(t, "a", "b")
	store := filepath.Join(t.TempDir(), "kept")
	w := fromNow(t)
	var target File
	var process Process
	w.reply = func(_ context.Context, c FileCall) FileReply {
		target, process = c.To, c.Process
		err := unix.Linkat(c.To.Dir, filepath.Base(c.To.Path), unix.AT_FDCWD, store, 0)
		return FileReply{Allow: err == nil}
	}
	var st unix.Stat_t
	if err := unix.Stat(filepath.Join(dir, "b"), &st); err != nil {
		t.Fatal(err)
	}
	s := startFiles(t, w, dir, "mv", "a", "b")
	if out, status := s.wait(); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	if kept, err := os.ReadFile(store); err != nil || string(kept) != "content of b" {
		t.Errorf("kept %q, %v", kept, err)
	}
	if target.Ino != st.Ino || target.Dev != uint64(st.Dev) || target.Mode != st.Mode || target.Links != 1 ||
		target.Size != st.Size || target.UID != st.Uid || target.Modified.UnixNano() != st.Mtim.Nano() || target.Born.IsZero() {
		t.Errorf("%+v; stat says %+v", target, st)
	}
	if process.PID != s.cmd.Process.Pid || process.Serial == 0 {
		t.Errorf("%+v, want process %d", process, s.cmd.Process.Pid)
	}
}

// A process with its own mounts or root is seen to be one, and its paths mean
// what they mean to it.
func TestFilesOfForeignProcesses(t *testing.T) {
	need(t, "unshare")
	if err := exec.Command("unshare", "-rm", "true").Run(); err != nil {
		t.Skip("this system forbids user namespaces")
	}
	dir := oldFiles(t, "a", "b", "c", "o", "over/a")
	w := fromNow(t)
	line := "mount --bind over/a a; echo x > " + dir + "/a; rm b; rm /proc/self/cwd/c"
	out, status := runFiles(t, w, dir, "sh", "-c", "rm "+dir+"/o; exec unshare -rm sh -ec '"+line+"'")
	if got := w.told(dir); status != 0 || !slices.Equal(got, []string{"truncate a", "unlink /proc/self/cwd/c unknown", "unlink b", "unlink o"}) {
		t.Errorf("status %d, output %q, told %q", status, out, got)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.seen {
		if c.Foreign == (filepath.Base(c.Target.Path) == "o") || c.Target.Exists == (c.Unknown != "") {
			t.Errorf("%+v is told as what it is not", c)
		}
	}
	if len(w.seen) > 1 && w.seen[1].Target.Size != int64(len("content of over/a")) {
		t.Errorf("%d bytes are told of what is mounted over a", w.seen[0].Target.Size)
	}
}

// Birth times of an overlay are not trusted: what is old and was changed is
// still told.
func TestFilesOfAnOverlay(t *testing.T) {
	dir := oldFiles(t, "lower/a", "upper/x", "work/x", "merged/x")
	overlay := "mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged"
	if err := os.Remove(filepath.Join(dir, "work/x")); err != nil {
		t.Fatal(err)
	}
	probe := exec.Command("unshare", "-rm", "sh", "-ec", overlay)
	if probe.Dir = dir; probe.Run() != nil {
		t.Skip("no overlay can be mounted here")
	}
	w := fromNow(t)
	out, status := runFiles(t, w, dir, "unshare", "-rm", "sh", "-ec", overlay+"; echo more >> merged/a; rm merged/a; echo x > merged/n; rm merged/n")
	if got := w.told(dir); status != 0 || !slices.Equal(got, []string{"unlink merged/a", "unlink merged/n"}) {
		t.Errorf("status %d, output %q, told %q", status, out, got)
	}
}

// There are no rings while files are watched, and without a witness nothing
// changes.
func TestRingOnlyWithoutWitness(t *testing.T) {
	out, _ := runFiles(t, fromNow(t), t.TempDir(), helper("file", "ring")...)
	if strings.TrimSpace(out) != unix.ENOSYS.Error() {
		t.Errorf("with a witness: %q", out)
	}
	out, _ = run(t, allowAll{}, helper("file", "ring")...)
	bare, err := exec.Command(helper("file", "ring")[0], helper("file", "ring")[1:]...).Output()
	if err != nil || out != string(bare) {
		t.Errorf("without: %q, want %q; %v", out, bare, err)
	}
}
