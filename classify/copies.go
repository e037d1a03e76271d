package classify

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"time"
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
	last  copiesDir           // that was asked about last
}

// A copiesDir is what is known of a directory, and of all that is in it.
type copiesDir struct {
	dir     string
	read    time.Time
	tree    *gitTree // nil outside of working trees, and where git's index is not known
	rel     string   // of what is in it, up to the name
	tracked int      // files in it and below that git tracks
	build   string   // the directory of a build that it is, or is below; empty for none
}

// copiesTime is how long it holds. Of many files that go one after the other most
// are in one directory, and what git thinks of it is not asked for each.
const copiesTime = 250 * time.Millisecond

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
	d := c.at(filepath.Dir(path))
	if d.tree == nil || d.tracked == 0 {
		return false
	}
	rel := d.rel + filepath.Base(path)
	if _, tracked := d.tree.index.find(rel); !tracked {
		return false
	}
	file, err := statFile(path)
	if err != nil || !d.tree.index.vouches(rel, &file) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), lossTime)
	defer cancel()
	return d.tree.committed(ctx, rel)
}

// Built reports a file in a directory that has the name of a build's, that git
// ignores, and that git does not track the file in.
func (c *Copies) Built(path string) bool {
	d := c.at(filepath.Dir(path))
	if d.build == "" {
		return false
	}
	if _, tracked := d.tree.index.find(d.rel + filepath.Base(path)); tracked {
		return false
	}
	return c.ignored(d.tree.root, d.build)
}

// BuiltAll reports a directory in which all files are [Copies.Built], also those
// that are yet to come.
func (c *Copies) BuiltAll(dir string) bool {
	d := c.at(dir)
	return d.build != "" && d.tracked == 0 && c.ignored(d.tree.root, d.build)
}

// ignored reports a directory of a working tree that git ignores.
func (c *Copies) ignored(root, dir string) bool {
	key := filepath.Join(root, dir)
	c.mu.Lock()
	ignored, known := c.built[key]
	c.mu.Unlock()
	if known {
		return ignored
	}
	ctx, cancel := context.WithTimeout(context.Background(), lossTime)
	defer cancel()
	_, err := runGit(ctx, root, "check-ignore", "--quiet", "--", dir+"/")
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

// at tells what is known of a directory.
func (c *Copies) at(dir string) copiesDir {
	now := time.Now()
	c.mu.Lock()
	last := c.last
	c.mu.Unlock()
	if last.dir == dir && now.Sub(last.read) < copiesTime {
		return last
	}
	d := copiesDir{dir: dir, read: now}
	if root, ok := repository(dir); ok {
		c.fill(&d, root)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = d
	return d
}

// fill adds what the working tree around a directory knows.
func (c *Copies) fill(d *copiesDir, root string) {
	tree, ok := c.tree(root)
	if !ok {
		return
	}
	rel, ok := tree.rel(d.dir)
	if !ok {
		return
	}
	d.tree, d.tracked = tree, tree.index.below(rel)
	if rel != "" {
		d.rel = rel + "/"
		d.build = c.buildAbove(d.rel)
	}
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
