package report

import (
	"fmt"
	"io"
	"strings"

	"restrain/figure"
	"restrain/prompt"
)

// Timeline draws a session for a terminal: the curve of what decides with
// levels and pauses, and the steps that matter. It fits the terminal's width
// from 40 columns on; colour only helps, and without UTF-8 all is ASCII.
func Timeline(w io.Writer, s *Session, caps prompt.Caps) error {
	t := newTimeline(caps)
	t.header(s)
	t.curve(s)
	t.steps(s)
	for _, note := range s.Notes {
		t.fold("note: ", "      ", t.text(note), dim)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// A timeline is a session that is being drawn.
type timeline struct {
	b     strings.Builder
	caps  prompt.Caps
	width int
	marks marks
}

// marks are the characters that a curve is drawn with.
type marks struct {
	bars                    []string // from nothing to full
	calm, elevated, alarmed string
	pause, rule, axis, etc  string
}

var (
	unicodeMarks = marks{[]string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}, "·", "▒", "█", "▲", "─", "│", "…"}
	asciiMarks   = marks{[]string{" ", ".", ":", "#"}, ".", "+", "#", "^", "-", "|", "..."}
)

// The widths that are drawn for: below the least, lines run over; above the
// most they get hard to read.
const (
	minWidth     = 40
	maxWidth     = 120
	defaultWidth = 80
)

// The styles, as SGR parameters.
const (
	plainStyle = ""
	bold       = "1"
	dim        = "2"
	yellow     = "33"
	red        = "1;31"
)

func newTimeline(caps prompt.Caps) *timeline {
	t := &timeline{caps: caps, width: caps.Width, marks: asciiMarks}
	if t.width <= 0 {
		t.width = defaultWidth
	}
	t.width = min(max(t.width, minWidth), maxWidth)
	if caps.Unicode {
		t.marks = unicodeMarks
	}
	return t
}

func (t *timeline) header(s *Session) {
	title := t.text(s.ID)
	if s.Agent != "" {
		title += " " + t.words("·") + " " + t.text(s.Agent)
	}
	title = t.cut(title, t.width-7)
	rule := max(2, t.width-4-prompt.Width(title))
	t.line(bold, strings.Repeat(t.marks.rule, 2)+" "+title+" "+strings.Repeat(t.marks.rule, rule))
	d := s.digest()
	parts := []string{figure.Number(d.steps, "step")}
	if took := d.duration(); took != "" {
		parts = append(parts, took)
	}
	parts = append(parts, s.pauses(d.paused))
	if d.highest != "calm" {
		parts = append(parts, t.text(d.highest)+" at its highest")
	}
	t.fold("", "", strings.Join(parts, ", "), plainStyle)
}

// plotRows is the height of the curve.
const plotRows = 4

// curve draws as bars what speaks for asking, with the line from which on a step
// is asked about; where that was not recorded, the divergence. The levels are
// below it, and the pauses.
func (t *timeline) curve(s *Session) {
	const axis = 6 // columns: "0.41 │"
	curve := points(s.Steps, t.width-axis)
	if len(curve) == 0 {
		return
	}
	wide := min(4, max(1, (t.width-axis)/len(curve))) // columns of a point
	weighed := s.weighed()
	top := ceiling(curve)
	highest, lowest, what := fmt.Sprintf("%.2f", top), "0.00", "divergence in bits,"
	height := func(p *point) float64 { return p.divergence / top }
	if weighed {
		highest, lowest, what = fmt.Sprintf("+%d", reach), fmt.Sprintf("-%d", reach), "what speaks for asking, in bits; above the line it is asked,"
		height = func(p *point) float64 { return (p.margin + reach) / (2 * reach) }
	}
	steps := len(t.marks.bars) - 1
	for row := plotRows - 1; row >= 0; row-- {
		label := ""
		switch row {
		case plotRows - 1:
			label = highest
		case 0:
			label = lowest
		}
		t.plotRow(label, curve, wide, func(p *point) string {
			return t.marks.bars[min(max(int(height(p)*float64(plotRows*steps)+0.5)-row*steps, 0), steps)]
		})
		if weighed && row == plotRows/2 {
			t.plotRow("0", curve, wide, func(p *point) string {
				if p.margin > 0 {
					return t.marks.bars[steps]
				}
				return t.marks.rule
			})
		}
	}
	t.plotRow("level", curve, wide, func(p *point) string { return t.levelMark(p.level) })
	t.pauseMarks(curve, axis, wide)
	t.legend(curve, what)
}

// plotRow draws a row of the curve: each of its points by one character, repeated.
func (t *timeline) plotRow(label string, curve []point, wide int, mark func(*point) string) {
	if len(label) < len("level") {
		label = fmt.Sprintf("%4s ", label)
	}
	t.b.WriteString(label + t.marks.axis)
	for i := range curve {
		t.b.WriteString(t.style(levelStyle(curve[i].level), strings.Repeat(mark(&curve[i]), wide)))
	}
	t.b.WriteByte('\n')
}

// pauseMarks points at the places of pauses, when there are any.
func (t *timeline) pauseMarks(curve []point, axis, wide int) {
	var row strings.Builder
	for i := range curve {
		if curve[i].paused {
			row.WriteString(t.marks.pause + strings.Repeat(" ", wide-1))
		} else {
			row.WriteString(strings.Repeat(" ", wide))
		}
	}
	if text := strings.TrimRight(row.String(), " "); text != "" {
		t.line(bold, strings.Repeat(" ", axis)+text)
	}
}

// legend explains the marks that were used.
func (t *timeline) legend(curve []point, what string) {
	used := map[string]bool{}
	for i := range curve {
		used[curve[i].level] = true
		used["pause"] = used["pause"] || curve[i].paused
	}
	parts := []string{what}
	for _, level := range [...]string{"calm", "elevated", "alarmed"} {
		if used[level] {
			parts = append(parts, t.levelMark(level)+" "+level)
		}
	}
	if used["pause"] {
		parts = append(parts, t.marks.pause+" pause")
	}
	t.fold("      ", "      ", strings.Join(parts, "  "), dim)
}

func (t *timeline) levelMark(level string) string {
	switch level {
	case "elevated":
		return t.marks.elevated
	case "alarmed":
		return t.marks.alarmed
	}
	return t.marks.calm
}

func levelStyle(level string) string {
	switch level {
	case "elevated":
		return yellow
	case "alarmed":
		return red
	}
	return plainStyle
}

// maxNotable is how many steps without a pause get their own lines. Those with
// the pauses are never left out.
const maxNotable = 60

// steps lists the steps that matter and counts those between.
func (t *timeline) steps(s *Session) {
	level, between, shown := "calm", 0, 0
	flush := func() {
		if between > 0 {
			t.line(dim, fmt.Sprintf("  %s %s", t.marks.etc, figure.Number(between, "ordinary step")))
		}
		between = 0
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		switch {
		case step.paused():
			flush()
			t.heldStep(s, step)
		case step.notable(level) && shown < maxNotable:
			flush()
			shown++
			t.notable(step, level)
		default:
			between++
		}
		level = step.Level
	}
	flush()
}

// notable draws a step that ran on, in two rows.
func (t *timeline) notable(step *Step, before string) {
	head := fmt.Sprintf("  %d", step.Number)
	if !step.Time.IsZero() {
		head += "  " + step.Time.Format("15:04:05")
	}
	text := t.text(step.Reason)
	if rank(step.Level) > rank(before) {
		text += ": the session is " + t.text(step.Level)
	}
	if step.Percentile >= unusual {
		text += "; " + figure.Word(step.Percentile)
	}
	switch step.Outcome {
	case "":
	case "denied":
		text += "; the record has it denied"
	default:
		text += "; " + t.text(step.Outcome)
	}
	if step.Covered {
		text += "; " + t.text(step.Answer)
	}
	if step.Masked != "" {
		text += "; masked: " + t.text(step.Masked)
	}
	t.fold(head+"  ", "      ", text, levelStyle(step.Level))
	t.line(dim, "      "+t.cut(t.text(step.Command), t.width-6))
	if step.Note != "" {
		t.fold("      ", "      ", t.text(step.Note), dim)
	}
}

// maxCommandRows is how many rows of a held command are drawn.
const maxCommandRows = 8

// heldStep draws a step that paused, with all that there is to say.
func (t *timeline) heldStep(s *Session, step *Step) {
	t.fold("", "    ", fmt.Sprintf("%s step %d: %s: %s", t.text(s.ID), step.Number, t.text(step.Verdict), t.text(step.Reason)), red)
	rows := t.wrap(t.text(step.Command), t.width-4)
	for _, row := range rows[:min(len(rows), maxCommandRows)] {
		t.line(bold, "    "+row)
	}
	if len(rows) > maxCommandRows {
		t.line(dim, fmt.Sprintf("    %s %s more", t.marks.etc, figure.Number(len(rows)-maxCommandRows, "row")))
	}
	say := func(label, text string) {
		if text != "" {
			t.fold("    "+label, "      ", t.text(text), plainStyle)
		}
	}
	say("", step.where())
	say("sent by: ", step.sentBy())
	say("answer: ", step.Answer)
	say("kept: ", step.Kept)
	say("masked: ", step.Masked)
	say("recorded: ", step.Outcome)
	say("", s.figures(step)+"; the session is "+step.Level)
	if step.Sequence != "" {
		say("sequence: ", step.Sequence+pathText(step.Path))
	}
	for _, why := range step.Why[:min(len(step.Why), maxReasons)] {
		say("", why)
	}
	say("rules: ", strings.Join(ruleIDs(step.Rules), ", "))
	say("", step.Note)
}

// maxReasons is how many reasons of a step are drawn; a page has all.
const maxReasons = 2

func ruleIDs(rules []Rule) []string {
	ids := make([]string, len(rules))
	for i, rule := range rules {
		ids[i] = rule.ID
	}
	return ids
}

func pathText(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return ": " + strings.Join(path, " → ")
}
