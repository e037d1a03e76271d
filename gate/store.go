package gate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"restrain/journal"
	"restrain/secret"
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
	parts         parts
	past          atomic.Pointer[trust.Past] // as of the latest turn; nil before the first
	secrets       atomic.Pointer[memory]
	met           []journal.Secret // in this turn or one before: to be said in the next entry
	// Given finds the secrets that a new session is given: in its environment, in
	// the agent's own and the tools' configuration. nil finds none.
	Given func() []secret.Value
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
	s.secrets.Store(&memory{})
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
	e.Met, t.store.met = append(e.Met, t.store.met...), nil
	if t.lost != "" {
		lost := journal.Entry{Time: e.Time, Session: e.Session, Kind: journal.Note, Reason: t.lost}
		if _, err := t.store.log.AppendLocked(lost); err != nil {
			return err
		}
		t.lost = ""
	}
	t.changed = true
	e.Parts = t.store.parts.take()
	redactEntry(&e, t.store.Known().Redact)
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
	if err := s.recall(turn); err != nil {
		return err
	}
	if err := f(turn); err != nil {
		return err
	}
	past := turn.Session.Past()
	s.past.Store(&past)
	if !turn.changed {
		return nil
	}
	return s.save(turn.Session)
}

// Past is what the session's steps have left behind, as far as this process
// knows without waiting for its turn.
func (s *Store) Past() trust.Past {
	if past := s.past.Load(); past != nil {
		return *past
	}
	return trust.Past{}
}

// load reads the state. One that is damaged, or missing though the session has
// a journal, makes the session start elevated; the journal loses nothing.
func (s *Store) load(turn *Turn) error {
	head, state, err := readState(filepath.Join(s.dir, stateFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.begin(turn)
	case errors.Is(err, errDamaged):
		return s.suspect(turn, err)
	case err != nil:
		return fmt.Errorf("session state: %w: remove the file to start the session anew, elevated", err)
	}
	turn.Session = s.policy.NewSession()
	if err := turn.Session.RestoreState(state); err != nil {
		return s.suspect(turn, err)
	}
	s.log.SetHead(head)
	return nil
}

// begin is for a session without a state, which is a new one only when it has
// no journal either.
func (s *Store) begin(turn *Turn) error {
	started, err := s.started()
	if err != nil {
		return err
	}
	if started {
		return s.suspect(turn, errors.New("the file is gone"))
	}
	turn.Session = s.policy.NewSession()
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

// save keeps the state that belongs to the journal as it is now.
func (s *Store) save(session *trust.Session) error {
	state := session.AppendState(make([]byte, 0, 4096))
	if err := writeState(filepath.Join(s.dir, stateFile), s.log.HeadLocked(), state); err != nil {
		return fmt.Errorf("session state: %w: make room on the disk, or check the state directory", err)
	}
	return nil
}
