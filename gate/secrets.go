package gate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"restrain/journal"
	"restrain/prompt"
	"restrain/secret"
)

// The files of what a session knows of secrets. The first line of secretsFile
// is the path of the key, which lies elsewhere where there is a place for it
// that no disk keeps.
const (
	secretsFile = "secrets"
	keyFile     = "secrets.key"
)

// memory is what a session knows of secrets, as this process last read it.
type memory struct {
	known *secret.Known
	key   string // its path
	read  fs.FileInfo
}

// Known are the secrets that the session has met; nil before its first turn.
func (s *Store) Known() *secret.Known { return s.secrets.Load().known }

// recall reads what the session knows, when another process has changed it, and
// begins with what the session is given when it is new.
func (s *Store) recall(turn *Turn) error {
	m := s.secrets.Load()
	path := filepath.Join(s.dir, secretsFile)
	info, err := os.Stat(path)
	switch {
	case err == nil && m.read != nil && os.SameFile(info, m.read) && info.ModTime().Equal(m.read.ModTime()):
		return nil
	case err == nil:
		if m, err = readMemory(path); err == nil {
			m.read = info
			s.secrets.Store(m)
			return nil
		}
		if turn.lost == "" {
			turn.lost = "what the session knew of secrets was lost (" + err.Error() + "); what it is given is known again"
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the session's secrets: %w: check the state directory", err)
	case s.Given == nil:
		return nil
	}
	m, err = s.newMemory()
	if err != nil {
		return fmt.Errorf("the session's secrets: %w: make room on the disk, or check the state directory", err)
	}
	if s.Given != nil {
		s.met = append(s.met, metSecrets(m.known.Add(s.Given(), secret.Meeting{When: time.Now(), Given: true}), true)...)
	}
	return s.keepSecrets(m)
}

// newMemory makes a key. XDG_RUNTIME_DIR is gone when its user has logged out,
// and with it all that could be tried on the digests.
func (s *Store) newMemory() (*memory, error) {
	key := secret.NewKey()
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		dir = filepath.Join(dir, "restrain", "keys")
		path := filepath.Join(dir, s.id)
		if os.MkdirAll(dir, 0o700) == nil && !strings.Contains(path, "\n") && os.WriteFile(path, key, 0o600) == nil {
			return &memory{known: secret.NewKnown(key), key: path}, nil
		}
	}
	path := filepath.Join(s.dir, keyFile)
	if err := os.WriteFile(path, key, 0o600); err != nil {
		return nil, err
	}
	return &memory{known: secret.NewKnown(key), key: path}, nil
}

func readMemory(path string) (*memory, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keyPath, data, _ := bytes.Cut(text, []byte("\n"))
	key, err := os.ReadFile(string(keyPath))
	if err != nil {
		return nil, errors.New("its key is gone")
	}
	if len(key) != secret.KeySize {
		return nil, errors.New("its key was damaged")
	}
	known, err := secret.LoadKnown(key, data)
	if err != nil {
		return nil, err
	}
	return &memory{known: known, key: string(keyPath)}, nil
}

// forgetKey removes the key of a session that is being removed. A path that is
// not that of the session's own key was not written by this program.
func forgetKey(dir, id string) {
	text, err := os.ReadFile(filepath.Join(dir, secretsFile))
	if err != nil {
		return
	}
	key, _, _ := strings.Cut(string(text), "\n")
	if strings.HasSuffix(key, filepath.Join("/restrain/keys", id)) {
		os.Remove(key) // gone with the next logout in any case
	}
}

// keepSecrets writes what the session knows.
func (s *Store) keepSecrets(m *memory) error {
	data, err := m.known.MarshalBinary()
	path := filepath.Join(s.dir, secretsFile)
	if err == nil {
		err = os.WriteFile(path+".new", append([]byte(m.key+"\n"), data...), 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		m.read, err = os.Stat(path)
	}
	if err != nil {
		return fmt.Errorf("the session's secrets: %w: make room on the disk, or check the state directory", err)
	}
	s.secrets.Store(m)
	return nil
}

// Meet remembers secrets that the session has come to by a step. They are said
// in the next entry.
func (t *Turn) Meet(values []secret.Value, step int, now time.Time) error {
	m := t.store.secrets.Load()
	if len(values) == 0 {
		return nil
	}
	if m.known == nil {
		var err error
		if m, err = t.store.newMemory(); err != nil {
			return fmt.Errorf("the session's secrets: %w: make room on the disk, or check the state directory", err)
		}
	}
	added := m.known.Add(values, secret.Meeting{When: now, Step: step})
	if len(added) == 0 {
		return nil
	}
	t.store.met = append(t.store.met, metSecrets(added, false)...)
	return t.store.keepSecrets(m)
}

// metSecrets are values as the journal has them.
func metSecrets(values []secret.Value, given bool) []journal.Secret {
	const most = 100
	var list []journal.Secret
	for _, v := range values {
		s := journal.Secret{Name: v.Name, Where: v.Origin.Path, Line: v.Origin.Line, Given: given}
		// A key is known by its lines, too, and is one secret.
		if n := len(list); n > 0 && list[n-1].Name == s.Name && list[n-1].Where == s.Where {
			continue
		}
		if list = append(list, s); len(list) == most {
			break
		}
	}
	return list
}

// redact takes out secrets by what the session knows and by their shape. All
// that is kept, sent or shown goes through here.
func (s *Store) redact(text string) string { return secret.Redact(s.Known().Redact(text)) }

// redactEntry takes secrets out of all texts of an entry.
func redactEntry(e *journal.Entry, redact func(string) string) {
	e.Command, e.Reason, e.Dir = redact(e.Command), redact(e.Reason), redact(e.Dir)
	for i := range e.Resources {
		e.Resources[i] = redact(e.Resources[i])
	}
	for i := range e.Parts {
		e.Parts[i].First, e.Parts[i].Reason = redact(e.Parts[i].First), redact(e.Parts[i].Reason)
	}
	if e.Answer != nil {
		answer := *e.Answer
		answer.Reason = redact(answer.Reason)
		e.Answer = &answer
	}
}

// redactQuestion does the same for a question.
func redactQuestion(q *prompt.Request, redact func(string) string) {
	q.Command, q.Dir, q.Details = redact(q.Command), redact(q.Dir), redact(q.Details)
	q.Inside, q.Unusual, q.SentBy = redact(q.Inside), redact(q.Unusual), redact(q.SentBy)
	for _, list := range [...][]string{q.What, q.Scores, q.Changed, q.Tokens, q.Danger} {
		for i := range list {
			list[i] = redact(list[i])
		}
	}
	for i := range q.History {
		q.History[i].What, q.History[i].Text = redact(q.History[i].What), redact(q.History[i].Text)
	}
	for i := range q.Offers {
		q.Offers[i].Text = redact(q.Offers[i].Text)
	}
	if redact(q.Confirm) != q.Confirm {
		q.Confirm, q.ConfirmKind = "yes", ""
	}
}
