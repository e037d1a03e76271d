package classify

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxFiles bounds the counting of files.
const maxFiles = 200_000

// clockLag is how far a file system's clock may be behind: it is set at the
// kernel's ticks, of which there are at least 100 in a second.
const clockLag = 10 * time.Millisecond

// lookFor finds out whether there is anything that a pattern of the shell fits.
// What is there is not looked at: an exec may mean a name that has a star.
func lookFor(pattern string) TargetInfo {
	if _, err := os.Lstat(pattern); !os.IsNotExist(err) || strings.Contains(pattern, "**") {
		return TargetInfo{}
	}
	fits, err := filepath.Glob(pattern)
	return TargetInfo{Known: err == nil && len(fits) == 0}
}

// survey counts what is at a path, and finds out who else has it: the step that
// made it, or git.
func (l *Live) survey(ctx context.Context, path string) TargetInfo {
	file, err := statFile(path)
	gone := os.IsNotExist(err)
	if err != nil && !gone {
		return TargetInfo{}
	}
	s := survey{TargetInfo: TargetInfo{Known: true, Exists: !gone}, top: path, made: !gone && !l.since.IsZero()}
	s.began = l.since.Add(-clockLag)
	if root, ok := repository(filepath.Dir(path)); ok {
		s.tree = l.trees.at(root)
	}
	if root, is := repository(path); is && root == path {
		s.tree, s.Repository = l.trees.at(root), true
	}
	s.openIndex()
	switch {
	case gone:
		return s.missing(ctx)
	case file.mode.IsDir():
		s.count(ctx)
	case file.mode&fs.ModeSymlink != 0:
		s.note(path, &file)
		return TargetInfo{Known: true, Exists: true, Made: s.made} // what it leads to stays
	default:
		s.note(path, &file)
	}
	return s.weigh(ctx)
}

// A survey is the state of one look at a path.
type survey struct {
	TargetInfo
	top   string
	began time.Time // of the step
	made  bool      // so far all is younger than that

	tree  *gitTree // around the path, or nil
	index *gitIndex
	rel   string // the path, as the index has it
	// vouched is how many files the index says are as git last saw them; others
	// are those it does not say it of.
	vouched, others int
}

func (s *survey) openIndex() {
	if s.tree == nil {
		return
	}
	if rel, ok := s.tree.rel(s.top); ok && s.tree.direct(s.top) {
		s.rel, s.index = rel, s.tree.open()
	}
}

// count walks a directory until it is through or the time is up. Half of the
// time is for git: what it says matters more than how much there is.
func (s *survey) count(ctx context.Context) {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)/2)
		defer cancel()
	}
	err := filepath.WalkDir(s.top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			s.Partial = true // what cannot be read is not counted
			return nil
		case ctx.Err() != nil:
			s.Partial, s.Late = true, true
			return fs.SkipAll
		case s.Files >= maxFiles:
			s.Partial = true
			return fs.SkipAll
		case entry.Name() == ".git" && path != s.top && !s.isOwnGit(path):
			s.Repository = true // one within, or a submodule: it has work of its own
		case entry.IsDir() && !s.made:
			return nil
		}
		file, err := statFile(path)
		if err != nil {
			s.Partial = true
			return nil
		}
		s.note(path, &file)
		return nil
	})
	if err != nil {
		s.Partial = true
	}
}

// isOwnGit reports the .git of the working tree that is looked at.
func (s *survey) isOwnGit(path string) bool {
	return s.tree != nil && filepath.Dir(path) == s.tree.root
}

// note takes one file or directory into account.
func (s *survey) note(path string, file *fileStat) {
	s.made = s.made && !file.born.IsZero() && !file.born.Before(s.began)
	if file.mode.IsDir() {
		return
	}
	s.Files++
	s.Bytes += file.size
	if s.index == nil {
		return
	}
	if rel, ok := s.tree.rel(path); ok && s.index.vouches(rel, file) {
		s.vouched++
	} else if ok {
		s.others++
	}
}

// weigh says who else has what was counted.
func (s *survey) weigh(ctx context.Context) TargetInfo {
	t := s.TargetInfo
	if t.Made = s.made && !t.Partial; t.Made {
		return t
	}
	if t.Files == 0 && !t.Partial || s.tree == nil || isBelow(s.top, filepath.Join(s.tree.root, ".git")) {
		return t // git has nothing to add, and takes its time
	}
	if s.isClean(ctx) {
		t.Git = true
		return t
	}
	return t.askGit(ctx, s.tree, s.top)
}

// isClean reports that the index alone says that a commit has all of it: every
// file is tracked and as git last saw it, none is missing, and none is staged.
func (s *survey) isClean(ctx context.Context) bool {
	return s.index != nil && !s.Partial && s.others == 0 && s.vouched == s.index.below(s.rel) &&
		s.tree.committed(ctx, s.rel)
}

// missing is what git knows of a path where there is nothing: what was deleted
// can be brought back, unless it had changes that were only staged.
func (s *survey) missing(ctx context.Context) TargetInfo {
	if s.index == nil || s.index.below(s.rel) == 0 {
		return s.TargetInfo
	}
	if s.tree.committed(ctx, s.rel) {
		s.Git = true
		return s.TargetInfo
	}
	return s.askGit(ctx, s.tree, s.top)
}

// maxNames bounds the names of a directory that are listed.
const maxNames = 4096

// Names lists a directory; nil when that is not known in time.
func (l *Live) Names(dir string) []string {
	names, _ := wait(l, func(context.Context) []string {
		d, err := os.Open(l.absolute(dir))
		if err != nil {
			return nil
		}
		defer d.Close()                      // nothing was written
		names, _ := d.Readdirnames(maxNames) // what could be read
		return names
	})
	return names
}

// MadeSince reports that everything at a path was made after a time. What is too
// large to be looked through in time was not.
func (l *Live) MadeSince(path string, began time.Time) bool {
	began = began.Add(-clockLag)
	made, ok := wait(l, func(ctx context.Context) bool {
		seen := 0
		return filepath.WalkDir(l.absolute(path), func(at string, _ fs.DirEntry, err error) error {
			if seen++; err != nil || ctx.Err() != nil || seen > maxFiles {
				return fs.ErrInvalid
			}
			file, err := statFile(at)
			if err == nil && file.links > 1 && strings.Contains(at, "/.git/objects/") {
				return nil // a clone on the same disk links what the other has
			}
			if err != nil || file.born.IsZero() || file.born.Before(began) {
				return fs.ErrExist
			}
			return nil
		}) == nil
	})
	return ok && made
}

// Missing reports that nothing is at a path.
func (l *Live) Missing(path string) bool {
	missing, ok := wait(l, func(context.Context) bool {
		_, err := os.Lstat(l.absolute(path))
		return os.IsNotExist(err)
	})
	return ok && missing
}
