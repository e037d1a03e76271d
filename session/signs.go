package session

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"restrain/figure"
	"restrain/journal"
	"restrain/prompt"
)

// What tells a human that an agent is guarded, that a question waits, and what
// there was in the end.

// SignVariable names the environment variable that says how a question is told:
// bell, osc9, osc777, several with commas, or off. Unset is bell.
const SignVariable = "RESTRAIN_SIGN"

// signal is what tells a terminal that a question waits, behind the text that a
// notification of its own has.
func signal(getenv func(string) string) string {
	kinds := getenv(SignVariable)
	if kinds == "" {
		kinds = "bell"
	}
	const text = "restrain holds a step"
	var signs strings.Builder
	for kind := range strings.SplitSeq(kinds, ",") {
		switch strings.TrimSpace(kind) {
		case "bell":
			signs.WriteString("\a")
		case "osc9":
			signs.WriteString("\x1b]9;" + text + "\x1b\\")
		case "osc777":
			signs.WriteString("\x1b]777;notify;restrain;" + text + "\x1b\\")
		}
	}
	return signs.String()
}

// isTerminal reports a writer that a human looks at.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// sayBegin says at the start who is guarded, how, and how to look on.
func (s *guardedSession) sayBegin() {
	if s.options.CI != nil || !isTerminal(s.host.Stderr) {
		return
	}
	id := s.shortID()
	fmt.Fprintf(s.host.Stderr, "restrain: guards %s as session %s, persona %s; restrain watch %s follows it\n",
		prompt.Escape(filepath.Base(s.judge.argv[0])), id, prompt.Escape(s.options.Policy.Persona()), id)
}

// TitleVariable names the environment variable that keeps restrain from the
// terminal's title: off. Unset, the title says that the agent is guarded.
const TitleVariable = "RESTRAIN_TITLE"

// showTitle has the terminal's title say who is guarded, until hide brings back
// the one before. An agent that sets its own has that shown.
func (s *guardedSession) showTitle() (hide func()) {
	if s.options.CI != nil || !isTerminal(s.host.Stderr) || !hasTitle(s.host.Getenv) {
		return func() {}
	}
	const save, set, end, restore = "\x1b[22;2t", "\x1b]2;", "\x1b\\", "\x1b[23;2t"
	fmt.Fprint(s.host.Stderr, save+set+"restrain: "+prompt.Escape(filepath.Base(s.judge.argv[0]))+end)
	// Terminals that keep no titles go back to their own when theirs is empty.
	return func() { fmt.Fprint(s.host.Stderr, set+end+restore) }
}

// hasTitle reports a terminal that has a title, and may be given one.
func hasTitle(getenv func(string) string) bool {
	switch getenv("TERM") {
	case "", "dumb", "linux":
		return false
	}
	return getenv(TitleVariable) != "off"
}

// sayEnd says at the end what there was, and how to see it or take it back.
func (s *guardedSession) sayEnd() {
	record := Record{ID: s.store.ID(), Dir: s.store.Dir(), Latest: time.Now()}
	summary, err := Summarize(record)
	if err != nil || summary.Steps == 0 {
		return // the journal itself is where everything stands
	}
	if s.options.CI != nil {
		s.sayDenied(record, &summary)
		return
	}
	if !isTerminal(s.host.Stderr) {
		return
	}
	text := fmt.Sprintf("restrain: %s; restrain log %s shows them", summary.Counts(), s.shortID())
	if summary.Kept > 0 {
		text += ", restrain undo lists what can be given back"
	}
	fmt.Fprintln(s.host.Stderr, text)
}

// mostApprovals is how many approvals are shown to be pasted.
const mostApprovals = 5

// sayDenied says in a pipeline what was denied, and what a reviewer adds to let
// it run the next time.
func (s *guardedSession) sayDenied(record Record, summary *Summary) {
	if summary.Denied == 0 {
		return
	}
	fmt.Fprintf(s.host.Stderr, "restrain: %s of %s denied; a reviewed %s lets them run:\n",
		figure.Count(summary.Denied), figure.Number(summary.Steps, "step"), ProjectRules)
	shown := map[string]bool{}
	file, err := os.Open(record.Journal())
	if err != nil {
		return
	}
	defer file.Close()
	// What cannot be read is left out here, and said by restrain verify.
	_ = journal.Read(file, func(e journal.Entry) error {
		if !Denied(&e) || shown[e.Command] || len(shown) == mostApprovals || strings.Contains(e.Command, "[redacted:") {
			return nil
		}
		shown[e.Command] = true
		grave := e.Severity == "critical" || e.Sequence != ""
		_, err := fmt.Fprintf(s.host.Stderr, "\n%s", prompt.EscapeLines(ApprovalText(e.Command, e.Dir, grave, time.Now())))
		return err
	})
}

// ApprovalText is the approval of a command as a project's file has it.
func ApprovalText(command, dir string, grave bool, now time.Time) string {
	text := "[[approve]]\ncommand = " + TOMLString(command) + "\n"
	if relative, err := filepath.Rel(ProjectDir(), dir); err == nil && filepath.IsLocal(relative) && relative != "." {
		text += "dir = " + TOMLString(relative) + "\n"
	}
	const months = 3
	text += "reason = \"say why\"\nexpires = " + now.AddDate(0, months, 0).Format(time.DateOnly) + "\n"
	if grave {
		text += "critical = true\n"
	}
	return text
}

// TOMLString writes a text as a basic string of TOML.
func TOMLString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// shortID is enough of the session's id to name it.
func (s *guardedSession) shortID() string {
	list, err := Records(s.host.Getenv, "")
	if err != nil {
		return prompt.Escape(s.store.ID())
	}
	return ShortID(list, s.store.ID())
}
