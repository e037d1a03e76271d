package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"restrain/platform"
)

// presencePrefix begins the name of a file that one who watches a session keeps
// locked. Each has a file of its own: whoever looks takes a shared lock for a
// moment, which all may do at once, and only a watcher is in the way of.
const presencePrefix = "watcher-"

// Presence says that somebody watches, also to doors that have no socket yet.
type Presence struct{ file *os.File }

// Announce makes it known that this process watches the session in dir.
func Announce(dir string) (*Presence, error) {
	file, err := os.CreateTemp(dir, presencePrefix)
	if err != nil {
		return nil, fmt.Errorf("session directory: %w; check the state directory", err)
	}
	p := &Presence{file}
	if err := platform.Lock(file); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w; use a file system that can lock", file.Name(), err), p.Close())
	}
	return p, nil
}

// Close ends the watch. A watcher that is killed leaves its file, unlocked.
func (p *Presence) Close() error { return errors.Join(p.file.Close(), os.Remove(p.file.Name())) }

// Present reports whether anybody watches the session in dir. An agent that
// feigns it only makes its own step wait, until that is denied.
func Present(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), presencePrefix) && locked(filepath.Join(dir, entry.Name())) {
			return true
		}
	}
	return false
}

// locked reports a file that somebody else holds for themselves alone.
func locked(path string) bool {
	file, err := platform.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	return errors.Is(platform.TryShare(file), platform.ErrLocked)
}
