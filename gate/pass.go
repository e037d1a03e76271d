package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// An agent's hook is asked about a line before the agent hands it to a shell,
// which may be another door of the same session. A pass makes the two one step:
// a line that was let through at the hook is not judged a second time where it
// is about to run, once, within passTime.
const (
	passFile = "passes"
	passTime = 10 * time.Minute
	// maxPasses bounds the passes of a session; the oldest goes first.
	maxPasses = 64
	// passSize is the time in nanoseconds and the hash of directory and line.
	passSize = 8 + sha256.Size
	// hookDoor is the Door of requests from hooks.
	hookDoor = "hook"
)

// givePass notes a line that a hook let through.
func (t *Turn) givePass(r *Request, now time.Time) error {
	if r.Door != hookDoor || r.Line == "" {
		return nil
	}
	passes, err := t.passes(now)
	if err != nil {
		return err
	}
	pass := binary.LittleEndian.AppendUint64(nil, uint64(now.UnixNano()))
	passes = append(passes, append(pass, passKey(r)...)...)
	return t.keepPasses(passes[max(0, len(passes)-maxPasses*passSize):])
}

// takePass reports whether a hook let the request through, and uses that up.
// Lines that read their parameters were not known whole at the hook.
func (t *Turn) takePass(r *Request, now time.Time) (passed bool, err error) {
	if r.Door == hookDoor || r.Line == "" || r.Opaque != "" || len(r.Params) > 1 ||
		strings.Contains(r.Line, "$0") || strings.Contains(r.Line, "{0") {
		return false, nil
	}
	passes, err := t.passes(now)
	if err != nil {
		return false, err
	}
	key := passKey(r)
	for at := 0; at < len(passes); at += passSize {
		if string(passes[at+8:at+passSize]) == string(key) {
			return true, t.keepPasses(append(passes[:at], passes[at+passSize:]...))
		}
	}
	return false, nil
}

func passKey(r *Request) []byte {
	key := sha256.Sum256([]byte(r.Dir + "\x00" + r.Line))
	return key[:]
}

// passes reads the passes that still hold. A damaged file holds none.
func (t *Turn) passes(now time.Time) ([]byte, error) {
	text, err := readFile(filepath.Join(t.store.dir, passFile), maxPasses*passSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("passes of the session: %w: remove the file", err)
	}
	var kept []byte
	for ; len(text) >= passSize; text = text[passSize:] {
		given := time.Unix(0, int64(binary.LittleEndian.Uint64(text)))
		if age := now.Sub(given); age >= 0 && age < passTime {
			kept = append(kept, text[:passSize]...)
		}
	}
	return kept, nil
}

// keepPasses replaces the file in one step.
func (t *Turn) keepPasses(passes []byte) error {
	path := filepath.Join(t.store.dir, passFile)
	if err := os.WriteFile(path+".new", passes, 0o600); err != nil {
		return fmt.Errorf("passes of the session: %w: make room on the disk", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("passes of the session: %w: check the state directory", err)
	}
	return nil
}
