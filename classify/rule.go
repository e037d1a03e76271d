package classify

import (
	"time"

	"restrain/asked"
)

// A Set is a rule set: the taxonomy, the vocabulary of programs, the rules and
// what the trust and gate stages read from the same file. It is read-only once
// loaded and safe for concurrent use.
type Set struct {
	// Include names the files that belong to a set; it is empty once they are read.
	Include Words `toml:"include"`
	// Default is what the rules of a file have that do not say otherwise.
	Default Default `toml:"default"`

	Classes   []ClassInfo `toml:"class"`
	Programs  []Program   `toml:"program"`
	Handlings []Handling  `toml:"handling"`
	Outputs   []Output    `toml:"output"`
	Rules     []Rule      `toml:"rule"`
	Paths     []PathSet   `toml:"paths"`
	Places    []PlaceSet  `toml:"place"`
	Words     []WordSet   `toml:"words"`
	Settings  []Setting   `toml:"setting"`
	Providers []Provider  `toml:"provider"`
	Issuers   []Issuer    `toml:"issuer"`
	Sequences []Sequence  `toml:"sequence"`
	Matrix    Matrix      `toml:"matrix"`
	Personas  []Persona   `toml:"persona"`
	Agents    []Agent     `toml:"agent"`
	Keep      Keep        `toml:"keep"`
	Mask      Mask        `toml:"mask"`
	Services  []Service   `toml:"service"`
	Wire      Wire        `toml:"wire"`
	Net       bool        `toml:"net"` // sessions look at what goes over the network
	// Asked is the vocabulary for what humans ask for; the shipped one only.
	Asked asked.Words `toml:"asked"`

	// Approvals are those of a project's file, which an overlay leaves out.
	Approvals []Approval `toml:"approve"`

	index index
}

// A Default is what the rules of a file have in common.
type Default struct {
	Class Class `toml:"class"`
}

// ClassInfo describes one class of the taxonomy.
type ClassInfo struct {
	ID    Class  `toml:"id"`
	Title string `toml:"title"` // words for a prompt: "searched for credentials"
	Risk  bool   `toml:"risk"`  // sequences and levels watch it

	// What a rule of the class has that does not say otherwise.
	Severity Severity `toml:"severity"`
	Undo     Undo     `toml:"undo"`
	Attack   string   `toml:"attack"`
	Resource string   `toml:"resource"`

	Justification  string `toml:"justification"`
	FalsePositives string `toml:"falsepositives"`
}

// A Program says how to read the argv of a program and what class its ordinary
// use has.
type Program struct {
	Name   Words `toml:"name"` // base names; globs allowed
	Class  Class `toml:"class"`
	Values Words `toml:"values"` // flags that take their value from the next word; -I*: only from their own
	Bundle bool  `toml:"bundle"` // short flags bundle: -rf is -r -f
	// Recursive programs take directories with all that is in them, without a
	// flag that says so.
	Recursive bool `toml:"recursive"`
	// Itself is set of a program that starts itself, without a shell, for parts
	// of what it was told to do: git stash -u runs git clean.
	Itself bool `toml:"itself"`

	Files
	Sub  []Sub `toml:"sub"`  // first match wins
	Told Lines `toml:"told"` // the same in short, behind those of sub: CLASS: ARGS
}

// Files says which words of an argv name files, and what happens to them.
type Files struct {
	Reads      Operands `toml:"reads"`
	Writes     Operands `toml:"writes"`
	Deletes    Operands `toml:"deletes"`
	ReadsFlag  Words    `toml:"reads_flag"`  // flags whose value is a file it reads
	WritesFlag Words    `toml:"writes_flag"` // flags whose value is a file it writes
}

// A Sub is a sub-command of a program.
type Sub struct {
	Args  string `toml:"args"`  // pattern for the leading operands
	Flags Words  `toml:"flags"` // any of these flags is there
	Class Class  `toml:"class"`
	Files
}

// Operands names a choice of a command's operands.
type Operands string

// The choices of operands.
const (
	NoOperands   Operands = ""
	AllOperands  Operands = "operands"
	FirstOperand Operands = "first"
	LastOperand  Operands = "last"
	AllButLast   Operands = "all-but-last"
	RestOperands Operands = "rest"       // all but the first
	AfterArgs    Operands = "after-args" // all after the words that the args of a Sub matched
)

// A Rule names something that a human should know about. It matches a command
// by its words, or one kind of fact, or a fact of certain commands.
type Rule struct {
	ID             string   `toml:"id"`
	Class          Class    `toml:"class"`
	Severity       Severity `toml:"severity"`
	Undo           Undo     `toml:"undo"`
	Description    string   `toml:"description"`
	Justification  string   `toml:"justification"`
	Attack         string   `toml:"attack"` // MITRE ATT&CK technique
	FalsePositives string   `toml:"falsepositives"`
	Safer          string   `toml:"safer"`    // another way to the same end, for the agent
	Resource       string   `toml:"resource"` // Resource.Kind of the action

	Runs       Lines `toml:"runs"`          // any of these programs with what they are told: see cutRun
	Command    Words `toml:"command"`       // base names; globs allowed
	CommandNot Words `toml:"command_none"`  // with a fact: not of these programs
	Args       Lines `toml:"args"`          // any of these patterns fits the leading operands
	Flags      Words `toml:"flags"`         // any of these flags is there
	FlagsAll   Words `toml:"flags_all"`     // all of these are there
	FlagsNot   Words `toml:"flags_none"`    // none of these is there
	Operands   Words `toml:"operands"`      // any operand or flag value fits one of these globs
	OperandNot Words `toml:"operands_none"` // and none fits one of these
	By         Words `toml:"by"`            // run by one of these: sudo, find, xargs, python3, any "code"; globs
	From       Words `toml:"from"`          // its input comes from one of these; globs
	Input      Lines `toml:"input"`         // what it is fed fits one of these globs
	Variables  Words `toml:"variables"`     // the line sets one for it: NAME=value; globs
	Shown      bool  `toml:"shown"`         // only where somebody sees what it prints
	Named      bool  `toml:"named"`         // told by a script's name: gives way to what the script says
	InLine     bool  `toml:"in_line"`       // only in the line itself, not in a script file that it runs

	File    *FileMatch    `toml:"file"`
	HTTP    *HTTPMatch    `toml:"http"`
	GraphQL *GraphQLMatch `toml:"graphql"`
	SQL     *SQLMatch     `toml:"sql"`
	Search  *SearchMatch  `toml:"search"`
	Env     *EnvMatch     `toml:"env"`
	Form    *FormMatch    `toml:"form"`
	Loss    *LossMatch    `toml:"loss"`

	spelled []string // Runs, with the names that @kubectl stands for

	Match    Lines `toml:"match"`     // lines that the rule must match
	NotMatch Lines `toml:"not_match"` // near misses
}

// unweighed is the severity of a rule that is read without one, until its class
// gives it its own.
const unweighed Severity = 255

// A LossMatch matches what a command takes away and nothing else has, where
// files are looked at.
type LossMatch struct {
	What Words `toml:"what"` // files content changes reference
}

// A FileMatch matches what a command does to a file. Empty fields match all.
type FileMatch struct {
	Op           Words `toml:"op"` // read write append delete truncate move copy load send chmod list
	Recursive    *bool `toml:"recursive"`
	Set          Words `toml:"set"`     // the path is in one of these path sets
	NotSet       Words `toml:"not_set"` // and in none of these
	Place        Words `toml:"place"`
	TrackedClean *bool `toml:"tracked_clean"` // git has it and it is unchanged
	Listed       *bool `toml:"listed"`        // the path stands in a file that the line reads
	Programs     *bool `toml:"programs"`      // what is written to it may have git run a program

	sets inOut // Set and NotSet
}

// An HTTPMatch matches a request. Empty fields match all.
type HTTPMatch struct {
	Method     Words `toml:"method"`
	Host       Words `toml:"host"`    // globs, any case
	Path       Words `toml:"path"`    // path globs
	Query      Words `toml:"query"`   // globs of the whole query, or of a form in the body, any case
	Content    Words `toml:"content"` // globs of the whole body without white space, any case
	Scope      Words `toml:"scope"`   // public private loopback unknown
	Body       Words `toml:"body"`    // none text file stdin unknown
	Credential *bool `toml:"credential"`
	Run        *bool `toml:"run"` // a shell or an interpreter runs the answer
}

// A GraphQLMatch matches one field of a GraphQL operation.
type GraphQLMatch struct {
	Kind       string `toml:"kind"` // query mutation subscription, unknown for what cannot be read
	Field      Words  `toml:"field"`
	Host       Words  `toml:"host"`
	Scope      Words  `toml:"scope"` // public private loopback unknown
	Credential *bool  `toml:"credential"`
}

// An SQLMatch matches one SQL statement.
type SQLMatch struct {
	Verb   Words `toml:"verb"`
	Object Words `toml:"object"`
	Where  *bool `toml:"where"`
}

// A SearchMatch matches a search over file names or contents. A pattern and a
// set are alternatives: either is enough.
type SearchMatch struct {
	What    Words  `toml:"what"`    // names contents env
	Pattern string `toml:"pattern"` // id of a word set; empty matches all
	Set     Words  `toml:"set"`     // names: files of one of these path sets are looked for
	Place   Words  `toml:"place"`
	Mostly  bool   `toml:"mostly"`  // contents: at least half of what is looked for is of the pattern, not one word among names in code
	NotSet  Words  `toml:"not_set"` // contents: where more is searched than one file of these path sets, which is read

	sets inOut // Set and NotSet
}

// An EnvMatch matches reading the environment as a whole or by name.
type EnvMatch struct {
	Op   Words  `toml:"op"`   // dump print send stray
	Name Words  `toml:"name"` // globs of the variable; for a dump, what its reader keeps
	Set  string `toml:"set"`  // id of a word set for the name
}

// A FormMatch matches how a command is written, whatever it does.
type FormMatch struct {
	What Words `toml:"what"` // variable-name computed-name decoded-code self-call unread-code
}

// A PathSet is a named set of path globs. A leading ~ is any user's home.
type PathSet struct {
	ID    string `toml:"id"`
	Globs Words  `toml:"globs"`
}

// A PlaceSet says which paths are in a place.
type PlaceSet struct {
	ID    Place `toml:"id"`
	Globs Words `toml:"globs"`
}

// A WordSet is a named set of words to look for in a search pattern.
type WordSet struct {
	ID string `toml:"id"`
	// Any are words that count in any case, as a whole word.
	Any Words `toml:"any"`
	// Upper are words that count only in upper case, alone or at an end of a
	// name: TOKEN counts in GITHUB_TOKEN, and token in useToken does not.
	Upper Words `toml:"upper"`
	// Prefix are the beginnings of secrets themselves, such as "ghp_".
	Prefix Words `toml:"prefix"`
	// Weak are words that count only where the search asks for a value
	// ("token=", "password:") or runs without a limit on file types.
	Weak Words `toml:"weak"`
	// Not are words that never count, such as "max_tokens".
	Not Words `toml:"not"`
}

// A Sequence is an ordered pattern of classes with gaps.
type Sequence struct {
	ID          string        `toml:"id"`
	Title       string        `toml:"title"`
	Attack      Words         `toml:"attack"`
	Stages      [][]Class     `toml:"stages"`
	WithinSteps int           `toml:"within_steps"` // 0: any number
	Within      time.Duration `toml:"within"`       // 0: any time
	Raises      Severity      `toml:"raises"`       // severity floor of the completing step
	Level       string        `toml:"level"`        // calm elevated alarmed: the session's level when complete
}

// Always and Never are bits that every step has, and none.
const (
	Always = -100
	Never  = 100
)

// A Matrix says from how many bits on a step of a severity is put to a human.
// The bits are the sum of the reasons for which a step does not fit its session,
// 0 for one on the project's own things that is as usual as most that do harm.
// Severity none is never asked about, and low in an alarmed session only.
type Matrix struct {
	Critical float64 `toml:"critical"`
	High     float64 `toml:"high"`
	Medium   float64 `toml:"medium"`
	Low      float64 `toml:"low"`
}

// Of gives the bits for a severity.
func (m *Matrix) Of(s Severity) float64 {
	switch s {
	case Critical:
		return m.Critical
	case High:
		return m.High
	case Medium:
		return m.Medium
	case Low:
		return m.Low
	}
	return Never
}

// Rule gives the rule with an id, or nil.
func (s *Set) Rule(id string) *Rule {
	for i := range s.Rules {
		if s.Rules[i].ID == id {
			return &s.Rules[i]
		}
	}
	return nil
}

// Class gives the description of a class, or nil.
func (s *Set) Class(id Class) *ClassInfo {
	for i := range s.Classes {
		if s.Classes[i].ID == id {
			return &s.Classes[i]
		}
	}
	return nil
}
