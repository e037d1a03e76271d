//go:build unix

package keep

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// maxLine bounds a line: a path and a target of 4 kB and the attributes, in
// which each byte may be spelled with four.
const maxLine = 512 << 10

// A manifest is what a step's manifest amounts to.
type manifest struct {
	step   Step
	sums   sums
	places []string // by number; the first is empty
	ended  bool     // by a writer that closed
	torn   bool     // ends within a line
	bad    int      // lines that are no records
}

// errNoStep is for an id that no step has.
var errNoStep = errors.New("there is no such kept step: restrain undo lists them")

// read reads a whole manifest and adds it up.
func (s *Store) read(id string) (manifest, error) {
	var sums sums
	t := tally{sums: &sums}
	places := []string{""}
	m, err := s.scan(id, func(r *record) error {
		if r.kind == linePlace && r.place == len(places) {
			places = append(places, r.path)
		}
		t.note(r)
		return nil
	})
	m.sums, m.places = sums, places
	return m, err
}

// scan calls each for every record of a manifest, also for entries that a later
// record takes back. It adds nothing up.
func (s *Store) scan(id string, each func(*record) error) (manifest, error) {
	var m manifest
	file, err := s.openManifest(id)
	if err != nil {
		return m, err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 64<<10)
	line, err := nextLine(in)
	if err == nil {
		err = m.readHeader(line)
	}
	if err != nil {
		return m, fmt.Errorf("kept step %s: its manifest is damaged: %w: the files of it are in %s", id, noEOF(err), s.dir)
	}
	for {
		line, err := nextLine(in)
		if errors.Is(err, errTorn) {
			m.torn = true
			break
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, fmt.Errorf("kept step %s: read: %w: check the disk", id, err)
		}
		r, err := parseRecord(string(line))
		if err != nil {
			m.bad++
			continue
		}
		m.ended = r.kind == lineEnd
		if err := each(&r); err != nil {
			return m, err
		}
	}
	return m, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (s *Store) openManifest(id string) (*os.File, error) {
	if !isID(id) {
		return nil, fmt.Errorf("%q: %w", id, errNoStep)
	}
	file, err := os.OpenFile(s.manifest(id), os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", id, errNoStep)
	}
	if err != nil {
		return nil, fmt.Errorf("kept step %s: %w: check the state directory", id, err)
	}
	return file, nil
}

func (m *manifest) readHeader(line []byte) error {
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return err
	}
	if h.V != version {
		return fmt.Errorf("its version is %d, not %d", h.V, version)
	}
	m.step = h.Step
	return nil
}

var errTorn = errors.New("an unfinished line")

// nextLine reads a line without its newline; it is valid until the next call.
// One that is too long comes back empty, which is no record.
func nextLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = in.ReadSlice('\n')
			if long = append(long, line...); len(long) > maxLine {
				long = long[:0]
			}
		}
		line = long
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		return nil, errTorn
	}
	if err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(line, []byte{'\n'}), nil
}

// A tally adds up a manifest.
type tally struct {
	*sums
	entries []weight // by number
	charged inodes
}

// A weight is what an entry counts for; one that was taken back weighs nothing.
type weight struct {
	bytes int64
	kind  byte
}

// maxEntries bounds the memory that a damaged number could ask for.
const maxEntries = 10 << 20

func (t *tally) note(r *record) {
	switch {
	case r.kind == lineMissed:
		t.missed++
	case r.kind == lineEnd:
		t.back, t.next, t.missed = r.sums.back, max(t.next, r.sums.next), max(t.missed, r.sums.missed)
	case r.kind == lineDropped, r.kind == lineBack:
		t.next = max(t.next, min(r.last+1, maxEntries))
		for n := max(r.n, 0); n <= r.last && n < len(t.entries); n++ {
			t.add(t.entries[n], -1)
			t.entries[n] = weight{}
		}
	case r.isEntry() && r.n >= 0 && r.n < maxEntries:
		t.next = max(t.next, r.n+1)
		for len(t.entries) <= r.n {
			t.entries = append(t.entries, weight{})
		}
		w := weight{kind: r.kind}
		switch {
		case r.kind == lineRef, r.how == asCopy:
			w.bytes = r.st.charge()
			if r.kind == lineRef {
				w.bytes = r.st.size
			}
		case r.kind == lineFile && t.charged.isNew(&r.st):
			w.bytes = r.st.charge()
		}
		t.entries[r.n] = w
		t.add(w, 1)
	}
}

func (t *tally) add(w weight, times int) {
	t.bytes += int64(times) * w.bytes
	switch w.kind {
	case lineFile, lineLink:
		t.files += times
	case lineRef:
		t.files += times
		t.refs += times
	case lineDir:
		t.dirs += times
	}
}
