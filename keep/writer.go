//go:build unix

package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// A Writer keeps what one step takes away. Nothing is created before the first
// item is kept. It is safe for several goroutines.
type Writer struct {
	store *Store
	id    string // empty until something is kept
	step  Step

	mu     sync.Mutex
	file   *os.File // the manifest, for appending
	size   int64    // of the manifest, as far as this writer wrote it
	torn   bool     // the manifest ends within a line
	buf    []byte
	places places
	sums   sums
	// reserved of the store's total, by this writer.
	reserved int64
	// charged are files of several names that were counted.
	charged inodes
	// Of the present call:
	missed []Missed
	more   int    // that are not named in missed
	taken  []Item // all of it
}

// header is the first line of a manifest.
type header struct {
	V int `json:"v"`
	Step
}

const version = 1

// Begin starts to keep what a step takes away.
func (s *Store) Begin(step Step) *Writer {
	if step.Time.IsZero() {
		step.Time = s.now()
	}
	return &Writer{store: s, step: step}
}

// Keep is [Writer.Keep] for all that a step takes away at once.
func (s *Store) Keep(ctx context.Context, step Step, items []Item) (Result, error) {
	w := s.Begin(step)
	result, err := w.Keep(ctx, items)
	return result, errors.Join(err, w.Close())
}

// ID is the kept step's id, empty while nothing is kept.
func (w *Writer) ID() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.id
}

// open creates the step's directory and its manifest, once.
func (w *Writer) open() error {
	if w.file != nil {
		return nil
	}
	// Removal holds this lock, so what is half created is not taken for
	// something that a crash left.
	creating, err := w.store.lockFile("total")
	if err != nil {
		return err
	}
	defer creating.Close()
	line, err := json.Marshal(header{version, w.step})
	if err != nil {
		return fmt.Errorf("kept step: encode: %w: report this command as a defect", err)
	}
	id := newID()
	for err = os.Mkdir(filepath.Join(w.store.dir, id), 0o700); errors.Is(err, fs.ErrExist); {
		id = newID()
		err = os.Mkdir(filepath.Join(w.store.dir, id), 0o700)
	}
	if err != nil {
		return fmt.Errorf("kept step: %w: make room on the disk, or check the state directory", err)
	}
	w.id = id
	if err = w.attach(os.O_CREATE | os.O_EXCL); err == nil {
		w.buf = append(append(w.buf, line...), '\n')
		err = w.flush()
	}
	if err != nil {
		w.release()
		err = errors.Join(err, os.RemoveAll(filepath.Join(w.store.dir, id)))
		w.id = ""
	}
	return err
}

// attach opens the manifest and holds its lock shared, which says that the step
// is in use, until the writer is closed.
func (w *Writer) attach(flags int) error {
	path := w.store.manifest(w.id)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|unix.O_NOFOLLOW|flags, 0o600)
	if err != nil {
		return fmt.Errorf("kept step %s: %w: check the state directory", w.id, err)
	}
	w.file = file
	if err := lock(file, unix.LOCK_SH); err != nil {
		return fmt.Errorf("kept step %s: lock: %w: use a file system that can lock", w.id, err)
	}
	// Removal takes the lock before it removes: what is locked and has no
	// name any more is gone.
	var st unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &st); err != nil || st.Nlink == 0 {
		return fmt.Errorf("kept step %s: was removed: nothing can be kept in it", w.id)
	}
	w.size = st.Size
	return w.places.open(w.store.dir, w.id)
}

func (w *Writer) release() {
	w.places.close()
	if w.file != nil {
		w.file.Close()
		w.file = nil
	}
}

// Resume goes on with a step that was kept before.
func (s *Store) Resume(id string) (*Writer, error) {
	m, err := s.read(id)
	if err != nil {
		return nil, err
	}
	w := &Writer{store: s, id: id, step: m.step, sums: m.sums, torn: m.torn}
	if err := w.attach(0); err != nil {
		w.release()
		return nil, err
	}
	for n, path := range m.places {
		if n > 0 {
			w.places.reopen(n, path, id)
		}
	}
	return w, nil
}

// Close ends the step: it writes its sums and gives back what was reserved and
// not used.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return nil
	}
	err := w.end()
	w.release()
	return err
}

func (w *Writer) end() error {
	err := w.flush()
	var st unix.Stat_t
	if unix.Fstat(int(w.file.Fd()), &st) == nil && st.Size != w.size {
		// Another process gave something back meanwhile.
		if m, readErr := w.store.read(w.id); readErr == nil {
			w.sums = m.sums
		}
	}
	w.buf = appendRecord(w.buf, &record{kind: lineEnd, sums: w.sums})
	err = errors.Join(err, w.flush())
	if unused := w.reserved; unused > 0 {
		w.reserved = 0
		err = errors.Join(err, w.store.release(unused))
	}
	return err
}

// maxBuffer is how much of a manifest waits to be written within one item.
const maxBuffer = 64 << 10

// tornMark ends a line that could only be written in part: without it, one that
// lacks no more than its end would be a record, of content that was taken back.
const tornMark = "!\n"

// flush writes the lines that wait. Lines that could not be written are lost,
// and the caller takes back what they are about.
func (w *Writer) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	if w.torn {
		w.buf = append([]byte(tornMark), w.buf...)
	}
	n, err := w.store.write(int(w.file.Fd()), w.buf)
	for n < 0 && errors.Is(err, unix.EINTR) {
		n, err = w.store.write(int(w.file.Fd()), w.buf)
	}
	short := err == nil && n < len(w.buf)
	if n > 0 {
		w.size += int64(n)
		w.torn = w.buf[n-1] != '\n'
	}
	w.buf = w.buf[:0]
	switch {
	case short:
		err = unix.ENOSPC
		fallthrough
	case err != nil:
		return fmt.Errorf("kept step %s: write: %w: make room on the disk", w.id, err)
	}
	return nil
}

func lock(file *os.File, how int) error {
	for {
		err := unix.Flock(int(file.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
