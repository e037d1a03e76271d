package classify

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strconv"
	"strings"
)

// A gitIndex is git's index file as far as it tells whether a file is as git
// last saw it: what git status begins with, and most often ends with, too.
type gitIndex struct {
	body   string
	starts []uint32 // of the entries in body, by path: few are ever looked at
	names  []string // their paths, where these are packed (version 4)
	// tree is the object name of the tree that all entries together make, in
	// hexadecimal; empty where git has not worked it out since the last change.
	tree string
	// written and dev are when and where the index was written.
	written stamp
	dev     uint64
}

// An indexEntry is a file that git tracks, and how it lay on disk when git last
// saw that it has its content.
type indexEntry struct {
	path string
	// plain reports an entry that the rest can be relied upon for: no conflict,
	// and none that git is told not to look at.
	plain                              bool
	id                                 string // of its content, 20 bytes
	mode, size, ino                    uint32
	changed, changedN, status, statusN uint32 // mtime and ctime
}

// What the reader takes. A larger index is git's to read.
const (
	maxIndex      = 64 << 20
	maxEntries    = 500_000
	maxIndexNames = 64 << 20 // of all paths together: version 4 packs them
	maxIndexPath  = 4096
)

const (
	indexHeader    = 12
	indexHash      = 20 // of SHA-1; longer ones are not read
	indexFixed     = 62 // of an entry, before its path
	flagExtended   = 0x4000
	flagsUnseen    = 0x8000 | 0x3000 // assume-valid, the side of a conflict
	flagNameLength = 0x0fff
	flagReserved   = 0x8000 // of the extended flags, as the next
	flagsExtended  = 0x6000 // skip-worktree, intent-to-add
)

// errIndex is an index that git has to read itself.
var errIndex = errors.New("not an index that can be read")

func indexError(what string) error { return fmt.Errorf("%w: %s", errIndex, what) }

// parseIndex reads an index of version 2, 3 or 4. Parts that it does not know
// and that change what the entries mean (a split or sparse index) are an error.
func parseIndex(data string) (*gitIndex, error) {
	if len(data) < indexHeader+indexHash || len(data) > maxIndex || data[:4] != "DIRC" {
		return nil, indexError("no header")
	}
	version, count := word(data[4:]), int(word(data[8:]))
	body := data[:len(data)-indexHash] // git does not check the hash either
	if version < 2 || version > 4 {
		return nil, indexError("version " + strconv.Itoa(int(version)))
	}
	if count > maxEntries || count > len(body)/indexFixed {
		return nil, indexError("too many entries")
	}
	x := &gitIndex{body: body, starts: make([]uint32, 0, count)}
	at, names, last, lastPlain := indexHeader, 0, "", true
	for range count {
		entry, next, err := parseEntry(body, at, version, last)
		if err != nil {
			return nil, err
		}
		if names += len(entry.path); version == 4 && names > maxIndexNames {
			return nil, indexError("long paths")
		}
		if len(x.starts) > 0 && entry.path <= last && (entry.path < last || entry.plain || lastPlain) {
			return nil, indexError("not in order")
		}
		if x.starts = append(x.starts, uint32(at)); version == 4 {
			x.names = append(x.names, entry.path)
		}
		at, last, lastPlain = next, entry.path, entry.plain
	}
	return x, x.parseExtensions(body[at:])
}

// parseEntry reads the entry at an offset, and says where the next one starts.
func parseEntry(body string, at int, version uint32, last string) (e indexEntry, next int, err error) {
	if len(body)-at < indexFixed+2 {
		return e, 0, indexError("cut short")
	}
	fixed := body[at:]
	e = indexEntry{
		status: word(fixed), statusN: word(fixed[4:]), changed: word(fixed[8:]), changedN: word(fixed[12:]),
		ino: word(fixed[20:]), mode: word(fixed[24:]), size: word(fixed[36:]), id: fixed[40:60],
	}
	flags, more := half(fixed[60:]), uint16(0)
	name := at + indexFixed
	if flags&flagExtended != 0 {
		more, name = half(fixed[62:]), name+2
		if version < 3 || more&flagReserved != 0 {
			return e, 0, indexError("unknown flags")
		}
	}
	e.plain = flags&flagsUnseen == 0 && more&flagsExtended == 0 && (e.mode>>12 == 0o10 || e.mode>>12 == 0o12)
	if e.mode>>12 == 0o4 {
		return e, 0, indexError("sparse")
	}
	keep := 0
	if version == 4 {
		drop, width := offset(body[name:])
		if width == 0 || drop > len(last) {
			return e, 0, indexError("wrong prefix")
		}
		keep, name = len(last)-drop, name+width
	}
	length := strings.IndexByte(body[name:min(name+maxIndexPath, len(body))], 0)
	if length < 0 || length+keep == 0 || length+keep > maxIndexPath {
		return e, 0, indexError("path without an end")
	}
	e.path = body[name : name+length]
	if version == 4 {
		e.path = last[:keep] + e.path
	}
	if min(len(e.path), flagNameLength) != int(flags&flagNameLength) {
		return e, 0, indexError("path of another length")
	}
	next = name + length + 1
	if version < 4 {
		next = at + (name-at+length+8)&^7 // one to eight zeros
	}
	if next > len(body) {
		return e, 0, indexError("cut short")
	}
	return e, next, nil
}

// parseExtensions goes through what follows the entries.
func (x *gitIndex) parseExtensions(rest string) error {
	for len(rest) > 0 {
		if len(rest) < 8 || int64(word(rest[4:])) > int64(len(rest)-8) {
			return indexError("cut short")
		}
		name, end := rest[:4], 8+int(word(rest[4:]))
		switch {
		case name == "TREE":
			x.tree = rootTree(rest[8:end])
		case name[0] < 'A' || name[0] > 'Z': // not to be passed over: link, sdir
			return indexError("extension " + strconv.Quote(name))
		}
		rest = rest[end:]
	}
	return nil
}

// rootTree gives the name of the whole tree of a TREE extension, which begins
// with it: an empty path, the numbers of entries and of subtrees in decimal, and
// the name, unless the number of entries is negative.
func rootTree(tree string) string {
	tree, ok := strings.CutPrefix(tree, "\x00")
	counts, name, found := strings.Cut(tree, "\n")
	entries, _, spaced := strings.Cut(counts, " ")
	n, err := strconv.Atoi(entries)
	if !ok || !found || !spaced || err != nil || n < 0 || len(name) < indexHash {
		return ""
	}
	return hex.EncodeToString([]byte(name[:indexHash]))
}

// word and half read numbers of 32 and 16 bits.
func word(s string) uint32 {
	_ = s[3]
	return uint32(s[0])<<24 | uint32(s[1])<<16 | uint32(s[2])<<8 | uint32(s[3])
}

func half(s string) uint16 { return uint16(s[0])<<8 | uint16(s[1]) }

// offset reads a number of git's variable width, which a path can be as long as;
// width is 0 for one that is longer.
func offset(s string) (n, width int) {
	for i := 0; i < len(s) && i < 3; i++ {
		n = n<<7 | int(s[i]&0x7f)
		if s[i]&0x80 == 0 {
			return n, i + 1
		}
		n++
	}
	return 0, 0
}

// path gives the path of the nth entry.
func (x *gitIndex) path(n int) string {
	if x.names != nil {
		return x.names[n]
	}
	return x.entry(n).path
}

// entry gives the nth entry.
func (x *gitIndex) entry(n int) indexEntry {
	if x.names == nil {
		e, _, _ := parseEntry(x.body, int(x.starts[n]), 3, "") // it was read before
		return e
	}
	e, _, _ := parseEntry(x.body, int(x.starts[n]), 4, x.names[max(n-1, 0)])
	e.path = x.names[n]
	return e
}

// from gives the first entry that is not before a path.
func (x *gitIndex) from(path string) int {
	return sort.Search(len(x.starts), func(n int) bool { return x.path(n) >= path })
}

// find gives the entry of a path.
func (x *gitIndex) find(path string) (indexEntry, bool) {
	n := x.from(path)
	if n == len(x.starts) || x.path(n) != path {
		return indexEntry{}, false
	}
	return x.entry(n), true
}

// below counts the entries at a path and below it; "" is the whole tree.
func (x *gitIndex) below(path string) int {
	n := 0
	x.each(path, func(int) bool { n++; return true })
	return n
}

// each calls f with the entries at a path and below it, until f says no.
func (x *gitIndex) each(path string, f func(n int) bool) {
	start, end := 0, len(x.starts)
	if path != "" {
		for n := x.from(path); n < len(x.starts) && x.path(n) == path; n++ {
			if !f(n) {
				return
			}
		}
		start, end = x.from(path+"/"), x.from(path+"0") // '0' follows '/'
	}
	for n := start; n < end && f(n); n++ {
	}
}

// vouches reports that a file is as git last saw it: it has the content that the
// index has. A file that changed when the index was written, or later, may have
// changed again without another time: git calls that racy, and looks inside.
func (x *gitIndex) vouches(path string, f *fileStat) bool {
	e, ok := x.find(path)
	return ok && x.vouchesFor(&e, f)
}

func (x *gitIndex) vouchesFor(e *indexEntry, f *fileStat) bool {
	return e.plain && f.exact && f.dev == x.dev && f.changed.before(x.written) &&
		e.mode == indexMode(f) && e.size == uint32(f.size) && e.ino == uint32(f.ino) &&
		e.changed == uint32(f.changed.sec) && e.changedN == f.changed.nsec &&
		e.status == uint32(f.status.sec) && e.statusN == f.status.nsec
}

// indexMode is the mode that git has for a file, 0 for what it does not track.
func indexMode(f *fileStat) uint32 {
	switch {
	case f.mode.IsRegular() && f.mode&0o100 != 0:
		return 0o100755
	case f.mode.IsRegular():
		return 0o100644
	case f.mode.Type() == fs.ModeSymlink:
		return 0o120000
	}
	return 0
}
