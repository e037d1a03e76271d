package classify

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// gitObjects reads commits and trees of a repository, loose and packed: to ask
// git itself costs a process. What it does not find or understand is an error,
// and git is to be asked.
type gitObjects struct {
	dir   string
	packs []string // the pack files without their ending; read once
	trees map[string][]treeEntry
}

// A treeEntry is a name in a tree.
type treeEntry struct {
	name string
	mode uint32
	id   string // 20 bytes
}

// What is read of a repository's objects.
const (
	maxObject = 4 << 20 // bytes of one
	maxPacks  = 64
	maxDeltas = 64 // that an object is made of
)

var errObject = errors.New("not an object that can be read")

// treeOf gives the tree of a commit.
func (o *gitObjects) treeOf(commit string) (string, error) {
	kind, data, err := o.read(commit)
	if err != nil || kind != "commit" {
		return "", errObject
	}
	line, _, _ := strings.Cut(string(data), "\n")
	id, ok := strings.CutPrefix(line, "tree ")
	return parseID(id, ok)
}

func parseID(text string, ok bool) (string, error) {
	id, err := hex.DecodeString(text)
	if !ok || err != nil || len(id) != indexHash {
		return "", errObject
	}
	return string(id), nil
}

// entries gives what is in a tree, in git's order.
func (o *gitObjects) entries(id string) ([]treeEntry, error) {
	if known, ok := o.trees[id]; ok {
		return known, nil
	}
	kind, data, err := o.read(id)
	if err != nil || kind != "tree" {
		return nil, errObject
	}
	var entries []treeEntry
	for rest := string(data); rest != ""; {
		mode, after, spaced := strings.Cut(rest, " ")
		name, after, ended := strings.Cut(after, "\x00")
		n, err := strconv.ParseUint(mode, 8, 32)
		if err != nil || !spaced || !ended || len(after) < indexHash {
			return nil, errObject
		}
		entries = append(entries, treeEntry{name, uint32(n), after[:indexHash]})
		rest = after[indexHash:]
	}
	if o.trees == nil {
		o.trees = map[string][]treeEntry{}
	}
	o.trees[id] = entries
	return entries, nil
}

// find gives what a tree has at a path; ok is false where it has nothing.
func (o *gitObjects) find(tree, path string) (e treeEntry, ok bool, err error) {
	e = treeEntry{mode: 0o40000, id: tree}
	for path != "" {
		if e.mode != 0o40000 {
			return e, false, nil
		}
		var name string
		name, path, _ = strings.Cut(path, "/")
		entries, err := o.entries(e.id)
		if err != nil {
			return e, false, err
		}
		i := slices.IndexFunc(entries, func(e treeEntry) bool { return e.name == name })
		if i < 0 {
			return e, false, nil
		}
		e = entries[i]
	}
	return e, true, nil
}

// read gives an object.
func (o *gitObjects) read(id string) (kind string, data []byte, err error) {
	name := hex.EncodeToString([]byte(id))
	file, err := os.Open(filepath.Join(o.dir, name[:2], name[2:]))
	if err != nil {
		return o.packed(id)
	}
	defer file.Close()
	data, err = inflate(file, maxObject+64)
	if err != nil {
		return "", nil, err
	}
	head, data, ok := bytes.Cut(data, []byte{0})
	kind, size, _ := strings.Cut(string(head), " ")
	if !ok || size != strconv.Itoa(len(data)) {
		return "", nil, errObject
	}
	return kind, data, nil
}

func inflate(r io.Reader, most int64) ([]byte, error) {
	z, err := zlib.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errObject, err)
	}
	data, err := io.ReadAll(io.LimitReader(z, most+1))
	if err != nil || int64(len(data)) > most {
		return nil, errObject
	}
	return data, nil
}

// packed looks an object up in all packs.
func (o *gitObjects) packed(id string) (string, []byte, error) {
	if o.packs == nil {
		names, err := filepath.Glob(filepath.Join(escapeGlob(o.dir), "pack", "*.idx"))
		if err != nil || len(names) > maxPacks {
			return "", nil, errObject
		}
		o.packs = names
	}
	for _, name := range o.packs {
		at, err := packOffset(name, id)
		if err != nil {
			return "", nil, err
		}
		if at == 0 {
			continue
		}
		pack, err := os.Open(strings.TrimSuffix(name, ".idx") + ".pack")
		if err != nil {
			return "", nil, err
		}
		defer pack.Close()
		return o.unpack(pack, at, 0)
	}
	return "", nil, errObject
}

// escapeGlob makes a pattern of a name.
func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

// packOffset looks an object up in a pack's index of version 2; 0 is for one
// that it does not have. The index begins with how many objects there are up to
// each first byte, and has all names, checksums and offsets, each in a table.
func packOffset(name, id string) (int64, error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	at := func(offset int64, size int) string {
		b := make([]byte, size)
		if n, err := file.ReadAt(b, offset); n < size && err != nil {
			return strings.Repeat("\x00", size)
		}
		return string(b)
	}
	if at(0, 8) != "\xfftOc\x00\x00\x00\x02" {
		return 0, errObject
	}
	fanout := at(8, 1024)
	low, high, all := 0, int(word(fanout[int(id[0])*4:])), int64(word(fanout[1020:]))
	if id[0] > 0 {
		low = int(word(fanout[int(id[0])*4-4:]))
	}
	const names = 8 + 1024
	for low < high {
		i := int(uint(low+high) / 2)
		switch found := at(names+int64(i)*indexHash, indexHash); {
		case found < id:
			low = i + 1
		case found > id:
			high = i
		default:
			offset := word(at(names+all*24+int64(i)*4, 4))
			if offset&0x80000000 == 0 {
				return int64(offset), nil
			}
			long := at(names+all*28+int64(offset&0x7fffffff)*8, 8)
			return int64(word(long))<<32 | int64(word(long[4:])), nil
		}
	}
	return 0, nil
}

var packKinds = [...]string{1: "commit", 2: "tree", 3: "blob", 4: "tag", 6: "", 7: ""}

// unpack gives the object at an offset of a pack.
func (o *gitObjects) unpack(pack *os.File, at int64, deltas int) (string, []byte, error) {
	if at <= 0 || deltas > maxDeltas {
		return "", nil, errObject
	}
	r := bufio.NewReaderSize(io.NewSectionReader(pack, at, maxObject*2), 4096)
	first, err := r.ReadByte()
	if err != nil {
		return "", nil, err
	}
	for more := first; more&0x80 != 0 && err == nil; { // the size, which the content has too
		more, err = r.ReadByte()
	}
	kind := int(first >> 4 & 7)
	if err != nil || kind == 0 || kind == 5 {
		return "", nil, errObject
	}
	var base []byte
	name := packKinds[kind]
	switch kind {
	case 6:
		back, err := backwards(r)
		if err != nil {
			return "", nil, err
		}
		if name, base, err = o.unpack(pack, at-back, deltas+1); err != nil {
			return "", nil, err
		}
	case 7:
		id := make([]byte, indexHash)
		if _, err := io.ReadFull(r, id); err != nil {
			return "", nil, err
		}
		if deltas+1 > maxDeltas {
			return "", nil, errObject
		}
		if name, base, err = o.read(string(id)); err != nil {
			return "", nil, err
		}
	}
	data, err := inflate(r, maxObject)
	if err != nil || kind < 6 {
		return name, data, err
	}
	data, err = applyDelta(base, data)
	return name, data, err
}

// backwards reads how far before a delta its base is.
func backwards(r io.ByteReader) (n int64, err error) {
	for i := 0; i < 8; i++ {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if n = n<<7 | int64(b&0x7f); b&0x80 == 0 {
			return n, nil
		}
		n++
	}
	return 0, errObject
}

// applyDelta makes an object of another one: of parts of it, and of new text.
func applyDelta(base, delta []byte) ([]byte, error) {
	from, delta := deltaSize(delta)
	size, delta := deltaSize(delta)
	if from != len(base) || size > maxObject {
		return nil, errObject
	}
	out := make([]byte, 0, size)
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		if op&0x80 == 0 {
			if n := int(op); n == 0 || n > len(delta) {
				return nil, errObject
			}
			out, delta = append(out, delta[:op]...), delta[op:]
			continue
		}
		var numbers [7]int // four bytes of an offset, three of a length
		for i := range numbers {
			if op&(1<<i) != 0 {
				if len(delta) == 0 {
					return nil, errObject
				}
				numbers[i], delta = int(delta[0]), delta[1:]
			}
		}
		start := numbers[0] | numbers[1]<<8 | numbers[2]<<16 | numbers[3]<<24
		n := numbers[4] | numbers[5]<<8 | numbers[6]<<16
		if n == 0 {
			n = 0x10000
		}
		if start+n > len(base) || len(out)+n > size {
			return nil, errObject
		}
		out = append(out, base[start:start+n]...)
	}
	if len(out) != size {
		return nil, errObject
	}
	return out, nil
}

func deltaSize(b []byte) (n int, rest []byte) {
	for i := 0; i < len(b) && i < 5; i++ {
		if n |= int(b[i]&0x7f) << (7 * i); b[i]&0x80 == 0 {
			return n, b[i+1:]
		}
	}
	return -1, nil
}
