//go:build unix

package keep

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// maxMissed is how many are named in a result and a manifest.
const maxMissed = 64

// A bound is what an item exceeds.
type bound struct{ what string }

func (b bound) Error() string { return b.what }

// endsItem reports a failure that the rest of an item would meet as well, so
// that it is taken back as a whole.
func endsItem(err error) bool {
	var b bound
	if errors.As(err, &b) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	for _, e := range [...]error{unix.ENOSPC, unix.EDQUOT, unix.EROFS, unix.EIO, unix.EMFILE, unix.ENFILE} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// why says in a few words why something is not kept.
func why(err error) string {
	var b bound
	switch {
	case errors.As(err, &b):
		return b.what
	case errors.Is(err, context.DeadlineExceeded):
		return "there was no time to store it"
	case errors.Is(err, context.Canceled):
		return "storing it was broken off"
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return "the disk is full"
	case errors.Is(err, unix.EROFS):
		return "the store is on a read-only file system"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read or link it"
	}
	return err.Error()
}

// miss notes what is not kept.
func (w *Writer) miss(path string, err error) {
	w.sums.missed++
	if len(w.missed) == maxMissed {
		w.more++
		return
	}
	w.missed = append(w.missed, Missed{path, why(err)})
	if w.file != nil && w.sums.missed <= maxMissed {
		w.buf = appendRecord(w.buf, &record{kind: lineMissed, path: path, target: why(err)})
	}
}
