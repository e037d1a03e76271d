//go:build unix

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
	return w.dropIf(ctx, (*record).isStillThere)
}

// dropIf drops the entries that test is true of, and the bundles that no ref
// needs any more.
func (w *Writer) dropIf(ctx context.Context, test func(*record) bool) error {
	needed := bundles{}
	waiting := make([]record, 0, batch)
	err := w.store.eachEntry(w.id, func(r *record) error {
		drop := test(r)
		needed.note(r, !drop)
		if !drop {
			return nil
		}
		if waiting = append(waiting, *r); len(waiting) < cap(waiting) {
			return nil
		}
		err := errors.Join(w.drop(waiting), ctx.Err())
		waiting = waiting[:0]
		return err
	})
	if err = errors.Join(err, w.drop(waiting)); err != nil {
		return err // bundles that were not seen to be needed may be
	}
	w.dropBundles(needed)
	return nil
}

// drop drops entries. Their lines come first: content without an entry is found
// by Recover, an entry without content is a loss.
func (w *Writer) drop(entries []record) error {
	for i := 0; i < len(entries); {
		first := i
		for i++; i < len(entries) && entries[i].n == entries[i-1].n+1; i++ {
		}
		w.buf = appendRecord(w.buf, &record{kind: lineDropped, n: entries[first].n, last: entries[i-1].n})
	}
	if err := w.flush(); err != nil {
		return err
	}
	for i := range entries {
		w.forget(&entries[i])
	}
	return nil
}

// bundles are those that refs are in, and whether one of these is still kept.
type bundles map[int]bool

func (b bundles) note(r *record, kept bool) {
	if r.ref.bundle > 0 || r.ref.ID != "" {
		b[r.ref.bundle] = b[r.ref.bundle] || kept && r.kind == lineRef
	}
}

// dropBundles removes the bundles whose refs have all been forgotten.
func (w *Writer) dropBundles(needed bundles) {
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
func (s *Store) entries(id string) (list []record, err error) {
	err = s.eachEntry(id, func(r *record) error {
		list = append(list, *r)
		return nil
	})
	return list, err
}

// eachEntry calls f for each entry of a step that can still be given back, in the
// order in which they were kept. The manifest is read twice, so that this takes a
// bit of memory for an entry: a later line may take it back.
func (s *Store) eachEntry(id string, f func(*record) error) error {
	var gone numbers
	next := 0
	_, err := s.scan(id, func(r *record) error {
		switch {
		case r.isEntry() && r.n >= next && r.n < maxEntries:
			next = r.n + 1
		case r.kind == lineDropped, r.kind == lineBack:
			for n := max(r.n, 0); n <= r.last && n < next; n++ {
				gone.add(n)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	end := next
	next = 0
	_, err = s.scan(id, func(r *record) error {
		if !r.isEntry() || r.n < next || r.n >= end {
			return nil
		}
		next = r.n + 1
		if gone.has(r.n) {
			return nil
		}
		return f(r)
	})
	return err
}

// numbers is a set of entries.
type numbers []uint64

// add leaves out what no entry's number is.
func (s *numbers) add(n int) {
	if n < 0 || n >= maxEntries {
		return
	}
	for len(*s) <= n/64 {
		*s = append(*s, 0)
	}
	(*s)[n/64] |= 1 << (n % 64)
}

func (s numbers) has(n int) bool { return n/64 < len(s) && s[n/64]&(1<<(n%64)) != 0 }

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
