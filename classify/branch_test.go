package classify

import (
	"os"
	"path/filepath"
	"testing"

	"restrain/shellparse"
)

func TestBranches(t *testing.T) {
	t.Parallel()
	upstream := repo(t)
	git(t, upstream, "branch", "-m", "next")
	git(t, upstream, "branch", "shared")
	dir := filepath.Join(t.TempDir(), "clone")
	git(t, upstream, "clone", "-q", upstream, dir)
	git(t, dir, "branch", "mine")
	git(t, dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "only there")
	git(t, dir, "update-ref", "refs/remotes/origin/alone", "HEAD")
	git(t, dir, "reset", "-q", "--hard", "HEAD~1")
	git(t, dir, "branch", "--no-track", "shared", "origin/shared")
	git(t, dir, "branch", "ahead", "origin/shared")
	git(t, dir, "update-ref", "refs/remotes/origin/ahead", "HEAD")
	git(t, dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "more")
	git(t, dir, "branch", "-f", "ahead", "HEAD")
	linked := filepath.Join(t.TempDir(), "linked")
	git(t, dir, "worktree", "add", "-q", linked, "mine")

	for _, c := range []struct {
		dir, line string
		severity  Severity
		setting   string
	}{
		{dir, "git push --force", High, "branch: next, the default of origin"},
		{dir, "git push -f origin HEAD", High, "branch: next, the default of origin"},
		{dir, "git push --force origin mine:next", High, "branch: next, the default of origin"},
		{dir, "git push --force origin shared", Medium, "branch: shared, which origin has"},
		{dir, "git push --force origin mine", Low, "branch: mine, which origin does not have"},
		{linked, "git push --force", Low, "branch: mine, which origin does not have"},
		{dir, "git push --force https://example.com/x.git mine", Medium, ""},
		{dir, "git push --force other mine", Medium, ""},
		{dir, "git push origin --delete shared", Low, "branch: shared, all of which origin/next has"},
		{dir, "git push origin :shared", Low, "branch: shared, all of which origin/next has"},
		{dir, "git push origin --delete alone", Medium, "branch: alone, which origin has"},
		{dir, "git push origin --delete shared alone", Medium, "branch: alone, which origin has"},
		{dir, "git push origin :shared +alone", Medium, "branch: alone, which origin has"},
		{dir, "git branch -D shared", None, "branch: origin has all of it"},
		{dir, "git branch -D ahead", None, ""},
		{dir, "git branch -D mine", None, ""},
		{dir, "git branch | grep -v none | xargs git branch -D", None, ""}, // but for those that a working tree is on
	} {
		script := shellparse.Parse(c.line, shellparse.Options{Dir: c.dir, Home: "/home/nobody-here"})
		severity, setting := strongest(Shipped().Classify(script, live(c.dir)))
		if severity != c.severity || setting != c.setting {
			t.Errorf("%s: %s, %q; want %s, %q", c.line, severity, setting, c.severity, c.setting)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ".git/index.lock")); err == nil {
		t.Error("a lock is left behind")
	}
}
