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

	"restrain/classify"
)

// An agent's hook is asked about a line before the agent hands it to a shell,
// which may be another door of the same session. A pass makes the two one step:
// a line that was let through at the hook is not judged a second time where it
// is about to run, once, within passTime. Nor is it for another hook that is
// asked about the same call.
const (
	passFile = "passes"
	passTime = 10 * time.Minute
	// maxPasses bounds the passes of a session; the oldest goes first.
	maxPasses = 64
	// passSize is the time in nanoseconds and the hash of directory and line.
	passSize = 8 + sha256.Size
	// hookDoor is the Door of requests from hooks.
	hookDoor = "hook"
	// execDoor is that of execs which the kernel tells of.
	execDoor = "exec"
)

// givePass notes what a hook let through.
func (t *Turn) givePass(r *Request, step *classify.Step, masked bool, now time.Time) error {
	if r.Door != hookDoor || r.Line == "" && r.Call == "" {
		return nil
	}
	passes, err := t.openPasses(os.O_CREATE)
	if err != nil {
		return err
	}
	defer passes.file.Close()
	if r.Line != "" {
		err = passes.put(passes.oldest(), now.UnixNano(), passKey(r, step, masked))
	}
	if r.Call != "" && err == nil {
		err = passes.put(passes.oldest(), now.UnixNano(), callKey(r, step))
	}
	return err
}

// takePass reports whether a hook let the request through, masked or as it is. For
// the line itself that is then used up.
func (t *Turn) takePass(r *Request, step *classify.Step, masked bool, now time.Time) (passed bool, err error) {
	hook := r.Door == hookDoor
	if hook && r.Call == "" || !hook && r.Line == "" || r.Opaque != "" {
		return false, nil
	}
	passes, err := t.openPasses(0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer passes.file.Close()
	key := passKey(r, step, masked)
	if hook {
		key = callKey(r, step)
	}
	for slot := range maxPasses {
		age := now.UnixNano() - passes.issuedAt(slot)
		if age < 0 || age >= int64(passTime) || passes.key(slot) != key {
			continue
		}
		if hook {
			return true, nil
		}
		return true, passes.put(slot, 0, [sha256.Size]byte{})
	}
	return false, nil
}

// callKey tells what a hook was asked about by the call as well.
func callKey(r *Request, step *classify.Step) [sha256.Size]byte {
	line := passKey(r, step, false)
	return sha256.Sum256(append([]byte("\x02"+r.Call+"\x00"+strings.Join(r.Argv, "\x00")), line[:]...))
}

// passKey tells a line by its text, its directory, and what it was understood
// to run: another environment, other parameters or a script that was changed
// meanwhile make it another one.
func passKey(r *Request, step *classify.Step, masked bool) [sha256.Size]byte {
	text := []byte(r.Dir + "\x00" + r.Line)
	if masked {
		text = append([]byte("\x03"), text...)
	}
	add := func(words ...string) {
		for _, word := range words {
			text = append(append(text, 0), word...)
		}
	}
	if len(r.Params) > 1 || strings.Contains(r.Line, "$0") || strings.Contains(r.Line, "{0") {
		add(r.Params...) // a hook knows of none
	}
	for i := range step.Script.Commands {
		command := &step.Script.Commands[i]
		add("\x01", command.Host, command.Dir.Text)
		for _, assign := range command.Assigns {
			add(assign.Name, assign.Value.Text)
		}
		for _, word := range command.Argv {
			add(word.Text)
		}
		for _, redir := range command.Redirs {
			add(string(redir.Op), redir.Target.Text)
		}
	}
	return sha256.Sum256(text)
}

// passes are the slots of the file. They are written in place: a file that is
// replaced costs a flush on some file systems, and a slot that a crash damages
// matches nothing.
type passes struct {
	file *os.File
	text [maxPasses * passSize]byte
}

func (t *Turn) openPasses(create int) (*passes, error) {
	file, err := os.OpenFile(filepath.Join(t.store.dir, passFile), os.O_RDWR|create, 0o600)
	if err != nil {
		return nil, fmt.Errorf("passes of the session: %w: check the state directory", err)
	}
	p := &passes{file: file}
	text, err := readRegular(file, int64(len(p.text)))
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("passes of the session: %w: remove the file", err)
	}
	copy(p.text[:], text)
	return p, nil
}

func (p *passes) issuedAt(slot int) int64 {
	return int64(binary.LittleEndian.Uint64(p.text[slot*passSize:]))
}

func (p *passes) key(slot int) [sha256.Size]byte {
	return [sha256.Size]byte(p.text[slot*passSize+8 : (slot+1)*passSize])
}

// oldest is the slot to be used next.
func (p *passes) oldest() (at int) {
	for slot := range maxPasses {
		if p.issuedAt(slot) < p.issuedAt(at) {
			at = slot
		}
	}
	return at
}

func (p *passes) put(slot int, given int64, key [sha256.Size]byte) error {
	text := append(binary.LittleEndian.AppendUint64(nil, uint64(given)), key[:]...)
	copy(p.text[slot*passSize:], text)
	if _, err := p.file.WriteAt(text, int64(slot*passSize)); err != nil {
		return fmt.Errorf("passes of the session: %w: make room on the disk", err)
	}
	return nil
}
