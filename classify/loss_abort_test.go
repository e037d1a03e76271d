package classify

import (
	"strings"
	"testing"
)

// What git gives up when it goes back to before a merge, or brings a submodule
// back to what is recorded, is lost.
func TestLossesOfGoingBack(t *testing.T) {
	p := newPlace(t)
	for _, line := range []string{"git merge --abort", "git rebase --abort", "git cherry-pick --abort", "git am --abort"} {
		step := p.judge(line)
		if n := len(step.Losses); n != 0 {
			t.Errorf("%s: %d losses of a clean tree", line, n)
		}
	}
	write(t, p.dir+"/src/a.go", "package changed\n")
	for _, line := range []string{"git merge --abort", "git rebase --abort", "git cherry-pick --abort", "git am --abort"} {
		step := p.judge(line)
		if got := p.losses(&step); !strings.Contains(got, "git-changes src/a.go") {
			t.Errorf("%s: loses %q", line, got)
		}
	}
	git(t, p.dir, "clone", "-q", "--no-hardlinks", ".", "sub")
	write(t, p.dir+"/sub/src/a.go", "package inner\n")
	for line, want := range map[string]string{"git submodule update --force sub": "git-changes sub/src/a.go", "git submodule update sub": ""} {
		step := p.judge(line)
		if got := p.losses(&step); got != want {
			t.Errorf("%s: loses %q, want %q", line, got, want)
		}
	}
}
