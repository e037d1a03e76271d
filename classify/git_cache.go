package classify

import (
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// maxIndexes and maxIndexBytes bound the indexes that a process remembers.
const (
	maxIndexes    = 8
	maxIndexBytes = maxIndex
)

// indexes are the ones that this process has read: a supervisor looks at the
// same repository for every command.
var indexes indexCache

// An indexCache remembers what an index file said for as long as it is the same
// file: git writes a new one for every change.
type indexCache struct {
	mu    sync.Mutex
	known []cachedIndex // the one used last comes last
}

type cachedIndex struct {
	path string
	file fileStat
	*gitIndex
}

// load gives the index at a path.
func (c *indexCache) load(path string) (*gitIndex, error) {
	file, err := statFile(path)
	if err != nil {
		return nil, err
	}
	if !file.exact || !file.mode.IsRegular() || file.size > maxIndex {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errIndex}
	}
	if x := c.use(path, file); x != nil {
		return x, nil
	}
	x, err := readIndex(path)
	if err != nil {
		return nil, err
	}
	if again, err := statFile(path); err != nil || again != file {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errIndex} // it is being written
	}
	x.written, x.dev = file.changed, file.dev
	c.keep(cachedIndex{path, file, x})
	return x, nil
}

// use gives an index that is known, and is the last to be forgotten.
func (c *indexCache) use(path string, file fileStat) *gitIndex {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, known := range c.known {
		if known.path == path && known.file == file {
			c.known = append(append(c.known[:i:i], c.known[i+1:]...), known)
			return known.gitIndex
		}
	}
	return nil
}

// keep remembers an index in place of what was known of its path, and forgets
// those that were not used for longest.
func (c *indexCache) keep(x cachedIndex) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := make([]cachedIndex, 0, maxIndexes)
	bytes := x.file.size
	for i := len(c.known) - 1; i >= 0 && len(kept) < maxIndexes-1; i-- {
		known := c.known[i]
		if known.path == x.path || bytes+known.file.size > maxIndexBytes {
			continue
		}
		bytes += known.file.size
		kept = append([]cachedIndex{known}, kept...)
	}
	c.known = append(kept, x)
}

func readIndex(path string) (*gitIndex, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxIndex {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errIndex}
	}
	var data strings.Builder
	data.Grow(int(info.Size()))
	if n, err := io.Copy(&data, io.LimitReader(f, info.Size())); err != nil || n != info.Size() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errIndex}
	}
	return parseIndex(data.String())
}
