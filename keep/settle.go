package keep

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// Settle drops what the step, which has ended, did not take away after all: a
// file that is still in its place must not keep a second link, by which git
// and others would take it for changed. A step of which nothing is left is
// removed, and ok is false then.
func (s *Store) Settle(ctx context.Context, id string) (left Kept, ok bool, err error) {
	w, err := s.Resume(id)
	if err != nil {
		return Kept{}, false, err
	}
	err = w.Settle(ctx)
	sums := w.sums
	if err = errors.Join(err, w.Close()); err != nil {
		return Kept{}, false, err
	}
	if sums.files+sums.dirs == 0 && sums.missed == 0 && sums.back.IsZero() {
		return Kept{}, false, s.Drop(id)
	}
	left, err = s.summary(id)
	return left, err == nil, err
}

// Settle is [Store.Settle] for a step that goes on keeping.
func (w *Writer) Settle(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	entries, err := w.store.entries(w.id)
	if err != nil {
		return err
	}
	return w.dropIf(ctx, entries, func(r *record) bool { return r.isStillThere() })
}

// dropIf drops the entries that test is true of. The line comes first: content
// without an entry is found by Recover, an entry without content is a loss.
func (w *Writer) dropIf(ctx context.Context, entries []record, test func(*record) bool) error {
	defer func() { w.dropBundles(entries) }()
	for i := range entries {
		if i%batch == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r := &entries[i]
		if !test(r) {
			continue
		}
		w.buf = appendRecord(w.buf, &record{kind: lineDropped, n: r.n, last: r.n})
		if err := w.flush(); err != nil {
			return err
		}
		w.forget(r)
	}
	return nil
}

// dropBundles removes the bundles whose refs have all been forgotten.
func (w *Writer) dropBundles(entries []record) {
	needed := map[int]bool{}
	for i := range entries {
		if r := &entries[i]; r.ref.bundle > 0 || r.ref.ID != "" {
			needed[r.ref.bundle] = needed[r.ref.bundle] || r.kind == lineRef
		}
	}
	for bundle, need := range needed {
		if !need && bundle != noBundle {
			_ = w.places.list[0].remove(bundle) // what stays is found by Recover
		}
	}
}

// forget takes an entry's content away, and what it counts for.
func (w *Writer) forget(r *record) {
	t := tally{sums: &w.sums}
	t.add(weight{kind: r.kind}, -1)
	switch {
	case r.kind == lineRef:
		w.spend(-min(r.st.size, w.sums.bytes))
	case r.kind == lineFile:
		w.spend(-min(r.st.charge(), w.sums.bytes))
		if r.place < len(w.places.list) && w.places.list[r.place] != nil {
			_ = w.places.list[r.place].remove(r.n) // what stays is found by Recover
		}
	}
	r.kind = 0
}

// entries reads the entries of a step that can still be given back, in the
// order in which they were kept.
func (s *Store) entries(id string) ([]record, error) {
	var list []record
	_, err := s.read(id, func(r *record) error {
		switch {
		case r.isEntry() && r.n >= len(list) && r.n < maxEntries:
			for len(list) < r.n {
				list = append(list, record{})
			}
			list = append(list, *r)
		case r.kind == lineDropped, r.kind == lineBack:
			for n := max(r.n, 0); n <= r.last && n < len(list); n++ {
				list[n].kind = 0
			}
		}
		return nil
	})
	live := list[:0]
	for i := range list {
		if list[i].kind != 0 {
			live = append(live, list[i])
		}
	}
	return live, err
}

// isStillThere reports an entry that is in its place, as it was.
func (r *record) isStillThere() bool {
	if r.kind == lineRef {
		return r.ref.isStillThere(r.path)
	}
	var raw unix.Stat_t
	if unix.Lstat(r.path, &raw) != nil {
		return false
	}
	now := newStat(&raw)
	if r.how == asLink { // which holds the inode, so that no other file gets its number
		return now.inode() == r.st.inode()
	}
	if r.kind == lineDir {
		return now.inode() == r.st.inode() && now.mode == r.st.mode
	}
	return now.sameContent(&r.st)
}
