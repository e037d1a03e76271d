package classify

import (
	"path"
)

// history reports that a repository's history goes with a path: that of the
// project itself, or commits that no remote is known to have. A submodule and a
// linked working tree have theirs elsewhere.
func (l *lossReader) history(p string) bool {
	repo := p
	if path.Base(p) == ".git" {
		repo = path.Dir(p)
	}
	info, err := l.looks.Lstat(path.Join(repo, ".git"))
	if err != nil || !info.IsDir() {
		return false
	}
	if isBelow(l.surroundings().workspace, repo) || l.exists(path.Join(repo, ".git", "worktrees")) {
		return true
	}
	alone, err := l.git(repo, "rev-list", "--max-count=1", "--all", "HEAD", "--not", "--remotes")
	return err != nil || len(alone) > 0
}
