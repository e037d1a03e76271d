package classify

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"restrain/internal/slowtest"
	"restrain/shellparse"
)

// hogs keeps the processor busy until the test ends.
func hogs(t *testing.T, n int) {
	t.Helper()
	for range n {
		cmd := exec.Command("/bin/sh", "-c", "while :; do :; done")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
}

// verdict is what a line is taken for, with what its targets are said to be.
func verdict(dir, line string) string {
	l := NewLive(dir, func(string) (string, bool) { return "", false })
	step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"}), l)
	var b strings.Builder
	for i := range step.Actions {
		a := &step.Actions[i]
		fmt.Fprintf(&b, "%s %s", a.Class, a.Severity)
		if a.Target != nil {
			fmt.Fprintf(&b, " (%s)", a.Target)
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// crowded is a repository with everything in it that a verdict may hang on.
func crowded(t *testing.T) string {
	dir := repo(t)
	for i := range 96 {
		path := filepath.Join(dir, fmt.Sprintf("lib/p%d/f%d.go", i%8, i))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, fmt.Sprintf("package p // %d\n", i))
	}
	for _, name := range []string{"mixed/tracked", "mixed/changed", "staged/new", "half/gone", "half/kept"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), name+"\n")
	}
	git(t, dir, "add", "lib", "mixed", "half")
	git(t, dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "more")
	settle(t, dir)
	git(t, dir, "add", "staged")
	write(t, filepath.Join(dir, "mixed/changed"), "other\n")
	write(t, filepath.Join(dir, "mixed/untracked"), "mine\n")
	write(t, filepath.Join(dir, "lib/p7/untracked"), "mine\n")
	if err := os.Remove(filepath.Join(dir, "half/gone")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// No verdict hangs on how busy the machine is.
func TestVerdictsUnderLoad(t *testing.T) {
	slowtest.Long(t)
	const rounds, workers = 6, 4
	var lines []string
	for _, path := range []string{
		"src", "src/a.go", "docs", "lib", "lib/p0", "lib/p1", "lib/p7", "lib/p7/untracked", "mixed", "mixed/tracked",
		"mixed/changed", "mixed/untracked", "staged", "staged/new", "draft", "draft/notes.txt", "cache", "cache/big", "half", "nothing",
	} {
		lines = append(lines, "rm -rf "+path)
	}
	for _, path := range []string{"src", "docs", "lib/p1", "lib/p2", "lib/p3", "mixed", "draft", "cache"} {
		lines = append(lines, "rm -rf "+path+"/*")
	}
	lines = append(lines,
		"rm src/*.go", "rm -f draft/*.txt", "rm lib/p3/*.go", "rm -rf nothing/*", "rm -rf lib/p4 lib/p5 lib/p6", "rm -rf lib/p4 draft",
		"rm mixed/tracked mixed/changed mixed/untracked staged/new", "find lib -delete", "find draft -type f -delete", "rm -rf .",
		"git checkout -- src", "git checkout -- mixed", "git restore lib", "git restore mixed/changed", "git checkout -- half/gone",
		"git restore half", "git checkout -- staged", "git reset --hard", "git clean -fd", "git clean -fd draft",
		"truncate -s 0 draft/notes.txt", "rm -rf src && rm -rf draft",
	)
	if len(lines) != 50 {
		t.Fatalf("%d lines", len(lines))
	}
	dir := crowded(t)
	want := make([]string, len(lines))
	for i, line := range lines {
		want[i] = verdict(dir, line)
	}
	for line, fits := range map[string]string{
		"rm -rf lib/p0": "none (12 files, 190 B, all in git)", "rm -rf draft": "high (1 file, 11 B, 1 not in git)",
		"rm -rf mixed": "high (3 files", "git restore half/gone": "none (nothing there)", "rm -rf staged": "high (1 file, 11 B, 1 with changes)",
	} {
		if got := verdict(dir, line); !strings.Contains(got, fits) {
			t.Errorf("%s: %q, want %q", line, got, fits)
		}
	}
	hogs(t, 4)
	work := make(chan int)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range work {
				if got := verdict(dir, lines[i]); got != want[i] {
					t.Errorf("%s: %q under load, %q without", lines[i], got, want[i])
				}
			}
		})
	}
	for n := range rounds * len(lines) {
		work <- n % len(lines)
	}
	close(work)
	group.Wait()
}

// A look that is slow is waited for, and one that does not end is not: what it
// was to find out is unknown, says so, and counts as lost.
func TestSlowLook(t *testing.T) {
	dir := repo(t)
	script := shellparse.Parse("rm -rf src", shellparse.Options{Dir: dir, Home: "/home/nobody-here"})
	slow := NewLive(dir, func(string) (string, bool) { return "", false })
	slow.look = func(ctx context.Context, path string) TargetInfo {
		timer := time.NewTimer(200 * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
			return slow.survey(ctx, path)
		case <-ctx.Done():
			return TargetInfo{}
		}
	}
	step := Shipped().Classify(script, slow)
	if step.Severity != None || step.Actions[0].Target.String() != "2 files, 20 B, all in git" {
		t.Errorf("a slow look was not waited for: %s, %v", step.Severity, step.Actions[0].Target)
	}

	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	hangs := NewLive(dir, func(string) (string, bool) { return "", false })
	hangs.within = 50 * time.Millisecond
	hangs.look = func(context.Context, string) TargetInfo {
		<-never
		return TargetInfo{Known: true}
	}
	step = Shipped().Classify(script, hangs)
	if target := step.Actions[0].Target; step.Severity != High || target.Recoverable() || target.String() != "could not be looked through within 2 s" {
		t.Errorf("a look that hangs: %s, %v", step.Severity, target)
	}
	start := time.Now()
	for i := range 100 {
		if hangs.Target(filepath.Join(dir, fmt.Sprint(i))).Recoverable() {
			t.Error("a target that nobody saw is safe")
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("after the time was over, 100 looks took %v", took)
	}
}
