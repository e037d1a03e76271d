package gate

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"restrain/journal"
	"restrain/trust"
)

// The files of a session's directory.
const (
	journalFile = "journal.jsonl"
	stateFile   = "state"
)

// A Store keeps one session on disk: its journal and what trust remembers of
// it. Several processes may use the same session at the same time, for many
// calls of a shell door are one session.
type Store struct {
	id string
	// stateDir holds all sessions, dir this one.
	stateDir, dir string
	policy        *Policy
	log           *journal.Log
}

// StateDir is where sessions are kept: $XDG_STATE_HOME/restrain, or
// ~/.local/state/restrain.
func StateDir(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "restrain"), nil
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "restrain"), nil
	}
	return "", errors.New("no directory for the journal: set HOME or XDG_STATE_HOME to an absolute path")
}

// SessionsDir is the directory below stateDir that holds a directory for each
// session.
func SessionsDir(stateDir string) string { return filepath.Join(stateDir, "sessions") }

// JournalPath is the journal of a session.
func JournalPath(stateDir, id string) string {
	return filepath.Join(SessionsDir(stateDir), id, journalFile)
}

// OpenStore opens the session id below stateDir and starts it when it is new.
func OpenStore(stateDir, id string, policy *Policy) (*Store, error) {
	s := &Store{id: id, stateDir: stateDir, dir: filepath.Join(SessionsDir(stateDir), id), policy: policy}
	log, err := journal.Open(filepath.Join(s.dir, journalFile))
	if err != nil {
		return nil, err
	}
	s.log = log
	return s, nil
}

// ID is the session's id.
func (s *Store) ID() string { return s.id }

// Dir is the session's directory, which only its user can enter.
func (s *Store) Dir() string { return s.dir }

// Close releases the session's files.
func (s *Store) Close() error { return s.log.Close() }

// A Turn is exclusive use of a session, as Update gives it.
type Turn struct {
	Session *trust.Session
	store   *Store
	changed bool
	// lost says why the session's past could not be read; empty when it was.
	lost string
}

// Append journals an entry. The session's state is kept only after this.
func (t *Turn) Append(e journal.Entry) error {
	e.Session = t.store.id
	if t.lost != "" {
		lost := journal.Entry{Time: e.Time, Session: e.Session, Kind: journal.Note, Reason: t.lost}
		if _, err := t.store.log.AppendLocked(lost); err != nil {
			return err
		}
		t.lost = ""
	}
	t.changed = true
	_, err := t.store.log.AppendLocked(e)
	return err
}

// Update runs f with exclusive use of the session and keeps what it changed.
// An error means that the session may lack what f did: nothing must run on it.
func (s *Store) Update(f func(*Turn) error) (err error) {
	if err := s.log.Lock(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.log.Unlock()) }()
	turn := &Turn{store: s}
	if err := s.load(turn); err != nil {
		return err
	}
	if err := f(turn); err != nil || !turn.changed {
		return err
	}
	return s.save(turn.Session)
}

// load reads the state. One that is damaged, or missing though the session has
// a journal, makes the session start elevated; the journal loses nothing.
func (s *Store) load(turn *Turn) error {
	text, err := readFile(filepath.Join(s.dir, stateFile), maxState)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return fmt.Errorf("session state: %w: remove the file to start the session anew, elevated", err)
	}
	if fresh {
		started, err := s.started()
		if err != nil {
			return err
		}
		if !started {
			turn.Session = s.policy.NewSession()
			return nil
		}
		err = errors.New("the file is gone")
		return s.suspect(turn, err)
	}
	head, rest, err := decodeHead(text)
	if err != nil {
		return s.suspect(turn, err)
	}
	turn.Session = s.policy.NewSession()
	if err := turn.Session.RestoreState(rest); err != nil {
		return s.suspect(turn, err)
	}
	s.log.SetHead(head)
	return nil
}

func (s *Store) suspect(turn *Turn, cause error) error {
	turn.Session = s.policy.NewSuspectSession()
	turn.lost = "the session's state was lost (" + cause.Error() + "); it goes on elevated"
	return nil
}

// started reports whether the session's journal has entries.
func (s *Store) started() (bool, error) {
	info, err := os.Stat(filepath.Join(s.dir, journalFile))
	if err != nil {
		return false, fmt.Errorf("journal: %w: check the state directory", err)
	}
	return info.Size() > 0, nil
}

// save replaces the state file in one step, so that a crash leaves the old one.
func (s *Store) save(session *trust.Session) error {
	text := session.AppendState(encodeHead(s.log.HeadLocked()))
	path := filepath.Join(s.dir, stateFile)
	temporary := path + ".new"
	if err := os.WriteFile(temporary, text, 0o600); err != nil {
		return fmt.Errorf("session state: %w: make room on the disk", err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fmt.Errorf("session state: %w: check the state directory", err)
	}
	return nil
}

// maxState bounds a state file, in bytes.
const maxState = 64 << 10

const headSize = 8 + 8 + 32

// encodeHead writes where the journal ended: number, size, hash.
func encodeHead(head journal.Head) []byte {
	b := make([]byte, 0, 4096)
	b = binary.LittleEndian.AppendUint64(b, head.Seq)
	b = binary.LittleEndian.AppendUint64(b, uint64(head.Size))
	var hash [32]byte
	hex.Decode(hash[:], []byte(head.Hash)) // an empty hash stays zero
	return append(b, hash[:]...)
}

func decodeHead(b []byte) (journal.Head, []byte, error) {
	if len(b) < headSize {
		return journal.Head{}, nil, errors.New("the file is cut short")
	}
	head := journal.Head{
		Seq:  binary.LittleEndian.Uint64(b),
		Size: int64(binary.LittleEndian.Uint64(b[8:])),
		Hash: hex.EncodeToString(b[16:headSize]),
	}
	return head, b[headSize:], nil
}

// readFile reads a regular file of at most max bytes.
func readFile(path string, max int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readRegular(file, max)
}

func readRegular(file *os.File, max int64) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: no regular file", file.Name())
	}
	if info.Size() > max {
		return nil, fmt.Errorf("%s: %d bytes, above the limit of %d", file.Name(), info.Size(), max)
	}
	return io.ReadAll(io.LimitReader(file, max))
}
