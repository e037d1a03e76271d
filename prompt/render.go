package prompt

import (
	"fmt"
	"strings"

	"restrain/figure"
)

// Render draws the question: rows separated by newlines, the last one "> ". It
// is narrower than the terminal and, where that is possible, no higher; what is
// left out is said, and shown behind "d".
func Render(r Request, c Caps) string {
	rows := question(r, c)
	text := make([]string, len(rows))
	for i, row := range rows {
		text[i] = row.text
	}
	return strings.Join(text, "\n")
}

const (
	maxWidth   = 100 // columns; longer rows are hard to read
	labelWidth = 10
	// narrow is the width below which labels stand on rows of their own, medium
	// the one below which an event of the history takes two.
	narrow, medium = 60, 76
)

// newPaper leaves the last column free, where terminals disagree about when to wrap.
func newPaper(c Caps) paper {
	return paper{caps: c, width: max(10, min(c.Width-1, maxWidth))}
}

// room is how many rows the parts of the question may take; 0 leaves a part out.
type room struct {
	command, why, history, asked int
	dir, offers, denied          bool
}

// tighter takes a row from the part that is missed least: history first.
func (m room) tighter() (room, bool) {
	switch {
	case m.history > 2:
		m.history--
	case m.dir:
		m.dir = false
	case m.asked > 2:
		m.asked--
	case m.command > 4:
		m.command--
	case m.why > 3:
		m.why--
	case m.offers:
		m.offers = false
	case m.history > 0:
		m.history--
	case m.denied:
		m.denied = false
	case m.asked > 0:
		m.asked--
	case m.command > 1:
		m.command--
	case m.why > 1:
		m.why--
	default:
		return m, false
	}
	return m, true
}

// question draws r as high as it likes, then tighter until it fits.
func question(r Request, c Caps) []row {
	c = c.withDefaults()
	p := newPaper(c)
	m := room{command: 12, why: 10, history: 6, asked: 3, dir: r.Dir != "", offers: true, denied: true}
	for {
		rows := p.question(r, m)
		if len(rows) <= c.Height {
			return rows
		}
		var more bool
		if m, more = m.tighter(); !more {
			return rows
		}
	}
}

func (p paper) question(r Request, m room) []row {
	note := fmt.Sprintf("session %s · step %d", Escape(r.Session), r.Step)
	if r.ID != "" {
		note += " · " + Escape(r.ID)
	}
	rows := p.header("restrain: held, nothing has run", note)
	rows = append(rows, p.indent(p.limited(p.command, r.Command, p.width-2, m.command))...)
	if m.dir {
		rows = append(rows, p.indent([]row{p.cut("in "+r.Dir, p.width-2)})...)
	}
	if len(r.Changed) > 0 {
		rows = append(rows, p.section("CHANGED", p.changed(r))...)
	}
	if r.Asked != nil && m.asked > 0 {
		rows = append(rows, p.section("YOU ASKED", p.asked(r.Asked, m.asked))...)
	}
	rows = append(rows, p.section("WHY NOW", p.why(r, m.why))...)
	rows = append(rows, p.tokens(r, m.why)...)
	if m.history > 0 && len(r.History) > 0 {
		rows = append(rows, p.section("SO FAR", p.history(r.History, m.history))...)
	}
	if m.denied {
		denied, _ := p.prose("the agent sees exit status 126 and your reason; its session goes on", p.bodyWidth(), 3)
		rows = append(rows, p.section("IF DENIED", denied)...)
	}
	rows = append(rows, p.keys(r)...)
	if m.offers {
		rows = append(rows, p.indent(p.offers(r))...)
	}
	return append(rows, plain("> "))
}

// tokens says which secrets the step has in it.
func (p paper) tokens(r Request, limit int) []row {
	if len(r.Tokens) == 0 {
		return nil
	}
	rows, _ := p.prose(strings.Join(r.Tokens, "; "), p.bodyWidth(), 4)
	if len(rows) > limit {
		rows = append(rows[:max(0, limit-1)], plain(p.words("… d shows the rest")))
	}
	return p.section("TOKEN", rows)
}

// maxChanged is how many changes a question names.
const maxChanged = 4

// changed says why the question comes again.
func (p paper) changed(r Request) []row {
	text := "while the question stood: " + strings.Join(r.Changed[:min(len(r.Changed), maxChanged)], "; ")
	if more := len(r.Changed) - maxChanged; more > 0 {
		text += "; and " + figure.Count(more) + " more"
	}
	rows, _ := p.prose(text, p.bodyWidth(), 4)
	return rows
}

// asked quotes the human's latest message, cut to a row, and says what it means
// for the step.
func (p paper) asked(s *Said, limit int) []row {
	rows := []row{p.cut(s.Time.Format("15:04")+"  \""+s.Text+"\"", p.bodyWidth())}
	switch says, _ := p.prose(s.Says, p.bodyWidth(), 3); {
	case limit == 1:
		return rows
	case len(says) < limit:
		return append(rows, says...)
	}
	return append(rows, p.cut(s.Says, p.bodyWidth()))
}

// header is a rule with a title, and a note at its right end, or below it.
func (p paper) header(title, note string) []row {
	title, note = p.words(title), p.words(note)
	dash := p.words("─")
	left, right := dash+dash+" ", " "+dash+dash
	gap := p.width - Width(left+title+" "+note+right) - 1
	if note == "" {
		gap, right = p.width-Width(left+title)-1, ""
	}
	if gap >= 1 {
		text := left + p.style(bold, title) + " " + strings.Repeat(dash, gap)
		if note != "" {
			text += " " + note + right
		}
		return []row{{text, p.width}}
	}
	rows, _ := p.prose(left+title, p.width, 2)
	more, _ := p.prose(note, p.width-2, 2)
	return append(rows, p.indent(more)...)
}

// limited folds s with fold; when it is cut, a row says how much is missing.
func (p paper) limited(fold func(string, int, int) ([]row, int), s string, width, limit int) []row {
	rows, rest := fold(s, width, limit)
	if rest == 0 {
		return rows
	}
	if limit > 1 {
		rows, rest = fold(s, width, limit-1)
	}
	note, _ := p.prose(fmt.Sprintf("… %s more characters, d shows them", figure.Count(rest)), width, 2)
	for i := range note {
		note[i].text = p.style(bold, note[i].text)
	}
	return append(rows, note...)
}

func (p paper) why(r Request, limit int) []row {
	facts := strings.Join(append([]string{r.Severity}, r.What...), " · ")
	rows, _ := p.prose(facts, p.bodyWidth(), 4)
	if limit == 1 { // the harm goes before all else
		rows = []row{p.cut(p.words(facts), p.bodyWidth())}
	}
	if len(rows) > 0 && strings.HasPrefix(rows[0].text, r.Severity) {
		rows[0].text = p.style(severityStyle(r.Severity), r.Severity) + rows[0].text[len(r.Severity):]
	}
	if limit == 1 {
		return rows
	}
	for _, s := range r.Scores {
		more, _ := p.prose(s, p.bodyWidth(), 2)
		rows = append(rows, more...)
	}
	path := r.Sequence
	if len(r.Attack) > 0 {
		path = strings.TrimLeft(path+"   ("+strings.Join(r.Attack, " → ")+")", " ")
	}
	more, _ := p.prose(path, p.bodyWidth(), 3)
	rows = append(rows, more...)
	if len(rows) > limit {
		rows = append(rows[:limit-1], plain(p.words("… d shows the rest")))
	}
	return rows
}

func severityStyle(severity string) string {
	switch severity {
	case "critical", "high":
		return red
	case "medium":
		return yellow
	}
	return bold
}

const (
	clockWidth = len("14:02:11")
	maxWhat    = 34
)

// history shows the last of the events in at most limit rows, or one more when
// even the held step needs two.
func (p paper) history(events []Event, limit int) []row {
	perEvent := 1
	if p.caps.Width < medium {
		perEvent = 2
	}
	shown := events
	if len(events)*perEvent > limit {
		shown = events[len(events)-max(1, (limit-1)/perEvent):]
	}
	var rows []row
	if n := len(events) - len(shown); n > 0 && limit > 1 {
		steps := "steps"
		if n == 1 {
			steps = "step"
		}
		rows = append(rows, p.cut(p.words(fmt.Sprintf("… %d earlier %s, d shows them", n, steps)), p.bodyWidth()))
	}
	whatWidth := len("now")
	for _, e := range shown {
		whatWidth = max(whatWidth, p.cut(e.What, maxWhat).width)
	}
	for i, e := range shown {
		what := e.What
		if i == len(shown)-1 {
			what = "now"
		}
		rows = append(rows, p.event(e, what, whatWidth)...)
	}
	return rows
}

func (p paper) event(e Event, what string, whatWidth int) []row {
	clock := row{e.Time.Format("15:04:05"), clockWidth}
	body := p.bodyWidth()
	if p.caps.Width < medium {
		rows := []row{join(clock, plain(" "), p.cut(what, body-clockWidth-1))}
		if e.Text != "" {
			rows = append(rows, p.indent([]row{p.cut(e.Text, body-2)})...)
		}
		return rows
	}
	w := p.cut(what, whatWidth)
	pad := row{strings.Repeat(" ", whatWidth-w.width+2), whatWidth - w.width + 2}
	return []row{join(clock, plain("  "), w, pad, p.cut(e.Text, body-clockWidth-whatWidth-4))}
}

// keys says how to answer.
func (p paper) keys(r Request) []row {
	rows, _ := p.prose("Enter deny · r deny with a reason · d details", p.width-2, 3)
	if len(rows) > 1 {
		rows, _ = p.prose("Enter deny, r and say why · d details", p.width-2, 3)
	}
	word := ConfirmWord(r)
	how := "to run it once, type:"
	switch {
	case word == r.Confirm && r.ConfirmKind != "":
		how = "to run it once, type the " + r.ConfirmKind + ":"
	case word == "y":
		how = "to run it once, type"
	}
	shown := row{p.style(bold, word), Width(word)}
	ask, _ := p.prose(how, p.width-2, 3)
	if last := len(ask) - 1; ask[last].width+2+shown.width <= p.width-2 {
		ask[last] = join(ask[last], row{"  ", 2}, shown)
	} else {
		folded, _ := p.command(word, p.width-4, 8)
		ask = append(ask, p.indent(folded)...)
	}
	return p.indent(append(rows, ask...))
}

// offers says how to approve for longer than once.
func (p paper) offers(r Request) []row {
	var rows []row
	for _, offer := range r.Offers {
		more, _ := p.prose("add "+offer.Word+": "+offer.how(), p.width-2, 3)
		rows = append(rows, more...)
	}
	return rows
}

// ConfirmWord is what to type to run the step: the request's word, "y" when it
// has none, or another when that one cannot be typed or is a key of its own.
func ConfirmWord(r Request) string {
	switch word := r.Confirm; {
	case word == "":
		return "y"
	case len(word) == 1, Escape(word) != word, strings.TrimSpace(word) != word, !plainASCII(word), len(word) > maxTyped:
		return "run-once"
	default:
		return word
	}
}

func (p paper) bodyWidth() int {
	if p.caps.Width < narrow {
		return p.width - 2
	}
	return p.width - labelWidth
}

// section sets a label before its rows, or above them on a narrow terminal.
func (p paper) section(label string, body []row) []row {
	if len(body) == 0 {
		return nil
	}
	head := row{p.style(bold, label), len(label)}
	if p.caps.Width < narrow {
		return append([]row{head}, p.indent(body)...)
	}
	rows := make([]row, len(body))
	for i, b := range body {
		if i > 0 {
			head = row{}
		}
		pad := labelWidth - head.width
		rows[i] = join(head, row{strings.Repeat(" ", pad), pad}, b)
	}
	return rows
}

func (p paper) indent(rows []row) []row {
	out := make([]row, len(rows))
	for i, r := range rows {
		out[i] = join(row{"  ", 2}, r)
	}
	return out
}

func join(rows ...row) row {
	var out row
	for _, r := range rows {
		out.text += r.text
		out.width += r.width
	}
	return out
}
