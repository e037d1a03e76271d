package gate

import (
	"fmt"
	"strings"

	"restrain/classify"
	"restrain/figure"
	"restrain/shellparse"
	"restrain/trust"
)

// Explain draws what was understood of a step and what decided on it, for a
// person. The text may hold what the agent wrote: redact and escape it before
// it is shown.
func (p *Policy) Explain(j *Judgement) string {
	var b strings.Builder
	script := j.Step.Script
	if script.Err != nil {
		fmt.Fprintf(&b, "not read as a whole: line %d, column %d: %s\n", script.Err.Line, script.Err.Col, script.Err.Text)
	}
	if script.Limit != "" {
		fmt.Fprintf(&b, "read in part: the limit on %s was reached\n", script.Limit)
	}
	for i := range script.Commands {
		p.explainCommand(&b, j.Step, i)
	}
	a := &j.Assessment
	fmt.Fprintf(&b, "severity    %s\n", j.Severity)
	fmt.Fprintf(&b, "divergence  %.3f bits, this step adds %+.3f; its score is above %s%% of %s steps in ordinary sessions\n",
		a.Divergence, a.Contribution, figure.Percentile(a.Percentile), figure.Count(a.Baseline))
	fmt.Fprintf(&b, "level       %s\n", a.Level)
	p.explainFit(&b, j)
	if s := p.sequence(a.Sequence); s != nil {
		fmt.Fprintf(&b, "sequence    %s\n", s.Title)
	}
	for _, reason := range a.Reasons {
		fmt.Fprintf(&b, "because     %s\n", reason)
	}
	if p.Borrows() {
		fmt.Fprintf(&b, "persona     %s\n", p.Persona())
	}
	fmt.Fprintf(&b, "verdict     %s: %s\n", j.Outcome.Verdict(), j.Reason)
	return b.String()
}

// explainFit lists what speaks for a step and against it, and where the line is.
func (p *Policy) explainFit(b *strings.Builder, j *Judgement) {
	if j.Severity == classify.None {
		return
	}
	a := &j.Assessment
	fmt.Fprintf(b, "fit         %+.1f bits of doubt, %s", p.doubt(j), threshold(p.threshold(j)))
	for r, bits := range a.Weighed {
		if bits != 0 {
			fmt.Fprintf(b, "; %s %+.1f", trust.Reason(r).Text(), bits)
		}
	}
	b.WriteByte('\n')
}

// threshold says from how many bits a step is asked about.
func threshold(bits float64) string {
	switch {
	case bits <= classify.Always:
		return "asked about whatever they are"
	case bits >= classify.Never:
		return "never asked about"
	}
	return fmt.Sprintf("asked about from %+.1f", bits)
}

func (p *Policy) explainCommand(b *strings.Builder, step *classify.Step, index int) {
	command := &step.Script.Commands[index]
	fmt.Fprintf(b, "command     %s\n", commandText(command))
	if notes := commandNotes(command); notes != "" {
		fmt.Fprintf(b, "            %s\n", notes)
	}
	for i := range step.Actions {
		action := &step.Actions[i]
		if action.Command != index {
			continue
		}
		fmt.Fprintf(b, "  action    %s", action.Class)
		if action.Severity > classify.None {
			fmt.Fprintf(b, " · %s", action.Severity)
		}
		if action.Resource.Name != "" {
			fmt.Fprintf(b, " · %s %s", action.Resource.Kind, action.Resource.Name)
		}
		b.WriteByte('\n')
		if f := action.Finding; f != nil {
			fmt.Fprintf(b, "  rule      %s · %s %s\n", f.Rule, f.Description, f.Attack)
			fmt.Fprintf(b, "  evidence  %s\n", f.Evidence)
		}
		if action.Setting != "" {
			fmt.Fprintf(b, "  acts on   %s\n", action.Setting)
		}
	}
}

// commandText writes a command as words, with … for what is not known.
func commandText(command *shellparse.Command) string {
	words := make([]string, 0, len(command.Argv)+len(command.Assigns))
	for _, assign := range command.Assigns {
		words = append(words, assign.Name+"="+wordText(assign.Value))
	}
	for _, word := range command.Argv {
		words = append(words, wordText(word))
	}
	for _, redir := range command.Redirs {
		if redir.Op != shellparse.RedirHeredoc {
			words = append(words, string(redir.Op)+" "+wordText(redir.Target))
		}
	}
	return strings.Join(words, " ")
}

func wordText(word shellparse.Word) string {
	if word.Known() {
		if word.Glob {
			return word.Text
		}
		return shellparse.Quote([]string{word.Text})
	}
	return strings.ReplaceAll(word.Text, string(shellparse.Hole), "…")
}

func commandNotes(command *shellparse.Command) string {
	var notes []string
	for _, wrapper := range command.Wrappers {
		notes = append(notes, "through "+wrapper.Name)
	}
	if command.Host != "" {
		notes = append(notes, "on "+strings.ReplaceAll(command.Host, string(shellparse.Hole), "another machine"))
	}
	if command.Origin != shellparse.Direct {
		notes = append(notes, "from "+string(command.Origin))
	}
	if command.Dir.Text != "" {
		notes = append(notes, "in "+wordText(command.Dir))
	}
	return strings.Join(notes, ", ")
}
