package classify

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A gitTree is a git working tree as one line sees it: what is the same for all
// of the line's targets is found out once.
type gitTree struct {
	root string

	mu     sync.Mutex
	opened bool
	plain  bool      // asking git about it runs no program of its choice
	index  *gitIndex // nil: git has to be asked

	compared bool
	staged   []string // the paths whose staged content no commit has
	isKnown  bool     // staged is

	asked  int
	status []byte // git's answer for the whole tree, once it was asked that
}

// trees are the working trees of a line.
type trees struct {
	mu    sync.Mutex
	known map[string]*gitTree
}

// at gives the working tree at a root.
func (t *trees) at(root string) *gitTree {
	t.mu.Lock()
	defer t.mu.Unlock()
	tree, ok := t.known[root]
	if !ok {
		if t.known == nil {
			t.known = map[string]*gitTree{}
		}
		tree = &gitTree{root: root}
		t.known[root] = tree
	}
	return tree
}

// open reads the index, unless git could make of it what the reader cannot know.
func (g *gitTree) open() *gitIndex {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.opened {
		g.opened = true
		dirs, ok := findGitDirs(g.root)
		if g.plain = ok && dirs.isPlain(); g.plain {
			g.index, _ = indexes.load(filepath.Join(dirs.own, "index"))
		}
	}
	return g.index
}

// rel gives a path as the index has it; ok is false for one that it cannot have.
func (g *gitTree) rel(path string) (rel string, ok bool) {
	if filepath.Clean(path) != path || !isBelow(path, g.root) || isBelow(path, filepath.Join(g.root, ".git")) {
		return "", false
	}
	return strings.TrimPrefix(strings.TrimPrefix(path, g.root), "/"), true
}

// direct reports that no link is on the way from the root to a path: git tracks
// nothing beyond links.
func (g *gitTree) direct(path string) bool {
	for at := filepath.Dir(path); len(at) > len(g.root); at = filepath.Dir(at) {
		if info, err := os.Lstat(at); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// committed reports that the last commit has what the index has at a path and
// below it. When the index's tree is the commit's, it has all; else git tells
// once for a line what differs.
func (g *gitTree) committed(ctx context.Context, rel string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.compared {
		g.compared = true
		g.compare(ctx)
	}
	if !g.isKnown {
		return false
	}
	for _, staged := range g.staged {
		if rel == "" || isBelow(staged, rel) {
			return false
		}
	}
	return true
}

func (g *gitTree) compare(ctx context.Context) {
	if g.index.tree != "" {
		head, err := runGit(ctx, g.root, "rev-parse", "--verify", "--quiet", "HEAD^{tree}")
		if err != nil {
			return // nothing is committed, or nobody knows
		}
		if g.isKnown = strings.TrimSpace(string(head)) == g.index.tree; g.isKnown {
			return
		}
	}
	names, err := runGit(ctx, g.root, "diff-index", "--cached", "--name-only", "--no-renames", "--no-ext-diff", "-z", "HEAD")
	if err != nil || len(names) > maxStatus {
		return
	}
	g.isKnown = true
	for name := range bytes.SplitSeq(names, []byte{0}) {
		if len(name) > 0 {
			g.staged = append(g.staged, string(name))
		}
	}
}
