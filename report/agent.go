package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"restrain/figure"
	"restrain/prompt"
)

// An AgentRecord is an agent's record over its sessions, ready to be drawn.
type AgentRecord struct {
	Agent    string
	Version  string // and model; empty where they are not known
	Where    string // the project, or how many
	From, To string // dates
	Sessions int
	Steps    int
	Facts    []AgentFact
	Standing string // what follows of the record
	Poor     bool
	Compared []AgentComparison
	Weeks    []AgentWeek // the oldest first
}

// An AgentFact is how often something happened.
type AgentFact struct {
	Label string
	Count int
	Bad   bool // it speaks against the agent
}

// An AgentComparison says how like itself an agent is.
type AgentComparison struct {
	Title  string
	Text   string
	Unlike bool
	Shifts []string // what has changed most
}

// An AgentWeek is what there was in a week.
type AgentWeek struct {
	From                 string // date
	Steps, Asked, Denied int
}

// rate is a count of all steps, in 1,000.
func (r *AgentRecord) rate(n int) string {
	if r.Steps == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", 1000*float64(n)/float64(r.Steps))
}

func (r *AgentRecord) lead() string {
	return strings.Join([]string{r.Where, figure.Number(r.Sessions, "session"), figure.Number(r.Steps, "step")}, " · ")
}

// Text draws a record for a terminal; on a small one it leaves out first what
// stands there to be easy on the eye, then the weeks, then what has changed most.
func (r *AgentRecord) Text(w io.Writer, caps prompt.Caps) error {
	const (
		air = 1 << iota
		weeks
		shifts
	)
	rows := r.rows(caps, func(int) bool { return true })
	for without := air; caps.Height > 0 && len(rows) >= caps.Height && without < 8; without = without<<1 | 1 {
		rows = r.rows(caps, func(part int) bool { return without&part == 0 })
	}
	out := bufio.NewWriter(w)
	for _, row := range rows {
		out.WriteString(row)
		out.WriteByte('\n')
	}
	return out.Flush()
}

// rows are the lines of a record's text; has says whether a part is drawn: 1 empty
// lines, 2 the weeks, 4 what has changed.
func (r *AgentRecord) rows(caps prompt.Caps, has func(part int) bool) []string {
	width := caps.Width
	if width <= 0 {
		width = 80
	}
	var rows []string
	add := func(sgr, text string) {
		rows = append(rows, painted(caps, sgr, clip(prompt.Escape(text), width, caps.Unicode)))
	}
	gap := func() {
		if has(1) {
			rows = append(rows, "")
		}
	}
	add("1", strings.TrimSuffix(r.Agent+" · "+r.Version, " · "))
	add("2", r.lead())
	if r.From != "" && has(1) {
		add("2", r.From+" to "+r.To)
	}
	gap()
	for _, f := range r.Facts {
		sgr := ""
		if f.Bad && f.Count > 0 {
			sgr = "33"
		}
		add(sgr, fmt.Sprintf("%-26s %6s %6s", f.Label, figure.Count(f.Count), r.rate(f.Count))+" in 1,000"[:min(9, max(0, width-41))])
	}
	add(map[bool]string{true: "31"}[r.Poor], r.Standing)
	for _, c := range r.Compared {
		gap()
		add(map[bool]string{true: "33"}[c.Unlike], c.Title)
		add("", "  "+c.Text)
		if c.Unlike && has(4) {
			add("2", "  "+strings.Join(c.Shifts, ", "))
		}
	}
	if len(r.Weeks) > 1 && has(2) {
		gap()
		marks := asciiMarks
		if caps.Unicode {
			marks = unicodeMarks
		}
		for _, line := range r.lines() {
			add("", fmt.Sprintf("%-7s", line.name)+bars(line.values, marks.bars)+"  "+line.most)
		}
	}
	return rows
}

// A weekLine is one of what is drawn by week.
type weekLine struct {
	name   string
	values []int
	most   string
}

func (r *AgentRecord) lines() []weekLine {
	lines := []weekLine{{name: "steps"}, {name: "asked"}, {name: "denied"}}
	for _, w := range r.Weeks {
		for i, n := range [...]int{w.Steps, w.Asked, w.Denied} {
			lines[i].values = append(lines[i].values, n)
		}
	}
	for i := range lines {
		lines[i].most = "at most " + figure.Count(most(lines[i].values)) + " a week"
	}
	return lines
}

func most(values []int) (n int) {
	for _, v := range values {
		n = max(n, v)
	}
	return n
}

// bars draws values as a row of bars.
func bars(values []int, marks []string) string {
	top := max(1, most(values))
	var b strings.Builder
	for _, v := range values {
		at := v * (len(marks) - 1) / top
		if v > 0 {
			at = max(at, 1)
		}
		b.WriteString(marks[at])
	}
	return b.String()
}

func painted(caps prompt.Caps, sgr, text string) string {
	if !caps.Color || sgr == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// clip cuts a line at the width, and shows that it did.
func clip(text string, width int, unicode bool) string {
	if prompt.Width(text) <= width {
		return text
	}
	dots := "..."
	if unicode {
		dots = "…"
	}
	used := 0
	for i, c := range text {
		if used += prompt.Width(string(c)); used > width-prompt.Width(dots) {
			return text[:i] + dots
		}
	}
	return text
}

// AgentPage writes a record as one HTML page, like Page.
func AgentPage(w io.Writer, r *AgentRecord) error {
	p := &page{w: bufio.NewWriterSize(w, 1<<14)}
	p.head(r.Agent)
	p.raw("<section>\n<header><p class=\"kind\">record over sessions</p>\n<h1>")
	p.text(strings.TrimSuffix(r.Agent+" · "+r.Version, " · "))
	p.raw("</h1>\n<p class=\"lead\">")
	p.text(r.lead())
	if r.From != "" {
		p.text(" · " + r.From + " to " + r.To)
	}
	p.raw("</p></header>\n<h2>Restraint</h2>\n<div class=\"tiles\">\n")
	for _, f := range r.Facts {
		class := ""
		if f.Bad && f.Count > 0 {
			class = "warn"
		}
		p.tile(class, figure.Count(f.Count), f.Label+"; "+r.rate(f.Count)+" in 1,000 steps")
	}
	p.raw("</div>\n")
	p.el("p", "lead", r.Standing)
	if len(r.Compared) > 0 {
		p.raw("<h2>Consistency</h2>\n<dl>")
		for _, c := range r.Compared {
			texts := []string{c.Text}
			if c.Unlike {
				texts = append(texts, c.Shifts...)
			}
			p.rows(c.Title, texts...)
		}
		p.raw("</dl>\n")
	}
	p.weeks(r)
	p.raw("</section>\n<footer><p>What only repeats counts for nothing. A good record makes nothing ordinary that does " +
		"much harm.</p><p>Made by restrain.</p></footer>\n</main>\n</body>\n</html>\n")
	return p.w.Flush()
}

// weeks draws a record over time.
func (p *page) weeks(r *AgentRecord) {
	if len(r.Weeks) < 2 {
		return
	}
	p.raw("<h2>Over time</h2>\n")
	for _, line := range r.lines() {
		p.raw(`<figure class="curve"><figcaption>`)
		p.text(line.name + " by week, " + line.most)
		p.raw(`</figcaption><div class="plot"><svg viewBox="0 0 ` + fmt.Sprint(len(line.values)) + ` 100" preserveAspectRatio="none" role="img" aria-label="`)
		p.text(line.name + " by week: " + strings.Trim(fmt.Sprint(line.values), "[]"))
		p.raw(`">`)
		for i, v := range line.values {
			height := 100 * float64(v) / float64(max(1, most(line.values)))
			p.raw(fmt.Sprintf(`<rect class="area" x="%.2f" y="%.1f" width="0.8" height="%.1f"/>`, float64(i)+0.1, 100-height, height))
		}
		p.raw(`</svg></div><p class="axis"><span>`)
		p.text(r.Weeks[0].From)
		p.raw("</span><span>")
		p.text(r.Weeks[len(r.Weeks)-1].From)
		p.raw("</span></p></figure>\n")
	}
}
