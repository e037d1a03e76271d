//go:build unix

package keep

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// regular stores the content of a regular file: a link where that keeps it,
// else a copy.
func (w *itemRun) regular(dir int, name string, r *record, inPlace bool) error {
	charge := int64(0)
	if w.charged.isNew(&r.st) {
		charge = r.st.charge()
	}
	if err := w.room(charge); err != nil {
		return err
	}
	err := errNoLink
	if !inPlace {
		err = w.link(dir, name, r)
	}
	if errors.Is(err, errNoLink) {
		err = w.copy(dir, name, r)
		charge = r.st.charge() // a copy takes space of its own
	}
	if err == nil {
		w.spend(charge)
	}
	return err
}

// room makes sure that so many bytes may still be stored.
func (w *Writer) room(bytes int64) error {
	if w.sums.bytes+bytes > w.store.limits.StepBytes {
		return tooLarge(w.store.limits)
	}
	if need := bytes - w.reserved; need > 0 {
		return w.reserve(need)
	}
	return nil
}

// spend counts bytes that were stored; fewer than none were taken away again.
func (w *Writer) spend(bytes int64) {
	w.sums.bytes += bytes
	w.reserved -= bytes
}

// errNoLink says that a file cannot be linked to where the store can see it.
var errNoLink = errors.New("no link")

// link stores a second name of the file.
func (w *itemRun) link(dir int, name string, r *record) error {
	p := w.placeFor(dir, r.st.dev, r.path)
	if p == nil {
		return errNoLink
	}
	err := p.link(dir, name, r)
	if errors.Is(err, unix.EXDEV) && p.n == 0 { // another mount of the same file system
		if w.places.foreign == nil {
			w.places.foreign = map[uint64]bool{}
		}
		w.places.foreign[r.st.dev] = true
		if p = w.placeFor(dir, r.st.dev, r.path); p == nil {
			return errNoLink
		}
		err = p.link(dir, name, r)
	}
	switch {
	case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EPERM), errors.Is(err, unix.EMLINK),
		errors.Is(err, unix.EACCES), errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOSYS):
		return errNoLink
	case err != nil:
		return err
	}
	return w.check(p, r)
}

func (p *place) link(dir int, name string, r *record) error {
	for {
		sub, err := p.in(r.n)
		if err != nil {
			return err
		}
		err = unix.Linkat(dir, name, sub, strconv.Itoa(r.n), 0)
		if !errors.Is(err, fs.ErrExist) {
			r.place, r.how = p.n, asLink
			return err
		}
		r.n++ // left by a writer that was killed
	}
}

// check looks at what was linked, for the name may have come to mean another
// file meanwhile.
func (w *itemRun) check(p *place, r *record) error {
	var raw unix.Stat_t
	if err := unix.Fstatat(p.sub, strconv.Itoa(r.n), &raw, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	now := newStat(&raw)
	if now.inode() != r.st.inode() {
		w.changed = append(w.changed, r.path)
	}
	if !now.isRegular() || w.opened != nil && now.inode() != r.st.inode() {
		return errors.Join(errReplaced, p.remove(r.n))
	}
	now.nlink--
	r.st = now
	return nil
}

// copy stores a copy of the file, which shares its blocks where the file system
// can.
func (w *itemRun) copy(dir int, name string, r *record) error {
	src, err := openAt(dir, name, 0)
	if err != nil {
		return err
	}
	defer src.Close()
	p := w.placeFor(dir, r.st.dev, r.path)
	if p == nil {
		p = w.places.list[0]
	}
	dst, err := p.create(r)
	if err != nil {
		return err
	}
	err = w.copyInto(dst, src, r)
	if err = errors.Join(err, dst.Close()); err != nil {
		return errors.Join(err, p.remove(r.n))
	}
	return nil
}

func (p *place) create(r *record) (*os.File, error) {
	for {
		sub, err := p.in(r.n)
		if err != nil {
			return nil, err
		}
		fd, err := unix.Openat(sub, strconv.Itoa(r.n), unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		if err == nil {
			r.place, r.how = p.n, asCopy
			return os.NewFile(uintptr(fd), r.path), nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		r.n++
	}
}

// copyInto copies until nobody wrote to the file meanwhile, at most twice.
func (w *itemRun) copyInto(dst, src *os.File, r *record) error {
	room := w.store.limits.StepBytes - w.sums.bytes
	for try := 0; ; try++ {
		before, err := statOf(src)
		if err != nil {
			return err
		}
		if !before.isRegular() {
			return errReplaced
		}
		if w.opened != nil && before.inode() != [2]uint64{w.opened.Dev, w.opened.Ino} {
			return errReplaced
		}
		// Not at first: ext4 takes it for a file that is replaced, and writes
		// it to the disk when it is closed.
		if try > 0 {
			if err := dst.Truncate(0); err != nil {
				return err
			}
		}
		if err := copyContent(w.ctx, dst, src, before.size, room); err != nil {
			if errors.Is(err, errNoRoom) {
				return tooLarge(w.store.limits)
			}
			return err
		}
		if r.xattrs, err = readXattrs(int(src.Fd())); err != nil {
			return err
		}
		r.st = before
		r.st.born = birthOf(int(src.Fd()))
		after, err := statOf(src)
		if err != nil || after.sameContent(&before) {
			return err
		}
		if try == 1 {
			w.changed = append(w.changed, r.path)
			return nil
		}
	}
}

func statOf(file *os.File) (stat, error) {
	var raw unix.Stat_t
	err := unix.Fstat(int(file.Fd()), &raw)
	return newStat(&raw), err
}
