package classify

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/shellparse"
)

// The oracle is the shell itself: what a line is said to lose is held against
// what is gone when real bash and git have run it.

// world is a project with all that can be lost in it.
const world = `
set -e
git init -q --template= -b main .
git config user.name t; git config user.email t@example.com; git config advice.detachedHead false
printf 'node_modules/\ndist/\nuploads/\n.env\n*.log\n__pycache__/\n' >.gitignore
mkdir -p src docs lib fixtures
for f in src/a.js src/b.js docs/guide.md lib/c.js fixtures/one.csv fixtures/two.csv; do echo "committed $f" >$f; done
git add -A; git commit -qm first
echo second >>lib/c.js; git commit -qam second; git tag v1 HEAD~1
git branch merged; git checkout -q -b topic; echo topic >>lib/c.js; git commit -qam topic; git checkout -q main
echo stashed >>lib/c.js; git stash -q; echo again >>src/b.js; git stash -q
echo changed >>src/a.js; echo staged >>docs/guide.md; git add docs/guide.md
mkdir -p notes drafts uploads dist node_modules/p measured empty 'with space' .hidden big/deep/er
for i in 1 2 3; do echo "note $i" >notes/$i.md; echo "draft $i" >drafts/$i.txt; done
for i in one two; do echo "measured $i" >measured/$i.csv; done
echo upload >uploads/u.png; echo built >dist/a.js; echo pkg >node_modules/p/i.js; echo SECRET=x >.env; echo log >run.log
echo plan >PLAN.md; echo data >data.dat; echo spaced >'with space/a b.txt'; echo hid >.hidden/h.txt
echo deep >big/deep/er/x; echo deeper >big/deep/y; : >empty/nothing
printf 'notes/1.md\ndrafts/2.txt\n' >list
(mkdir -p t/notes; cd t; echo old >notes/1.md; echo old >PLAN.md; tar cf ../old.tar notes PLAN.md; tar czf ../old.tgz notes; python3 -m zipfile -c ../old.zip notes PLAN.md || true); rm -rf t
ln -s notes link; ln -s ../PLAN.md docs/plan
mkdir plugin; cd plugin; git init -q --template= -b main .; echo p >p.js; git add -A
git -c user.name=t -c user.email=t@example.com commit -qm p; cd ..
git init -q --bare --template= .git/remote.git; git remote add origin ./.git/remote.git; git push -q origin main topic v1
for n in gone side; do git checkout -q --detach v1 2>/dev/null; git stash list >/dev/null; git commit-tree -p v1 -m $n v1^{tree} >.git/$n; git checkout -q main; done
git push -q origin $(cat .git/gone):refs/heads/gone; git fetch -q; git push -q origin :gone; git update-ref refs/remotes/origin/gone $(cat .git/gone)
git push -q origin $(git commit-tree -p v1 -m alive v1^{tree}):refs/heads/alive
git branch side $(cat .git/side); git tag alone $(git commit-tree -p v1 -m alone v1^{tree}); git tag -a -m annotated note v1
printf 'src/a.js\n' >list2; printf 'node_modules/\n*.txt\n' >>.gitignore.more; gzip -k <notes/2.md >notes/2.md.gz
git repack -adq; git -C .git/remote.git repack -adq
tar cJf old.tar.xz notes PLAN.md 2>/dev/null || true; tar --zstd -cf old.tar.zst notes PLAN.md 2>/dev/null || true
`

// An oracleLine is a line with what the test asks of it.
type oracleLine struct {
	line string
	// more allows losses of what stays, for forms that are read generously.
	more bool
}

var oracleLines = []oracleLine{
	{"rm PLAN.md", false}, {"rm -f data.dat .env", false}, {"rm -rf notes", false}, {"rm -rf notes/ drafts", false}, {"rm notes/*.md", false},
	{"rm -rf src", false}, {"rm -rf *", false}, {"rm -rf .hidden docs", false}, {"rm -rf .[!.g]*", false}, {"rm -rf link", false}, {"rm -rf link/*", false},
	{"rm -rf 'with space'", false}, {`rm with\ space/a*`, false}, {"rm notes/{1,3}.md", false}, {"rm notes/[12].md", false}, {"rm notes/?.md", false},
	{"shopt -s extglob\nrm -rf notes/!(2.md)", false}, {"shopt -s globstar; rm -f big/**/x", false}, {"shopt -s dotglob; rm -rf *idden", false},
	{"rm notes", false}, {"rm -rf nothing", false}, {"rm docs/plan", false}, {"rm -rf plugin", false}, {"rm -rf .", false}, {"rm -rf ./big", false}, {"rm -rf big/deep/../..//big", false},
	{"cd notes && rm -rf *", false}, {"cd nope; rm -rf notes/*", false}, {"cd nope && rm -rf notes", false}, {"(cd notes; rm 1.md); rm PLAN.md", false}, {"cd notes; cd ..; rm PLAN.md", false},
	{"mv notes build; rm -rf build", false}, {"mv PLAN.md data.dat", false}, {"mv notes/1.md drafts/2.txt", false}, {"mv notes archive", false}, {"mv -n PLAN.md data.dat", false},
	{"mv notes/1.md notes/2.md drafts/", false}, {"for f in notes/*.md; do mv $f all.md; done", true}, {"mv notes/1.md all; mv notes/2.md all; mv notes/3.md all", false},
	{"mv PLAN.md x; mv x y; rm y", false}, {"tr a-z A-Z < PLAN.md > x && mv x PLAN.md", false}, {"echo new > x; mv x data.dat", false}, {"echo new > x; cp x data.dat", false}, {"mv notes .. && rm -rf ../notes", false}, {"mv -t drafts notes/1.md; rm drafts/1.md", false}, {"mv -b PLAN.md data.dat", false},
	{"cp src/b.js PLAN.md", false}, {"cp PLAN.md src/b.js", false}, {"cp -r fixtures/. measured/", false}, {"cp fixtures/*.csv measured", false}, {"cp -n src/b.js PLAN.md", false},
	{"cp -rT fixtures measured", false}, {"cp -b src/b.js PLAN.md", false}, {"cp --remove-destination src/b.js PLAN.md", false}, {"cp PLAN.md notes", false}, {"cp src/b.js link/1.md", false},
	{"install -m 644 src/b.js PLAN.md", false}, {"ln -sf src/b.js PLAN.md", false}, {"ln -s src/b.js PLAN.md", false}, {"ln -f src/b.js data.dat", false},
	{"echo x > PLAN.md", false}, {"> data.dat", false}, {": > notes/1.md", false}, {"echo x >> PLAN.md", false}, {"echo x | tee PLAN.md data.dat", false}, {"echo x | tee -a PLAN.md", false},
	{"cat src/b.js >| docs/plan", false}, {"truncate -s 0 PLAN.md", false}, {"truncate -s +5 PLAN.md", false}, {"dd if=/dev/zero of=data.dat bs=1 count=3 2>/dev/null", false},
	{"sed -i 's/plan/x/' PLAN.md", false}, {"sed -i.bak 's/plan/x/' PLAN.md", false}, {"sed -i '1,$d' notes/*.md", false}, {"sed 's/a/b/' PLAN.md", false}, {"perl -i -pe 's/plan/x/' PLAN.md", false},
	{"perl -pi -e 's/data/x/' data.dat", false}, {"sort -r notes/1.md -o PLAN.md", false}, {"sort list > list", false}, {"cat list > data.dat; rm list", false},
	{"find notes -type f -delete", false}, {"find . -name '*.md' -delete", false}, {`find notes -name '1*' -exec rm {} \;`, false}, {`find notes ! -name '1*' -type f -exec rm {} \;`, false},
	{"find . -path ./.git -prune -o -name '*.txt' -print | xargs rm -f", true}, {"find notes -name 1.md -o -name 2.md -delete", false}, {`find . -maxdepth 1 -type f -not -name '.*' -exec rm -f {} +`, false},
	{`find big \( -name x -o -name y \) -type f -delete`, false}, {"find . -empty -delete", false}, {"find notes drafts -size -2 -type f -delete", false}, {"find . -type d -name notes -exec rm -rf {} +", false},
	{"find notes -newer .gitignore -type f -delete", false}, {"find big -mindepth 3 -type f -delete", false}, {"find notes -type f -print0 | xargs -0 rm", false},
	{`find notes -type f | while read f; do rm "$f"; done`, false}, {"ls notes | while read f; do rm notes/$f; done", false}, {`for d in notes drafts; do rm -rf "$d"; done`, false}, {`for d in */; do rm -rf "$d"; done`, false},
	{`for f in $(cat list); do rm $f; done`, false}, {"xargs rm < list", false}, {"cat list | xargs rm", false}, {"printf 'PLAN.md\\ndata.dat\\n' | xargs rm", false}, {"rm $(ls -d d*.dat)", false},
	{"while read -r f; do rm \"$f\"; done < list", false}, {"while IFS= read -r f; do : > \"$f\"; done < list", false}, {"ls *.md | grep -v X | xargs rm", false}, {"ls | xargs -I{} rm -rf {}", false},
	{"git ls-files -o --exclude-standard | xargs rm -f", true}, {"git ls-files -o -i --exclude-standard -z | xargs -0 rm -f", true}, {"git diff --name-only | xargs git checkout -q --", false},
	{"git checkout -- .", false}, {"git checkout -q src", false}, {"git checkout HEAD -- docs src", false}, {"git checkout -q topic -- lib", false}, {"git checkout -f -q topic", false}, {"git restore src/a.js", false}, {"git restore .", false},
	{"git restore --staged .", false}, {"git restore -SW docs", false}, {"git restore --source=HEAD~1 lib src", false}, {"git checkout-index -f src/a.js", false}, {"git checkout-index -a -f", false}, {"git read-tree --reset -u HEAD", false},
	{"git reset -q --hard", false}, {"git reset -q --hard HEAD~1", false}, {"git reset -q", false}, {"git clean -fdq", false}, {"git clean -fdxq", false}, {"git clean -fdXq", false}, {"git clean -fq notes", false}, {"git clean -fdq -e notes", false},
	{"git clean -ffdxq", false}, {"git clean -ndx", false}, {"git stash drop -q", false}, {"git stash clear", false}, {"git stash drop -q stash@{1}", false}, {"git stash drop -q 1", false}, {"git stash list", false},
	{"git stash push -q src/a.js && git stash drop -q", false}, {"git stash -q -u && git stash drop -q", false}, {"git branch -D topic", false}, {"git branch -D merged", false}, {"git branch -d merged", false}, {"git branch -f topic main", false},
	{"git checkout -q -B topic main", false}, {"git switch -q -C topic main", false}, {"git switch -q --discard-changes topic", false}, {"git update-ref -d refs/heads/topic", false}, {"git branch -M main topic", false},
	{"git rm -rfq src", false}, {"git rm -q lib/c.js", false}, {"git rm -q --cached lib/c.js", false}, {"git rm -fq src/a.js docs/guide.md", false}, {"git mv -f PLAN.md src/b.js", true}, {"git mv -f lib/c.js data.dat", false},
	{"git diff | git apply -R", false}, {"git -C notes clean -fdq .", false},
	{"tar --remove-files -cf /dev/null notes", false}, {"tar xf old.tar", false}, {"tar xzf old.tgz -C .", false}, {"tar -xf old.tar --strip-components=1 -C notes", false}, {"tar --overwrite -xf old.tar", false}, {"tar xkf old.tar", false},
	{"mkdir out; tar xf old.tar -C out", false}, {"unzip -oq old.zip || python3 -", false}, {"zip -qm kept.zip notes/1.md", false}, {"zip -q kept.zip notes/1.md", false}, {"tar cf a.tar notes", false}, {"shred -u data.dat", false}, {"shred -n 1 PLAN.md", false}, {"split -b 2 data.dat notes/1.md", false},
	{"rmdir empty", false}, {"unlink PLAN.md", false}, {"bash -c 'rm -rf notes'", false}, {"echo 'rm -rf drafts' | sh", false}, {"sh <<'X'\nrm PLAN.md\nX", false},
	{"f=notes; rm -rf $f", false}, {"rm -rf \"${nothing:-drafts}\"", false}, {"f() { rm \"$1\"; }; f PLAN.md", false}, {"d=$(mktemp -d) && cd \"$d\" && echo 1 >a && rm -rf *", false},
}

func TestLossesAgainstBash(t *testing.T) {
	slowtest.Alone(t)
	base, o := newOracle(t)
	for i, l := range slices.Concat(oracleLines, mirrorLines, gitFormLines) {
		t.Run(l.line, func(t *testing.T) {
			for _, program := range [...]string{"zip", "unzip", "perl", "python3", "rsync", "fd", "xz", "zstd"} {
				if _, err := exec.LookPath(program); err != nil && strings.Contains(l.line, program+" ") {
					t.Skip(program + " is not installed")
				}
			}
			t.Parallel()
			dir := o.project(t, filepath.Join(base, "run", itoa(i), "project"))
			o.check(t, dir, l)
			os.RemoveAll(filepath.Dir(dir))
		})
	}
}

// newOracle makes the project that lines are tried in.
func newOracle(t *testing.T) (base string, o oracle) {
	t.Helper()
	if gitProgram() == "" {
		t.Skip("git is not installed")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	if base, err = filepath.EvalSymlinks(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	template := filepath.Join(base, "template")
	shell(t, bash, template, world)
	o = oracle{bash: bash, template: template, commits: strings.Fields(shell(t, bash, template, "git for-each-ref --format='%(objectname)'; git stash list --format=%H")),
		committed: map[string]bool{}}
	for _, text := range strings.Split(shell(t, bash, template, `for r in $(git for-each-ref --format='%(objectname)'); do git ls-tree -r --format='%(objectname)' $r; done |
		sort -u | while read o; do git cat-file blob $o; printf '\001'; done`), "\x01") {
		o.committed[text] = true
	}
	return base, o
}

// project copies the template.
func (o *oracle) project(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(o.template)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// shell runs a text in a directory with nothing of the user's around it.
func shell(t *testing.T, bash, dir, text string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, "-c", text)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/home/nobody-here", "LC_ALL=C", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"TMPDIR=" + filepath.Dir(dir), "GIT_AUTHOR_DATE=2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2020-01-01T00:00:00Z"}
	out, _ := cmd.CombinedOutput()
	return string(out)
}

// contents gives what is in the files of a tree, and in what git has committed.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() && e.Name() == ".git" {
			return fs.SkipDir
		}
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(p)
			all[p] = "-> " + to
		case e.Type().IsRegular():
			text, _ := os.ReadFile(p)
			all[p] = string(text)
		}
		return nil
	})
	return all
}

// An oracle knows what there was to lose.
type oracle struct {
	bash, template string
	commits        []string        // that refs and stashes stand for
	committed      map[string]bool // the contents that git has
}

// check holds the losses of one line against what bash does to a project.
func (o *oracle) check(t *testing.T, dir string, l oracleLine) {
	t.Helper()
	before := contents(t, dir)
	script := shellparse.Parse(l.line, shellparse.Options{Dir: dir, Home: "/home/nobody-here", Env: func(string) (string, bool) { return "", false }})
	step := Shipped().Classify(script, live(dir))
	links := filepath.Join(filepath.Dir(dir), "links")
	kept := map[string]string{}
	for i, x := range step.Losses {
		if x.Path == "" || x.InPlace || strings.Contains(x.Path+"/", "/.git/") {
			continue
		}
		filepath.WalkDir(x.Path, func(p string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				to := filepath.Join(links, itoa(i)+"-"+itoa(len(kept)))
				os.MkdirAll(links, 0o755)
				if os.Link(p, to) == nil {
					kept[to] = p
				}
			}
			return nil
		})
	}
	shell(t, o.bash, dir, l.line)
	after := contents(t, dir)
	for p, text := range contents(t, filepath.Dir(dir)) {
		if !strings.HasPrefix(p, links) {
			after[p] = text
		}
	}
	for to, p := range kept {
		if text, _ := os.ReadFile(to); string(text) != before[p] && !strings.Contains(p, "/.git/") {
			t.Errorf("a link does not keep %s: the file is changed in place", p)
		}
	}
	have := o.committed
	if _, err := os.Stat(filepath.Join(dir, ".git/HEAD")); err != nil {
		have = nil
	}
	gone := lostContents(before, after, have)
	for _, p := range gone {
		if !covered(step.Losses, p) {
			t.Errorf("lost and not said: %s (said: %s)", p[len(dir):], said(step.Losses, dir))
		}
	}
	for i := range step.Losses {
		if x := &step.Losses[i]; !l.more && x.Path != "" && x.Kind != LossIndex && x.Kind != LossHistory && !takesAny(x, before, after) {
			t.Errorf("said and not lost: %s", strings.ReplaceAll(x.String(), dir, ""))
		}
	}
	if strings.Contains(l.line, "git ") {
		o.checkRefs(t, dir, step.Losses, l.more)
	}
}

// lostContents gives the files whose content is nowhere any more.
func lostContents(before, after map[string]string, git map[string]bool) (gone []string) {
	have := map[string]bool{}
	for _, text := range after {
		have[text] = true
	}
	for p, text := range before {
		made := strings.Contains(p, "/dist/") || strings.Contains(p, "/node_modules/") || strings.HasSuffix(p, ".log") || strings.Contains(p, "/plugin/.git")
		if !strings.HasPrefix(after[p], text) && text != "" && !have[text] && !git[text] && !made && !strings.HasPrefix(text, "-> ") {
			gone = append(gone, p)
		}
	}
	slices.Sort(gone)
	return gone
}

func covered(losses []Loss, p string) bool {
	for i := range losses {
		if l := &losses[i]; l.Path == p || l.Kind == LossTree && isBelow(p, l.Path) {
			return true
		}
	}
	return false
}

// takesAny reports a loss of which something is gone or changed.
func takesAny(l *Loss, before, after map[string]string) bool {
	if _, err := os.Lstat(l.Path); err != nil {
		return true
	}
	for p, text := range before {
		if (p == l.Path || isBelow(p, l.Path)) && after[p] != text {
			return true
		}
	}
	return false
}

func said(losses []Loss, dir string) string {
	var all []string
	for i := range losses {
		all = append(all, strings.ReplaceAll(losses[i].String(), dir, ""))
	}
	return strings.Join(all, "; ")
}

// checkRefs wants each commit that no ref reaches any more among the losses.
func (o *oracle) checkRefs(t *testing.T, dir string, losses []Loss, more bool) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, ".git/HEAD")); err != nil {
		return
	}
	alive := strings.Fields(shell(t, o.bash, dir, "git rev-list --all; git for-each-ref --format='%(objectname)'; git stash list --format=%H"))
	for _, id := range o.commits {
		named := slices.ContainsFunc(losses, func(l Loss) bool { return l.Commit == id || l.Kind == LossHistory })
		if there := slices.Contains(alive, id); !there && !named {
			t.Errorf("commit %s is on no ref any more, and that is not said", id)
		} else if there && named && !more && !strings.Contains(said(losses, dir), "tags/") {
			t.Errorf("commit %s is said to be lost and is not", id)
		}
	}
}
