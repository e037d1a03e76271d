//go:build unix

package keep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"restrain/figure"
)

// reserveChunk is how much a writer reserves ahead, so that single files
// seldom need the store's lock.
const reserveChunk = 16 << 20

// reserve takes at least need bytes of the store's total for a step.
func (w *Writer) reserve(need int64) error {
	need = max(need, min(reserveChunk, w.store.limits.TotalBytes/16))
	err := w.store.changeTotal(func(total int64) (int64, error) {
		if total+need <= w.store.limits.TotalBytes {
			return total + need, nil
		}
		// The sum may be too high after a crash; what is old makes room.
		total, err := w.store.makeRoom(context.Background(), w.store.limits.TotalBytes-need)
		if err == nil && total+need > w.store.limits.TotalBytes {
			err = bound{"the store of kept files is full (" + figure.Bytes(w.store.limits.TotalBytes) + "): restrain undo --prune STEP drops a step"}
		}
		return total + need, err
	})
	if err == nil {
		w.reserved += need
	}
	return err
}

// release gives back bytes that were reserved.
func (s *Store) release(bytes int64) error {
	if bytes == 0 {
		return nil
	}
	return s.changeTotal(func(total int64) (int64, error) { return max(total-bytes, 0), nil })
}

// changeTotal changes the store's sum of bytes under its lock.
func (s *Store) changeTotal(change func(int64) (int64, error)) (err error) {
	file, err := s.lockFile("total")
	if err != nil {
		return err
	}
	defer file.Close() // and its lock
	text, err := io.ReadAll(io.LimitReader(file, 64))
	if err != nil {
		return fmt.Errorf("store of kept files: %w: check the disk", err)
	}
	total, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || total < 0 {
		if total, err = s.sum(); err != nil {
			return err
		}
	}
	if total, err = change(total); err != nil {
		return err
	}
	// Always of one length, so that one write replaces it whole.
	if _, err := file.WriteAt(fmt.Appendf(nil, "%020d\n", total), 0); err != nil {
		return fmt.Errorf("store of kept files: %w: make room on the disk", err)
	}
	return nil
}

// lockFile opens a file of the store and waits for its lock, which closing it
// gives back.
func (s *Store) lockFile(name string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(s.dir, name), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store of kept files: %w: check the state directory", err)
	}
	if err := lock(file, unix.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("store of kept files: lock %s: %w: use a file system that can lock", name, err), file.Close())
	}
	return file, nil
}

// sum adds up what the steps hold.
func (s *Store) sum() (int64, error) {
	list, err := s.List(Filter{})
	var total int64
	for i := range list {
		total += list[i].Bytes
	}
	return total, err
}
