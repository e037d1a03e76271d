package classify

import "strings"

// Facts are what a command does, read from its words before any rule is asked.
// Rules match facts; they never see the raw line.
type facts struct {
	files    []fileFact
	https    []httpFact
	sqls     []sqlFact
	searches []searchFact
	envs     []envFact
	forms    []formFact
}

func (f *facts) reset() {
	f.files, f.https, f.sqls = f.files[:0], f.https[:0], f.sqls[:0]
	f.searches, f.envs = f.searches[:0], f.envs[:0]
	f.forms = f.forms[:0]
}

// The things that can happen to a file.
const (
	opRead     = "read"
	opWrite    = "write"
	opAppend   = "append" // a rule's "write" matches it too
	opTruncate = "truncate"
	opDelete   = "delete"
	opMove     = "move" // away from its place
	opChmod    = "chmod"
	opList     = "list"
	opCopy     = "copy"  // read into another file
	opLoad     = "load"  // read by a program for its own use: source .env
	opSend     = "send"  // read and sent to another machine
	opStage    = "stage" // taken into git's index, or committed
	opRun      = "run"   // run as a program or a script; only looked for where something was left behind
)

// A fileFact is one thing that happens to one file or directory.
type fileFact struct {
	op string
	// text is the path as written, after folding; it is the evidence.
	text string
	// unknown is what an unknown part of the path depends on.
	unknown   []string
	recursive bool
	here      bool // on this machine, though the command runs on another
	whole     bool // what is in a directory goes with it
	// path is text made absolute and clean as far as that can be, without a
	// final "*"; locate sets it and what follows.
	path string
	// below is the part of the path below a home directory, with its leading
	// slash; it counts when inHome is set, and is empty for the home itself.
	below  string
	inHome bool
	// contents reports that what is in a directory is meant: dir/*.
	contents bool
	located  bool
	// where is the place, once reader.place has worked it out.
	where Place
	// named are those of the path sets tried that it is in by its name; in are those
	// of the path sets asked that it is in by what lies below it or by its content, too.
	tried, named pathMask
	asked, in    pathMask
}

// listed reports a path that stands in a file which the line reads: xargs rm <
// list, rm $(cat list).
func (f *fileFact) listed() bool {
	for _, u := range f.unknown {
		if strings.HasPrefix(u, "< ") || strings.HasPrefix(u, "$(cat ") || strings.HasPrefix(u, "$(<") || strings.HasPrefix(u, "`cat ") {
			return true
		}
	}
	return false
}

// The reach of a host.
const (
	scopePublic   = "public"
	scopePrivate  = "private"
	scopeLoopback = "loopback"
	scopeUnknown  = "unknown"
)

// Where a request's body comes from.
const (
	bodyNone    = "none"
	bodyText    = "text"
	bodyFile    = "file"
	bodyStdin   = "stdin"
	bodyUnknown = "unknown"
)

// An httpFact is one HTTP request.
type httpFact struct {
	method string // upper case; empty when unknown
	host   string // lower case, without port; Hole runs for what is unknown
	port   string // empty when it is the scheme's own
	path   string // with a leading slash, without query
	query  string
	form   string // the body, when it is a form
	// content is what is known of the body; packed is the same without white
	// space, once a rule has asked.
	content, packed string
	scope           string
	body            string // the kind of body
	// bodyFiles are the files whose contents are sent.
	bodyFiles []string
	// credential says where a credential travels (header, user, query, cookie,
	// netrc, client); empty when none does.
	credential string
	// run reports that the answer is handed to a shell or an interpreter.
	run     bool
	graphql []graphqlFact
	text    string // the evidence: method and URL, redacted
}

// A graphqlFact is one top-level field of a GraphQL operation.
type graphqlFact struct {
	kind  string // query, mutation, subscription
	field string
	// resource names what the operation acts on: the value of its id argument.
	resource string
	text     string // the evidence
}

// An sqlFact is one SQL statement.
type sqlFact struct {
	verb   string // lower case: "drop table", "delete", "alter drop"
	object string // table, schema or database
	where  bool   // a condition limits it
	host   string // of the server, lower case, where the command names it
	// database is the name of the database, where the command says it.
	database string
	scope    string
	text     string // the evidence
}

// What a search looks through.
const (
	searchNames    = "names"
	searchContents = "contents"
	searchEnv      = "env"
)

// A searchFact is one search over file names, file contents or the environment.
type searchFact struct {
	what    string
	pattern string
	// limited reports that only source files of named types are searched.
	limited bool
	// ignoreCase reports a search without regard to case.
	ignoreCase bool
	where      fileFact // the first file or directory; its text is empty for the current one
	alone      bool     // nothing else is searched
	text       string   // the evidence
}

// How the environment is read.
const (
	envDump  = "dump"
	envPrint = "print"
	envSend  = "send"  // to a host of which nobody knows whether it is for it
	envStray = "stray" // to a host that it is not for
)

// An envFact is a reading of the environment.
type envFact struct {
	op   string
	name string // the variable, or what a dump's reader keeps of it; empty: all
	text string // the evidence
}

// The ways to write a command so that nobody can tell what it does.
const (
	formVariableName = "variable-name" // the program's name is a variable: $TOOL x
	formComputedName = "computed-name" // it is worked out: $(echo rm) x, /bin/r?
	formDecodedCode  = "decoded-code"  // code that is decoded or fetched, then run
	formUnreadCode   = "unread-code"   // code of a language that is not read, and that is told to destroy
	formSelfCall     = "self-call"     // a function that starts copies of itself
	formDestroyPlan  = "destroy-plan"  // a saved plan to destroy is applied
	formUnreadInput  = "unread-input"  // a shell runs what another program prints, and nobody can read that
	formProduction   = "production"    // tests are run on production
)

// formNames are the values of a formFact.
var formNames = []string{formVariableName, formComputedName, formDecodedCode, formSelfCall, formUnreadCode, formDestroyPlan, formUnreadInput, formProduction}

// A formFact is something about how a command is written, whatever it does.
type formFact struct {
	what string
	text string // the evidence
}
