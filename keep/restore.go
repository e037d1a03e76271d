//go:build unix

package keep

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Restore gives back what kept steps hold: all of it, or what is at or below
// paths. Where several hold the same path, the first one's is what was there
// before all of them. What stands in a place now is kept before it is replaced.
// What was given back leaves the store.
func (s *Store) Restore(ctx context.Context, ids, paths []string, o Options) (Report, error) {
	one, err := s.lockFile("undo") // one at a time
	if err != nil {
		return Report{}, err
	}
	defer one.Close()
	r := &restorer{ctx: ctx, store: s, o: o, linked: map[[2]uint64]string{}, made: map[string]bool{}}
	defer r.close()
	if err := r.load(ids, paths); err != nil {
		return Report{}, err
	}
	if err := r.aim(); err != nil {
		return Report{}, err
	}
	err = r.all()
	err = errors.Join(err, r.finish())
	return r.report, err
}

// A restorer is one call of Restore.
type restorer struct {
	ctx   context.Context
	store *Store
	o     Options

	writers []*Writer // of the kept steps
	entries [][]record
	todo    []task
	base    string // with Options.To: the directory that To stands for
	undo    *Writer
	linked  map[[2]uint64]string // files of several names, by what they were
	made    map[string]bool      // directories that were created
	parent  openParent
	back    []task // given back, and not written down yet
	report  Report
}

// A task is an entry to give back.
type task struct {
	*record
	w *Writer

	same []task // later entries of the same path
	// copied is one of same that has the content of a link.
	copied *task
}

// join adds a later entry of the same path. Of a link and a copy of the same
// content both are needed: the link is the file with all its names, and the
// copy has what it held, for a link shares what is done to the file.
func (t *task) join(later task) {
	if t.copied == nil && t.how != later.how && t.kind == lineFile && later.kind == lineFile &&
		t.st.inode() == later.st.inode() && t.st.mtime == later.st.mtime && t.st.size == later.st.size {
		if t.how == asCopy {
			t.record, later.record = later.record, t.record
			t.w, later.w = later.w, t.w
		}
		t.copied = &later
	}
	t.same = append(t.same, later)
}

func (r *restorer) close() {
	for _, w := range r.writers {
		w.release()
	}
	r.parent.close()
}

// load reads the entries that are asked for.
func (r *restorer) load(ids, paths []string) error {
	kept := make([]Kept, 0, len(ids))
	for _, id := range ids {
		k, err := r.store.Get(id)
		if err != nil {
			return err
		}
		kept = append(kept, k)
	}
	slices.SortStableFunc(kept, func(a, b Kept) int { return a.Time.Compare(b.Time) })
	first := map[string]int{}
	for i := range kept {
		w, err := r.store.Resume(kept[i].ID)
		if err != nil {
			return err
		}
		r.writers = append(r.writers, w)
		entries, err := r.store.entries(w.id)
		if err != nil {
			return err
		}
		r.entries = append(r.entries, entries)
		for j := range entries {
			t := task{record: &entries[j], w: w}
			if !t.isAt(paths) {
				continue
			}
			if at, known := first[t.path]; known && t.kind != lineRef {
				r.todo[at].join(t)
				continue
			}
			if t.kind != lineRef {
				first[t.path] = len(r.todo)
			}
			r.todo = append(r.todo, t)
		}
	}
	if len(r.todo) == 0 && len(paths) > 0 {
		return fmt.Errorf("%s: %w", strings.Join(paths, ", "), ErrNoPath)
	}
	return nil
}

// isAt reports an entry that one of the paths selects; none select all.
func (r *record) isAt(paths []string) bool {
	for _, path := range paths {
		if isBelow(r.path, strings.TrimRight(path, "/")) && r.kind != lineRef || r.kind == lineRef && (path == r.ref.Name || path == r.ref.full(0)) {
			return true
		}
	}
	return len(paths) == 0
}

// aim finds the directory that Options.To stands for: the lowest that has all
// of it.
func (r *restorer) aim() error {
	if r.o.To == "" {
		return nil
	}
	if !filepath.IsAbs(r.o.To) {
		return fmt.Errorf("%q is no absolute path: report this as a defect", r.o.To)
	}
	if err := r.parent.openTo(r.o.To, r.o.DryRun); err != nil {
		return fmt.Errorf("%s: %w: give another directory", r.o.To, err)
	}
	for i := range r.todo {
		if r.todo[i].kind == lineRef {
			continue
		}
		dir := filepath.Dir(r.todo[i].path)
		if r.base == "" {
			r.base = dir
		}
		for !isBelow(dir, r.base) {
			r.base = filepath.Dir(r.base)
		}
	}
	return nil
}

// dest is where an entry is written to.
func (r *restorer) dest(path string) string {
	if r.o.To == "" {
		return path
	}
	return filepath.Join(r.parent.to, strings.TrimPrefix(strings.TrimPrefix(path, r.base), "/"))
}

// all gives back directories from above, what is in them, the directories'
// modes and times from below, and then what git had.
func (r *restorer) all() error {
	slices.SortStableFunc(r.todo, func(a, b task) int { return order(a.record) - order(b.record) })
	dirs := 0
	for dirs < len(r.todo) && r.todo[dirs].kind == lineDir {
		dirs++
	}
	slices.SortStableFunc(r.todo[:dirs], func(a, b task) int { return strings.Compare(a.path, b.path) })
	for i := range r.todo[:dirs] {
		r.made[r.dest(r.todo[i].path)] = false
	}
	refs := dirs
	for i := range r.todo {
		t := &r.todo[i]
		if t.kind == lineRef {
			break
		}
		refs = i + 1
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if err := r.file(t); err != nil {
			return err
		}
	}
	for i := dirs - 1; i >= 0; i-- {
		r.finishDir(&r.todo[i])
	}
	return r.git(r.todo[min(refs, len(r.todo)):])
}

func order(r *record) int {
	switch r.kind {
	case lineDir:
		return 0
	case lineRef:
		return 2
	}
	return 1
}

// done reports a change, and that the entry is given back.
func (r *restorer) done(t *task, c Change) error {
	c.Bytes = t.st.size
	if t.kind == lineDir {
		c.Bytes = 0
	}
	r.report.Changes = append(r.report.Changes, c)
	if c.Action == Refused || r.o.DryRun || r.o.To != "" {
		return nil
	}
	r.back = append(append(r.back, *t), t.same...)
	if len(r.back) < batch {
		return nil
	}
	return r.writeBack()
}

// writeBack writes down what was given back and takes it out of the store, in
// this order: what is in neither is lost.
func (r *restorer) writeBack() error {
	for i := range r.back {
		t := &r.back[i]
		t.w.buf = appendRecord(t.w.buf, &record{kind: lineBack, n: t.n, last: t.n})
	}
	var failed error
	for _, w := range r.writers {
		failed = errors.Join(failed, w.flush())
	}
	if failed == nil {
		for i := range r.back {
			r.back[i].w.forget(r.back[i].record)
		}
	}
	r.back = r.back[:0]
	return failed
}

func (r *restorer) finish() error {
	err := r.writeBack()
	for i, w := range r.writers {
		if r.o.DryRun || r.o.To != "" {
			continue
		}
		needed := bundles{}
		for j := range r.entries[i] {
			needed.note(&r.entries[i][j], true)
		}
		w.dropBundles(needed)
		if w.count() == 0 && w.sums.back.IsZero() {
			w.sums.back = r.store.now()
		}
		err = errors.Join(err, w.Close())
	}
	if r.undo != nil {
		r.report.Undo = r.undo.id
		err = errors.Join(err, r.undo.Close())
	}
	return err
}

// keepNow keeps what would be replaced.
func (r *restorer) keepNow(item Item) error {
	if r.undo == nil {
		step := r.writers[0].step
		r.undo = r.store.Begin(Step{Session: step.Session, Number: step.Number, Time: r.store.now(), Kind: Undo,
			Command: "restrain undo " + r.writers[0].id})
	}
	_, err := r.undo.Keep(r.ctx, []Item{item})
	if err != nil {
		return fmt.Errorf("what is there now could not be kept: %w: move it away, or write elsewhere with --to", err)
	}
	return nil
}

func (i instant) timespec() unix.Timespec {
	t, _ := unix.TimeToTimespec(time.Unix(i.sec, i.nsec)) // it was a timespec
	return t
}
