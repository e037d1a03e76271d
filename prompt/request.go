// Package prompt asks the human. Rendering is a pure function of the request
// and the capabilities of the terminal; asking is one of several ways behind the
// Asker interface. It must not know rules, scores or verdicts beyond their words.
package prompt

import (
	"context"
	"time"
)

// A Request is one question to the human: everything that a prompt shows.
// Texts come from the agent and are hostile; Render escapes them. Secrets have
// been redacted by whoever made the request.
type Request struct {
	// ID names the held step to those who answer elsewhere ("k7mf"); empty
	// when it can be answered only here.
	ID      string
	Session string // short session id
	Step    int    // 1-based
	Agent   string // how the session calls the agent
	Command string // the line that is held
	Dir     string // where it would run
	// SentBy is the step whose program sends it, where it is no command but a request
	// or a connection: "step 4, python3 tools/hosting.py renew".
	SentBy string
	// Danger are the parts of Command that the question is about, each as it
	// stands there; they are marked, and shown whatever else has to be left out.
	Danger []string
	// Inside is what the question is about when it does not stand in Command,
	// and where it does: "terraform destroy (a script that it runs)".
	Inside string

	// Changed is what has changed since the human was asked about the same step
	// the last time, before the answer came.
	Changed []string

	Severity string   // "critical"
	What     []string // "deletes a Railway volume; its backups go with it", "cannot be undone"
	// Unusual says in plain words what of the step fits nothing that was seen.
	Unusual string
	// Scores are the figures to that, which stand in the details, such as
	// "divergence 0.41 bits, above 99.98% of steps in coding sessions".
	Scores []string
	// Tokens are the known secrets in the step, by name and origin: what each
	// is, where it comes from and what it is used for here.
	Tokens   []string
	Sequence string   // "credential search → credential read → infrastructure deletion"
	Attack   []string // ATT&CK technique ids of the sequence or the step

	// Asked is what the human last said to the agent; nil when that is not known.
	Asked *Message

	History []Event // how the session got here, oldest first; the last is the held step

	// Confirm is the word to type for high and critical steps ("3d2c42fb");
	// empty when "y" is enough. ConfirmKind says what it is ("volume").
	Confirm, ConfirmKind string
	// Offers are the ways to approve more than this once; none for what must
	// be asked every time, and NotOffered then says why.
	Offers     []Offer
	NotOffered string
	// Safer is another way to the same end, for the human to hand to the agent.
	Safer string
	// Keeps reports that what an approved step takes away is stored first, Masks
	// that the secrets it would print are withheld.
	Keeps, Masks bool
	// Details is the longer text behind "d".
	Details string
	// Timeout is how long the question stands before it is denied.
	Timeout time.Duration
}

// Message is what the human said to the agent, and what it means for the step.
type Message struct {
	Time time.Time
	Text string
	Says string // "nothing in it names a volume or a deletion"
}

// An Event is a line of the prompt's history.
type Event struct {
	Time time.Time
	What string // "searched the project for tokens"
	Text string // the command, or what of it matters
}

// An Offer is a scope in which the human may approve a step for longer than
// once, by typing its word behind the one that approves.
type Offer struct {
	Word string // "session"; one word
	Text string // what it covers: "allow the same rule and target in this session"
	// First and Last bound the day that the human may set as the last of the
	// approval, as 2026-12-31; empty where none can be set.
	First, Last string
}

// An Answer is what the human, or the lack of one, said.
type Answer struct {
	Approved bool
	// Scope is the word of the offer that was taken; empty for once.
	Scope string
	// Until is the last day that the human set, as 2026-12-31; empty for as
	// long as the offer says.
	Until  string
	Reason string // the human's own words; may be empty
	// By says how the answer came about: one of the By constants, or what a
	// caller that knows more ways calls its own.
	By string
}

// How an answer came about. The journal keeps these words.
const (
	ByTerminal  = "terminal"         // typed at the terminal where the agent runs
	ByWatch     = "watch"            // typed in restrain watch
	ByCommand   = "command"          // given by restrain approve or deny
	ByTimeout   = "timeout"          // nobody answered in time
	ByEOF       = "eof"              // Ctrl-D, or the terminal is gone
	ByInterrupt = "interrupt"        // Ctrl-C, a signal, or the question was taken back
	ByNobody    = "no terminal"      // nobody could be asked
	ByCI        = "ci"               // a pipeline has nobody to ask
	ByObserver  = "allow-and-report" // a pipeline that only looks on let it run
)

// An Asker puts a question to the human. An error means that nobody could be
// asked; the caller denies.
type Asker interface {
	// Ask returns when the question is answered or ctx is done.
	Ask(ctx context.Context, r Request) (Answer, error)
}
