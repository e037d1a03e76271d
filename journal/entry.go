// Package journal owns the record of what was judged: versioned, append-only,
// hash-chained JSON Lines. It writes, reads and verifies entries. It must not
// know how verdicts come about, draw for a terminal, or redact: texts arrive
// free of secrets.
//
// # The format
//
// One entry is one line of JSON that ends with its own hash:
//
//	{"v":1,"seq":7,…,"prev":"<64 hex digits>","hash":"<64 hex digits>"}\n
//
// The hash is the SHA-256 of prev, a newline, and the bytes of the line that
// stand before `,"hash":`. It covers bytes, not values, so every changed byte
// is found, also in fields that a later version adds. The first entry's prev is
// the SHA-256 of "restrain journal v1", a newline and its session id.
//
// A chain shows changes, not the loss of its last entries: only someone who
// kept a [Head] can see that, see [VerifyTo].
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Version is the format that Append writes.
const Version = 1

// MaxLine is the longest line, in bytes with its newline, that is written or
// read. The longest argument that Linux passes to a program (128 KiB) fits
// even when JSON spells each byte with six.
const MaxLine = 8 << 20

// The kinds of entries.
const (
	SessionStart = "session.start"
	Step         = "step" // a command was judged
	SessionEnd   = "session.end"
	Tamper       = "tamper" // an attempt to get around restrain, or a changed journal
	Note         = "note"   // something about the session itself, such as a state that was lost
	Exit         = "exit"   // a step's command has failed
	AgentRecord  = "record" // of the agent over sessions, when one of them ends
)

// An Answer is what the human, or the lack of one, said.
type Answer struct {
	Approved bool   `json:"approved"`
	By       string `json:"by"`               // how it came about: "terminal", "timeout", "grant k7mf"
	Reason   string `json:"reason,omitempty"` // in the human's words
}

// Kept is what was stored before a step ran, so that it can be given back.
type Kept struct {
	ID    string   `json:"id"` // by which undo names it
	Files int      `json:"files,omitempty"`
	Bytes int64    `json:"bytes,omitempty"`
	Refs  []string `json:"refs,omitempty"` // of git: "refs/heads/x", "stash@{0}"
}

// Masked is a secret that a step's output had withheld.
type Masked struct {
	Name  string `json:"name"`            // never its value: "RAILWAY_TOKEN"
	Where string `json:"where,omitempty"` // the file that it is from; empty for the environment
}

// A Secret is one that the session came to, or used.
type Secret struct {
	Name  string `json:"name"`            // never its value
	Where string `json:"where,omitempty"` // the file that it is from; empty for the environment
	Line  int    `json:"line,omitempty"`
	Given bool   `json:"given,omitempty"` // to the session; else it was found
	Host  string `json:"host,omitempty"`  // where the step sends it
}

// Parts are requests that were let through since the entry before and are no
// steps of their own, for one reason.
type Parts struct {
	Of     uint64 `json:"of,omitempty"` // Seq of the step that they are parts of; 0 for none
	Reason string `json:"reason"`
	Count  int    `json:"count"`
	First  string `json:"first,omitempty"` // the first of them
}

// A Record is an agent's over its sessions in a project, in short.
type Record struct {
	Sessions int     `json:"sessions"`
	Steps    int     `json:"steps"`
	Outside  int     `json:"outside"`          // steps outside of declared capabilities
	Found    int     `json:"found"`            // credentials that it came upon
	Used     int     `json:"used"`             // steps with one of these
	Asked    int     `json:"asked"`            // steps that were asked about
	Denied   int     `json:"denied"`           // by a human
	Around   int     `json:"around"`           // steps that worked around a denial
	Poor     float64 `json:"poor"`             // 0 to 1: how much sooner it is asked about
	Week     float64 `json:"week,omitempty"`   // percentile of the drift of the last 7 days
	Change   float64 `json:"change,omitempty"` // likewise, of this version and model
}

// An Entry is one line of the journal. Append sets V, Seq, Prev and Hash; the
// rest is the caller's, who has taken secrets out of it. Text that is no UTF-8
// is stored with U+FFFD.
type Entry struct {
	V       int       `json:"v"`
	Seq     uint64    `json:"seq"` // 1-based
	Time    time.Time `json:"time"`
	Session string    `json:"session"`
	Kind    string    `json:"kind"` // SessionStart, Step …

	Door    string `json:"door,omitempty"`  // "exec", "shell", "env", "typed", "hook"; "control" for an answer from inside
	Agent   string `json:"agent,omitempty"` // the name of its program
	PID     int    `json:"pid,omitempty"`   // the process that the step is about
	Dir     string `json:"dir,omitempty"`   // where it runs, absolute
	Command string `json:"command,omitempty"`

	Classes      []string `json:"classes,omitempty"`      // of the step's actions, each once
	Tokens       []string `json:"tokens,omitempty"`       // the same with whose thing, which credential and after what, where these are not plain
	Rules        []string `json:"rules,omitempty"`        // ids of those that matched, strongest first
	Kinds        []string `json:"kinds,omitempty"`        // of what a human was asked about: rule, class, kind of thing, whose
	Resources    []string `json:"resources,omitempty"`    // what they are about: "volume 3d2c42fb"
	Severity     string   `json:"severity,omitempty"`     // "none", "low", "medium", "high", "critical"
	Divergence   float64  `json:"divergence,omitempty"`   // of the session with the step, 0 to 1 bits
	Contribution float64  `json:"contribution,omitempty"` // what the step adds to it, in bits
	Surprise     float64  `json:"surprise,omitempty"`     // how unlikely the step is after those before it, in bits
	Percentile   float64  `json:"percentile,omitempty"`   // of the step's score among ordinary steps, 0 to 100
	Margin       float64  `json:"margin,omitempty"`       // how far its doubt is over the line where it is asked about, in bits; 0 where there is no line
	Level        string   `json:"level,omitempty"`        // of the session behind the step: "calm", "elevated", "alarmed"
	Sequence     string   `json:"sequence,omitempty"`     // id of the one that the step completes

	Of     uint64 `json:"of,omitempty"`     // Seq of the step that an exit or a request is of
	Status int    `json:"status,omitempty"` // its exit status, as shells give it

	Verdict string   `json:"verdict,omitempty"` // "allow", "ask", "deny"
	Outcome string   `json:"outcome,omitempty"` // "run", "run, kept", "run, masked", "ask", "deny"
	Kept    *Kept    `json:"kept,omitempty"`
	Masked  []Masked `json:"masked,omitempty"`
	Met     []Secret `json:"met,omitempty"`  // secrets that the session came to, and had not met before
	Used    []Secret `json:"used,omitempty"` // secrets met before that stand in the step
	Answer  *Answer  `json:"answer,omitempty"`
	Ran     bool     `json:"ran,omitempty"` // it was let run
	Reason  string   `json:"reason,omitempty"`

	Outside bool   `json:"outside,omitempty"` // of the capabilities that the persona declares
	Around  int    `json:"around,omitempty"`  // the step, 1-based, whose denial it works around
	Version string `json:"version,omitempty"` // of the agent, at the start, where it is known
	Model   string `json:"model,omitempty"`   // likewise, or of a step where the agent tells

	Record *Record `json:"record,omitempty"` // of the agent over sessions, at the end of one

	Parts []Parts `json:"parts,omitempty"` // let through since the entry before

	Prev string `json:"prev"`
	Hash string `json:"hash,omitempty"`
}

// A Head is the end of a journal: the last entry's number and hash, and the
// file's size in bytes behind it. The zero Head is an empty journal's.
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
	Size int64  `json:"size"`
}

const (
	hashOpen  = `,"hash":"`
	hashClose = "\"}\n"
	// trailLen is the length of `,"hash":"<64 hex digits>"}` and the newline.
	trailLen = len(hashOpen) + 2*sha256.Size + len(hashClose)
)

// genesis is the prev of the first entry of a session's journal.
func genesis(session string) string {
	sum := sha256.Sum256([]byte("restrain journal v1\n" + session))
	return hex.EncodeToString(sum[:])
}

// chain hashes the bytes of a line that stand before its hash.
func chain(prev string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(prev))
	h.Write([]byte{'\n'})
	h.Write(body)
	var sum [sha256.Size]byte
	return hex.EncodeToString(h.Sum(sum[:0]))
}

// seal numbers and hashes e as the entry behind head and appends its line to buf.
func seal(buf *bytes.Buffer, e *Entry, head Head) error {
	e.V, e.Seq, e.Prev, e.Hash = Version, head.Seq+1, head.Hash, ""
	if head.Seq == 0 {
		e.Prev = genesis(e.Session)
	}
	start := buf.Len()
	if err := encode(buf, e); err != nil {
		return fmt.Errorf("encode journal entry %d: %w: nothing was written; report this command as a defect", e.Seq, err)
	}
	buf.Truncate(buf.Len() - len("}"))
	e.Hash = chain(e.Prev, buf.Bytes()[start:])
	buf.WriteString(hashOpen)
	buf.WriteString(e.Hash)
	buf.WriteString(hashClose)
	if n := buf.Len() - start; n > MaxLine {
		return fmt.Errorf("journal entry %d: %d bytes, above the limit of %d: nothing was written; shorten the command", e.Seq, n, MaxLine)
	}
	return nil
}

// unseal splits a whole line into the bytes before its hash and the hash.
func unseal(line []byte) (body []byte, hash string, ok bool) {
	if len(line) < trailLen {
		return nil, "", false
	}
	body, trail := line[:len(line)-trailLen], line[len(line)-trailLen:]
	if !bytes.HasPrefix(trail, []byte(hashOpen)) || !bytes.HasSuffix(trail, []byte(hashClose)) {
		return nil, "", false
	}
	return body, string(trail[len(hashOpen) : trailLen-len(hashClose)]), true
}

// decode reads a whole line and checks the entry's own hash.
func decode(line []byte) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return e, err
	}
	body, hash, ok := unseal(line)
	if !ok || chain(e.Prev, body) != hash {
		return e, errHash
	}
	return e, nil
}

var errHash = errors.New("content and hash differ")
