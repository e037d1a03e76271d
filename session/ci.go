package session

import (
	"context"
	"fmt"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/prompt"
)

// What becomes of a step in CI that a human would be asked about.
const (
	OnAskDeny     = "deny"             // it is denied, and the agent goes on
	OnAskAllow    = "allow-and-report" // it runs, and is reported
	OnAskFailFast = "fail-fast"        // it is denied, and ends the agent
)

// CI is a session with nobody there to ask.
type CI struct {
	OnAsk string // OnAskDeny, OnAskAllow or OnAskFailFast
	// Report is called with the session when it is over; nil reports nothing.
	Report func(*classify.Set, *gate.Store) error

	rules    *classify.Set
	reviewed *reviewedFile // whose approvals count; nil when none do
	notes    []string      // about the project's file, for the journal
}

// NewCI reads the project's rules, once: what the agent does to the file later
// changes nothing. Base is the revision of git, and sum the SHA-256, by which the
// file was reviewed; both may be empty.
func NewCI(h *Host, onAsk, base, sum string) (*CI, error) {
	run := &CI{OnAsk: onAsk}
	switch onAsk {
	case OnAskDeny, OnAskAllow, OnAskFailFast:
	default:
		return nil, Usagef("unknown --on-ask %q: use %s, %s or %s", onAsk, OnAskDeny, OnAskAllow, OnAskFailFast)
	}
	file, err := h.reviewedRules(run, base, sum)
	if err != nil {
		return nil, err
	}
	if file == nil {
		err = h.unreviewed(run)
	} else {
		err = run.take(h.Getenv, file)
	}
	if err != nil {
		return nil, err
	}
	for _, note := range run.notes {
		fmt.Fprintf(h.Stderr, "restrain: note: %s\n", prompt.Escape(note))
	}
	return run, nil
}

// Rules are the project's as they were read.
func (run *CI) Rules() *classify.Set { return run.rules }

// reviewedRules finds the project's file that somebody vouched for; nil when
// nobody did.
func (h *Host) reviewedRules(run *CI, base, sum string) (*reviewedFile, error) {
	switch {
	case base != "" && sum != "":
		return nil, Usagef("--policy-base and --policy-sha256 do not go together: choose one")
	case sum != "":
		return hashedRules(h.Getenv("HOME"), sum)
	case base != "":
		file, err := baseRules(context.Background(), base)
		if err != nil {
			return nil, Usagef("--policy-base: %w", err)
		}
		run.missing(file, base)
		return file, nil
	}
	if base = h.pipelineBase(); base == "" {
		return nil, nil
	}
	file, err := baseRules(context.Background(), base)
	if err != nil {
		run.notes = append(run.notes, fmt.Sprintf("the pipeline's base revision cannot be read: %v", err))
		return nil, nil
	}
	run.missing(file, base)
	return file, nil
}

// missing notes a base revision that has no project's file.
func (run *CI) missing(file *reviewedFile, base string) {
	if file == nil {
		run.notes = append(run.notes, fmt.Sprintf("the base revision %s has no %s, so nothing is approved", base, ProjectRules))
	}
}

// pipelineBase is the revision that the change of a pipeline is to be merged
// into, as far as the pipeline says so.
func (h *Host) pipelineBase() string {
	if branch := h.Getenv("GITHUB_BASE_REF"); branch != "" && h.Getenv("GITHUB_ACTIONS") == "true" {
		return "refs/remotes/origin/" + branch
	}
	if h.Getenv("GITLAB_CI") == "true" {
		return h.Getenv("CI_MERGE_REQUEST_DIFF_BASE_SHA")
	}
	return ""
}

// take puts a reviewed file on top of the user's rules. It stands in the place
// of the working tree's.
func (run *CI) take(getenv func(string) string, file *reviewedFile) error {
	set, err := rulesFile(classify.Shipped(), RulesPath(getenv), classify.LoadOver)
	if err != nil {
		return err
	}
	if run.rules, err = classify.LoadTighter(set, file.source, file.text); err != nil {
		return UsageError{err}
	}
	counting := 0
	for i := range run.rules.Approvals {
		approval := &run.rules.Approvals[i]
		if approval.Expired(time.Now()) {
			run.notes = append(run.notes, fmt.Sprintf("%s: the approval of %s expired on %s and does not count", file.source, approval.Target(), approval.Day()))
			continue
		}
		counting++
	}
	run.notes = append(run.notes, fmt.Sprintf("the project's rules are %s; approvals that count: %d", file.source, counting))
	if counting > 0 {
		run.reviewed = file
	}
	return nil
}

// unreviewed takes the working tree's file, which may tighten only.
func (h *Host) unreviewed(run *CI) (err error) {
	if run.rules, err = LoadRules(h.Getenv); err != nil {
		return err
	}
	n := len(run.rules.Approvals)
	if n == 0 {
		return nil
	}
	note := fmt.Sprintf("%d approvals in the working tree's %s do not count, for nothing says that they were reviewed", n, ProjectRules)
	if len(run.notes) == 0 {
		note += "; give --policy-base REVISION or --policy-sha256 HEX"
	}
	run.notes = append(run.notes, note)
	return nil
}

// approved is what need not be asked.
func (run *CI) approved() *gate.Approvals {
	if run == nil || run.reviewed == nil {
		return nil
	}
	return gate.NewApprovals(run.rules, run.reviewed.source, run.reviewed.root)
}

// asker answers where nobody is there to.
func (run *CI) asker(h *Host) prompt.Asker {
	if run.OnAsk != OnAskAllow {
		return prompt.CI{}
	}
	return prompt.Observe{Tell: func(r prompt.Request) {
		fmt.Fprintf(h.Stderr, "restrain: note: it runs, and would have been held: %s (%s): %s\n",
			prompt.Escape(r.What[0]), r.Severity, prompt.Escape(r.Command))
	}}
}

// failFast has the first denied step end the agent, where that is asked for.
// When the agent has ended, endRest ends what it left running.
func (run *CI) failFast(h *Host, judge *judge, endAgent func()) (endRest func() error, err error) {
	if run == nil || run.OnAsk != OnAskFailFast {
		return func() error { return nil }, nil
	}
	ender, err := intercept.NewEnder()
	if err != nil {
		return nil, err
	}
	judge.ends = func() {
		fmt.Fprintln(h.Stderr, "restrain: note: a step was denied, which ends the agent (--on-ask fail-fast)")
		endAgent()
	}
	return func() error {
		if !judge.denied.Load() {
			return nil
		}
		return ender.End()
	}, nil
}

// report has what the session has become reported.
func (run *CI) report(store *gate.Store) error {
	if run == nil || run.Report == nil {
		return nil
	}
	return run.Report(run.rules, store)
}

// journal keeps what was said about the project's file.
func (run *CI) journal(store *gate.Store) error {
	if run == nil {
		return nil
	}
	for _, text := range run.notes {
		if err := note(store, journal.Entry{Kind: journal.Note, Reason: text}); err != nil {
			return err
		}
	}
	return nil
}
