package gate

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/prompt"
	"restrain/secret"
	"restrain/shellparse"
	"restrain/trust"
)

// Approvals are the steps that a project's reviewed file lets run where nobody
// can be asked. They answer what would be asked and change nothing else: what
// the persona denies stays denied.
//
// A step is covered when each thing that a rule found in it is: by an approval
// of that rule, or because the step is an approved command whose own text says
// so. What a script adds that the command runs is not in that text, for the
// agent can rewrite the script. A step that is critical, or completes a sequence,
// takes an approved command that is marked so; one that could not be read whole
// is never covered.
type Approvals struct {
	source, root string
	list         []approval
}

// An approval is one of a file, with what is known of its command.
type approval struct {
	classify.Approval
	dir   string            // where the command may run
	forms []string          // the texts of a step that is the command
	finds []approvedFinding // what the command's own text is found to do
}

// An approvedFinding is what a rule saw in a text.
type approvedFinding struct{ rule, evidence string }

// NewApprovals takes the approvals of a set. Source names in a few words where
// they were reviewed; root is the directory that their file governs.
func NewApprovals(set *classify.Set, source, root string) *Approvals {
	if resolved, err := filepath.EvalSymlinks(root); err == nil {
		root = resolved
	}
	a := &Approvals{source: source, root: root}
	for _, from := range set.Approvals {
		entry := approval{Approval: from, dir: filepath.Join(root, from.Dir)}
		if from.Command != "" {
			text := strings.TrimSpace(from.Command)
			step, _ := Read(set, &Request{Line: text, Dir: entry.dir}, trust.Past{})
			entry.forms = append(formsOf(&step), text)
			for i := range step.Actions {
				if finding := step.Actions[i].Finding; finding != nil {
					entry.finds = append(entry.finds, approvedFinding{finding.Rule, finding.Evidence})
				}
			}
		}
		a.list = append(a.list, entry)
	}
	return a
}

// formsOf gives the text that an exec of a step has when it is one program with
// its arguments.
func formsOf(step *classify.Step) []string {
	if len(step.Script.Commands) != 1 {
		return nil
	}
	command := &step.Script.Commands[0]
	if len(command.Assigns)+len(command.Redirs)+len(command.Wrappers) > 0 || command.Origin != shellparse.Direct {
		return nil
	}
	argv := make([]string, len(command.Argv))
	for i, word := range command.Argv {
		if word.Glob {
			return nil
		}
		argv[i] = word.Text
	}
	return []string{shellparse.Quote(argv)}
}

// answer is the approval that covers a step which would be asked about, nil
// when none does.
func (a *Approvals) answer(r *Request, j *Judgement, now time.Time) *prompt.Answer {
	if a == nil || j.Step.Uncertain {
		return nil
	}
	exact := a.command(r, now)
	grave := j.Severity == classify.Critical || j.Step.Severity == classify.Critical || j.Assessment.Sequence != ""
	if grave && (exact == nil || !exact.Critical) || j.capability != "" && exact == nil {
		return nil
	}
	var used []*approval
	if exact != nil {
		used = append(used, exact)
	}
	for i := range j.Step.Actions {
		action := &j.Step.Actions[i]
		if action.Severity == classify.None {
			continue
		}
		by := a.covering(j.Step, action, exact, now)
		if by == nil {
			return nil
		}
		if !slices.Contains(used, by) {
			used = append(used, by)
		}
	}
	if len(used) == 0 {
		return nil
	}
	return &prompt.Answer{Approved: true, By: byApproval, Reason: a.words(used)}
}

// command is the approval of the very command that a request is.
func (a *Approvals) command(r *Request, now time.Time) *approval {
	text, dir := strings.TrimSpace(r.text()), r.Dir
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	for i := range a.list {
		if entry := &a.list[i]; slices.Contains(entry.forms, text) && dir == entry.dir && !entry.Expired(now) {
			return entry
		}
	}
	return nil
}

// covering is the approval that what was found in a step is allowed by.
func (a *Approvals) covering(step *classify.Step, action *classify.Action, exact *approval, now time.Time) *approval {
	if action.Finding == nil {
		return nil
	}
	own := action.Command < len(step.Script.Commands) && step.Script.Commands[action.Command].Origin != shellparse.ScriptFile
	if own && exact != nil && slices.Contains(exact.finds, approvedFinding{action.Finding.Rule, action.Finding.Evidence}) {
		return exact
	}
	for i := range a.list {
		entry := &a.list[i]
		if entry.Rule == action.Finding.Rule && action.Severity < classify.Critical && !entry.Expired(now) {
			return entry
		}
	}
	return nil
}

// words says which approvals a step rests on, for the journal.
func (a *Approvals) words(used []*approval) string {
	var parts []string
	for _, entry := range used {
		parts = append(parts, fmt.Sprintf("%s until %s: %s", entry.Target(), entry.Day(), entry.Reason))
	}
	return secret.Redact(a.source + ": " + strings.Join(parts, "; "))
}
