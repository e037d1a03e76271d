package session

import (
	"errors"
	"slices"
)

// The bounds of what a replay remembers of the files that steps wrote.
const (
	maxWritten     = 32
	maxWrittenText = 8 << 10 // bytes of one file; a longer one is not kept
)

// recordedFiles are the files that recorded steps wrote a known text to, oldest
// first, so that a script is read when a later step runs it: a replay has no
// other files to look at.
type recordedFiles []writtenFile

type writtenFile struct{ path, text string }

func (w *recordedFiles) keep(path, text string) {
	*w = slices.DeleteFunc(*w, func(f writtenFile) bool { return f.path == path })
	if len(text) > maxWrittenText {
		return
	}
	if len(*w) == maxWritten {
		*w = slices.Delete(*w, 0, 1)
	}
	*w = append(*w, writtenFile{path, text})
}

var errNotWritten = errors.New("no recorded step wrote it")

func (w *recordedFiles) read(path string) ([]byte, error) {
	for _, f := range *w {
		if f.path == path {
			return []byte(f.text), nil
		}
	}
	return nil, errNotWritten
}
