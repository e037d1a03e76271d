package report

import (
	"bufio"
	"fmt"
	"io"
	"time"
)

// writeJUnit writes each session as a test suite and each step as a test: one
// that was denied failed, one that would have been held was skipped. XML is
// written by hand, for encoding/xml cannot be linked without cost to every
// start; whatever is not a constant goes through escape.
func writeJUnit(w io.Writer, sessions []Session) error {
	out := bufio.NewWriter(w)
	out.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"restrain\">\n")
	for i := range sessions {
		junitSuite(out, &sessions[i])
	}
	out.WriteString("</testsuites>\n")
	return out.Flush()
}

func junitSuite(out *bufio.Writer, s *Session) {
	d, t := s.digest(), count(s.findings())
	fmt.Fprintf(out, "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.3f\"",
		attribute("restrain session "+s.ID), len(s.Steps), t.denied, t.observed, d.to.Sub(d.from).Seconds())
	if !d.from.IsZero() {
		fmt.Fprintf(out, " timestamp=\"%s\"", d.from.UTC().Format(time.RFC3339))
	}
	out.WriteString(">\n")
	for i := range s.Steps {
		junitCase(out, s, &s.Steps[i])
	}
	if len(s.Notes) > 0 {
		out.WriteString("    <system-out>")
		for _, note := range s.Notes {
			out.WriteString(attribute(note) + "\n")
		}
		out.WriteString("</system-out>\n")
	}
	out.WriteString("  </testsuite>\n")
}

func junitCase(out *bufio.Writer, s *Session, step *Step) {
	fmt.Fprintf(out, "    <testcase classname=\"%s\" name=\"%s\" time=\"0\"", attribute("restrain."+s.ID),
		escape(fmt.Sprintf("step %d: %s", step.Number, brief(step.Command))))
	if !step.held() || step.Fate == Approved {
		out.WriteString("/>\n")
		return
	}
	why := step.Reason + "; " + s.figures(step)
	if step.Fate == Denied {
		kind := "held"
		if len(step.Rules) > 0 {
			kind = step.Rules[0].ID
		}
		fmt.Fprintf(out, ">\n      <failure type=\"%s\" message=\"%s\">%s</failure>\n    </testcase>\n",
			attribute(kind), attribute("denied: "+step.Reason), attribute(why))
		return
	}
	fmt.Fprintf(out, ">\n      <skipped message=\"%s\"/>\n    </testcase>\n", attribute("would have been held: "+why))
}

// attribute makes an agent's text safe in XML, between tags and in quotes.
func attribute(s string) string { return escape(clean(s)) }
