package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A door that no session is around is called by an agent's process, and often
// knows the agent's own id of what it works on. One agent may call its hook from
// one process and its shell from another; both are one session, found by
// whichever of the two names came first. A name leads to a session by a link.
const (
	aliasDir = "agents" // below the state directory: links from names to sessions
	// minTask is the length of an id, in bytes, that can be taken for unique.
	minTask = 8
	idSize  = 8 // bytes of a session's id
)

// SessionFor gives the id of the session that a door belongs to, outside a
// supervised one. process is the same for all calls of one process and for no
// other; task is the agent's own id of its session, empty when it is unknown.
//
// The process counts first: a command cannot leave its agent's session by
// setting variables.
func SessionFor(stateDir, process, task string) (id string, err error) {
	own := nameOf(process)
	if id, ok := linked(stateDir, own); ok {
		return id, link(stateDir, task, id)
	}
	if _, err := os.Lstat(filepath.Join(SessionsDir(stateDir), own)); err == nil || len(task) < minTask {
		return own, link(stateDir, task, own)
	}
	if id, ok := linked(stateDir, nameOf(task)); ok {
		return id, link(stateDir, process, id)
	}
	if err := link(stateDir, task, own); err != nil {
		return "", err
	}
	if id, ok := linked(stateDir, nameOf(task)); ok && id != own {
		return id, link(stateDir, process, id) // another door was faster
	}
	return own, nil
}

// nameOf is a session's id made from a name.
func nameOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:idSize])
}

// OwnSession gives the id of the session that a process itself has begun, with the
// agent's own id of it, if the process is its session's first. ok is false where
// the process has come to another's session, or descends from the agent of one: it
// may be what that agent has started.
func OwnSession(stateDir, process, task string, above []string) (id string, ok bool) {
	known := func(name string) bool {
		if _, ok := linked(stateDir, name); ok {
			return true
		}
		_, err := os.Lstat(filepath.Join(SessionsDir(stateDir), name))
		return !errors.Is(err, fs.ErrNotExist)
	}
	for _, key := range above {
		if known(nameOf(key)) {
			return "", false
		}
	}
	own := nameOf(process)
	if id, ok := linked(stateDir, own); ok && id != own {
		return "", false
	}
	if id, ok := linked(stateDir, nameOf(task)); ok && len(task) >= minTask && id != own {
		return "", false
	}
	id, err := SessionFor(stateDir, process, task)
	return id, err == nil && id == own
}

func linked(stateDir, name string) (id string, ok bool) {
	id, err := os.Readlink(filepath.Join(stateDir, aliasDir, name))
	if raw, decodeErr := hex.DecodeString(id); err != nil || decodeErr != nil || len(raw) != idSize {
		return "", false
	}
	return id, true
}

// link has a name lead to a session, unless it leads to one already.
func link(stateDir, name, id string) error {
	if len(name) < minTask || nameOf(name) == id {
		return nil
	}
	path := filepath.Join(stateDir, aliasDir, nameOf(name))
	err := os.Symlink(id, path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			err = os.Symlink(id, path)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("session of the agent: %w; make the state directory writable", err)
	}
	return nil
}

// RemoveSession takes a session's directory away, with its journal, and the names
// that lead to it. The caller knows that the session is over.
func RemoveSession(stateDir, id string) error {
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != idSize {
		return fmt.Errorf("%s is no session: remove it by hand", filepath.Join(SessionsDir(stateDir), id))
	}
	names, err := os.ReadDir(filepath.Join(stateDir, aliasDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("names of sessions: %w; check the state directory", err)
	}
	// The directory goes last: what fails can be tried again.
	for _, name := range names {
		if to, ok := linked(stateDir, name.Name()); !ok || to != id {
			continue
		}
		if err := os.Remove(filepath.Join(stateDir, aliasDir, name.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("name of session %s: %w; check the state directory", id, err)
		}
	}
	forgetKey(filepath.Join(SessionsDir(stateDir), id), id)
	if err := os.RemoveAll(filepath.Join(SessionsDir(stateDir), id)); err != nil {
		return fmt.Errorf("session %s: %w; check the state directory", id, err)
	}
	return nil
}
