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
	dirs   gitDirs

	looked  bool
	head    string // the tree of the last commit, empty where that cannot be read
	objects gitObjects

	compared bool
	staged   []string // the paths whose staged content no commit has
	isKnown  bool     // staged is

	ignores *ignores
	asked   int
	whole   []byte // git's answer for the whole tree, once it was asked that
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
			g.dirs = dirs
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
// below it, and no more. When the index's tree is the commit's, it has all; else the trees on
// the way are compared, or git tells once for a line what differs.
func (g *gitTree) committed(ctx context.Context, rel string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.readHead() {
		if g.head == g.index.tree {
			return true
		}
		if g.index.below(rel) <= maxTracked {
			same := true
			g.index.each(rel, func(n int) bool {
				e := g.index.entry(n)
				state, err := g.stagedState(&e)
				same = err == nil && state == ' '
				return same
			})
			s := statusReader{gitTree: g, ctx: ctx, left: maxUntracked}
			return same && s.dropped(rel) == nil && len(s.out) == 0 // nor is a deletion staged
		}
	}
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

// readHead finds the tree of the last commit, once.
func (g *gitTree) readHead() bool {
	if !g.looked {
		g.looked = true
		g.objects.dir = filepath.Join(g.dirs.common, "objects")
		if commit, err := g.dirs.headCommit(); err == nil {
			g.head, _ = g.objects.treeOf(commit) // git is asked for what is not found
		}
	}
	return g.head != ""
}

// maxRefs bounds the file of packed refs, in bytes.
const maxRefs = 4 << 20

// headCommit is the commit that is checked out.
func (dirs gitDirs) headCommit() (string, error) {
	text, err := readRegular(filepath.Join(dirs.own, "HEAD"), maxConfig)
	if err != nil {
		return "", err
	}
	head := strings.TrimSpace(string(text))
	name, isRef := strings.CutPrefix(head, "ref: ")
	if !isRef {
		return parseID(head, true)
	}
	if !strings.HasPrefix(name, "refs/heads/") || filepath.Clean(name) != name {
		return "", errObject
	}
	if text, err = readRegular(filepath.Join(dirs.common, name), maxConfig); err == nil {
		return parseID(strings.TrimSpace(string(text)), true)
	}
	packed, err := readRegular(filepath.Join(dirs.common, "packed-refs"), maxRefs)
	at := bytes.Index(packed, []byte(" "+name+"\n"))
	if err != nil || at < 2*indexHash {
		return "", errObject
	}
	return parseID(string(packed[at-2*indexHash:at]), true)
}

// compare asks git for the paths whose staged content the last commit lacks.
func (g *gitTree) compare(ctx context.Context) {
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
