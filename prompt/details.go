package prompt

import (
	"fmt"
	"math"
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
	rows = append(rows, p.section("RUNS IN", whole(r.Dir))...)
	rows = append(rows, p.section("AGENT", whole(r.Agent))...)
	if r.Asked != nil {
		rows = append(rows, p.section("YOU ASKED", append(whole(r.Asked.Time.Format("15:04:05")+"  \""+r.Asked.Text+"\""), whole(r.Asked.Says)...))...)
	}
	rows = append(rows, p.section("WHY NOW", p.why(r, math.MaxInt))...)
	rows = append(rows, p.tokens(r, math.MaxInt)...)
	var history []row
	for _, e := range r.History {
		history = append(history, whole(fmt.Sprintf("%s  %s", e.Time.Format("15:04:05"), e.What))...)
		text, _ := p.command(e.Text, p.bodyWidth()-2, math.MaxInt)
		history = append(history, p.indent(text)...)
	}
	rows = append(rows, p.section("SO FAR", history)...)
	rows = append(rows, p.section("DETAILS", whole(r.Details))...)
	var offers []row
	for _, offer := range r.Offers {
		offers = append(offers, whole(ConfirmWord(r)+" "+offer.Word+": "+offer.how())...)
	}
	rows = append(rows, p.section("OFFERS", offers)...)
	if r.Timeout > 0 {
		rows = append(rows, p.section("NO ANSWER", whole("denies after "+r.Timeout.Round(time.Second).String()))...)
	}
	return rows
}
