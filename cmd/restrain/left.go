package main

import (
	"sync"

	"restrain/classify"
)

// maxLeft bounds the files that a supervisor remembers by their origin; the
// oldest is forgotten first.
const maxLeft = 64

// A leftBehind is what the steps of a supervised session left behind, for the
// execs below other steps: these are no steps, and cost no look at the session.
type leftBehind struct {
	mu    sync.Mutex
	files []classify.Left
}

func (l *leftBehind) add(files []classify.Left) {
	if len(files) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = append(l.files, files...)
	l.files = l.files[max(0, len(l.files)-maxLeft):]
}

// Remembers reports whether there is anything to remember.
func (l *leftBehind) Remembers() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.files) > 0
}

// Origin is that of a file, by its path; what was said last counts.
func (l *leftBehind) Origin(path string) classify.Origin {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.files) - 1; i >= 0; i-- {
		if l.files[i].Path == path {
			return l.files[i].Origin
		}
	}
	return classify.OriginNone
}
