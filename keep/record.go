//go:build unix

package keep

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The kinds of lines of a manifest, behind the first.
const (
	lineFile    = 'f'
	lineDir     = 'd'
	lineLink    = 'l' // a symbolic link
	lineNoted   = 'n' // a socket, device or fifo: it was there, and is not kept
	lineRef     = 'g' // a git ref, or another commit that only this step reached
	linePlace   = 'p' // a directory on another mount where content lies
	lineMissed  = 'm' // what could not be kept
	lineDropped = '-' // entries that turned out not to be lost
	lineBack    = 'b' // entries that were given back
	lineEnd     = 'e' // the sums, written when a writer closes
)

// How the content of an entry is stored.
const (
	asNothing = '0'
	asLink    = 'h'
	asCopy    = 'c'
)

// A record is one line of a manifest.
type record struct {
	kind   byte
	n      int  // number of the entry; the first of lineDropped and lineBack
	last   int  // the last entry of lineDropped and lineBack
	how    byte // asLink …
	place  int  // 0: the store's own directory
	st     stat
	path   string // real and absolute
	target string // of a symbolic link; why, of lineMissed
	xattrs []xattr
	ref    Ref
	sums   sums
}

// hasContent reports an entry with a file of its own in the store.
// Refs may share a bundle, which is the first one's, or need none.
func (r *record) hasContent() bool {
	return r.kind == lineFile || r.kind == lineRef && r.n == r.ref.bundle
}

func (r *record) isEntry() bool {
	switch r.kind {
	case lineFile, lineDir, lineLink, lineNoted, lineRef:
		return true
	}
	return false
}

// sums are what a manifest amounts to.
type sums struct {
	files  int   // files, links and refs that can be given back
	dirs   int   // directories likewise
	refs   int   // how many of files are git refs
	bytes  int64 // of their content
	missed int
	back   time.Time // when all of it was given back
	next   int       // the first number that no entry has
}

// A stat is what restoring and comparing a file needs.
type stat struct {
	mode, uid, gid      uint32
	nlink               uint64
	dev, ino            uint64
	size, blocks        int64
	mtime, atime, ctime instant
	born                instant // zero where it is not known, or was not asked for
}

// An instant is a time as file systems keep it, which also may be one that a
// number of nanoseconds cannot hold.
type instant struct{ sec, nsec int64 }

func newInstant(t unix.Timespec) instant { return instant{int64(t.Sec), int64(t.Nsec)} }

func newStat(st *unix.Stat_t) stat {
	return stat{
		mode: uint32(st.Mode), uid: st.Uid, gid: st.Gid, nlink: uint64(st.Nlink),
		dev: uint64(st.Dev), ino: st.Ino, size: st.Size, blocks: st.Blocks,
		mtime: newInstant(st.Mtim), atime: newInstant(st.Atim), ctime: newInstant(st.Ctim),
	}
}

func (s *stat) format() uint32   { return s.mode & unix.S_IFMT }
func (s *stat) isDir() bool      { return s.format() == unix.S_IFDIR }
func (s *stat) isRegular() bool  { return s.format() == unix.S_IFREG }
func (s *stat) isSymlink() bool  { return s.format() == unix.S_IFLNK }
func (s *stat) inode() [2]uint64 { return [2]uint64{s.dev, s.ino} }

// sameContent reports that nobody wrote to the file since other was taken.
func (s *stat) sameContent(other *stat) bool {
	return s.inode() == other.inode() && s.size == other.size && s.mtime == other.mtime && s.ctime == other.ctime
}

// charge is what a file counts for: the space that it takes, which is little
// for a sparse one.
func (s *stat) charge() int64 { return min(s.size, s.blocks*512) }

type xattr struct{ name, value string }

func appendRecord(b []byte, r *record) []byte {
	b = append(b, r.kind)
	switch r.kind {
	case linePlace:
		b = appendText(appendInts(b, int64(r.place)), r.path)
	case lineMissed:
		b = appendText(appendText(b, r.path), r.target)
	case lineDropped, lineBack:
		b = appendInts(b, int64(r.n), int64(r.last))
	case lineEnd:
		back := int64(0)
		if !r.sums.back.IsZero() {
			back = r.sums.back.UnixNano()
		}
		b = appendInts(b, int64(r.sums.files), int64(r.sums.dirs), int64(r.sums.refs), r.sums.bytes, int64(r.sums.missed), back, int64(r.sums.next))
	case lineRef:
		b = appendInts(b, int64(r.n), r.st.size, int64(r.ref.bundle))
		for _, text := range []string{r.path, string(r.ref.Kind), r.ref.Name, r.ref.ID, r.ref.Remote, r.ref.Message} {
			b = appendText(b, text)
		}
	default:
		b = appendEntry(b, r)
	}
	return append(b, '\n')
}

func appendEntry(b []byte, r *record) []byte {
	b = append(b, ' ', r.how)
	s := &r.st
	b = appendInts(b, int64(r.n), int64(r.place), int64(s.mode), int64(s.uid), int64(s.gid), int64(s.nlink),
		int64(s.dev), int64(s.ino), s.size, s.blocks, s.mtime.sec, s.mtime.nsec, s.atime.sec, s.atime.nsec, s.ctime.sec, s.ctime.nsec, s.born.sec, s.born.nsec)
	b = appendText(b, r.path)
	if r.kind == lineLink {
		b = appendText(b, r.target)
	}
	for _, x := range r.xattrs {
		b = appendText(appendText(b, x.name), x.value)
	}
	return b
}

func appendInts(b []byte, numbers ...int64) []byte {
	for _, n := range numbers {
		b = strconv.AppendInt(append(b, ' '), n, 10)
	}
	return b
}

func appendText(b []byte, text string) []byte { return strconv.AppendQuote(append(b, ' '), text) }

var errLine = errors.New("a line that is no record")

// parseRecord reads a line without its newline.
func parseRecord(line string) (record, error) {
	if line == "" {
		return record{}, errLine
	}
	r := record{kind: line[0]}
	f := &fields{rest: line[1:]}
	switch r.kind {
	case linePlace:
		r.place, r.path = int(f.int()), f.text()
	case lineMissed:
		r.path, r.target = f.text(), f.text()
	case lineDropped, lineBack:
		r.n, r.last = int(f.int()), int(f.int())
	case lineEnd:
		r.sums = sums{files: int(f.int()), dirs: int(f.int()), refs: int(f.int()), bytes: f.int(), missed: int(f.int())}
		if back := f.int(); back != 0 {
			r.sums.back = time.Unix(0, back)
		}
		r.sums.next = int(f.int())
	case lineRef:
		r.n, r.st.size, r.ref.bundle = int(f.int()), f.int(), int(f.int())
		r.path, r.ref.Kind = f.text(), RefKind(f.text())
		r.ref.Name, r.ref.ID, r.ref.Remote, r.ref.Message = f.text(), f.text(), f.text(), f.text()
	case lineFile, lineDir, lineLink, lineNoted:
		parseEntry(&r, f)
	default:
		return record{}, errLine
	}
	if f.failed || f.rest != "" {
		return record{}, errLine
	}
	return r, nil
}

func parseEntry(r *record, f *fields) {
	if how := f.word(); len(how) == 1 {
		r.how = how[0]
	}
	r.n, r.place = int(f.int()), int(f.int())
	s := &r.st
	s.mode, s.uid, s.gid, s.nlink = uint32(f.int()), uint32(f.int()), uint32(f.int()), uint64(f.int())
	s.dev, s.ino, s.size, s.blocks = uint64(f.int()), uint64(f.int()), f.int(), f.int()
	for _, t := range []*instant{&s.mtime, &s.atime, &s.ctime, &s.born} {
		t.sec, t.nsec = f.int(), f.int()
	}
	r.path = f.text()
	if r.kind == lineLink {
		r.target = f.text()
	}
	for f.rest != "" && !f.failed {
		r.xattrs = append(r.xattrs, xattr{f.text(), f.text()})
	}
}

// fields reads the words of a line.
type fields struct {
	rest   string
	failed bool
}

func (f *fields) word() string {
	rest, ok := strings.CutPrefix(f.rest, " ")
	if !ok {
		f.failed = true
		return ""
	}
	word := rest
	if i := strings.IndexByte(rest, ' '); i >= 0 {
		word = rest[:i]
	}
	f.rest = rest[len(word):]
	return word
}

func (f *fields) int() int64 {
	n, err := strconv.ParseInt(f.word(), 10, 64)
	f.failed = f.failed || err != nil
	return n
}

func (f *fields) text() string {
	rest, ok := strings.CutPrefix(f.rest, " ")
	quoted, err := strconv.QuotedPrefix(rest)
	if !ok || err != nil {
		f.failed = true
		return ""
	}
	f.rest = rest[len(quoted):]
	text, err := strconv.Unquote(quoted)
	f.failed = f.failed || err != nil
	return text
}
