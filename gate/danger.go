package gate

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"restrain/classify"
	"restrain/secret"
	"restrain/shellparse"
)

// danger says what of the shown text an action is about: the evidence as it
// stands there, or what of it does, or the command that acts. Where none of it
// does, inside is the command and where it stands.
func danger(text string, step *classify.Step, action *classify.Action) (parts []string, inside string) {
	if action == nil || action.Finding == nil {
		return nil, ""
	}
	evidence := secret.Redact(action.Finding.Evidence)
	if at := action.Command; at < len(step.Script.Commands) && step.Script.Commands[at].Origin == shellparse.ScriptFile {
		return nil, insideText(&step.Script.Commands[at])
	}
	if strings.Contains(text, evidence) && evidence != "" {
		return []string{evidence}, ""
	}
	if action.Command >= len(step.Script.Commands) {
		return wordsIn(text, evidence), ""
	}
	command := &step.Script.Commands[action.Command]
	source := step.Script.Source
	if span := command.Span; command.Origin == shellparse.Direct && span.Start < span.End && span.End <= len(source) {
		whole := secret.Redact(source[span.Start:span.End])
		if parts := wordsIn(whole, evidence); len(parts) > 0 {
			return parts, ""
		}
		if strings.Contains(text, whole) {
			return []string{whole}, ""
		}
	}
	if parts := wordsIn(text, evidence); len(parts) > 0 {
		return parts, ""
	}
	if command.Origin == shellparse.Direct {
		return nil, ""
	}
	return nil, insideText(command)
}

// insideText says what a line leads to that does not stand in it.
func insideText(command *shellparse.Command) string {
	text := secret.Redact(commandText(command))
	line := command.Line
	if line.Number == 0 {
		return "in it: " + text + " (" + string(command.Origin) + ")"
	}
	text = "line " + strconv.Itoa(line.Number) + " of " + secret.Redact(line.File) + ": " + text
	if command.Origin != shellparse.ScriptFile {
		text += " (" + string(command.Origin) + ")"
	}
	return text
}

// leastMarked and mostMarked bound which words of the evidence are looked for:
// short ones stand everywhere.
const leastMarked, mostMarked = 4, 2

// wordsIn gives the longest words of the evidence that stand in a text.
func wordsIn(text, evidence string) []string {
	var found []string
	part := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:@", r)
	}
	for _, word := range strings.FieldsFunc(evidence, part) {
		if len(word) >= leastMarked && strings.Contains(text, word) && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return len(b) - len(a) })
	return found[:min(len(found), mostMarked)]
}

// notOffered says why a step cannot be approved for longer than once.
func notOffered(j *Judgement) string {
	switch {
	case j.Severity == classify.Critical || j.Step.Severity == classify.Critical:
		return "critical"
	case j.Assessment.Sequence != "":
		return "it completes a sequence"
	case j.Step.Uncertain:
		return "a part of it could not be read"
	}
	return "it cannot be told from others by what it acts on"
}

// plainReason is the first of the reasons that stands without figures.
func plainReason(reasons []string) string {
	for _, reason := range reasons {
		if !strings.Contains(reason, " bits") {
			return reason
		}
	}
	return ""
}
