package prompt

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// details draws everything that is known about r, nothing left out.
func details(r Request, c Caps) []row {
	p := newPaper(c.withDefaults())
	whole := func(s string) []row {
		rows, _ := p.command(s, p.bodyWidth(), math.MaxInt)
		return rows
	}
	rows := p.section("COMMAND", whole(r.Command))
	rows = append(rows, p.section("SENT BY", whole(r.SentBy))...)
	rows = append(rows, p.section("RUNS IN", whole(r.Dir))...)
	rows = append(rows, p.section("AGENT", whole(r.Agent))...)
	if r.Asked != nil {
		rows = append(rows, p.section("YOU ASKED", append(whole(r.Asked.Time.Format("15:04:05")+"  \""+r.Asked.Text+"\""), whole(r.Asked.Says)...))...)
	}
	rows = append(rows, p.section("WHAT", whole(r.Severity+": "+strings.Join(r.What, "; ")))...)
	rows = append(rows, p.section("UNUSUAL", whole(r.Unusual))...)
	rows = append(rows, p.section("SEQUENCE", whole(strings.TrimSpace(r.Sequence+"  "+strings.Join(r.Attack, " "))))...)
	var figures []row
	for _, score := range r.Scores {
		figures = append(figures, whole(score)...)
	}
	rows = append(rows, p.section("FIGURES", figures)...)
	rows = append(rows, p.section("INSIDE", whole(r.Inside))...)
	rows = append(rows, p.tokens(r, math.MaxInt)...)
	var history []row
	for _, e := range r.History {
		history = append(history, whole(fmt.Sprintf("%s  %s", e.Time.Format("15:04:05"), e.What))...)
		text, _ := p.command(e.Text, p.bodyWidth()-2, math.MaxInt)
		history = append(history, p.indent(text)...)
	}
	rows = append(rows, p.section("SO FAR", history)...)
	var details []row
	for line := range strings.Lines(r.Details) { // our own lines have no newline to show
		details = append(details, whole(strings.TrimRight(line, "\n"))...)
	}
	rows = append(rows, p.section("DETAILS", details)...)
	var offers []row
	for _, offer := range r.Offers {
		offers = append(offers, whole(ConfirmWord(r)+" "+offer.Word+": "+offer.how())...)
	}
	rows = append(rows, p.section("OFFERS", offers)...)
	rows = append(rows, p.section("IF DENIED", whole("the agent sees exit status 126 and your reason; its session goes on"))...)
	if r.Timeout > 0 {
		rows = append(rows, p.section("NO ANSWER", whole("denies after "+r.Timeout.Round(time.Second).String()))...)
	}
	return rows
}
