//go:build unix

package keep

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Recover brings in order what writers left that were killed. What their steps
// did not take away is dropped, for these steps may never have run. Steps in
// use are left alone.
func (s *Store) Recover(ctx context.Context) (Recovery, error) {
	var found Recovery
	list, failed := s.unfinished()
	for _, id := range list {
		if err := ctx.Err(); err != nil {
			return found, errors.Join(failed, err)
		}
		failed = errors.Join(failed, s.recoverStep(ctx, id, &found))
	}
	failed = errors.Join(failed, s.recoverPlaces(&found))
	if !found.Any() {
		return found, failed
	}
	// Reservations of the dead are in the total: add it up anew.
	failed = errors.Join(failed, s.changeTotal(func(int64) (int64, error) { return s.sum() }))
	return found, failed
}

// unfinished lists the steps that no writer holds, and none has ended.
func (s *Store) unfinished() ([]string, error) {
	creating, err := s.lockFile("total")
	if err != nil {
		return nil, err
	}
	defer creating.Close()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var list []string
	var failed error
	for _, entry := range entries {
		if !isID(entry.Name()) || !entry.IsDir() {
			continue
		}
		k, err := s.summary(entry.Name())
		switch {
		case errors.Is(err, errNoStep), err != nil && s.isBlank(entry.Name()):
			// Killed before anything was kept.
			failed = errors.Join(failed, s.removeAll(entry.Name(), nil))
		case err != nil:
			failed = errors.Join(failed, err)
		case k.Unfinished:
			list = append(list, entry.Name())
		}
	}
	return list, failed
}

// isBlank reports a step that has not even its first line. The caller holds
// the lock under which steps are created.
func (s *Store) isBlank(id string) bool {
	text, err := os.ReadFile(s.manifest(id))
	if err != nil || len(text) > 64<<10 {
		return false
	}
	for _, c := range text {
		if c == '\n' {
			return false
		}
	}
	return true
}

func (s *Store) recoverStep(ctx context.Context, id string, found *Recovery) error {
	orphans, err := s.removeOrphans(id)
	found.Orphans += orphans
	if err != nil {
		return err
	}
	k, left, err := s.Settle(ctx, id)
	switch {
	case errors.Is(err, errNoStep):
		return nil
	case err != nil:
		return err
	case left:
		found.Kept = append(found.Kept, k)
	default:
		found.Removed++
	}
	return nil
}

// removeOrphans removes content that no entry has.
func (s *Store) removeOrphans(id string) (int, error) {
	m, err := s.read(id)
	if err != nil {
		return 0, err
	}
	var has numbers
	err = s.eachEntry(id, func(r *record) error {
		if r.hasContent() {
			has.add(r.n)
		}
		if r.kind == lineRef {
			has.add(r.ref.bundle)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, root := range append([]string{s.dir}, m.places[1:]...) {
		if root != s.dir && !s.isPlace(root) {
			continue
		}
		n, err := removeUnless(filepath.Join(root, id), has)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

func removeUnless(dir string, has numbers) (int, error) {
	removed := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir || path == filepath.Join(dir, "manifest") {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		n, numErr := strconv.Atoi(entry.Name())
		if entry.IsDir() {
			if numErr == nil && filepath.Dir(path) == dir {
				return nil
			}
			removed++
			return errors.Join(os.RemoveAll(path), fs.SkipDir)
		}
		if numErr == nil && has.has(n) && filepath.Base(filepath.Dir(path)) == strconv.Itoa(n/subSize) {
			return nil
		}
		removed++
		return unix.Unlink(path)
	})
	return removed, err
}

// recoverPlaces removes what lies on other mounts of steps that are gone.
func (s *Store) recoverPlaces(found *Recovery) error {
	removing, err := s.lockFile("total") // nobody creates a step meanwhile
	if err != nil {
		return err
	}
	defer removing.Close()
	file, err := s.lockFile("places")
	if err != nil {
		return err
	}
	roots, err := readPlaces(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	for _, root := range roots {
		if !s.isPlace(root) {
			continue
		}
		entries, readErr := os.ReadDir(root)
		err = errors.Join(err, readErr)
		for _, entry := range entries {
			if !isID(entry.Name()) || isPlainDir(filepath.Join(s.dir, entry.Name())) {
				continue
			}
			found.Orphans++
			err = errors.Join(err, os.RemoveAll(filepath.Join(root, entry.Name())))
		}
	}
	return err
}
