package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"restrain/figure"
)

// maxSummary is how many findings of a session a summary lists: GitHub drops a
// summary of more than 1 MiB.
const maxSummary = 100

// writeSummary writes Markdown for a job's summary.
func writeSummary(w io.Writer, sessions []Session) error {
	out := bufio.NewWriter(w)
	for i := range sessions {
		summarize(out, &sessions[i])
	}
	return out.Flush()
}

func summarize(out *bufio.Writer, s *Session) {
	list := s.findings()
	d, t := s.digest(), count(list)
	fmt.Fprintf(out, "### restrain: %s\n\n", headline(t))
	fmt.Fprintf(out, "%s · %s · session %s, at its highest %s\n\n", markdown(s.lead(&d)), figure.Number(d.steps, "step"), markdown(s.ID), markdown(d.highest))
	if len(list) > 0 {
		out.WriteString("| | step | severity | what | command |\n|---|---|---|---|---|\n")
	}
	for i := range list[:min(len(list), maxSummary)] {
		f := &list[i]
		what := markdown(f.Reason)
		if f.Fate == Approved || f.Fate == Denied {
			what += "<br>" + markdown(f.Answer)
		}
		fmt.Fprintf(out, "| %s | %d | %s | %s | <code>%s</code> |\n", f.fate(), f.Number, markdown(f.Severity), what, inert(brief(f.Command)))
	}
	if more := len(list) - maxSummary; more > 0 {
		fmt.Fprintf(out, "\n%s not listed\n", figure.Number(more, "more step"))
	}
	for _, note := range s.Notes {
		fmt.Fprintf(out, "\n- %s", markdown(note))
	}
	out.WriteString("\n\n")
}

func headline(t tally) string {
	var parts []string
	if t.denied > 0 {
		parts = append(parts, figure.Number(t.denied, "step")+" denied")
	}
	if t.observed > 0 {
		parts = append(parts, figure.Number(t.observed, "step")+" would have been held")
	}
	if t.approved > 0 {
		parts = append(parts, figure.Number(t.approved, "step")+" approved")
	}
	if len(parts) == 0 {
		return "nothing to ask about"
	}
	return strings.Join(parts, ", ")
}

// markdown makes an agent's text plain in Markdown.
func markdown(s string) string { return inert(clean(s)) }

// inert writes every ASCII mark of a text as a character reference: none of
// them can then begin a link, a tag, a mention, a cell or any other structure
// (CommonMark 0.31, section 2.5).
func inert(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 && r != ' ' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
