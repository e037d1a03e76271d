package classify

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/shellparse"
)

// More lines for the oracle: mirrors, archives of every packing, and the ways
// in which git is told to throw something away.

var mirrorLines = []oracleLine{
	{"rsync -a --delete fixtures/ measured/", false}, {"rsync -a --delete fixtures measured", false}, {"rsync -a --delete ./fixtures/ ./measured", false},
	{"rsync -a --delete-after fixtures/ notes", false}, {"rsync -a --del fixtures/ notes/", false}, {"rsync -a --delete-before --delete-excluded --exclude=1.md fixtures/ notes/", false},
	{"rsync -a --delete --exclude=1.md fixtures/ notes/", false}, {"rsync -a --delete --exclude '*.md' fixtures/ notes/", false}, {"rsync -a --delete --exclude=/deep fixtures/ big/", false},
	{"rsync -a --delete --filter='P 2.md' fixtures/ notes/", true}, {"rsync -a --delete --max-delete=1 fixtures/ notes/", true},
	{"cd notes && rsync -a --delete ../fixtures/ ./", false}, {"d=notes; rsync -a --delete fixtures/ \"$d/\"", false}, {"S=fixtures D=notes; rsync -aq --delete $S/ $D/", false},
	{"mkdir none; rsync -a --delete none/ notes/", false}, {"rsync -a --delete empty/ ./drafts/", false}, {"rsync -r --delete fixtures/ link/", false}, {"rsync -a --delete fixtures/ link", false},
	{"rsync -a fixtures/ measured/", false}, {"rsync -a --delete fixtures/one.csv measured/", false}, {"rsync -a --delete fixtures/*.csv measured/", false}, {"rsync -a --delete fixtures/ docs/ measured/", true},
	{"rsync --delete fixtures/ measured/", false}, {"rsync -an --delete fixtures/ measured/", false}, {"rsync -a --inplace fixtures/ measured/", false}, {"rsync -a --backup --delete fixtures/ measured/", true},
	{"rsync -a --backup --backup-dir=old --delete fixtures/ measured/", true}, {"rsync -a --existing --delete fixtures/ measured/", true}, {"rsync -a --ignore-existing --delete fixtures/ measured/", false}, {"rsync -au --delete fixtures/ measured/", true},
	{"rsync -a --remove-source-files notes/ drafts/", true}, {"rsync -a --remove-source-files notes/ newplace/", true}, {"rsync -a --delete nothing/ notes/", true}, {"rsync -rv --delete --include='*.csv' --exclude='*' fixtures/ measured/", true},
	{"rsync -a --delete -C fixtures/ measured/", true}, {"rsync -aR --delete fixtures/ measured/", true}, {"rsync -a --delete-missing-args --files-from=list drafts/ notes/", true},
	{"tar cJf n.tar.xz notes; echo x > notes/1.md; tar xJf n.tar.xz", true}, {"tar xf old.tar.xz", true}, {"tar xJf old.tar.xz -C .", true}, {"tar -xf old.tar.zst", true}, {"xz -dc old.tar.xz | tar x", true}, {"tar -I zstd -xf old.tar.zst", true},
	{"zstd -dcq old.tar.zst | tar xf -", true}, {"cat old.tar | tar x", true}, {"tar x < old.tar", false}, {"tar xf - < old.tar", false}, {"xz -dkf PLAN.md.xz", true}, {"gzip -kf notes/2.md", false}, {"gunzip -f notes/2.md.gz", true}, {"cp PLAN.md p.zst; zstd -qf PLAN.md -o list", true},
	{"echo other >notes/2.md; gzip -dkf notes/2.md.gz", true},
	{"fd -e md -X rm", false}, {"fd . notes -X rm -rf", true}, {"fd -H -t f -X rm -f", true}, {"fd -e png -X rm", false}, {"fd -e txt . drafts -x rm {}", false}, {"fd --no-ignore -e png -X rm", false}, {"fd -I -e png -x rm", false},
	{"fd -t f '^[12].md$' -X rm", true}, {"fd -g '*.txt' drafts -X rm", true}, {"fd -t d -X rm -rf", true}, {"fd -u -t f . uploads -X rm", true}, {"fd -e md -0 | xargs -0 rm", false}, {"fd -e dat | while read f; do rm $f; done", false},
	{"mapfile -t a < <(find notes -name '*.md'); rm -f -- \"${a[@]}\"", false}, {"readarray -t a < <(ls notes); for x in \"${a[@]}\"; do rm notes/$x; done", false}, {"mapfile -t a < <(git ls-files -o drafts | grep txt); rm \"${a[@]}\"", false},
	{"printf 'drafts\\n' > .ignore; fd -e txt -X rm", true}, {"fd -E notes -e md -X rm", true}, {"fd -t f -d 1 -X rm", true},
}

var gitFormLines = []oracleLine{
	{"git switch -q -f topic", false}, {"git switch -qf topic", false}, {"git switch --force -q -c fresh", true}, {"git checkout -qf", false}, {"git checkout -fq HEAD", false}, {"git checkout --force -q -b fresh", false}, {"git checkout -f -q HEAD~1", false},
	{"git stash pop -q; git stash drop -q", true}, {"git stash apply -q && git stash drop -q", true}, {"git stash pop -q && git checkout -q .", true}, {"git stash pop -q; git reset -q --hard", true}, {"git checkout -q stash@{0} -- .", false}, {"git stash branch fresh -q", true},
	{"git --git-dir=.git --work-tree=. checkout -q -f", false}, {"git --git-dir=.git reset -q --hard", false}, {"git --git-dir .git --work-tree . clean -fdq", false}, {"GIT_DIR=.git git clean -fdq", false}, {"GIT_DIR=$PWD/.git GIT_WORK_TREE=$PWD git reset -q --hard", false},
	{"export GIT_DIR=.git; git checkout -q -- .", false}, {"cd notes && git --git-dir=../.git --work-tree=.. checkout -q -- src", false}, {"git --work-tree=src checkout -q -f", true}, {"cd notes; git --work-tree=.. --git-dir=../.git stash clear", false}, {"git --git-dir=.git branch -D topic", false},
	{"GIT_WORK_TREE=notes git checkout -qf HEAD -- .", true}, {"git --bare --git-dir=.git branch -qD topic", false}, {"env GIT_DIR=.git git stash drop -q", false}, {"git --git-dir=plugin/.git --work-tree=plugin checkout -qf", false},
	{"git tag -d v1", false}, {"git tag -f v1 HEAD 2>/dev/null", false}, {"git tag --force v1", false}, {"git tag -d alone", false}, {"git tag -f alone main", false}, {"git tag -af -m x alone", false}, {"git tag -d note", false}, {"git tag -d $(git tag)", true}, {"git tag -l | xargs git tag -d", true},
	{"git update-ref refs/tags/alone main", false}, {"git update-ref -d refs/tags/alone", false}, {"git tag -d v1 alone note", false}, {"git branch -D topic side", false}, {"git branch -qD $(git branch --format='%(refname:short)' | grep -v main)", true},
	{"git fetch -q --prune", true}, {"git fetch -qp origin", true}, {"git remote prune origin", true}, {"git remote rm origin", true}, {"git remote remove origin", true}, {"git branch -rd origin/gone", false}, {"git pull -q --prune origin main", true}, {"git fetch -q -P --prune", true}, {"git remote update --prune", true}, {"git remote update -p origin", true},
	{"git fetch -q origin '+refs/heads/*:refs/heads/*' --update-head-ok", true}, {"git fetch -q -f origin main:topic", true}, {"git fetch -q origin +main:topic", true}, {"git pull -qf origin main:topic", true}, {"git fetch -q --prune-tags origin", true}, {"git fetch -q -t -f origin", true},
	{"git -c gc.pruneExpire=now -c gc.reflogExpire=now gc -q", true}, {"git reflog expire --expire=now --all", true}, {"git reflog expire --expire-unreachable=now --all && git gc -q --prune=now", true}, {"git gc -q --prune=now", true}, {"git gc -q --prune", true}, {"git prune", true}, {"git prune --expire=now", true}, {"git reflog delete HEAD@{0}", true},
	{"git filter-branch -f --index-filter 'git rm -q --cached --ignore-unmatch lib/c.js' HEAD >/dev/null 2>&1", true}, {"git filter-branch -f --tree-filter 'rm -f lib/c.js' -- --all >/dev/null 2>&1", true},
	{"git symbolic-ref HEAD refs/heads/topic && git reset -q --hard", false}, {"git reset -q --keep HEAD~1", true}, {"git reset -q --merge", true}, {"git rebase -q --onto topic HEAD~1 2>/dev/null", true}, {"git commit -q --amend -m x", true}, {"git replace -d $(git replace) 2>/dev/null", true}, {"git notes remove HEAD", true},
	{"git worktree add -q ../wt topic && echo x > ../wt/new && git worktree remove --force ../wt", true}, {"git rm -rq --cached . && git clean -fdq", true}, {"git add -A && git reset -q --hard", true}, {"git add -A; git rm -rfq notes", true}, {"git stash -q -a; git stash clear", false},
	{"git restore -q --source=topic --worktree --staged .", false}, {"git restore --source topic -- lib", false}, {"git checkout -q topic .", false}, {"git checkout -q --theirs -- src/a.js", true}, {"git checkout -q --ours .", true}, {"git checkout -q -- ':!docs'", true}, {"git restore ':(glob)src/*.js'", true}, {"git checkout -q --pathspec-from-file=list2", true},
	{"git merge -q topic -X theirs", true}, {"git revert --no-edit HEAD", true}, {"git am --abort", true}, {"git bisect reset", true}, {"git clean -fdq :/", false}, {"git clean -fdqx -e node_modules -e .env", false}, {"git clean -qfd -- notes drafts", false}, {"git clean -dfq 'n*'", true}, {"git -c clean.requireForce=false clean -dq", false},
}

// What a push takes from a remote is said with what it was, where the refs here
// tell it.
func TestPushesAgainstGit(t *testing.T) {
	slowtest.Alone(t)
	base, o := newOracle(t)
	for i, line := range []string{
		"git push -qf origin HEAD~1:main", "git push -q --force-with-lease origin HEAD~1:main", "git push -q origin +HEAD~1:main", "git push -q origin +side:refs/heads/topic", "git reset -q --hard HEAD~1; git push -qf",
		"git push -q origin :alive", "git push -q --delete origin alive", "git push -qd origin alive topic", "git push -q origin :refs/heads/alive",
		"git push -qf origin main:alive", "git push -q origin +main:alive", "git push -q origin --force-with-lease main:refs/heads/alive",
		"git push -q origin :refs/tags/v1", "git push -q origin --delete v1", "git push -q origin :v1", "git tag -d v1; git push -q origin :refs/tags/v1",
		"git tag -f v1 main && git push -qf origin v1", "git tag -f v1 main && git push -q origin +refs/tags/v1", "git tag -fam x v1; git push -q --force origin refs/tags/v1:refs/tags/v1", "git push -qf origin main:refs/tags/v1",
		"git push -q origin main", "git push -nf origin HEAD~1:main",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			dir := o.project(t, filepath.Join(base, "push", itoa(i), "project"))
			refs := func() []string {
				return strings.Split(strings.TrimSpace(shell(t, o.bash, dir, "git branch -q -u origin/main main 2>/dev/null; git -C .git/remote.git for-each-ref --format='%(objectname) %(refname)'")), "\n")
			}
			before := refs()
			step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"}), live(dir))
			shell(t, o.bash, dir, line)
			after := refs()
			for _, had := range before {
				id, ref, _ := strings.Cut(had, " ")
				said := slices.ContainsFunc(step.Losses, func(l Loss) bool {
					return l.Kind == LossRemote && l.Ref == "origin "+ref && l.Commit == id
				})
				gone := !slices.Contains(after, had) && (strings.Contains(ref, "/tags/") || !strings.Contains(shell(t, o.bash, dir, "git rev-list --branches; git -C .git/remote.git rev-list --all"), id))
				if gone != said && !(said && !slices.Contains(after, had)) { // what another ref here has may be said
					t.Errorf("%s: gone %t, said %t", had, gone, said)
				}
			}
		})
	}
}
