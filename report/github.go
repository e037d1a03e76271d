package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"restrain/figure"
)

// maxAnnotations is how many annotations of one kind GitHub shows of a step.
const maxAnnotations = 10

// writeGitHub writes workflow commands, which the runner turns into annotations:
// errors for what was denied, warnings for what would have been held.
func writeGitHub(w io.Writer, sessions []Session) error {
	out := bufio.NewWriter(w)
	kinds := map[string][]finding{}
	for i := range sessions {
		for _, f := range sessions[i].findings() {
			switch f.Fate {
			case Denied:
				kinds["error"] = append(kinds["error"], f)
			case Approved:
			default:
				kinds["warning"] = append(kinds["warning"], f)
			}
		}
	}
	for _, kind := range [...]string{"error", "warning"} {
		list := kinds[kind]
		shown := len(list)
		if shown > maxAnnotations {
			shown = maxAnnotations - 1
		}
		for i := range list[:shown] {
			annotate(out, kind, &list[i])
		}
		if more := len(list) - shown; more > 0 {
			fmt.Fprintf(out, "::%s title=restrain::%s are in the job summary\n", kind, figure.Number(more, "more step"))
		}
	}
	return out.Flush()
}

// annotate writes one command. What it is about is a property, so that no text
// of an agent stands where a command begins.
func annotate(out *bufio.Writer, kind string, f *finding) {
	place := ""
	if !f.inState {
		place = fmt.Sprintf("file=%s,line=%d,", property(f.path), f.line)
	}
	fmt.Fprintf(out, "::%s %stitle=%s::%s\n", kind, place, property("restrain: "+f.rule), data(f.message))
}

// data escapes the text of a workflow command, as the runner's toolkit does.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property of a workflow command.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
