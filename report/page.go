package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"restrain/figure"
	"restrain/prompt"
	"restrain/secret"
)

// Page writes sessions as one HTML page that needs nothing else: no script, no
// request, no other file. Every text is redacted and escaped, and the page
// forbids itself to load or run anything. An html/template would cost every
// start of restrain 80 µs, so the page is written by hand: whatever is not a
// constant goes through text.
func Page(w io.Writer, sessions ...Session) error {
	p := &page{w: bufio.NewWriterSize(w, 1<<16)}
	p.head(pageTitle(sessions))
	if len(sessions) > 1 {
		p.overview(sessions)
	}
	for i := range sessions {
		p.session(&sessions[i], i)
	}
	p.raw("<footer><p>Divergence is the Jensen-Shannon divergence, in bits, between what the session did of late and what " +
		"coding agents ordinarily do: 0 is alike, 1 has nothing in common. A percentile is the share of steps in ordinary " +
		"sessions that score lower. A step is asked about where what speaks for asking is above the line of its severity; far above is " +
		"what always is, at the bottom what never is. Secrets are shown in a short form.</p><p>Made by restrain.</p></footer>\n</main>\n</body>\n</html>\n")
	return p.w.Flush()
}

// A page is being written. Errors of the writer show when it is flushed.
type page struct{ w *bufio.Writer }

// raw writes HTML of our own.
func (p *page) raw(html string) { p.w.WriteString(html) }

// text writes a text on one line.
func (p *page) text(s string) { p.raw(escape(prompt.Escape(secret.Redact(s)))) }

// lines writes a text with its newlines.
func (p *page) lines(s string) { p.raw(escape(prompt.EscapeLines(secret.Redact(s)))) }

// el writes a text in an element of a class; nothing for an empty text.
func (p *page) el(tag, class, s string) {
	if s == "" {
		return
	}
	p.raw("<" + tag + ` class="` + class + `">`)
	p.text(s)
	p.raw("</" + tag + ">")
}

// escape makes a text safe in HTML, between tags and in quoted attributes.
func escape(s string) string {
	if !strings.ContainsAny(s, `<>&"'`) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		switch s[i] {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '"':
			b.WriteString("&#34;")
		case '\'':
			b.WriteString("&#39;")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// pageTitle names a page of sessions.
func pageTitle(sessions []Session) string {
	if len(sessions) != 1 {
		return figure.Number(len(sessions), "session")
	}
	d := sessions[0].digest()
	return sessions[0].title(&d)
}

func (p *page) head(title string) {
	p.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" +
		`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n" +
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` + "\n" +
		`<meta name="color-scheme" content="light dark">` + "\n" +
		`<meta name="referrer" content="no-referrer">` + "\n<title>")
	p.text(title)
	p.raw(" · restrain</title>\n<style>\n" + style + filterStyle() + "</style>\n</head>\n<body>\n<main>\n")
}

// overview lists the sessions of a page that has several.
func (p *page) overview(sessions []Session) {
	paused, steps, selected := 0, 0, true
	for i := range sessions {
		d := sessions[i].digest()
		paused, steps = paused+d.paused, steps+d.steps
		selected = selected && d.paused > 0 && !sessions[i].Live
	}
	p.raw("<h1>")
	p.text(figure.Number(len(sessions), "session"))
	p.raw("</h1>\n<p class=\"lead\">")
	p.text(figure.Number(steps, "step") + ", " + figure.Number(paused, "pause"))
	if selected {
		p.text("; a replay draws only sessions that would have paused")
	}
	p.raw("</p>\n<table class=\"overview\"><tr><th>session<th>steps<th>pauses<th>level</tr>\n")
	for i := range sessions {
		d := sessions[i].digest()
		p.raw(fmt.Sprintf(`<tr><td><a href="#session-%d">`, i+1))
		p.text(sessions[i].ID)
		p.raw(fmt.Sprintf("</a><td>%s<td>%s<td>", figure.Count(d.steps), figure.Count(d.paused)))
		p.level(d.highest)
		p.raw("</tr>\n")
	}
	p.raw("</table>\n")
}

func (p *page) session(s *Session, index int) {
	d := s.digest()
	p.raw(fmt.Sprintf("<section id=\"session-%d\">\n<header><p class=\"kind\">", index+1))
	if s.Live {
		p.text("guarded session")
	} else {
		p.text("replay: nothing ran, and nothing was held")
	}
	p.raw("</p>\n<h1>")
	p.text(s.title(&d))
	p.raw("</h1>\n<p class=\"lead\">")
	p.text(s.lead(&d))
	p.raw("</p></header>\n")
	p.tiles(s, &d)
	p.curve(s, index)
	p.pauses(s, index)
	p.timeline(s, index)
	if len(s.Notes) > 0 {
		p.raw("<h2>Notes</h2>\n<ul class=\"notes\">")
		for _, note := range s.Notes {
			p.el("li", "note", note)
		}
		p.raw("</ul>\n")
	}
	p.raw("</section>\n")
}

// lead is what a session was, in a line.
func (s *Session) lead(d *digest) string {
	var parts []string
	if s.Agent != "" {
		parts = append(parts, s.Agent)
	}
	if s.Persona != "" {
		parts = append(parts, "persona "+s.Persona)
	}
	if !d.from.IsZero() {
		parts = append(parts, d.from.UTC().Format("2 January 2006, 15:04 MST"))
	}
	if s.ID != "" {
		parts = append(parts, "session "+s.ID)
	}
	if s.Source != "" {
		parts = append(parts, "from "+s.Source)
	}
	return strings.Join(parts, " · ")
}

// tiles are the figures that a reader looks at first.
func (p *page) tiles(s *Session, d *digest) {
	tile := p.tile
	p.raw("<div class=\"tiles\">\n")
	if s.actedUpon() {
		o := s.outcomes()
		counted := func(class string, n int, label string) {
			if n == 0 {
				class = ""
			}
			tile(class, figure.Count(n), label)
		}
		counted("bad", o.denied, "denied")
		counted("warn", o.approved+o.observed, "approved")
		counted("good", o.kept, "kept")
		counted("good", o.masked, "masked")
	} else {
		class := ""
		if d.paused > 0 {
			class = "bad"
		}
		tile(class, figure.Count(d.paused), "would pause")
	}
	tile("lv-"+levelClass(d.highest), d.highest, "highest level")
	steps := "steps"
	if d.steps == 1 {
		steps = "step"
	}
	if took := d.duration(); took != "" {
		steps += " in " + took
	}
	tile("", figure.Count(d.steps), steps)
	p.raw("</div>\n")
}

// tile writes a figure with what it counts; nothing without a figure.
func (p *page) tile(class, value, label string) {
	if value == "" {
		return
	}
	p.raw(`<div class="tile ` + class + `">`)
	p.el("b", "value", value)
	p.el("span", "label", label)
	p.raw("</div>\n")
}

// level writes a level as a word in its colour.
func (p *page) level(level string) {
	p.raw(`<span class="chip lv-` + levelClass(level) + `">`)
	p.text(level)
	p.raw("</span>")
}

// levelClass is the name of a level in the style sheet.
func levelClass(level string) string {
	switch level {
	case "elevated", "alarmed":
		return level
	}
	return "calm"
}

// pauses shows every step that paused in full.
func (p *page) pauses(s *Session, index int) {
	titled := false
	for i := range s.Steps {
		step := &s.Steps[i]
		if !step.paused() {
			continue
		}
		if !titled {
			titled = true
			p.raw("<h2>")
			p.text(map[bool]string{true: "Where it paused", false: "Where it would have paused"}[s.actedUpon()])
			p.raw("</h2>\n")
		}
		p.pause(s, step, index)
	}
}

func (p *page) pause(s *Session, step *Step, index int) {
	p.raw(fmt.Sprintf(`<article class="pause" id="pause-%d-%d"><h3><a href="#step-%d-%d">Step %d</a> `, index+1, step.Number, index+1, step.Number, step.Number))
	p.el("span", "chip verdict", step.Verdict)
	p.raw(" ")
	p.text(step.Reason)
	p.raw("</h3>\n<pre>")
	p.lines(shorten(step.Command))
	p.raw("</pre>\n<dl>")
	p.rows("answer", step.Answer)
	p.rows("kept", step.Kept)
	p.rows("masked", step.Masked)
	p.rows("recorded", step.Outcome)
	if step.Sequence != "" {
		p.rows("sequence", step.Sequence+pathText(step.Path))
	}
	p.rows("session", "the session is "+step.Level+"; "+s.figures(step))
	p.rows("stands out", step.Why...)
	p.rules(step.Rules)
	p.rows("evidence", step.Evidence...)
	p.rows("technique", strings.Join(step.Attack, ", "))
	p.rows("where", step.where())
	if step.Sender > 0 {
		p.raw("<div><dt class=\"term\">sent by</dt><dd>")
		p.linked(index, step.Sender)
		p.raw("</dd></div>")
	}
	p.rows("note", step.Note)
	p.raw("</dl></article>\n")
}

func (p *page) rules(rules []Rule) {
	if len(rules) == 0 {
		return
	}
	p.raw("<div>")
	p.el("dt", "term", "rules")
	p.raw("<dd>")
	for _, rule := range rules {
		p.raw("<p>")
		p.el("code", "id", rule.ID)
		p.raw(" ")
		p.text(rule.Description)
		if rule.Justification != "" {
			p.raw("<br>")
			p.el("span", "small", rule.Justification)
		}
		p.raw("</p>")
	}
	p.raw("</dd></div>")
}

// rows writes what there is to say under one term.
func (p *page) rows(term string, texts ...string) {
	if len(texts) == 0 || texts[0] == "" {
		return
	}
	p.raw("<div>")
	p.el("dt", "term", term)
	p.raw("<dd>")
	for _, s := range texts {
		p.el("p", "said", s)
	}
	p.raw("</dd></div>")
}

// maxShown bounds a command on a page, in bytes.
const maxShown = 16 << 10

// shorten cuts a command that is too long for a page, and says so.
func shorten(command string) string {
	if len(command) <= maxShown {
		return command
	}
	return strings.ToValidUTF8(command[:maxShown], "") + fmt.Sprintf("\n… %s more bytes", figure.Count(len(command)-maxShown))
}
