//go:build unix

package keep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Keep stores items before a step takes them away. When anything of them could
// not be stored the error is a [NotKept] that names it; the rest is kept. An
// item that exceeds a bound, or meets a full disk, is kept as a whole or not at
// all. What is not there is no loss.
func (w *Writer) Keep(ctx context.Context, items []Item) (Result, error) {
	return w.keep(ctx, items, true, nil)
}

// Add keeps a single file, symbolic link or directory without what is in it,
// as a system call takes it away. It costs the same however many were kept.
func (w *Writer) Add(path string, inPlace bool) error {
	_, err := w.keep(context.Background(), []Item{{Path: path, InPlace: inPlace}}, false, nil)
	return err
}

// AddAt is like [Writer.Add] for a file that was looked at already, and keeps no
// other one that has come to have its name.
func (w *Writer) AddAt(file *Opened, inPlace bool) error {
	_, err := w.keep(context.Background(), []Item{{Path: file.Path, InPlace: inPlace}}, false, file)
	return err
}

func (w *Writer) keep(ctx context.Context, items []Item, below bool, opened *Opened) (Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.missed, w.more = nil, 0
	before, fresh := w.sums, w.file == nil
	run := &itemRun{Writer: w, ctx: ctx, below: below, opened: opened}
	w.taken = items
	for i := range items {
		run.item(&items[i])
	}
	w.taken = nil
	r := Result{
		ID: w.id, Files: w.sums.files - before.files, Dirs: w.sums.dirs - before.dirs, Bytes: w.sums.bytes - before.bytes,
		Changed: run.changed, Missed: w.missed,
	}
	var err error
	if w.file != nil {
		err = w.flush()
	}
	if fresh && w.file != nil && w.sums.files+w.sums.dirs == 0 {
		err = errors.Join(err, w.discard())
		r.ID = ""
	}
	if len(w.missed) == 0 {
		return r, err
	}
	return r, errors.Join(err, &NotKept{Missed: w.missed, More: w.more})
}

// discard removes a step of which nothing could be kept.
func (w *Writer) discard() error {
	unused, id := w.reserved, w.id
	roots := w.places.roots()
	w.release()
	w.id, w.reserved, w.sums, w.size = "", 0, sums{}, 0
	return errors.Join(w.store.release(unused), w.store.removeAll(id, roots))
}

// An itemRun is one call of Keep, Add or AddAt.
type itemRun struct {
	*Writer
	ctx     context.Context
	below   bool    // with all that is below a directory
	opened  *Opened // the only item, when it was looked at
	changed []string
}

func (w *itemRun) item(item *Item) {
	name := item.Path
	if item.Git != nil {
		name = item.Git.Dir
	}
	start := w.sums
	err := w.ctx.Err()
	switch {
	case err != nil:
	case item.Git != nil:
		err = w.keepGit(item.Git)
	case w.opened != nil:
		err = w.keepOpened(w.opened, item.InPlace)
	default:
		err = w.keepPath(item.Path, item.InPlace)
	}
	if err == nil && w.file != nil {
		err = w.flush()
	}
	if err != nil {
		w.takeBack(start)
		w.miss(name, err)
	}
}

// takeBack removes what was stored of an item since start.
func (w *itemRun) takeBack(start sums) {
	if w.file == nil || w.sums.next == start.next {
		return
	}
	for n := start.next; n < w.sums.next; n++ {
		for _, p := range w.places.list {
			if p != nil {
				_ = p.remove(n) // what stays is found by Recover
			}
		}
	}
	w.spend(start.bytes - w.sums.bytes)
	next := w.sums.next
	w.sums.files, w.sums.dirs, w.sums.refs = start.files, start.dirs, start.refs
	w.buf = appendRecord(w.buf, &record{kind: lineDropped, n: start.next, last: next - 1})
	_ = w.flush() // without this line the entries count as incomplete
}

// keepPath keeps a path with all below it.
func (w *itemRun) keepPath(path string, inPlace bool) error {
	dir, real, st, err := find(path, inPlace)
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	if err := w.apart(real, st.isDir()); err != nil {
		return err
	}
	name := filepath.Base(real)
	if st.isDir() && w.below {
		m := measure{ctx: w.ctx, files: w.store.limits.StepFiles - w.count(), bytes: w.store.limits.StepBytes - w.sums.bytes, want: w.store.limits}
		if err := m.tree(dir, name, &st, 0); err != nil {
			return err
		}
	}
	if err := w.open(); err != nil {
		return err
	}
	return w.entry(dir, name, real, &st, inPlace, 0)
}

// keepOpened keeps a file that was looked at. What is there now is another one
// when somebody replaced it, and then the one that goes was not kept.
func (w *itemRun) keepOpened(f *Opened, inPlace bool) error {
	name := filepath.Base(f.Path)
	var raw unix.Stat_t
	if err := unix.Fstatat(f.Dir, name, &raw, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	st := newStat(&raw)
	if st.inode() != [2]uint64{f.Dev, f.Ino} {
		return errReplaced
	}
	if err := w.apart(f.Path, st.isDir()); err != nil {
		return err
	}
	if err := w.open(); err != nil {
		return err
	}
	return w.entry(f.Dir, name, f.Path, &st, inPlace, 0)
}

var errReplaced = bound{"it was replaced while it was stored"}

func (w *Writer) count() int { return w.sums.files + w.sums.dirs }

func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR)
}

// find opens the directory that a path is in and looks at it there.
func find(path string, follow bool) (dir int, real string, st stat, err error) {
	if !filepath.IsAbs(path) {
		return -1, "", st, fmt.Errorf("%q is no absolute path: report this as a defect", path)
	}
	for range maxLinks {
		trimmed := strings.TrimRight(path, "/")
		up, base := filepath.Split(trimmed)
		if base == "" || base == "." || base == ".." {
			dir, real, err = openDir(path)
			if err != nil {
				return -1, "", st, err
			}
			unix.Close(dir)
			if real == "/" {
				return -1, "", st, bound{"it is the root directory"}
			}
			up, base = filepath.Split(real)
		}
		if dir, real, err = openDir(up); err != nil {
			return -1, "", st, err
		}
		real = filepath.Join(real, base)
		var raw unix.Stat_t
		err = unix.Fstatat(dir, base, &raw, unix.AT_SYMLINK_NOFOLLOW)
		st = newStat(&raw)
		if err == nil && (!follow || !st.isSymlink()) {
			return dir, real, st, nil
		}
		var target string
		if err == nil {
			target, err = readLink(dir, base)
		}
		unix.Close(dir)
		if err != nil {
			return -1, "", st, err
		}
		if path = target; !filepath.IsAbs(target) {
			path = filepath.Dir(real) + "/" + target // not cleaned: ".." is taken where a link leads
		}
	}
	return -1, "", st, fs.ErrNotExist // nothing can be written through a loop
}

// maxLinks is how many symbolic links the kernel follows.
const maxLinks = 40

// apart refuses what is in the store, or has it in it.
func (w *Writer) apart(real string, isDir bool) error {
	roots := append(w.places.roots(), w.store.dir)
	for _, root := range roots {
		if isBelow(real, root) {
			return bound{"it is in the store of kept files"}
		}
		if isDir && isBelow(root, real) {
			return bound{"the store of kept files is in it"}
		}
	}
	return nil
}

// isBelow reports path to be dir or in it.
func isBelow(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == '/' || dir == "/")
}

// takes reports a directory that the present call takes away.
func (w *Writer) takes(dir string) bool {
	for i := range w.taken {
		if path := w.taken[i].Path; path != "" {
			if real, err := filepath.EvalSymlinks(path); err == nil && isBelow(dir, real) {
				return true
			}
		}
	}
	return false
}

// entry keeps what is at name in the open directory dir.
func (w *itemRun) entry(dir int, name, path string, st *stat, inPlace bool, depth int) error {
	if w.count() >= w.store.limits.StepFiles {
		return tooMany(w.store.limits)
	}
	r := record{n: w.sums.next, how: asNothing, st: *st, path: path}
	var err error
	switch {
	case st.isDir():
		return w.directory(dir, name, &r, inPlace, depth)
	case st.isRegular():
		r.kind = lineFile
		err = w.regular(dir, name, &r, inPlace)
	case st.isSymlink():
		r.kind = lineLink
		r.target, err = readLink(dir, name)
	default:
		r.kind = lineNoted
	}
	if err != nil {
		return err
	}
	if r.kind != lineNoted {
		w.sums.files++
	}
	return w.put(&r)
}

// put adds an entry's line.
func (w *Writer) put(r *record) error {
	w.buf = appendRecord(w.buf, r)
	w.sums.next = r.n + 1
	if len(w.buf) < maxBuffer {
		return nil
	}
	return w.flush()
}

func readLink(dir int, name string) (string, error) {
	var target [unix.PathMax]byte
	n, err := unix.Readlinkat(dir, name, target[:])
	if err == nil && n == len(target) {
		err = unix.ENAMETOOLONG
	}
	if err != nil {
		return "", err
	}
	return string(target[:n]), nil
}
