//go:build unix

package gate

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/keep"
	"restrain/prompt"
)

// A scenario is what an agent does in a project, and what is to come of its last
// step: it runs, is kept and runs, or is held. What a scenario does differently
// from the one beside it is what the outcome has to hang on.
type scenario struct {
	kind  string
	setup string // in the project, before the session
	steps []string
	want  Outcome
}

// garden is the project of the scenarios: what is committed, what is changed, and
// what git does not have.
const garden = `
git init -q --template= -b main .
printf 'build/\n*.tmp\ntables/\n' >.gitignore
mkdir -p beds seeds build tables letters 'old plans'
for f in beds/north.yml beds/south.yml seeds/list.csv tool.py; do echo "committed $f" >$f; done
git add -A; git commit -qm planted
echo letter >letters/a.txt; echo another >letters/b.txt; echo plan >'old plans/plan one.txt'
echo out >build/out.o; echo row >tables/t.csv; echo tmp >x.tmp; echo changed >>beds/south.yml
find . -path ./.git -prune -o -type f -exec touch -d 2024-02-02 {} +
`

var scenarios = []scenario{
	{"rm", "", []string{"rm -r letters"}, RunKept},
	{"rm", "git add letters; git commit -qm letters", []string{"rm -r letters"}, Run},
	{"rm", "", []string{"rm letters/*.txt"}, RunKept},
	{"rm", "", []string{"rm beds/n*.yml"}, Run},
	{"rm", "", []string{"rm -rf 'old plans'"}, RunKept},
	{"rm", "", []string{"rm -rf build"}, Run},
	{"rm", "", []string{"rm -rf tables"}, RunKept},
	{"rm", "", []string{"mkdir scratch && echo 1 > scratch/f", "rm -rf scratch"}, Run},
	{"rm", "", []string{"rm -rf .git"}, Deny},
	{"rm", "", []string{"rm -f .git/index.lock"}, Run},
	{"rm", "git clone -q --no-hardlinks . module; cd module; git commit -q --allow-empty -m alone", []string{"rm -rf module"}, Deny},
	{"rm", "git clone -q --no-hardlinks . module", []string{"rm -rf module"}, RunKept},
	{"rm", "", []string{`rm -rf "$HOME"`}, Deny},
	{"rm", "", []string{`rm -rf "$PWD/letters"`}, RunKept},

	{"overwrite", "", []string{"echo new > letters/a.txt"}, RunKept},
	{"overwrite", "", []string{"echo new > letters/c.txt"}, Run},
	{"overwrite", "", []string{"cp tool.py letters/b.txt"}, RunKept},
	{"overwrite", "", []string{"cp letters/b.txt tool.py"}, Run},
	{"overwrite", "", []string{"mv letters/a.txt letters/b.txt"}, RunKept},
	{"overwrite", "", []string{"mv letters/a.txt letters/z.txt"}, Run},
	{"overwrite", "", []string{"truncate -s 0 tables/t.csv"}, RunKept},
	{"overwrite", "", []string{"truncate -s 0 seeds/list.csv"}, Run},
	{"overwrite", "", []string{"sort tool.py | tee letters/a.txt"}, RunKept},
	{"overwrite", "", []string{"sort tool.py | tee -a letters/a.txt"}, Run},

	{"bulk", "", []string{"find letters -name '*.txt' -delete"}, RunKept},
	{"bulk", "", []string{"find . -name '*.none' -delete"}, Run},
	{"bulk", "", []string{"ls letters | while read f; do rm letters/$f; done"}, RunKept},
	{"bulk", "", []string{"ls letters | while read f; do echo letters/$f; done"}, Run},
	{"bulk", "", []string{"for f in letters/*; do mv $f all.txt; done"}, RunKept},
	{"bulk", "", []string{"for f in letters/*; do mv $f $f.txt; done"}, Run},

	{"git", "", []string{"git checkout -q -- beds"}, RunKept},
	{"git", "", []string{"git checkout -q -- seeds"}, Run},
	{"git", "", []string{"git reset -q --hard"}, RunKept},
	{"git", "git checkout -q beds", []string{"git reset -q --hard"}, Run},
	{"git", "", []string{"git clean -fdq"}, RunKept},
	{"git", "", []string{"git clean -fdn"}, Run},
	{"git", "git stash -q", []string{"git stash drop -q"}, RunKept},
	{"git", "git stash -q", []string{"git stash list"}, Run},
	{"git", "git checkout -q -b side; git commit -qam side; git checkout -q main", []string{"git branch -q -D side"}, RunKept},
	{"git", "git branch side", []string{"git branch -q -D side"}, Run},

	{"code", "", []string{`python3 -c "import shutil; shutil.rmtree('letters')"`}, RunKept},
	{"code", "", []string{`python3 -c "import shutil; shutil.rmtree('build')"`}, Run},
	{"code", "", []string{`perl -e 'unlink glob "letters/*.txt"'`}, RunKept},
	{"code", "", []string{`perl -e 'print glob "letters/*.txt"'`}, Run},

	{"own", "", []string{"git clone -q . copy", "rm -rf copy"}, Run},
	{"own", "git clone -q --no-hardlinks . copy; cd copy; git commit -q --allow-empty -m alone", []string{"ls copy", "rm -rf copy"}, Deny},
	{"own", "", []string{"echo 1 > result.txt", "echo 2 > result.txt"}, Run},
	{"own", "echo 0 > result.txt; touch -d 2024-02-02 result.txt", []string{"echo 2 > result.txt"}, RunKept},

	{"failed-cd", "", []string{"cd letterz; rm -f letters/*"}, RunKept},
	{"failed-cd", "", []string{"cd letterz && rm -f letters/*"}, Run},
	{"failed-cd", "mkdir out; ln -s nowhere gone", []string{"cd gone || exit; rm -rf *"}, Run},
	{"failed-cd", "", []string{"cd letters; rm -rf *"}, RunKept},
}

func TestScenarios(t *testing.T) {
	slowtest.Long(t)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	template := filepath.Join(t.TempDir(), "garden")
	inBash(t, bash, template, garden)
	for i := range scenarios {
		s := &scenarios[i]
		t.Run(s.kind+"/"+strings.Join(s.steps, "; "), func(t *testing.T) {
			t.Parallel()
			program, _, _ := strings.Cut(s.steps[len(s.steps)-1], " ")
			if _, err := exec.LookPath(program); err != nil && s.kind == "code" {
				t.Skip(program + " is not installed")
			}
			dir := filepath.Join(t.TempDir(), "home", "src", "garden")
			if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
				t.Fatal(err)
			}
			inBash(t, bash, filepath.Dir(dir), "cp -a '"+template+"' garden")
			inBash(t, bash, dir, s.setup)
			s.play(t, bash, dir, i%2 == 0)
		})
	}
}

// play takes the steps of a scenario through two doors, each with a session and a
// store of its own. One of the stores gives back what the last step took.
func (s *scenario) play(t *testing.T, bash, dir string, hook bool) {
	doors := map[string]*Gate{}
	stores := map[string]*keep.Store{}
	for _, door := range []string{"shell", hookDoor} {
		doors[door], stores[door] = keepingGate(t, &human{answer: prompt.Answer{By: prompt.ByTerminal}}, keep.Limits{})
	}
	chosen := "shell"
	if hook {
		chosen = hookDoor
	}
	for n, line := range s.steps {
		want := Run
		if n == len(s.steps)-1 {
			want = s.want
		}
		before, kept := state(t, bash, dir), (*Kept)(nil)
		for door, g := range doors {
			r := liveRequest(dir, line)
			r.Door = door
			r.Env = func(name string) (string, bool) {
				return map[string]string{"HOME": r.Home, "PWD": dir}[name], name == "HOME" || name == "PWD"
			}
			d, err := g.Judge(t.Context(), r)
			if err != nil || d.Outcome != want {
				t.Errorf("%s, %s: %s, want %s (%s; %v)", door, line, d.Outcome, want, d.Reason, err)
			}
			if door == chosen {
				kept = d.Kept
			}
		}
		if t.Failed() || want == Deny {
			return
		}
		inBash(t, bash, dir, line)
		if want != RunKept {
			continue
		}
		if state(t, bash, dir) == before {
			t.Errorf("%s: took nothing", line)
		}
		if _, err := stores[chosen].Restore(t.Context(), []string{kept.ID}, nil, keep.Options{}); err != nil {
			t.Fatal(err)
		}
		if after := state(t, bash, dir); !hasAll(after, before) {
			t.Errorf("%s: given back is\n%s\nof\n%s", line, after, before)
		}
	}
}

// state writes all files of a directory, but for what git keeps in its own way,
// and all refs and stashes.
func state(t *testing.T, bash, dir string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case e.Type().IsRegular():
			text, err := os.ReadFile(p)
			b.WriteString(p[len(dir):] + ": " + string(text) + "\x00")
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for ref := range strings.Lines(inBash(t, bash, dir, "git for-each-ref --format='%(refname) %(objectname)'; git stash list --format=%H")) {
		b.WriteString(ref + "\x00")
	}
	return b.String()
}

// hasAll reports that one state has all content of another: where it was, or
// where the step has moved it.
func hasAll(one, other string) bool {
	have := map[string]bool{}
	for part := range strings.SplitSeq(one, "\x00") {
		_, text, _ := strings.Cut(part, ": ")
		have[part], have[text] = true, true
	}
	for part := range strings.SplitSeq(other, "\x00") {
		if _, text, _ := strings.Cut(part, ": "); !have[part] && !have[text] {
			return false
		}
	}
	return true
}

func inBash(t *testing.T, bash, dir, text string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, "-c", text)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(filepath.Dir(dir)), "LC_ALL=C", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=d", "GIT_AUTHOR_EMAIL=d@example.com", "GIT_COMMITTER_NAME=d", "GIT_COMMITTER_EMAIL=d@example.com"}
	out, _ := cmd.Output() // a step may fail, as a scenario wants it
	return string(out)
}
