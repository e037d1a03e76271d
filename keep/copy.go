//go:build unix

package keep

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// chunk is how much is copied between two looks at the clock.
const chunk = 16 << 20

var errNoRoom = errors.New("no room")

// copyContent makes dst, which is empty, the same as src of a given size, with
// its holes. It copies at most room bytes.
func copyContent(ctx context.Context, dst, src *os.File, size, room int64) error {
	end := int64(0) // of what was written
	for at := int64(0); at < size; {
		from, to, err := nextData(src, at, size)
		if err != nil {
			return err
		}
		for from < to {
			if err := ctx.Err(); err != nil {
				return err
			}
			want := min(to-from, chunk)
			if room -= want; room < 0 {
				return errNoRoom
			}
			n, err := copyRange(dst, src, from, want)
			if err != nil {
				return err
			}
			if n == 0 { // it was cut short meanwhile
				return dst.Truncate(size)
			}
			room += want - n
			from += n
			end = from
		}
		at = to
	}
	if end == size {
		return nil
	}
	return dst.Truncate(size)
}

// nextData gives the part of a file from at on that holds data.
func nextData(src *os.File, at, size int64) (from, to int64, err error) {
	from, err = src.Seek(at, unix.SEEK_DATA)
	if errors.Is(err, unix.ENXIO) { // a hole until the end
		return size, size, nil
	}
	if err != nil { // a file system that does not know of holes
		return at, size, nil
	}
	if to, err = src.Seek(from, unix.SEEK_HOLE); err != nil {
		to = size
	}
	return min(from, size), min(to, size), nil
}

// copyBytes copies a range by reading and writing.
func copyBytes(dst, src *os.File, at, n int64) (int64, error) {
	buf := make([]byte, min(n, 1<<20))
	got, err := src.ReadAt(buf, at)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err != nil {
		return 0, err
	}
	_, err = dst.WriteAt(buf[:got], at)
	return int64(got), err
}
