package gate

import (
	"restrain/classify"
	"restrain/secret"
	"restrain/shellparse"
)

// A Request is one step on its way to a verdict: a shell line, or the argv of
// an exec.
type Request struct {
	Door  string // which way in: an intercept.Door, or "check" or "replay"
	Agent string // how the session calls the agent; may be empty
	PID   int    // the process that asks; 0 when nothing will run
	// Call is a hook's id of this use of a tool. An agent may run several hooks
	// of restrain's for one, its own and those of another agent: that is one
	// step. Empty when the event has none.
	Call string
	// Model is what the agent says that it works with.
	Model string

	Line   string   // the text of a shell line
	Params []string // $0, $1 … of the line
	Argv   []string // the argv of an exec, when there is no line

	Dir, Home string // absolute, or empty when unknown
	// Opaque says why an exec could not be read whole; such a step is never
	// let run unasked. Empty when it was.
	Opaque string
	// Role is what the door knows the request for, besides a command of the
	// agent's.
	Role Role
	// Names are other ways to say Argv, each with its arguments: what a script
	// is called that Argv has as an argument of its interpreter.
	Names [][]string
	// Lineage is what the door knows of the process that asks.
	Lineage Lineage
	// Env looks up a variable that the step would see; nil when unknown.
	Env func(string) (string, bool)
	// Environ is the whole environment, NAME=VALUE; nil when unknown.
	Environ func() []string
	// Masks reports whether the door can withhold secrets from what the step
	// prints, and whether also those that are known only by the form in which they
	// stand; nil where it cannot.
	Masks func() (values, forms bool)
	// Live reports that the step is about to run here: files may be looked
	// at. Otherwise it is judged from its text alone.
	Live bool
	// Gathered reports output that goes to a file, which is masked beside what the step
	// is known to print.
	Gathered bool
	// Elsewhere reports what another program does for the agent, in its own time
	// and place: nothing is kept for it.
	Elsewhere bool
	// Presume reports a step of a record, which the session would have made safe:
	// what the text says could be kept or withheld counts as that.
	Presume bool
	// Files reads a file as it was when the step ran, for a step that is not
	// live; nil when none is known.
	Files func(path string) ([]byte, error)

	// Sent is set of a request on the network, or a connection; Argv is then a
	// command that would make the same one.
	Sent *Sent
	// Opened is called when a question about it opens; nil for nobody who wants to
	// know.
	Opened func()

	// values are the secrets in its text, once they are known.
	values []string
	known  bool
	// answers reports a step that could answer a question which stood.
	answers bool
	// guard knows restrain's own files; nil where nobody does.
	guard *classify.Guard
	// seal notes what reading the request looks at; nil notes nothing.
	seal *seal
}

// text is what the prompt and the journal call the step.
func (r *Request) text() string {
	if r.Sent != nil {
		return r.Sent.text()
	}
	if r.Line != "" || len(r.Argv) == 0 {
		return r.Line
	}
	return shellparse.Quote(r.Argv)
}

// redact takes out of a text about the request what is secret in the request:
// where it stands alone, nothing else tells.
func (r *Request) redact(text string) string {
	if !r.known {
		text := r.text()
		if r.Sent != nil {
			text = shellparse.Quote(r.Argv)
		}
		r.values, r.known = secret.Values(text), true
	}
	return secret.Without(text, r.values)
}

// script reads the request, with argv in the place of its own.
func (r *Request) script(argv []string) *shellparse.Script {
	options := shellparse.Options{Env: r.Env, Dir: r.Dir, Home: r.Home, Params: r.Params, ReadFile: r.Files}
	if r.Door == "check" || r.Door == "replay" { // no shell says what it takes the line for
		options.Dialect = shellparse.LikelyDialect
	}
	if r.Live {
		options.ReadFile = readScript
		options.Installed = func(path string) bool { return classify.Installed(path, r.Home) }
	}
	if r.Live && r.seal != nil {
		options.ReadFile = r.seal.readScript
	}
	if r.Role == Start {
		options.ReadFile = nil
	}
	if r.Line == "" && len(argv) > 0 {
		return shellparse.FromArgv(argv, options)
	}
	return shellparse.Parse(r.Line, options)
}

func (r *Request) context() classify.Context {
	if r.Live {
		live := classify.NewLive(r.Dir, r.lookup)
		live.Since(r.Lineage.since())
		live.Guard(r.guard)
		return live
	}
	return classify.Offline{WorkDir: r.Dir, HomeDir: r.Home, Files: r.Files}
}

// lookup looks up a variable; with HOME it falls back on what the caller knows.
func (r *Request) lookup(name string) (string, bool) {
	if r.Env != nil {
		if value, ok := r.Env(name); ok {
			return value, true
		}
	}
	if name == "HOME" && r.Home != "" {
		return r.Home, true
	}
	return "", false
}

// maxScript bounds the text of a script that a line runs, in bytes.
const maxScript = 1 << 20

func readScript(path string) ([]byte, error) { return readFile(path, maxScript) }
