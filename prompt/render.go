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
	// narrow is the width below which labels stand on rows of their own.
	narrow = 60
)

// newPaper leaves the last column free, where terminals disagree about when to wrap.
func newPaper(c Caps) paper {
	return paper{caps: c, width: max(10, min(c.Width-1, maxWidth))}
}

// room is how many rows the parts of the question may take; 0 leaves a part out.
type room struct {
	command, what, history, asked, unusual int
	dir, air, words                        bool // words: what keys do in full
}

// tighter takes a row from the part that is missed least.
func (m room) tighter() (room, bool) {
	switch {
	case m.air:
		m.air = false
	case m.dir:
		m.dir = false
	case m.history > 1:
		m.history--
	case m.asked > 2:
		m.asked--
	case m.unusual > 1:
		m.unusual--
	case m.command > 4:
		m.command--
	case m.what > 2:
		m.what--
	case m.words:
		m.words = false
	case m.unusual > 0:
		m.unusual--
	case m.history > 0:
		m.history--
	case m.asked > 0:
		m.asked--
	case m.command > 1:
		m.command--
	case m.what > 1:
		m.what--
	default:
		return m, false
	}
	return m, true
}

// question draws r as high as it likes, then tighter until it fits.
func question(r Request, c Caps) []row {
	c = c.withDefaults()
	p := newPaper(c)
	m := room{command: 12, what: 6, history: 4, asked: 3, unusual: 3, dir: r.Dir != "", air: true, words: true}
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

// question draws what will happen, the line with its dangerous part, the facts,
// and the keys.
func (p paper) question(r Request, m room) []row {
	note := fmt.Sprintf("session %s · step %d", Escape(r.Session), r.Step)
	if r.ID != "" {
		note += " · " + Escape(r.ID)
	}
	air := func(rows []row) []row {
		if m.air {
			return append(rows, row{})
		}
		return rows
	}
	rows := p.header("restrain: held, nothing has run", note)
	rows = air(append(rows, p.indent(p.what(r, m.what))...))
	rows = append(rows, p.indent(p.marked(r, p.width-2, m.command))...)
	if r.Inside != "" {
		rows = append(rows, p.indent([]row{p.cut(r.Inside, p.width-2)})...)
	}
	if r.SentBy != "" {
		rows = append(rows, p.indent([]row{p.cut("sent by "+r.SentBy, p.width-2)})...)
	}
	if m.dir {
		rows = append(rows, p.indent([]row{p.cut("in "+r.Dir, p.width-2)})...)
	}
	rows = air(rows)
	if len(r.Changed) > 0 {
		rows = append(rows, p.section("CHANGED", p.changed(r))...)
	}
	if r.Asked != nil && m.asked > 0 {
		rows = append(rows, p.section("YOU ASKED", p.userMessage(r.Asked, m.asked))...)
	}
	rows = append(rows, p.tokens(r, m.what)...)
	if m.history > 0 && len(r.History) > 1 {
		rows = append(rows, p.section("SO FAR", p.history(r.History, m.history))...)
	}
	if m.unusual > 0 {
		rows = append(rows, p.section("UNUSUAL", p.some(r.Unusual, p.bodyWidth(), m.unusual))...)
	}
	rows = air(rows)
	rows = append(rows, p.indent(p.keys(r, m.words))...)
	return append(rows, plain("> "))
}

// what says in plain words what will happen, behind how bad that is.
func (p paper) what(r Request, limit int) []row {
	rows := p.some(r.Severity+": "+strings.Join(r.What, "; "), p.width-2, limit)
	if len(rows) > 0 && strings.HasPrefix(rows[0].text, r.Severity) {
		rows[0].text = p.style(severityStyle(r.Severity), r.Severity) + rows[0].text[len(r.Severity):]
	}
	return rows
}

// some folds our own words to at most limit rows.
func (p paper) some(text string, width, limit int) []row {
	if limit == 1 {
		if text == "" {
			return nil
		}
		return []row{p.cut(p.words(text), width)}
	}
	rows, rest := p.prose(text, width, limit)
	if rest > 0 {
		rows, _ = p.prose(text, width, limit-1)
		rows = append(rows, p.cut(p.words("… d shows the rest"), width))
	}
	return rows
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

// userMessage quotes the human's latest message, cut to a row, and says what it means
// for the step.
func (p paper) userMessage(s *Message, limit int) []row {
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

func severityStyle(severity string) string {
	switch severity {
	case "critical", "high":
		return red
	case "medium":
		return yellow
	}
	return bold
}

// history says in at most limit rows what the session did before, the latest
// last; what finds no room is counted.
func (p paper) history(events []Event, limit int) []row {
	before := events[:len(events)-1]
	for left := 0; ; left++ {
		var parts []string
		if left > 0 {
			parts = append(parts, fmt.Sprintf("… %d earlier", left))
		}
		for _, e := range before[left:] {
			parts = append(parts, e.Time.Format("15:04:05")+" "+e.What)
		}
		rows, rest := p.prose(strings.Join(append(parts, "now"), " · "), p.bodyWidth(), limit)
		if rest == 0 || left == len(before) {
			return rows
		}
	}
}

// keys says how to answer, with what is not offered and why; in a word each
// where there is no room for more.
func (p paper) keys(r Request, full bool) []row {
	k := keysOf(r)
	say := func(key, long, short string) string {
		if !full {
			long = short
		}
		return "[" + key + "] " + long
	}
	parts := []string{say("Enter", "deny", "deny"), say(k.reason, "deny, with a reason", "reason")}
	if r.Safer != "" {
		parts = append(parts, say(k.safer, "deny, and tell the agent: "+r.Safer, "safer way"))
	}
	parts = append(parts, say(k.details, "details", "details"))
	if ConfirmWord(r) == "y" {
		parts = append(parts, p.onceKey(r, k))
	}
	for _, offer := range r.Offers {
		parts = append(parts, say(k.offer(offer.Word), offer.Text, "this "+offer.Word))
	}
	if len(r.Offers) == 0 && r.NotOffered != "" {
		parts = append(parts, say(k.session, "not offered: "+r.NotOffered, "not offered: "+r.NotOffered))
	}
	rows := p.items(parts)
	word := ConfirmWord(r)
	if word == "y" {
		return rows
	}
	return append(rows, p.toType(r, word)...)
}

// onceKey says which key runs the step, where no word does.
func (p paper) onceKey(r Request, k shortcuts) string {
	switch {
	case r.Keeps && r.Masks:
		return "[y] run it once, kept and masked"
	case r.Keeps:
		return "[y] or [" + k.kept + "] run it once, kept first"
	case r.Masks:
		return "[y] or [" + k.masked + "] run it once, masked"
	}
	return "[y] run it once"
}

// items sets parts in rows, none broken that fits into one.
func (p paper) items(parts []string) []row {
	const gap = "   "
	var rows []row
	for _, part := range parts {
		part = p.words(part)
		last := len(rows) - 1
		if w := Width(part); last >= 0 && rows[last].width+len(gap)+w <= p.width-2 {
			rows[last] = join(rows[last], plain(gap), row{part, w})
			continue
		}
		more, _ := p.prose(part, p.width-2, 4)
		rows = append(rows, more...)
	}
	return rows
}

// toType says which word lets the step run.
func (p paper) toType(r Request, word string) []row {
	what := "this"
	if word == r.Confirm && r.ConfirmKind != "" {
		what = "the " + r.ConfirmKind
	}
	how := "to run it once, type " + what + ":"
	switch {
	case r.Keeps && r.Masks:
		how = "to run it once, kept and masked, type " + what + ":"
	case r.Keeps:
		how = "to run it once, kept first, type " + what + ":"
	case r.Masks:
		how = "to run it once, masked, type " + what + ":"
	}
	shown := row{p.style(bold, word), Width(word)}
	ask, _ := p.prose(how, p.width-2, 3)
	if last := len(ask) - 1; ask[last].width+2+shown.width <= p.width-2 {
		ask[last] = join(ask[last], row{"  ", 2}, shown)
		return ask
	}
	folded, _ := p.command(word, p.width-4, 8)
	return append(ask, p.indent(folded)...)
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
