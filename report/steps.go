package report

import (
	"fmt"

	"restrain/figure"
)

// maxRows bounds the ordinary steps of a session that a page lists.
const maxRows = 5000

// timeline lists all steps: those that matter as they stand, ordinary ones
// folded between them.
func (p *page) timeline(s *Session, index int) {
	if len(s.Steps) == 0 {
		p.raw("<p>There is no command in it.</p>\n")
		return
	}
	d := s.digest()
	p.raw("<h2>Timeline</h2>\n")
	p.filters(s, &d, index)
	p.raw("<div class=\"timeline\">\n")
	level, from, listed := "calm", 0, 0
	for i := range s.Steps {
		step := &s.Steps[i]
		if !step.notable(level) {
			level = step.Level
			continue
		}
		listed += p.ordinary(s.Steps[from:i], index, maxRows-listed)
		p.step(step, index, rank(step.Level) > rank(level))
		level, from = step.Level, i+1
	}
	p.ordinary(s.Steps[from:], index, maxRows-listed)
	p.raw("</div>\n")
}

// ordinary folds a run of steps, and gives how many of them it listed.
func (p *page) ordinary(steps []Step, index, room int) int {
	if len(steps) == 0 {
		return 0
	}
	first, last := steps[0].Number, steps[len(steps)-1].Number
	p.raw("<details><summary>")
	if first == last {
		p.text(fmt.Sprintf("step %d: ordinary", first))
	} else {
		p.text(fmt.Sprintf("steps %d to %d: %s", first, last, figure.Number(len(steps), "ordinary step")))
	}
	p.raw("</summary>\n")
	n := min(len(steps), max(0, room))
	for i := range steps[:n] {
		p.step(&steps[i], index, false)
	}
	if left := len(steps) - n; left > 0 {
		p.el("p", "left", figure.Number(left, "more step")+" not listed")
	}
	p.raw("</details>\n")
	return n
}

// maxSent bounds the requests and connections that are listed below their step.
const maxSent = 20

// linked names steps of a session, each as a link to it.
func (p *page) linked(index int, steps ...int) {
	for i, number := range steps {
		if i > 0 {
			p.raw(", ")
		}
		p.raw(fmt.Sprintf(`<a href="#step-%d-%d">step %d</a>`, index+1, number, number))
	}
}

// step writes one row of the timeline.
func (p *page) step(step *Step, index int, rises bool) {
	class := "step" + step.kinds()
	if step.paused() {
		class += " held"
	}
	p.raw(fmt.Sprintf(`<div class="%s lv-%s" id="step-%d-%d"><a class="no" href="#step-%d-%d" aria-label="link to step %d">%d</a><div class="what"><p>`,
		class, levelClass(step.Level), index+1, step.Number, index+1, step.Number, step.Number, step.Number))
	if !step.Time.IsZero() {
		p.raw("<time>" + step.Time.Format("15:04:05") + "</time> ")
	}
	if step.paused() {
		p.raw(fmt.Sprintf(`<a class="chip verdict" href="#pause-%d-%d">`, index+1, step.Number))
		p.text(step.Verdict)
		p.raw("</a> ")
	}
	if rises {
		p.level(step.Level)
		p.raw(" ")
	}
	p.text(step.Reason)
	if step.Outcome == "denied" || step.Outcome == "failed" {
		p.raw(" ")
		p.el("span", "outcome", step.Outcome)
	}
	p.raw("</p><pre>")
	p.lines(shorten(step.Command))
	p.raw("</pre>")
	if !step.paused() {
		if step.Percentile >= unusual {
			p.el("p", "small", figure.Word(step.Percentile))
		}
		if step.Sequence != "" {
			p.el("p", "small", "completes: "+step.Sequence)
		}
		if step.Covered {
			p.el("p", "small", step.Answer)
		}
		p.el("p", "small", step.Note)
	}
	if step.Sender > 0 {
		p.raw(`<p class="small">sent by `)
		p.linked(index, step.Sender)
		p.raw("</p>")
	}
	if len(step.Sent) > 0 {
		p.raw(`<p class="small">sent `)
		p.linked(index, step.Sent[:min(len(step.Sent), maxSent)]...)
		if left := len(step.Sent) - maxSent; left > 0 {
			p.text(fmt.Sprintf(" and %d more", left))
		}
		p.raw("</p>")
	}
	if step.Kept != "" {
		p.el("p", "small", "kept: "+step.Kept)
	}
	if step.Masked != "" {
		p.el("p", "small", "masked: "+step.Masked)
	}
	p.raw("</div></div>\n")
}
