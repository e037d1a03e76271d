package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// watchersFile is locked, shared, by those who watch a session.
const watchersFile = "watchers"

// Presence says that somebody watches, also to doors that have no socket yet.
type Presence struct{ file *os.File }

// Announce makes it known that this process watches the session in dir.
func Announce(dir string) (*Presence, error) {
	file, err := os.OpenFile(filepath.Join(dir, watchersFile), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err == nil {
		err = unix.Flock(int(file.Fd()), unix.LOCK_SH)
	}
	if err != nil {
		return nil, fmt.Errorf("session directory: %w; check the state directory", err)
	}
	return &Presence{file}, nil
}

// Close ends the watch.
func (p *Presence) Close() error { return p.file.Close() }

// Present reports whether anybody watches the session in dir. An agent that
// feigns it only makes its own step wait, until that is denied.
func Present(dir string) bool {
	file, err := os.OpenFile(filepath.Join(dir, watchersFile), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	return errors.Is(unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}
