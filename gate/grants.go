package gate

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"restrain/classify"
	"restrain/platform"
	"restrain/prompt"
)

// The scopes of a grant; the empty one is once.
const (
	ForSession = "session"
	ForProject = "project"
)

const (
	// grantDays is how long a project's grant lasts, when the human sets no
	// day, and grantYears how far away that day may be.
	grantDays  = 30
	grantYears = 1
	// sessionGrant is how long a session's grant lasts at most.
	sessionGrant = 24 * time.Hour

	grantsFile   = "grants.jsonl"
	maxGrants    = 512 // older ones are dropped
	maxGrantText = 200 // bytes of a command that are kept to show it
	maxGrantFile = 1 << 20
)

// A Grant is an approval that is remembered. What it covers is in Key; the rest
// is for people to read, redacted.
type Grant struct {
	ID      string    `json:"id"`
	Scope   string    `json:"scope"` // ForSession or ForProject
	Session string    `json:"session"`
	Created time.Time `json:"created"`
	Until   time.Time `json:"until"`
	// Key names what is granted: the rules and their targets for a session,
	// the very command for a project; both with the directory.
	Key string `json:"key"`
	// Severity is the most that a step may have.
	Severity classify.Severity `json:"severity"`
	Rules    []string          `json:"rules,omitempty"`
	Dir      string            `json:"dir"`
	Command  string            `json:"command"`
}

// Grants is the file of all grants. It is the human's: who may write it is for
// the rules and the file's mode to say.
type Grants struct{ path string }

// OpenGrants names the grants below a state directory.
func OpenGrants(stateDir string) Grants { return Grants{filepath.Join(stateDir, grantsFile)} }

// List returns the grants that hold at a time, oldest first. A file that cannot
// be read, or was written by others, grants nothing and is an error.
func (g Grants) List(now time.Time) ([]Grant, error) {
	file, err := platform.OpenFile(g.path, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("grants: %w: check the state directory", err)
	}
	defer file.Close()
	if platform.Private(file) != nil {
		return nil, fmt.Errorf("grants %s: others can write or read it: remove it", g.path)
	}
	text, err := readRegular(file, maxGrantFile)
	if err != nil {
		return nil, fmt.Errorf("grants: %w: remove the file", err)
	}
	return decodeGrants(g.path, text, now)
}

func decodeGrants(path string, text []byte, now time.Time) ([]Grant, error) {
	var list []Grant
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var grant Grant
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&grant); err != nil {
			return nil, fmt.Errorf("grants %s: line %d: %w: remove the line", path, number, err)
		}
		if grant.Until.After(now) {
			list = append(list, grant)
		}
	}
	return list, nil
}

// Add keeps a grant, and gives it an id.
func (g Grants) Add(grant Grant, now time.Time) (Grant, error) {
	err := g.change(now, func(list []Grant) ([]Grant, error) {
		taken := func(id string) bool {
			for i := range list {
				if list[i].ID == id {
					return true
				}
			}
			return false
		}
		grant.ID = NewShortID()
		for taken(grant.ID) {
			grant.ID = NewShortID()
		}
		list = append(list, grant)
		return list[max(0, len(list)-maxGrants):], nil
	})
	return grant, err
}

// Revoke takes a grant back.
func (g Grants) Revoke(id string, now time.Time) error {
	return g.change(now, func(list []Grant) ([]Grant, error) {
		for i := range list {
			if list[i].ID == id {
				return append(list[:i:i], list[i+1:]...), nil
			}
		}
		return nil, fmt.Errorf("no grant %q: see restrain grants", id)
	})
}

// change replaces the file, under a lock of its own beside it. Grants that are
// over are dropped.
func (g Grants) change(now time.Time, f func([]Grant) ([]Grant, error)) error {
	if err := os.MkdirAll(filepath.Dir(g.path), 0o700); err != nil {
		return fmt.Errorf("grants: %w: check the state directory", err)
	}
	lock, err := platform.OpenFile(g.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("grants: %w: check the state directory", err)
	}
	defer lock.Close() // and so the lock
	if err := platform.Lock(lock); err != nil {
		return fmt.Errorf("grants %s: lock: %w: use a file system that can lock", g.path, err)
	}
	list, err := g.List(now)
	if err != nil {
		return err
	}
	if list, err = f(list); err != nil {
		return err
	}
	var b bytes.Buffer
	for i := range list {
		line, err := json.Marshal(&list[i])
		if err != nil {
			return fmt.Errorf("grant %s: %w: report it as a defect", list[i].ID, err)
		}
		b.Write(append(line, '\n'))
	}
	temporary := g.path + ".new"
	if err := os.WriteFile(temporary, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("grants: %w: make room on the disk", err)
	}
	if err := os.Rename(temporary, g.path); err != nil {
		return fmt.Errorf("grants: %w: check the state directory", err)
	}
	return nil
}

// grantable reports whether a step may be approved for longer than once: never
// what is critical, and never what could not be read.
func grantable(j *Judgement) bool {
	return j.Severity < classify.Critical && j.Step.Severity < classify.Critical && !j.Step.Uncertain && j.Assessment.Sequence == ""
}

// granted finds the grant that covers a step that would be asked about.
func (g *Gate) granted(r *Request, j *Judgement, now time.Time) (Grant, bool) {
	if !grantable(j) {
		return Grant{}, false
	}
	list, err := g.grants().List(now)
	if err != nil || len(list) == 0 {
		return Grant{}, false // without its file, nothing is granted
	}
	target, hasTarget := targetKey(r, j)
	command, hasCommand := commandKey(r, j)
	for _, grant := range list {
		if j.Severity > grant.Severity {
			continue
		}
		switch grant.Scope {
		case ForSession:
			if hasTarget && grant.Key == target && grant.Session == g.Store.ID() {
				return grant, true
			}
		case ForProject:
			if hasCommand && grant.Key == command {
				return grant, true
			}
		}
	}
	return Grant{}, false
}

// offers are the scopes in which a step can be approved.
func offers(r *Request, j *Judgement, now time.Time) []prompt.Offer {
	if !grantable(j) {
		return nil
	}
	var list []prompt.Offer
	if _, ok := targetKey(r, j); ok {
		list = append(list, prompt.Offer{Word: ForSession, Text: "allow the same rule and target in this session"})
	}
	if _, ok := commandKey(r, j); ok {
		until := now.AddDate(0, 0, grantDays).Format(time.DateOnly)
		list = append(list, prompt.Offer{Word: ForProject, Text: "allow this command here until " + until,
			First: now.Format(time.DateOnly), Last: now.AddDate(grantYears, 0, 0).Format(time.DateOnly)})
	}
	return list
}

// grant remembers what was approved for longer than once. It says in the
// answer what it made.
func (g *Gate) grant(r *Request, j *Judgement, answer *prompt.Answer, now time.Time) error {
	if !answer.Approved || answer.Scope == "" || !grantable(j) {
		return nil
	}
	command := g.Store.redact(r.text())
	if len(command) > maxGrantText {
		command = strings.ToValidUTF8(command[:maxGrantText], "") + "…"
	}
	grant := Grant{Scope: answer.Scope, Session: g.Store.ID(), Created: now, Severity: j.Severity, Rules: j.Rules, Dir: r.Dir, Command: command}
	var (
		ok  bool
		err error
	)
	switch answer.Scope {
	case ForSession:
		grant.Key, ok = targetKey(r, j)
		grant.Until = now.Add(sessionGrant)
	case ForProject:
		grant.Key, ok = commandKey(r, j)
		if grant.Until, err = projectUntil(answer.Until, now); err != nil {
			return err
		}
	}
	if !ok {
		return nil
	}
	if grant, err = g.grants().Add(grant, now); err == nil {
		answer.Reason = strings.TrimSpace(answer.Reason + " grant " + grant.ID + " for the " + grant.Scope)
	}
	return err
}

// projectUntil is the end of a project's grant: that of the day that the human
// set, where the human is.
func projectUntil(day string, now time.Time) (time.Time, error) {
	if day == "" {
		return now.AddDate(0, 0, grantDays), nil
	}
	begins, err := time.ParseInLocation(time.DateOnly, day, now.Location())
	if err != nil {
		return time.Time{}, fmt.Errorf("no day %q: write it as 2026-12-31", day)
	}
	until := begins.AddDate(0, 0, 1).Add(-time.Second)
	if until.Before(now) || begins.After(now.AddDate(grantYears, 0, 0)) {
		return time.Time{}, fmt.Errorf("%s is over, or more than a year away: approve it until another day", day)
	}
	return until, nil
}

func (g *Gate) grants() Grants { return OpenGrants(g.Store.stateDir) }

// NewShortID returns four characters that name one of a few things to a person,
// without those that look alike.
func NewShortID() string {
	const alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
	var b [4]byte
	rand.Read(b[:]) // never fails: crypto/rand
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b[:])
}
