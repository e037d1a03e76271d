//go:build unix

package keep

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// file gives back an entry that is no git ref.
func (r *restorer) file(t *task) error {
	dest := r.dest(t.path)
	c := Change{Path: dest, Action: Refused}
	if t.kind == lineNoted {
		c.Why = "a socket, device or pipe is not kept"
		return r.done(t, c)
	}
	dir, err := r.parent.open(dest, r.made, r.o.DryRun)
	if isGone(err) && r.o.DryRun {
		c.Action = Created
		return r.done(t, c)
	}
	if err == nil {
		c.Action, c.Why, err = r.put(t, dir, filepath.Base(dest), dest)
	}
	if err == nil && t.copied != nil && !r.o.DryRun {
		var action Action
		if action, c.Why, err = r.put(t.copied, dir, filepath.Base(dest), dest); action == Replaced && c.Action == Unchanged {
			c.Action = Replaced
		}
	}
	if err != nil {
		if endsItem(err) {
			return err
		}
		c.Action, c.Why = Refused, err.Error()
	}
	return r.done(t, c)
}

// put gives an entry back at name in the open directory dir.
func (r *restorer) put(t *task, dir int, name, dest string) (Action, string, error) {
	var raw unix.Stat_t
	err := unix.Fstatat(dir, name, &raw, unix.AT_SYMLINK_NOFOLLOW)
	if errors.Is(err, fs.ErrNotExist) {
		if r.o.DryRun {
			return Created, "", nil
		}
		return Created, "", r.create(t, dir, name, dest, false)
	}
	if err != nil {
		return "", "", err
	}
	now := newStat(&raw)
	switch {
	case t.kind == lineDir && now.isDir():
		return Unchanged, "", nil
	case now.isDir():
		return "", "", errors.New("a directory stands there now: move it away, or write elsewhere with --to")
	}
	if same, err := r.isSame(t, dir, name, &now); same || err != nil {
		return Unchanged, "", err
	}
	if r.o.DryRun {
		return Replaced, "", nil
	}
	// A file that has other names, and is still the one that was kept, gets
	// its content back where it is, so that its names stay together.
	inPlace := t.kind == lineFile && t.how == asCopy && now.nlink > 1 && t.isFileAt(dir, name)
	if err := r.keepNow(Item{Path: dest, InPlace: inPlace}); err != nil {
		return "", "", err
	}
	if inPlace {
		return Replaced, "", r.rewrite(t, dir, name, &now)
	}
	return Replaced, "", r.create(t, dir, name, dest, true)
}

// isFileAt reports that name still is the very file that was kept.
func (t *task) isFileAt(dir int, name string) bool {
	file, err := openAt(dir, name, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	now, err := statOf(file)
	return err == nil && now.isRegular() && now.inode() == t.st.inode() && birthOf(int(file.Fd())) == t.st.born
}

// isSame reports that name is what the entry would give.
func (r *restorer) isSame(t *task, dir int, name string, now *stat) (bool, error) {
	switch {
	case now.format() != t.st.format():
		return false, nil
	case t.kind == lineLink:
		target, err := readLink(dir, name)
		return target == t.target, err
	case t.how == asLink && now.inode() == t.st.inode():
		return true, nil
	case now.size != t.st.size, now.mode != t.st.mode, now.mtime != t.st.mtime:
		return false, nil
	}
	src, err := t.content()
	if err != nil {
		return false, err
	}
	defer src.Close()
	other, err := openAt(dir, name, 0)
	if err != nil {
		return false, nil // it is kept, and replaced
	}
	defer other.Close()
	return sameBytes(src, other)
}

func sameBytes(a, b io.Reader) (bool, error) {
	var bufA, bufB [32 << 10]byte
	for {
		n, errA := io.ReadFull(a, bufA[:])
		m, errB := io.ReadFull(b, bufB[:])
		if n != m || !bytes.Equal(bufA[:n], bufB[:m]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			if errors.Is(errA, io.EOF) || errors.Is(errA, io.ErrUnexpectedEOF) {
				return true, nil
			}
			return false, errors.Join(errA, errB)
		}
	}
}

// content opens what is stored of an entry.
func (t *task) content() (*os.File, error) {
	p, err := t.placeOf()
	if err != nil {
		return nil, err
	}
	file, err := openAt(p.dir, subName(t.n), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errGone
	}
	return file, err
}

var errGone = errors.New("its content is not in the store any more")

func subName(n int) string { return strconv.Itoa(n/subSize) + "/" + strconv.Itoa(n) }

func (t *task) placeOf() (*place, error) {
	if t.place < 0 || t.place >= len(t.w.places.list) || t.w.places.list[t.place] == nil {
		return nil, errors.New("its content is on a file system that is not mounted now")
	}
	return t.w.places.list[t.place], nil
}

// create makes the entry at name, in place of what is there when replace is
// set.
func (r *restorer) create(t *task, dir int, name, dest string, replace bool) error {
	if t.kind == lineDir {
		if replace {
			if err := unix.Unlinkat(dir, name, 0); err != nil {
				return err
			}
		}
		r.made[dest] = true
		return unix.Mkdirat(dir, name, 0o700)
	}
	temp := name
	if replace {
		temp = ".restrain-undo-" + newID()
	}
	if err := r.createNew(t, dir, temp); err != nil {
		return err
	}
	if replace {
		if err := unix.Renameat(dir, temp, dir, name); err != nil {
			return errors.Join(err, unix.Unlinkat(dir, temp, 0))
		}
	}
	if t.kind == lineFile && t.st.nlink > 1 {
		r.linked[t.st.inode()] = dest
	}
	return nil
}

// createNew makes the entry under a name that is free.
func (r *restorer) createNew(t *task, dir int, name string) error {
	if t.kind == lineLink {
		if err := unix.Symlinkat(t.target, dir, name); err != nil {
			return err
		}
		return setTimes(dir, name, &t.st)
	}
	if r.linkFirst(t, dir, name) {
		return nil
	}
	if t.how == asLink && r.o.To == "" {
		p, err := t.placeOf()
		if err != nil {
			return err
		}
		err = unix.Linkat(p.dir, subName(t.n), dir, name, 0)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, fs.ErrNotExist):
			return errGone
		case errors.Is(err, fs.ErrExist):
			return err
		}
	}
	return r.copyOut(t, dir, name)
}

// linkFirst joins the names of one file again.
func (r *restorer) linkFirst(t *task, dir int, name string) bool {
	first, known := r.linked[t.st.inode()]
	if !known || t.how == asLink && r.o.To == "" {
		return false
	}
	var other openParent
	defer other.close()
	other.to, other.toFD = r.parent.to, r.parent.toFD
	up, err := other.open(first, nil, true)
	other.toFD = -1 // it is r.parent's
	return err == nil && unix.Linkat(up, filepath.Base(first), dir, name, 0) == nil
}

// copyOut writes a copy of the entry under a name that is free.
func (r *restorer) copyOut(t *task, dir int, name string) error {
	src, err := t.content()
	if err != nil {
		return err
	}
	defer src.Close()
	fd, err := unix.Openat(dir, name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	dst := os.NewFile(uintptr(fd), name)
	err = r.fill(t, dst, src)
	if err = errors.Join(err, dst.Close()); err != nil {
		return errors.Join(err, unix.Unlinkat(dir, name, 0))
	}
	return nil
}

// rewrite gives a file its content back where it is.
func (r *restorer) rewrite(t *task, dir int, name string, now *stat) error {
	src, err := t.content()
	if err != nil {
		return err
	}
	defer src.Close()
	fd, err := unix.Openat(dir, name, unix.O_RDWR|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	dst := os.NewFile(uintptr(fd), name)
	defer dst.Close()
	if st, err := statOf(dst); err != nil || st.inode() != now.inode() {
		return errors.New("it was replaced meanwhile: try again")
	}
	if err := dst.Truncate(0); err != nil {
		return err
	}
	return r.fill(t, dst, src)
}

func (r *restorer) fill(t *task, dst, src *os.File) error {
	st, xattrs := t.st, t.xattrs
	if t.how == asLink { // the store's inode has them all
		var err error
		if st, err = statOf(src); err != nil {
			return err
		}
		if xattrs, err = readXattrs(int(src.Fd())); err != nil {
			return err
		}
	}
	if err := copyContent(r.ctx, dst, src, st.size, st.size+chunk); err != nil {
		return err
	}
	return setMeta(dst, &st, xattrs)
}

// setMeta gives an open file or directory its owner, mode, attributes and
// times, in the order in which one does not undo the other.
func setMeta(file *os.File, st *stat, xattrs []xattr) error {
	fd := int(file.Fd())
	var now unix.Stat_t
	if err := unix.Fstat(fd, &now); err != nil {
		return err
	}
	mode := st.mode & 0o7777
	if now.Uid != st.uid || now.Gid != st.gid {
		if unix.Fchown(fd, int(st.uid), int(st.gid)) != nil {
			mode &^= unix.S_ISUID | unix.S_ISGID // they would be another's
		}
	}
	if err := unix.Fchmod(fd, mode); err != nil {
		return err
	}
	if err := writeXattrs(fd, xattrs); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, unix.ENOTSUP) {
		return err
	}
	return setTimesOf(fd, st)
}

func setTimes(dir int, name string, st *stat) error {
	return unix.UtimesNanoAt(dir, name, []unix.Timespec{st.atime.timespec(), st.mtime.timespec()}, unix.AT_SYMLINK_NOFOLLOW)
}

// finishDir gives a directory its mode and times, when all is in it. One that
// was there keeps its mode.
func (r *restorer) finishDir(t *task) {
	dest := r.dest(t.path)
	if r.o.DryRun {
		return
	}
	dir, err := r.parent.open(dest, nil, true)
	if err != nil {
		return
	}
	if !r.made[dest] {
		_ = setTimes(dir, filepath.Base(dest), &t.st)
		return
	}
	file, err := openAt(dir, filepath.Base(dest), unix.O_DIRECTORY)
	if err == nil {
		defer file.Close()
		err = setMeta(file, &t.st, t.xattrs)
	}
	if err != nil {
		r.report.Changes = append(r.report.Changes, Change{Path: dest, Action: Refused, Why: "its mode and times: " + err.Error()})
	}
}
