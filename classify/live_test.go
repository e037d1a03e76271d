package classify

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/figure"
	"restrain/shellparse"
)

// repo makes a git repository with a committed file, an ignored directory and
// work that git has not seen.
func repo(t *testing.T) string {
	t.Helper()
	if gitProgram() == "" {
		t.Skip("git is not installed")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"src/a.go": "package a\n", "src/b.go": "package a\n", ".gitignore": "/cache/\n",
		"cache/big": strings.Repeat("x", 5000), "draft/notes.txt": "not in git\n", "docs/x.md": "x\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q")
	git(t, dir, "add", "src", "docs", ".gitignore")
	git(t, dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "first")
	return dir
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command(gitProgram(), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, dir, to, name string) {
	t.Helper()
	if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func live(dir string) *Live {
	return unhurried(dir, func(name string) (string, bool) {
		if name == "HOME" {
			return "/home/nobody-here", true
		}
		return "", false
	})
}

// unhurried has all the time that a busy machine needs for git's answer.
func unhurried(dir string, env func(string) (string, bool)) *Live {
	l := NewLive(dir, env)
	l.within = time.Minute
	return l
}

func judgeLive(t *testing.T, dir, line string) Step {
	t.Helper()
	script := shellparse.Parse(line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"})
	return testSet(t).Classify(script, live(dir))
}

func TestSeverityFollowsTheTarget(t *testing.T) {
	dir := repo(t)
	tests := []struct {
		name, line, want string
		change           func()
	}{
		{"all in git", "rm -rf src", "delete-inside none", nil},
		{"not in git", "rm -rf draft", "delete-inside high", nil},
		{"not there", "rm -rf nothing", "delete-inside none", nil},
		{"not there yet", "mkdir -p made && rm -rf made", "delete-inside none", nil},
		{"ignored, but no build made it", "rm -rf cache", "delete-inside medium", nil},
		{"the repository too", "rm -rf .", "delete-all critical", nil},
		{"reset of a clean tree", "git reset --hard", "reset-hard none", nil},
		{"reset of commits", "git reset --hard HEAD~1", "reset-hard low", nil},
		{"checkout of a clean file", "git checkout -- src/a.go", "discard none", nil},
		{"reset of a changed tree", "git reset --hard", "reset-hard medium",
			func() { write(t, filepath.Join(dir, "src/a.go"), "package b\n") }},
		{"checkout of a changed file", "git checkout -- src/a.go", "discard medium", nil},
		{"checkout of another file", "git checkout -- src/b.go", "discard none", nil},
		{"changes that are not in git", "rm -rf src", "delete-inside high", nil},
		{"several directories", "rm -rf docs draft", "delete-inside high", nil},
		{"all of a directory", "rm -rf draft/*", "delete-inside high", nil},
		{"a link", "rm -rf link", "delete-inside none", func() { link(t, dir, "draft", "link") }},
		{"what a link leads to", "rm -rf link/", "delete-inside high", nil},
		{"below a link that leads out", "rm -rf out/*", "delete-inside none, delete-all critical", func() { link(t, dir, "..", "out") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.change != nil {
				tt.change()
			}
			if got := rules(judgeLive(t, dir, tt.line)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTargetSaysWhatWouldBeLost(t *testing.T) {
	t.Parallel()
	dir := repo(t)
	tests := []struct{ path, want string }{
		{"src", "2 files, 20 B, all in git"},
		{"draft", "1 file, 11 B, 1 not in git"},
		{"cache", "1 file, 5.0 kB, ignored by git"},
		{"nothing", "nothing there"},
		{"src/a.go", "1 file, 10 B, all in git"},
	}
	for _, tt := range tests {
		if got := live(dir).Target(filepath.Join(dir, tt.path)).String(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.path, got, tt.want)
		}
	}
	all := live(dir)
	all.within = time.Second
	if target := all.Target("/"); target.Known && !target.Outside {
		t.Error("the root is not outside the workspace")
	}
	if got := live(dir).Target(filepath.Join(dir, "src", "*.go")); got.Known {
		t.Errorf("a pattern is known: %+v", got)
	}
}

// A repository's configuration is the agent's to write: nothing in it may make
// a look at a target run a program.
func TestTargetRunsNothingOfTheRepository(t *testing.T) {
	dir := repo(t)
	marker := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(dir, "run.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+marker+"\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".gitattributes"), "* filter=x\n")
	git(t, dir, "config", "filter.x.clean", script)
	git(t, dir, "config", "core.fsmonitor", script)
	write(t, filepath.Join(dir, "src/a.go"), "package c\n")
	if got := live(dir).Target(filepath.Join(dir, "src")); !got.Unasked || got.Recoverable() {
		t.Errorf("the target is taken for safe: %+v", got)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("the repository's program ran")
	}
}

func TestLiveReadsOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "body.json"), "0123456789")
	l := live(dir)
	if text, err := l.ReadFile("body.json", 4); err != nil || string(text) != "0123" {
		t.Errorf("ReadFile: %q, %v", text, err)
	}
	for _, path := range []string{"/dev/zero", dir, "missing"} {
		if _, err := l.ReadFile(path, 4); err == nil {
			t.Errorf("ReadFile(%q) did not fail", path)
		}
	}
}

func TestThousandsAndSizes(t *testing.T) {
	info := TargetInfo{Known: true, Exists: true, Git: true, Files: 1204, Bytes: 310_400_000, Untracked: 37}
	if got, want := info.String(), "1,204 files, 310 MB, 37 not in git"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	info = TargetInfo{Known: true, Exists: true, Partial: true, Files: 200_000, Bytes: 999_600_000}
	if got, want := info.String(), "at least 200,000 files, 1.0 GB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The kinds of working tree that git has: what is told of a path is exact in
// each.
func TestTargetInOtherTrees(t *testing.T) {
	dir := repo(t)
	linked := filepath.Join(t.TempDir(), "linked")
	git(t, dir, "worktree", "add", "-q", linked, "-b", "other")
	write(t, filepath.Join(linked, "src/new.go"), "package a\n")

	inner := filepath.Join(dir, "inner")
	if err := os.MkdirAll(filepath.Join(inner, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, inner, "init", "-q")
	write(t, filepath.Join(inner, "lib/own.go"), "package own\n")

	sparse := repo(t)
	git(t, sparse, "sparse-checkout", "set", "docs")

	plain := t.TempDir()
	write(t, filepath.Join(plain, "a"), "12345")
	for _, c := range []struct{ dir, path, want string }{
		{linked, "src", "3 files, 30 B, 1 not in git"},
		{linked, "docs", "1 file, 2 B, all in git"},
		{inner, "lib", "1 file, 12 B, 1 not in git"},
		{dir, "inner/lib", "1 file, 12 B, 1 not in git"},
		{sparse, "docs", "1 file, 2 B, all in git"},
		{plain, ".", "1 file, 5 B"},
	} {
		if got := live(c.dir).Target(filepath.Join(c.dir, c.path)).String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.path, got, c.want)
		}
	}
}

func TestManyFilesAreCountedInTime(t *testing.T) {
	dir := t.TempDir()
	for i := range 3000 {
		write(t, filepath.Join(dir, figure.Count(i)), "x")
	}
	l := live(dir)
	l.within = time.Millisecond
	target := l.Target(dir)
	if target.Recoverable() || target.Files > 3000 || target.Known && !target.Partial && target.Files != 3000 {
		t.Errorf("of 3,000 files: %+v", target)
	}
}
