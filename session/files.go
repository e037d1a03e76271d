package session

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
)

// This file is about what programs take away besides the text of their step, as
// the kernel tells of it: most of it is nobody's loss, the rest is kept first, and
// what cannot be kept is put to the gate.

// files is the witness of a session's calls on files.
type files struct {
	judge  *judge
	began  time.Time
	copies *classify.Copies
	places filePlaces
	kept   *keptFiles
	asked  askedTrees
}

var _ intercept.FileWitness = (*files)(nil)

// newFiles makes the witness of a judge whose gate comes later.
func newFiles(j *judge, policy *gate.Policy, getenv func(string) string, dir string) *files {
	f := &files{judge: j, began: time.Now(), copies: policy.Copies(), places: placesOf(getenv, dir)}
	f.kept = newKeptFiles(j)
	return f
}

// Began is when the session began.
func (f *files) Began() time.Time { return f.began }

// Guards reports what is restrain's own.
func (f *files) Guards(path string) bool { return f.places.isOwn(path) }

// Spares reports a directory of what is made again, or that goes as a whole with
// the step's line, unless something in it is never let go for that.
func (f *files) Spares(dir string, p intercept.Process, ppid int) bool {
	_, permit, _ := f.judge.steps.StepOf(p, ppid)
	switch {
	case permit.TookAll(dir):
		return true
	case f.places.isOwn(dir):
		return false
	}
	if _, inGit := gitDirOf(dir); inGit || !f.places.isCache(dir) && !f.copies.BuiltAll(dir) {
		return false
	}
	for _, name := range [...]string{".git", ProjectRules, keptPrefix + strconv.Itoa(os.Geteuid())} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

// File decides about one call.
func (f *files) File(ctx context.Context, c intercept.FileCall) intercept.FileReply {
	step, permit, _ := f.judge.steps.StepOf(c.Process, c.PPID)
	if c.Unknown != "" {
		_, entry, _ := permit.Step()
		f.judge.gate.Note(entry, "a call on files that could not be read: "+c.Unknown, c.Target.Path)
		return replyTo(gate.Unread)
	}
	call := &fileCall{FileCall: &c, step: step, permit: permit}
	for _, t := range f.takenFiles(call) {
		if reply := f.answer(ctx, call, t); !reply.Allow {
			return reply
		}
	}
	return replyTo(gate.Spared)
}

// A fileCall is a call with what is known of the process that makes it.
type fileCall struct {
	*intercept.FileCall
	step   intercept.Process
	permit *gate.Permit // nil below no step
}

// takenFiles lists the files that a call takes away. What only changes its name is
// there still, unless that leads to where it would go unseen, or away from where
// it must not.
func (f *files) takenFiles(c *fileCall) []*intercept.File {
	switch c.Op {
	case intercept.FileRename:
		var list []*intercept.File
		if f.verdict(c, &c.Target) == askFirst || f.hides(c) {
			list = append(list, &c.Target)
		}
		if c.To.Exists {
			list = append(list, &c.To)
		}
		return list
	case intercept.FileExchange:
		var list []*intercept.File
		for _, t := range [...]*intercept.File{&c.Target, &c.To} {
			if f.verdict(c, t) == askFirst {
				list = append(list, t)
			}
		}
		return list
	}
	return []*intercept.File{&c.Target}
}

// hides reports a rename to where the file could be removed without a look.
func (f *files) hides(c *fileCall) bool {
	return !c.permit.Took(c.Target.Path) && (c.permit.Took(c.To.Path) || f.copies.Built(c.To.Path)) && !f.hasCopy(&c.Target)
}

// A fileVerdict is what is to be done about a file before it goes.
type fileVerdict uint8

const (
	letGo     fileVerdict = iota
	keepFirst             // and ask when it cannot be kept
	keepAlong             // a directory: with what was in it, if that is kept
	askFirst
)

// verdict applies the rules, in the order of their strength.
func (f *files) verdict(c *fileCall, t *intercept.File) fileVerdict {
	isDir := t.Mode&fileTypeMask == fileTypeDir
	repository, inGit := gitDirOf(t.Path)
	switch {
	case c.permit.Took(t.Path):
		return letGo // it was judged with the line
	case t.Links == 0 && !isDir:
		return letGo // it has no name any more
	case f.places.isOwn(t.Path):
		return askFirst
	case inGit && isGit(c.Process.PID):
		return letGo // git knows what it does, and the step was judged for it
	case inGit && repository != f.places.work:
		return askFirst
	case f.places.isYoung(t, time.Now()), f.places.isCache(t.Path):
		return letGo
	case f.places.isPackage(t.Path) && isPackager(c.Process.PID):
		return letGo
	case isDir:
		return keepAlong
	case f.hasCopy(t):
		return letGo
	case filepath.Dir(t.Path) == f.places.home && c.permit != nil && c.Op == intercept.FileUnlink:
		return askFirst
	}
	return keepFirst
}

// hasCopy reports a file that is elsewhere, or is made again.
func (f *files) hasCopy(t *intercept.File) bool {
	return f.copies.Committed(t.Path) || f.copies.Built(t.Path)
}

// answer does what the rules say of one file.
func (f *files) answer(ctx context.Context, c *fileCall, t *intercept.File) intercept.FileReply {
	v := f.verdict(c, t)
	if c.Op == intercept.FileRename && t == &c.Target && v != askFirst {
		v = keepFirst // it is hidden
	}
	switch v {
	case keepFirst:
		if f.kept.keep(c, t) == nil {
			return replyTo(gate.Stored)
		}
		return f.ask(ctx, c, t.Path, f.places.treeOf(t.Path))
	case keepAlong:
		f.kept.keepAlong(c, t)
	case askFirst:
		reply := f.ask(ctx, c, t.Path, f.places.rootOf(t.Path))
		if reply.Allow && t.Mode&fileTypeMask != fileTypeDir {
			_ = f.kept.keep(c, t) // it may go, and need not be lost for that
		}
		return reply
	}
	return replyTo(gate.Spared)
}

// As in stat(2).
const (
	fileTypeMask = 0o170000
	fileTypeDir  = 0o040000
)

// isGit reports a process that is the system's git.
func isGit(pid int) bool {
	name := programOf(pid)
	return name == "git" || strings.HasPrefix(name, "git-")
}

// isPackager reports a process that is the system's package manager.
func isPackager(pid int) bool {
	switch programOf(pid) {
	case "dpkg", "rpm", "apk", "pacman", "apt", "apt-get":
		return true
	}
	return false
}

// programOf is the name of the system's program that a process runs, "" for any
// other.
func programOf(pid int) string {
	image, err := imageOf(pid)
	if err != nil || !isOfSystem(image) {
		return ""
	}
	return filepath.Base(image)
}

// isOfSystem reports a program where an agent does not put one.
func isOfSystem(path string) bool {
	for _, dir := range [...]string{"/usr", "/bin", "/opt", "/nix/store"} {
		if isBelow(path, dir) {
			return true
		}
	}
	return false
}
