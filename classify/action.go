package classify

import (
	"fmt"
	"strings"

	"restrain/secret"
	"restrain/shellparse"
)

// A Class is a kind of action in the taxonomy of rules.toml, such as
// "file.read" or "credential.search".
type Class string

// Severity is the harm if a step is a mistake.
type Severity uint8

// The severities, in rising order.
const (
	None Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"none", "low", "medium", "high", "critical"}

func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity's name; no text is None.
func (s *Severity) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = None
		return nil
	}
	for i, name := range severityNames {
		if name == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: use none, low, medium, high or critical", text)
}

// Undo says whether an action can be undone.
type Undo string

// The degrees of reversibility.
const (
	UndoYes     Undo = "yes"
	UndoPartly  Undo = "partly"
	UndoNo      Undo = "no"
	UndoUnknown Undo = ""
)

// A Resource is what an action acts on.
type Resource struct {
	Kind string // "host", "path", "volume", "table", "branch", …
	Name string
}

// Settled reports that the name is known and is that of one thing, before
// anything runs: no variable, no output of a command, no pattern.
func (r Resource) Settled() bool {
	return r.Name != "" && !strings.ContainsAny(r.Name, string(shellparse.Hole)+"*?[$`")
}

// A Finding is a rule that matched, with its evidence.
type Finding struct {
	Rule          string // id
	Description   string // "deletes a Railway volume"
	Justification string // shown in the prompt
	Attack        string // MITRE ATT&CK technique, such as "T1485"; may be empty
	Evidence      string // the text the rule saw
}

// An Action is one thing that a command does.
type Action struct {
	Class    Class
	Severity Severity
	Undo     Undo
	Resource Resource
	// Finding is nil for ordinary work, which no rule has a finding about.
	Finding *Finding
	// Target is what would be lost, where that was looked at; nil otherwise.
	Target *TargetInfo
	// Setting is what the thing acted on calls itself, as in "context:
	// prod-eu", where that counts; empty when nobody can tell.
	Setting string
	// Keepable reports that all that the action takes away is among the
	// step's losses, none of which goes on beyond a bound; where files are not
	// looked at, that the text names what would have to be kept.
	Keepable bool
	// Unlinks reports that all that the action does is to remove files of this
	// machine, which the text does not name: a kernel that tells of it knows them.
	Unlinks bool
	// Owner says whose thing it acts on.
	Owner Owner
	// Maskable reports that all that the action does is to print secrets of the
	// step's Prints, as they are, where the step itself prints.
	Maskable bool
	// Command is the index in Script.Commands of the command that acts.
	Command int

	own bool // see Own
}

// Own reports an action on what the session itself has made, or on a database
// or service that by its name is there for tests on this machine.
func (a *Action) Own() bool { return a.own || a.Target != nil && a.Target.Made }

// A Step is all actions of one intercepted line or exec.
type Step struct {
	Script  *shellparse.Script
	Actions []Action // in the order of the commands; at least one
	// Losses are what the step takes away and nothing else has, as far as a
	// look at the files tells.
	Losses []Loss
	// Taken are all paths that it takes away, also those that something else has.
	Taken []Taken
	// Artifacts are files that the step leaves behind and that later steps should
	// be known by.
	Artifacts []Artifact
	// Objects are what the step makes, what a step that does harm acts on, and
	// with a Memory what any does.
	Objects []Object
	// Secrets are those that the session has met before and that stand in the
	// step. Whoever knows them puts them in.
	Secrets []secret.Hit
	// Used are the credentials that its commands use, by reading alone; whoever knows
	// values adds those.
	Used []Use
	// Prints are where the values come from that the step would print, or that
	// it loads; nil for none.
	Prints *Prints
	// BulkRead is what it reads beyond the files that it names; nil for nothing.
	BulkRead *BulkRead
	// Sent are the requests that it makes.
	Sent []Sent
	// Severity is the strongest of the actions', after context.
	Severity Severity
	// Uncertain reports that part of the line could not be read (a parse
	// error, a limit); whoever decides must not be more lenient for it.
	Uncertain bool
}
