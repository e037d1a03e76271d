//go:build unix

package keep

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

func (f *Filter) has(k *Kept) bool {
	return (f.Session == "" || k.Session == f.Session) && (f.Number == 0 || k.Number == f.Number) &&
		!k.Time.Before(f.Since) && !(f.Waiting && k.Files+k.Dirs == 0)
}

// List gives the kept steps, the latest first. What cannot be read is left out
// and named by the error.
func (s *Store) List(f Filter) ([]Kept, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("store of kept files: %w: check the state directory", err)
	}
	var list []Kept
	var failed error
	for _, entry := range entries {
		if !isID(entry.Name()) || !entry.IsDir() {
			continue
		}
		k, err := s.summary(entry.Name())
		switch {
		case errors.Is(err, errNoStep): // removed meanwhile, or never begun
		case err != nil:
			failed = errors.Join(failed, err)
		case f.has(&k):
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b Kept) int {
		if c := b.Time.Compare(a.Time); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, failed
}

// Get gives the kept step whose id is, or alone begins with, prefix.
func (s *Store) Get(prefix string) (Kept, error) {
	if isID(prefix) {
		return s.summary(prefix)
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return Kept{}, fmt.Errorf("store of kept files: %w: check the state directory", err)
	}
	found := ""
	for _, entry := range entries {
		if name := entry.Name(); prefix != "" && isID(name) && strings.HasPrefix(name, prefix) {
			if found != "" {
				return Kept{}, fmt.Errorf("%q fits kept steps %s and %s: give more of the id", prefix, found, name)
			}
			found = name
		}
	}
	if found == "" {
		return Kept{}, fmt.Errorf("%q: %w", prefix, errNoStep)
	}
	return s.summary(found)
}

// summary reads the first and the last line of a manifest, and all of it only
// when no writer has ended it.
func (s *Store) summary(id string) (Kept, error) {
	file, err := s.openManifest(id)
	if err != nil {
		return Kept{}, err
	}
	defer file.Close()
	m, ok := endsOf(file)
	if !ok {
		if m, err = s.read(id); err != nil {
			return Kept{}, err
		}
	}
	k := Kept{ID: id, Step: m.step, Files: m.sums.files, Dirs: m.sums.dirs, Refs: m.sums.refs, Bytes: m.sums.bytes, Missed: m.sums.missed, GivenBack: m.sums.back}
	k.Running = isHeld(file)
	k.Unfinished = !m.ended && !k.Running
	return k, nil
}

// Refs gives the git refs of a kept step that can still be given back.
func (s *Store) Refs(id string) ([]Ref, error) {
	entries, err := s.entries(id)
	var refs []Ref
	for i := range entries {
		if entries[i].kind == lineRef {
			refs = append(refs, entries[i].ref)
		}
	}
	return refs, err
}

// isHeld reports a manifest that a writer has open.
func isHeld(file *os.File) bool {
	if lock(file, unix.LOCK_EX|unix.LOCK_NB) != nil {
		return true
	}
	_ = lock(file, unix.LOCK_UN) // closing gives it back too
	return false
}

// endsOf reads the first and the last line, which must be an end.
func endsOf(file *os.File) (manifest, bool) {
	var m manifest
	info, err := file.Stat()
	if err != nil {
		return m, false
	}
	var buf [4 << 10]byte
	n, err := file.ReadAt(buf[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return m, false
	}
	first, _, ok := bytes.Cut(buf[:n], []byte{'\n'})
	if !ok || m.readHeader(first) != nil { // a longer one is read whole
		return m, false
	}
	n, err = file.ReadAt(buf[:256], max(info.Size()-256, 0))
	tail, ok := bytes.CutSuffix(buf[:n], []byte{'\n'})
	if err != nil && !errors.Is(err, io.EOF) || !ok {
		return m, false
	}
	r, err := parseRecord(string(tail[bytes.LastIndexByte(tail, '\n')+1:]))
	if err != nil || r.kind != lineEnd {
		return m, false
	}
	m.sums, m.ended = r.sums, true
	return m, true
}

// Size is what the store holds.
func (s *Store) Size() (steps int, bytes int64, err error) {
	list, err := s.List(Filter{})
	for i := range list {
		bytes += list[i].Bytes
	}
	return len(list), bytes, err
}
