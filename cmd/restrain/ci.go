package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/prompt"
	"restrain/report"
)

// What becomes of a step in CI that a human would be asked about.
const (
	onAskDeny    = "deny"             // it is denied, and the agent goes on
	onAskAllow   = "allow-and-report" // it runs, and is reported
	onAskEndsAll = "fail-fast"        // it is denied, and ends the agent
)

// ciFlags are the options of a session with nobody there to ask.
func ciFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "ci", Usage: "nobody is there to ask: what would be asked is denied; exit status 3 when anything was"},
		&cli.StringFlag{Name: "on-ask", Usage: "with --ci, what would be asked: deny, allow-and-report (it runs), fail-fast (the first denied step ends the agent)", Value: onAskDeny},
		&cli.StringFlag{Name: "policy-base", Usage: "with --ci, take the project's rules and approvals from this `REVISION` of git"},
		&cli.StringFlag{Name: "policy-sha256", Usage: "with --ci, let the project's approvals count if its file has this SHA-256, in `HEX`"},
		&cli.StringSliceFlag{Name: "report", Usage: "with --ci, write a report at the end: `FORMAT=FILE`, may be given again; formats: " + strings.Join(report.Formats(), ", ")},
	}
}

// A ciRun is a session with nobody there to ask.
type ciRun struct {
	onAsk     string
	rules     *classify.Set
	approvals *gate.Approvals // nil when none counts
	notes     []string        // about the project's file, for the journal
	reports   []reportFile
}

// ciRunOf reads the options of --ci, and the project's rules, once: what the
// agent does to the file later changes nothing. It is nil without --ci.
func (h *host) ciRunOf(c *cli.Context) (*ciRun, error) {
	if !c.Bool("ci") {
		for _, name := range [...]string{"on-ask", "policy-base", "policy-sha256", "report"} {
			if c.IsSet(name) {
				return nil, hinted{usagef("--%s goes with --ci", name), "add --ci, or leave it out: restrain report makes reports later"}
			}
		}
		return nil, nil
	}
	run := &ciRun{onAsk: c.String("on-ask")}
	switch run.onAsk {
	case onAskDeny, onAskAllow, onAskEndsAll:
	default:
		return nil, usagef("unknown --on-ask %q: use %s, %s or %s", run.onAsk, onAskDeny, onAskAllow, onAskEndsAll)
	}
	var err error
	if run.reports, err = h.reportFiles(c.StringSlice("report")); err != nil {
		return nil, err
	}
	file, err := h.reviewedRules(run, c.String("policy-base"), c.String("policy-sha256"))
	if err != nil {
		return nil, err
	}
	if file == nil {
		err = h.unreviewed(run)
	} else {
		err = run.take(h.getenv, file)
	}
	if err != nil {
		return nil, err
	}
	for _, note := range run.notes {
		fmt.Fprintf(h.stderr, "restrain: note: %s\n", prompt.Escape(note))
	}
	return run, nil
}

// reviewedRules finds the project's file that somebody vouched for; nil when
// nobody did.
func (h *host) reviewedRules(run *ciRun, base, sum string) (*reviewedFile, error) {
	switch {
	case base != "" && sum != "":
		return nil, usagef("--policy-base and --policy-sha256 do not go together: choose one")
	case sum != "":
		return hashedRules(h.getenv("HOME"), sum)
	case base != "":
		file, err := baseRules(context.Background(), base)
		if err != nil {
			return nil, usagef("--policy-base: %w", err)
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
func (run *ciRun) missing(file *reviewedFile, base string) {
	if file == nil {
		run.notes = append(run.notes, fmt.Sprintf("the base revision %s has no %s, so nothing is approved", base, projectRules))
	}
}

// pipelineBase is the revision that the change of a pipeline is to be merged
// into, as far as the pipeline says so.
func (h *host) pipelineBase() string {
	if branch := h.getenv("GITHUB_BASE_REF"); branch != "" && h.getenv("GITHUB_ACTIONS") == "true" {
		return "refs/remotes/origin/" + branch
	}
	if h.getenv("GITLAB_CI") == "true" {
		return h.getenv("CI_MERGE_REQUEST_DIFF_BASE_SHA")
	}
	return ""
}

// take puts a reviewed file on top of the user's rules. It stands in the place
// of the working tree's.
func (run *ciRun) take(getenv func(string) string, file *reviewedFile) error {
	set, err := rulesFile(classify.Shipped(), rulesPath(getenv), classify.LoadOver)
	if err != nil {
		return err
	}
	if run.rules, err = classify.LoadTighter(set, file.source, file.text); err != nil {
		return usageError{err}
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
		run.approvals = gate.NewApprovals(run.rules, file.source, file.root)
	}
	return nil
}

// unreviewed takes the working tree's file, which may tighten only.
func (h *host) unreviewed(run *ciRun) (err error) {
	if run.rules, err = loadRules(h.getenv); err != nil {
		return err
	}
	n := len(run.rules.Approvals)
	if n == 0 {
		return nil
	}
	note := fmt.Sprintf("%d approvals in the working tree's %s do not count, for nothing says that they were reviewed", n, projectRules)
	if len(run.notes) == 0 {
		note += "; give --policy-base REVISION or --policy-sha256 HEX"
	}
	run.notes = append(run.notes, note)
	return nil
}

// approved is what need not be asked.
func (run *ciRun) approved() *gate.Approvals {
	if run == nil {
		return nil
	}
	return run.approvals
}

// asker answers where nobody is there to.
func (run *ciRun) asker(h *host) prompt.Asker {
	if run.onAsk != onAskAllow {
		return prompt.CI{}
	}
	return prompt.Observe{Tell: func(r prompt.Request) {
		fmt.Fprintf(h.stderr, "restrain: note: it runs, and would have been held: %s (%s): %s\n",
			prompt.Escape(r.What[0]), r.Severity, prompt.Escape(r.Command))
	}}
}

// failFast has the first denied step end the agent, where that is asked for.
// When the agent has ended, endRest ends what it left running.
func (run *ciRun) failFast(h *host, judge *sessionJudge, endAgent func()) (endRest func() error, err error) {
	if run == nil || run.onAsk != onAskEndsAll {
		return func() error { return nil }, nil
	}
	ender, err := intercept.NewEnder()
	if err != nil {
		return nil, err
	}
	judge.ends = func() {
		fmt.Fprintln(h.stderr, "restrain: note: a step was denied, which ends the agent (--on-ask fail-fast)")
		endAgent()
	}
	return func() error {
		if !judge.denied.Load() {
			return nil
		}
		return ender.End()
	}, nil
}

// report writes the reports of a session that is over.
func (run *ciRun) report(h *host, session kept) error {
	if run == nil || len(run.reports) == 0 {
		return nil
	}
	drawn, err := drawnJournal(run.rules, session)
	if err != nil {
		return err
	}
	var failed error // one that fails is no reason to lack the others
	for _, file := range run.reports {
		failed = errors.Join(failed, h.writeReport(file, *drawn))
	}
	return failed
}

// journal keeps what was said about the project's file.
func (run *ciRun) journal(store *gate.Store) error {
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
