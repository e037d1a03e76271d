package classify

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
)

// Copies tells of single files whether something else has what is in them, for
// one who asks about many, one after the other. It starts no process for a file:
// git is asked once for an index, and once for a directory of a build. It is safe
// for concurrent use.
type Copies struct {
	set *Set

	mu    sync.Mutex
	trees map[string]*gitTree // by root, for as long as the index is the same
	built map[string]bool     // directories of builds that git ignores
}

// maxCopies bounds what is remembered of each kind; it is forgotten as a whole.
const maxCopies = 1024

// NewCopies returns a memory that knows the places of builds by the rules.
func NewCopies(set *Set) *Copies {
	return &Copies{set: set, trees: map[string]*gitTree{}, built: map[string]bool{}}
}

// Committed reports a file that a commit has as it is: git tracks it, has seen
// it since it last changed, and staged nothing else. A path is absolute and
// without links on the way.
func (c *Copies) Committed(path string) bool {
	tree, rel, ok := c.at(path)
	if !ok {
		return false
	}
	file, err := statFile(path)
	if err != nil || !tree.index.vouches(rel, &file) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), lossTime)
	defer cancel()
	return tree.committed(ctx, rel)
}

// Built reports a file in a directory that has the name of a build's, that git
// ignores, and that git does not track the file in.
func (c *Copies) Built(path string) bool {
	tree, rel, ok := c.at(path)
	if !ok {
		return false
	}
	dir := c.buildAbove(rel)
	if dir == "" {
		return false
	}
	if _, tracked := tree.index.find(rel); tracked {
		return false
	}
	key := filepath.Join(tree.root, dir)
	c.mu.Lock()
	ignored, known := c.built[key]
	c.mu.Unlock()
	if known {
		return ignored
	}
	ctx, cancel := context.WithTimeout(context.Background(), lossTime)
	defer cancel()
	_, err := runGit(ctx, tree.root, "check-ignore", "--quiet", "--", dir+"/")
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.built) >= maxCopies {
		clear(c.built)
	}
	c.built[key] = err == nil
	return err == nil
}

// buildAbove is the uppermost directory above a path in a working tree that
// builds write to, "" for none.
func (c *Copies) buildAbove(rel string) string {
	for at := 0; ; at++ {
		next := strings.IndexByte(rel[at:], '/')
		if next < 0 {
			return ""
		}
		at += next
		inside := fileFact{path: "/" + rel[:at]}
		for i := range c.set.Places {
			if c.set.Places[i].ID == PlaceBuild && c.set.index.Places[i].hasBelow(&inside) {
				return rel[:at]
			}
		}
	}
}

// at gives the working tree around a path, with an index that was read, and the
// path as the index has it.
func (c *Copies) at(path string) (tree *gitTree, rel string, ok bool) {
	root, ok := repository(filepath.Dir(path))
	if !ok {
		return nil, "", false
	}
	if tree, ok = c.tree(root); !ok {
		return nil, "", false
	}
	if rel, ok = tree.rel(path); !ok || rel == "" {
		return nil, "", false
	}
	return tree, rel, true
}

func (c *Copies) tree(root string) (*gitTree, bool) {
	dirs, ok := findGitDirs(root)
	if !ok {
		return nil, false
	}
	index, err := indexes.load(filepath.Join(dirs.own, "index"))
	if err != nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.trees[root]; known != nil && known.index == index {
		return known, true
	}
	tree := &gitTree{root: root}
	if tree.open() != index {
		return nil, false // git could make of it what the reader cannot know
	}
	if len(c.trees) >= maxCopies {
		clear(c.trees)
	}
	c.trees[root] = tree
	return tree, true
}
