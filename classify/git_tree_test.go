package classify

import (
	"os"
	"path/filepath"
	"testing"

	"restrain/shellparse"
)

// A git command that is told which repository to use is not weighed by the one
// around its directory.
func TestAnotherRepositoryIsNamed(t *testing.T) {
	dir := repo(t)
	other := filepath.Join(repo(t), ".git")
	for _, c := range []struct{ line, variable, want string }{
		{"git reset --hard", "", "reset-hard none"},
		{"git checkout -- src/a.go", "", "discard none"},
		{"GIT_DIR=" + other + " git reset --hard", "", "reset-hard medium"},
		{"export GIT_INDEX_FILE=x; git reset --hard", "", "reset-hard medium"},
		{"git --git-dir=" + other + " reset --hard", "", "reset-hard medium"},
		{"git --work-tree=/ reset --hard", "", "reset-hard medium"},
		{"git -c core.workTree=" + other + " reset --hard", "", "reset-hard medium"},
		{"git reset --hard", "GIT_DIR", "reset-hard medium"},
		{"git reset --hard", "GIT_WORK_TREE", "reset-hard medium"},
		{"git checkout -- src/a.go", "GIT_INDEX_FILE", "discard medium"},
		{"rm -rf src", "GIT_DIR", "delete-inside none"}, // which the repository around it has all the same
	} {
		l := unhurried(dir, func(name string) (string, bool) { return other, name == c.variable && name != "" })
		script := shellparse.Parse(c.line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"})
		if got := rules(testSet(t).Classify(script, l)); got != c.want {
			t.Errorf("%s with %q: got %q, want %q", c.line, c.variable, got, c.want)
		}
	}
}

// Only what a commit of the repository around it has can be brought back, in all
// the ways that a repository may lie.
func TestRepositoriesInOtherPlaces(t *testing.T) {
	t.Parallel()
	dir := repo(t)
	settle(t, dir)
	linked := filepath.Join(t.TempDir(), "linked")
	gitIn(t, dir, "worktree", "add", "-q", linked, "-b", "other")
	write(t, filepath.Join(linked, "src/a.go"), "package z\n")

	borrowed := filepath.Join(t.TempDir(), "borrowed") // says it is a repository that it is not
	gitIn(t, t.TempDir(), "clone", "-q", dir, borrowed)
	gitIn(t, t.TempDir(), "init", "-q", "--separate-git-dir", filepath.Join(t.TempDir(), "moved"), borrowed)
	write(t, filepath.Join(borrowed, ".git"), "gitdir: "+filepath.Join(dir, ".git")+"\n")
	write(t, filepath.Join(borrowed, "src/a.go"), "package z\n")

	bare := filepath.Join(t.TempDir(), "bare.git")
	gitIn(t, dir, "clone", "-q", "--bare", dir, bare)

	nested := repo(t)
	gitIn(t, nested, "init", "-q", "src/inner")
	gitIn(t, nested, "-c", "protocol.file.allow=always", "submodule", "add", "-q", dir, "docs/sub")
	gitIn(t, nested, "commit", "-q", "-m", "submodule")
	settle(t, nested)
	for _, c := range []struct {
		path        string
		recoverable bool
	}{
		{dir + "/src", true}, {dir + "/docs", true}, {dir, false}, {dir + "/.git", false}, {dir + "/.git/refs", false},
		{linked + "/docs", true}, {linked + "/src/b.go", true}, {linked + "/src", false}, {linked, false},
		{borrowed + "/src", false}, {borrowed + "/src/a.go", false},
		{bare, false}, {bare + "/objects", false}, {bare + "/HEAD", false},
		{nested + "/src", false}, {nested + "/src/inner", false}, {nested + "/src/a.go", true},
		{nested + "/docs", false}, {nested + "/docs/sub", false}, {nested + "/docs/sub/src", true},
	} {
		if got := live(filepath.Dir(c.path)).Target(c.path); got.Recoverable() != c.recoverable {
			t.Errorf("%s: recoverable is %v, want %v: %+v", c.path, got.Recoverable(), c.recoverable, got)
		}
	}
}

// What was deleted from the working tree is no loss to a command that brings it
// back, unless it had changes that are only staged.
func TestWhatIsDeletedAlready(t *testing.T) {
	dir := repo(t)
	settle(t, dir)
	for _, step := range []struct {
		do         func()
		line, want string
	}{
		{func() { remove(t, dir, "src/b.go") }, "git checkout -- src/b.go", "discard none"},
		{func() {}, "git reset --hard", "reset-hard none"},
		{func() {}, "git checkout src/b.go", "discard none"},
		{func() {}, "git checkout -- src/never.go", "discard none"},
		{func() {
			write(t, filepath.Join(dir, "src/a.go"), "package staged\n")
			gitIn(t, dir, "add", "src")
			remove(t, dir, "src/a.go")
		}, "git checkout -- src/a.go", "discard none"}, // what is staged comes back
		{func() {}, "git reset --hard", "reset-hard medium"},
	} {
		step.do()
		if got := rules(judgeLive(t, dir, step.line)); got != step.want {
			t.Errorf("%s: got %q, want %q", step.line, got, step.want)
		}
	}
}

// Many paths on one line are asked about together, with the same answers.
func TestManyPathsOfALine(t *testing.T) {
	dir := repo(t)
	git(t, dir, "config", "core.excludesFile", "/dev/null") // which only git reads
	write(t, filepath.Join(dir, "src/a.go"), "package z\n")
	l := live(dir)
	for range 2 {
		for path, want := range map[string]string{
			"src/a.go": "1 file, 10 B, 1 with changes", "draft": "1 file, 11 B, 1 not in git", "draft/notes.txt": "1 file, 11 B, 1 not in git",
			"cache": "1 file, 5.0 kB, ignored by git", "cache/big": "1 file, 5.0 kB, ignored by git", "src": "2 files, 20 B, 1 with changes",
			"docs": "1 file, 2 B, all in git",
		} {
			if got := l.Target(path).String(); got != want {
				t.Errorf("%s: got %q, want %q", path, got, want)
			}
		}
		l.targets = nil
	}
	if tree := l.trees.at(dir); tree.asked != manyPaths || tree.whole == nil {
		t.Errorf("git was asked %d times", tree.asked)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}
