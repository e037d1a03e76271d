//go:build unix

package keep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// minRetention is how long a kept step never makes room for another, so that
// nothing can flush the store by filling it.
const minRetention = 24 * time.Hour

// Prune drops the steps that are older than the store's limit, and all that
// were given back before a time. With dryRun it only names them. Steps that are
// in use stay.
func (s *Store) Prune(ctx context.Context, dryRun bool) ([]Kept, error) {
	var dropped []Kept
	err := s.changeTotal(func(int64) (int64, error) {
		list, failed := s.List(Filter{})
		var total int64
		for i := range list {
			k := &list[i]
			old := s.now().Sub(k.Time) > s.limits.Age || !k.GivenBack.IsZero() && s.now().Sub(k.GivenBack) > minRetention
			if old && !k.Running && ctx.Err() == nil {
				if dryRun {
					dropped = append(dropped, *k)
				} else if err := s.remove(k.ID); err != nil {
					failed = errors.Join(failed, err)
				} else {
					dropped = append(dropped, *k)
					continue
				}
			}
			total += k.Bytes
		}
		return total, errors.Join(failed, ctx.Err())
	})
	return dropped, err
}

// Drop removes a kept step for good.
func (s *Store) Drop(id string) error {
	k, err := s.Get(id)
	if err != nil {
		return err
	}
	return s.changeTotal(func(total int64) (int64, error) {
		if err := s.remove(k.ID); err != nil {
			return total, err
		}
		return max(total-k.Bytes, 0), nil
	})
}

// makeRoom drops steps until the store holds at most so many bytes: those that
// are too old, then the oldest. The caller holds the lock of the total, and is
// given what is left.
func (s *Store) makeRoom(ctx context.Context, want int64) (int64, error) {
	list, err := s.List(Filter{})
	if err != nil {
		return 0, err
	}
	var total int64
	for i := range list {
		total += list[i].Bytes
	}
	slices.SortStableFunc(list, func(a, b Kept) int { return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.ID, b.ID)) })
	for i := range list {
		k := &list[i]
		if total <= want || s.now().Sub(k.Time) < minRetention || ctx.Err() != nil {
			break
		}
		if k.Running || s.remove(k.ID) != nil {
			continue
		}
		total -= k.Bytes
	}
	return total, ctx.Err()
}

// remove takes a step out of the store, if no writer has it open. The caller
// holds the lock of the total.
func (s *Store) remove(id string) error {
	file, err := s.openManifest(id)
	if err != nil && !errors.Is(err, errNoStep) {
		return err
	}
	var roots []string
	if err == nil {
		defer file.Close()
		if err := lock(file, unix.LOCK_EX|unix.LOCK_NB); err != nil {
			return fmt.Errorf("kept step %s: is in use: try again when the step has ended", id)
		}
		m, _ := s.read(id) // what is damaged goes as well
		roots = m.places
	}
	return s.removeAll(id, roots)
}

// removeAll removes the directories of a step; the manifest goes last, for it
// says where they are.
func (s *Store) removeAll(id string, roots []string) error {
	var failed error
	for _, root := range roots {
		if root != "" && root != s.dir && s.isPlace(root) {
			failed = errors.Join(failed, os.RemoveAll(filepath.Join(root, id)))
		}
	}
	dir := filepath.Join(s.dir, id)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return failed
	}
	failed = errors.Join(failed, err)
	for _, entry := range entries {
		if entry.Name() != "manifest" {
			failed = errors.Join(failed, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	if failed == nil {
		failed = os.RemoveAll(dir)
	}
	if failed != nil {
		return fmt.Errorf("kept step %s: remove: %w: check the state directory", id, failed)
	}
	return nil
}
