package gate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"restrain/secret"
)

// Surroundings remember where the files lie that hold secrets by their names, so
// that a step which reads widely does not wait for a walk of all that is there.
// How long that takes decides nothing: a step waits for it. A directory is read
// again when its entries have changed; the values are read from
// the files each time that these have changed, and are only ever in memory.
type Surroundings struct {
	mu      sync.Mutex
	file    string // keeps the directories for the next process; empty for none
	read    bool   // what it has is known
	changed bool
	roots   map[string]*surrounding
	values  map[string]readSecrets
}

// A surrounding is what lies below one directory, nearest first.
type surrounding struct {
	dirs  []walkedDir
	names int // of entries that were seen
}

// A walkedDir is a directory as it was read.
type walkedDir struct {
	path    string
	changed int64    // when its entries were; 0 where that is too fresh to tell
	files   []string // those that hold secrets by their names
}

// readSecrets are those of a file as it was.
type readSecrets struct {
	changed, size int64
	values        []secret.Value
}

const (
	// freshTime is how long after a change another may have the same time.
	freshTime = 50 * time.Millisecond
	// maxSurroundings bounds the directories below which is looked.
	maxSurroundings = 16
	walkedFile      = "walked"
	maxWalkedFile   = 8 << 20
)

// NewSurroundings knows nothing yet.
func NewSurroundings() *Surroundings {
	return &Surroundings{roots: make(map[string]*surrounding), values: make(map[string]readSecrets)}
}

// below gives the files that hold secrets by their names below a directory, and
// whether that is all of them.
func (s *Surroundings) below(l *lookup, root string) (files []string, whole bool) {
	if !s.read {
		s.load()
	}
	w := s.roots[root]
	if w == nil {
		if len(s.roots) >= maxSurroundings {
			clear(s.roots)
		}
		w = &surrounding{}
		s.roots[root] = w
		w.walk(l, []string{root})
		s.changed = true
	} else if w.refresh(l) {
		s.changed = true
	}
	for i := range w.dirs {
		files = append(files, w.dirs[i].files...)
	}
	return files, w.names < lookNames
}

// walk reads directories and all that are below them, nearest first.
func (w *surrounding) walk(l *lookup, queue []string) {
	known := make(map[string]bool, len(w.dirs))
	for i := range w.dirs {
		known[w.dirs[i].path] = true
	}
	for ; len(queue) > 0; queue = queue[1:] {
		if w.names >= lookNames || len(w.dirs) >= lookNames {
			return
		}
		if known[queue[0]] {
			continue
		}
		dir, below, names := l.walkedDir(queue[0])
		w.names += names
		w.dirs = append(w.dirs, dir)
		known[dir.path] = true
		queue = append(queue, below...)
	}
}

// walkedDir reads one directory.
func (l *lookup) walkedDir(path string) (dir walkedDir, below []string, names int) {
	dir.path = path
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > freshTime {
		dir.changed = info.ModTime().UnixNano()
	}
	entries, _ := os.ReadDir(path) // what cannot be read prints nothing
	for _, entry := range entries {
		switch file := filepath.Join(path, entry.Name()); {
		case entry.IsDir():
			if !isMade(entry.Name()) {
				below = append(below, file)
			}
		case l.holds(file):
			dir.files = append(dir.files, file)
		}
	}
	return dir, below, len(entries)
}

// refresh reads again the directories that have changed. It reports whether there
// were any.
func (w *surrounding) refresh(l *lookup) (changed bool) {
	var below []string
	for i := range w.dirs {
		dir := &w.dirs[i]
		info, err := os.Stat(dir.path)
		if err == nil && dir.changed != 0 && dir.changed == info.ModTime().UnixNano() {
			continue
		}
		if changed = true; err != nil {
			dir.path = "" // it has gone
			continue
		}
		var fresh []string
		*dir, fresh, _ = l.walkedDir(dir.path)
		below = append(below, fresh...)
	}
	if changed {
		w.dirs = slices.DeleteFunc(w.dirs, func(d walkedDir) bool { return d.path == "" })
		w.walk(l, below)
	}
	return changed
}

// secrets gives those of a file.
func (s *Surroundings) secrets(path string) []secret.Value {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	now := readSecrets{changed: info.ModTime().UnixNano(), size: info.Size()}
	if before, ok := s.values[path]; ok && before.changed == now.changed && before.size == now.size {
		return before.values
	}
	now.values, _ = secret.ReadFile(path) // what cannot be read prints nothing
	if len(s.values) >= 4*lookFiles {
		clear(s.values)
	}
	if time.Since(info.ModTime()) > freshTime {
		s.values[path] = now
	}
	return now.values
}

// OpenSurroundings goes on with what another process has left in the session of a
// directory.
func OpenSurroundings(dir string) *Surroundings {
	s := NewSurroundings()
	s.file = filepath.Join(dir, walkedFile)
	return s
}

// load reads what was left. What cannot be read is looked at anew.
func (s *Surroundings) load() {
	s.read = true
	if s.file == "" {
		return
	}
	text, err := readFile(s.file, maxWalkedFile)
	if err != nil {
		return
	}
	var w *surrounding
	for line := range strings.Lines(string(text)) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		number, quoted, _ := strings.Cut(rest, " ")
		n, err1 := strconv.ParseInt(number, 10, 64)
		path, err2 := strconv.Unquote(quoted)
		switch {
		case err1 != nil || err2 != nil || w == nil && kind != "below" || kind == "file" && len(w.dirs) == 0:
			clear(s.roots)
			return
		case kind == "below":
			w = &surrounding{names: int(n)}
			s.roots[path] = w
		case kind == "dir":
			w.dirs = append(w.dirs, walkedDir{path: path, changed: n})
		case kind == "file":
			dir := &w.dirs[len(w.dirs)-1]
			dir.files = append(dir.files, path)
		}
	}
}

// Save leaves what changed for the next process. Nobody needs it: one that finds
// nothing looks for itself.
func (s *Surroundings) Save() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == "" || !s.changed {
		return
	}
	var b strings.Builder
	for root, w := range s.roots {
		fmt.Fprintf(&b, "below %d %q\n", w.names, root)
		for _, dir := range w.dirs {
			fmt.Fprintf(&b, "dir %d %q\n", dir.changed, dir.path)
			for _, file := range dir.files {
				fmt.Fprintf(&b, "file 0 %q\n", file)
			}
		}
	}
	part := fmt.Sprintf("%s.%d", s.file, os.Getpid())
	if b.Len() > maxWalkedFile || os.WriteFile(part, []byte(b.String()), 0o600) != nil || os.Rename(part, s.file) != nil {
		_ = os.Remove(part)
	}
}

// Look looks at what lies below a directory, so that no step has to wait for it.
func (g *Gate) Look(dir, home string) {
	if s := g.Surroundings; s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.below(&lookup{set: g.Policy.set, home: home}, dir)
	}
}
