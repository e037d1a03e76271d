//go:build unix

package keep

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"restrain/figure"
)

// maxDepth bounds how deep directories are nested, for each costs a descriptor.
const maxDepth = 256

// batch is how many names of a directory are read at once, so that a large one
// takes no more memory than a small one.
const batch = 512

var errDeep = bound{"its directories are nested too deep"}

func tooMany(l Limits) error {
	return bound{"it exceeds the bound of " + figure.Count(l.StepFiles) + " files for a step"}
}

func tooLarge(l Limits) error {
	return bound{"it exceeds the bound of " + figure.Bytes(l.StepBytes) + " for a step"}
}

// directory keeps a directory, and what is below it.
func (w *itemRun) directory(dir int, name string, r *record, inPlace bool, depth int) error {
	if depth >= maxDepth {
		return errDeep
	}
	fd, err := openAt(dir, name, unix.O_DIRECTORY)
	if err != nil {
		return err
	}
	defer fd.Close()
	r.kind = lineDir
	if r.xattrs, err = readXattrs(int(fd.Fd())); err != nil {
		return err
	}
	if err := w.put(r); err != nil {
		return err
	}
	w.sums.dirs++
	if !w.below {
		return nil
	}
	return eachName(w.ctx, fd, func(name string, st *stat) error {
		path := r.path + "/" + name
		err := w.entry(int(fd.Fd()), name, path, st, inPlace, depth+1)
		if err != nil && !endsItem(err) && !isGone(err) {
			w.miss(path, err)
			return nil
		}
		if isGone(err) {
			return nil
		}
		return err
	})
}

// openAt opens what is in an open directory, if it is no symbolic link.
func openAt(dir int, name string, flags int) (*os.File, error) {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC|flags, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// eachName calls f for what is in an open directory.
func eachName(ctx context.Context, dir *os.File, f func(name string, st *stat) error) error {
	for {
		names, err := dir.Readdirnames(batch)
		for _, name := range names {
			var raw unix.Stat_t
			if err := unix.Fstatat(int(dir.Fd()), name, &raw, unix.AT_SYMLINK_NOFOLLOW); err != nil {
				if isGone(err) {
					continue
				}
				return err
			}
			st := newStat(&raw)
			if err := f(name, &st); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || err == nil && len(names) == 0 {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// A measure finds a tree that exceeds the bounds before anything of it is
// stored.
type measure struct {
	ctx     context.Context
	files   int   // that may still come
	bytes   int64 // likewise
	want    Limits
	charged inodes
}

func (m *measure) tree(dir int, name string, st *stat, depth int) error {
	if m.files--; m.files < 0 {
		return tooMany(m.want)
	}
	if st.isRegular() && m.charged.isNew(st) {
		if m.bytes -= st.charge(); m.bytes < 0 {
			return tooLarge(m.want)
		}
	}
	if !st.isDir() {
		return nil
	}
	if depth >= maxDepth {
		return errDeep
	}
	fd, err := openAt(dir, name, unix.O_DIRECTORY)
	if err != nil {
		return nil // the step meets this error as well, or storing reports it
	}
	defer fd.Close()
	return eachName(m.ctx, fd, func(name string, st *stat) error {
		return m.tree(int(fd.Fd()), name, st, depth+1)
	})
}

// maxInodes bounds the memory of files that have several names.
const maxInodes = 8192

// inodes remember files of several names, so that each counts once. What goes
// beyond the bound counts each time.
type inodes map[[2]uint64]struct{}

func (seen *inodes) isNew(st *stat) bool {
	if st.nlink < 2 {
		return true
	}
	if _, known := (*seen)[st.inode()]; known {
		return false
	}
	if *seen == nil {
		*seen = inodes{}
	}
	if len(*seen) < maxInodes {
		(*seen)[st.inode()] = struct{}{}
	}
	return true
}
