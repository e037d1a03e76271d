// Package transcript reads what other programs have recorded of an agent's
// work: session files of agents, trajectories, exported conversations, terminal
// recordings, shell histories and restrain's own journals. It finds out by
// itself what a file is and gives sessions: commands in order, with directory,
// time and outcome where the format has them. It must not know what commands
// mean or what would be decided on them.
//
// Files are hostile: lines, values and sessions are bounded, and what is wrong
// is an [Error] that names the file, the line and what was expected there. The
// output of commands is looked at for exit statuses only and never kept.
package transcript

import (
	"fmt"
	"time"
)

// The bounds of what is read.
const (
	maxLine     = 64 << 20  // of one line, or one value of a JSON document, in bytes
	maxCommands = 1_000_000 // of one session
	maxText     = 256 << 20 // of all commands of one session, in bytes
)

// An Outcome is what a record says became of a command.
type Outcome uint8

// The outcomes.
const (
	Unknown   Outcome = iota // the record does not say
	Succeeded                // it ran, and no failure was recorded
	Failed                   // it ran and failed
	Denied                   // it did not run: a human, a hook or a policy said no
)

var outcomeNames = [...]string{"", "succeeded", "failed", "denied"}

func (o Outcome) String() string { return outcomeNames[o] }

// A Command is one command of a session.
type Command struct {
	Text string
	// Dir is the absolute directory it ran in; empty when not recorded.
	Dir string
	// Time is when it was started; zero when not recorded.
	Time    time.Time
	Outcome Outcome
	// Status is the exit status; -1 when not recorded.
	Status int
	// Verdict is what a journal of restrain recorded, nil elsewhere.
	Verdict *Verdict
	// Tamper reports an attempt on restrain itself, which a journal of restrain
	// records beside commands. Text says what it was.
	Tamper bool
	// Failures are, in a journal of restrain, the commands by their place that
	// turned out to have failed before the next command began.
	Failures []int
}

// A Verdict is what restrain decided when the command was about to run.
type Verdict struct {
	Verdict  string // "allow", "ask", "deny"
	Approved bool   // a human said yes
	By       string // who or what answered; empty when there was no question
}

// A Session is what one agent did, in order.
type Session struct {
	ID     string // as the record has it; else made of the file's name
	Agent  string // "Claude Code"; empty when not recorded
	Repo   string // the repository, in JSON Lines; empty elsewhere
	Format Format
	// Commands of the session. Those of the user, where the record tells them
	// apart, are not among them.
	Commands []Command
	// Destructive is the place of the command that must not run unasked, in
	// JSON Lines of incidents; 0 elsewhere.
	Destructive int
	// Asked is what the human had asked for before the first command, where the
	// record is made to tell.
	Asked []string
	// Notes say what the record leaves open, for a person; Unread what of it is
	// broken and was passed over.
	Notes, Unread []string
}

// An Error says what is wrong with a file, and where.
type Error struct {
	File     string
	Line     int // 1-based; 0 is the file as a whole
	Problem  string
	Expected string // what should be there
	Cause    error
}

func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s: line %d", e.File, e.Line)
	}
	text := where + ": " + e.Problem
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text + "; expected " + e.Expected
}

func (e *Error) Unwrap() error { return e.Cause }

// A builder gathers one session. Calls find their results by id.
type builder struct {
	Session
	calls map[string]int // id → index in Commands
	size  int
	dir   string // where the next command runs, as far as is known
}

// add appends a command. An id that was there before is the same call written
// down again, and changes nothing.
func (b *builder) add(id string, c Command) error {
	if c.Text == "" {
		return nil
	}
	if id != "" {
		if _, again := b.calls[id]; again {
			return nil
		}
		if b.calls == nil {
			b.calls = map[string]int{}
		}
		b.calls[id] = len(b.Commands)
	}
	if c.Dir == "" {
		c.Dir = b.dir
	}
	if c.Outcome == Unknown && c.Status == 0 {
		c.Status = -1
	}
	b.size += len(c.Text)
	if len(b.Commands) >= maxCommands || b.size > maxText {
		return fmt.Errorf("the session has more than %d commands or %d bytes of them", maxCommands, maxText)
	}
	b.Commands = append(b.Commands, c)
	return nil
}

// setResult says what became of the call with an id.
func (b *builder) setResult(id string, r result) {
	if i, ok := b.calls[id]; ok {
		b.setResultAt(i, r)
	}
}

// setLastResult says what became of the latest command.
func (b *builder) setLastResult(r result) { b.setResultAt(len(b.Commands)-1, r) }

func (b *builder) setResultAt(i int, r result) {
	if i < 0 || i >= len(b.Commands) || r.outcome == Unknown {
		return
	}
	b.Commands[i].Outcome, b.Commands[i].Status = r.outcome, r.status
}

// moved notes the directory that later commands run in.
func (b *builder) moved(dir string) {
	if len(dir) > 0 && dir[0] == '/' {
		b.dir = dir
	}
}
