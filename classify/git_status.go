package classify

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What is looked through without git, which does more than that at once.
const (
	maxTracked   = 2_000
	maxUntracked = 4_000 // names in directories
	maxHashed    = 16 << 20
)

// manyPaths is from which path of a line on git is asked about the whole tree
// and not about the path: it takes longer, but only once.
const manyPaths = 3

// errStatus is a path that git has to be asked about.
var errStatus = errors.New("git has to be asked")

// status gives what git status says of paths in its short form, with that of
// others or without. The index and the objects tell most of it; git is asked for
// what they do not.
func (g *gitTree) status(ctx context.Context, paths ...string) (status []byte, ok bool) {
	g.open()
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.plain {
		return nil, false
	}
	if g.whole != nil {
		return g.whole, true
	}
	if status, err := g.readStatus(ctx, paths); err == nil {
		return status, true
	}
	if g.asked += len(paths); g.asked >= manyPaths || len(paths) == 0 {
		if out, err := gitStatus(ctx, g.root); err == nil && len(out) <= maxStatus {
			g.whole = append([]byte{}, out...)
			return g.whole, true
		}
	}
	out, err := gitStatus(ctx, g.root, paths...)
	return out, err == nil
}

func gitStatus(ctx context.Context, root string, paths ...string) ([]byte, error) {
	return runGit(ctx, root, append([]string{"--literal-pathspecs", "status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching",
		"--ignore-submodules=all", "--no-renames", "--"}, paths...)...)
}

// A statusReader writes what git status would print.
type statusReader struct {
	*gitTree
	ctx       context.Context
	out       []byte
	left      int // names that may still be looked at
	untracked map[string]byte
	direct    map[string]bool // directories without a link on the way
}

func (g *gitTree) readStatus(ctx context.Context, paths []string) ([]byte, error) {
	if g.index == nil || len(paths) == 0 || !g.readHead() {
		return nil, errStatus
	}
	if g.ignores == nil {
		g.ignores = newIgnores(g.root, g.dirs.common)
	}
	s := statusReader{gitTree: g, ctx: ctx, left: maxUntracked, untracked: map[string]byte{}, direct: map[string]bool{}}
	tracked := 0
	for _, path := range paths {
		rel, ok := g.rel(path)
		if !ok || !g.direct(path) {
			return nil, errStatus
		}
		if tracked += g.index.below(rel); tracked > maxTracked {
			return nil, errStatus
		}
		if err := errors.Join(s.tracked(rel), s.dropped(rel), s.others(rel)); err != nil {
			return nil, err
		}
	}
	for name, state := range s.untracked {
		s.say(state, state, name)
	}
	if g.ignores.hard || ctx.Err() != nil {
		return nil, errStatus
	}
	return s.out, nil
}

func (s *statusReader) say(x, y byte, name string) {
	s.out = append(append(append(s.out, x, y, ' '), name...), 0)
}

// tracked says how files that git knows differ from the last commit.
func (s *statusReader) tracked(rel string) (err error) {
	s.index.each(rel, func(n int) bool {
		err = s.trackedFile(s.index.entry(n))
		return err == nil
	})
	return err
}

func (s *statusReader) trackedFile(e indexEntry) error {
	if !e.plain || s.ctx.Err() != nil {
		return errStatus
	}
	staged, err := s.stagedState(&e)
	if err != nil {
		return err
	}
	now, err := s.fileState(&e)
	if err != nil {
		return err
	}
	if staged != ' ' || now != ' ' {
		s.say(staged, now, e.path)
	}
	return nil
}

// stagedState says how a file in the index differs from the last commit's.
func (g *gitTree) stagedState(e *indexEntry) (byte, error) {
	if g.index.tree == g.head {
		return ' ', nil
	}
	was, ok, err := g.objects.find(g.head, e.path)
	switch {
	case err != nil:
		return 0, err
	case !ok || was.mode == 0o40000:
		return 'A', nil
	case was.mode>>12 != e.mode>>12: // a link in place of a file
		return 'T', nil
	case was.id != e.id || was.mode != e.mode:
		return 'M', nil
	}
	return ' ', nil
}

// fileState says how a file differs from what is staged.
func (s *statusReader) fileState(e *indexEntry) (byte, error) {
	path, dir := filepath.Join(s.root, e.path), parentOf(e.path)
	direct, known := s.direct[dir]
	if !known {
		direct = s.gitTree.direct(path)
		s.direct[dir] = direct
	}
	if !direct {
		return 'D', nil
	}
	file, err := statFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && file.mode.IsDir():
		return 'D', nil
	case err != nil:
		return 0, err
	case s.index.vouchesFor(e, &file):
		return ' ', nil
	case indexMode(&file)>>12 != e.mode>>12:
		return 'T', nil
	case indexMode(&file) != e.mode || file.size > maxHashed:
		return 'M', nil
	}
	var text []byte
	if file.mode&fs.ModeSymlink != 0 {
		to, readErr := os.Readlink(path)
		text, err = []byte(to), readErr
	} else {
		text, err = readRegular(path, maxHashed+1)
	}
	if err != nil {
		return 0, err
	}
	sum := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(text)), text...))
	if string(sum[:]) != e.id {
		return 'M', nil
	}
	return ' ', nil
}

// dropped says which files the last commit has, and the index has no more.
func (s *statusReader) dropped(rel string) error {
	if s.index.tree == s.head {
		return nil
	}
	e, ok, err := s.objects.find(s.head, rel)
	if err != nil || !ok {
		return err
	}
	return s.droppedOf(rel, e)
}

func (s *statusReader) droppedOf(rel string, e treeEntry) error {
	if s.left--; s.left < 0 || s.ctx.Err() != nil {
		return errStatus
	}
	if e.mode != 0o40000 {
		if _, there := s.index.find(rel); !there {
			s.say('D', ' ', rel)
		}
		return nil
	}
	entries, err := s.objects.entries(e.id)
	for i := 0; err == nil && i < len(entries); i++ {
		err = s.droppedOf(strings.TrimPrefix(rel+"/"+entries[i].name, "/"), entries[i])
	}
	return err
}

// others says which files git does not know, and which of those it ignores.
func (s *statusReader) others(rel string) error {
	info, err := os.Lstat(filepath.Join(s.root, rel))
	if err != nil {
		return nil // there is none
	}
	if top := s.ignores.above(rel, info.IsDir()); top != "" && s.index.below(strings.TrimSuffix(top, "/")) == 0 {
		s.untracked[top] = gitIgnored
		return nil
	}
	return s.other(rel, info.Mode().Type())
}

func (s *statusReader) other(rel string, mode fs.FileMode) error {
	if s.left--; s.left < 0 || s.ctx.Err() != nil {
		return errStatus
	}
	switch {
	case mode.IsDir():
		return s.othersIn(rel)
	case mode != 0 && mode != fs.ModeSymlink:
		return nil
	}
	if _, known := s.index.find(rel); known {
		return nil
	}
	if s.untracked[rel] = gitUntracked; s.ignores.above(rel, false) != "" {
		s.untracked[rel] = gitIgnored
	}
	return nil
}

func (s *statusReader) othersIn(dir string) error {
	entries, err := os.ReadDir(filepath.Join(s.root, dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		rel := strings.TrimPrefix(dir+"/"+e.Name(), "/")
		switch {
		case rel == ".git":
			continue
		case e.Name() == ".git": // another repository
			return errStatus
		case e.IsDir() && s.index.below(rel) == 0 && s.ignores.above(rel, true) != "":
			s.untracked[rel+"/"] = gitIgnored
			continue
		}
		if err := s.other(rel, e.Type()); err != nil {
			return err
		}
	}
	return nil
}
