package report

import (
	"fmt"
	"strings"

	"restrain/figure"
)

// outcomes count what became of a session's steps.
type outcomes struct{ denied, approved, observed, kept, masked int }

func (s *Session) outcomes() (o outcomes) {
	for i := range s.Steps {
		step := &s.Steps[i]
		switch step.Fate {
		case Denied:
			o.denied++
		case Approved:
			o.approved++
		case Observed:
			o.observed++
		}
		if step.Kept != "" {
			o.kept++
		}
		if step.Masked != "" {
			o.masked++
		}
	}
	return o
}

// title says what happened in a session.
func (s *Session) title(d *digest) string {
	if !s.actedUpon() {
		if d.paused == 0 {
			return figure.Number(d.steps, "step") + ", none of which would have paused"
		}
		return fmt.Sprintf("Would have paused at %s of %s", figure.Count(d.paused), figure.Number(d.steps, "step"))
	}
	o := s.outcomes()
	var parts []string
	for _, part := range [...]struct {
		n    int
		what string
	}{{o.denied, "denied"}, {o.approved, "approved"}, {o.observed, "not held"}, {o.kept, "kept"}, {o.masked, "masked"}} {
		if part.n > 0 {
			parts = append(parts, figure.Count(part.n)+" "+part.what)
		}
	}
	if len(parts) == 0 {
		return figure.Number(d.steps, "step") + ", nothing was asked"
	}
	return figure.Number(d.steps, "step") + ": " + strings.Join(parts, ", ")
}

// kinds are the classes of a step by which a page is filtered.
func (s *Step) kinds() string {
	kinds := ""
	if s.paused() {
		kinds += " asked"
	}
	if s.Fate != "" {
		kinds += map[Fate]string{Denied: " denied", Approved: " approved"}[s.Fate]
	}
	if s.Kept != "" {
		kinds += " kept"
	}
	if s.Masked != "" {
		kinds += " masked"
	}
	return kinds
}

// filters are the kinds of steps that can be shown alone, with how many there are.
func (p *page) filters(s *Session, d *digest, index int) {
	o := s.outcomes()
	p.raw(fmt.Sprintf(`<fieldset class="filter"><legend>show</legend><label><input type="radio" name="show-%d" checked> all</label>`, index+1))
	for _, kind := range [...]struct {
		name string
		n    int
	}{{"asked", d.paused}, {"denied", o.denied}, {"approved", o.approved}, {"kept", o.kept}, {"masked", o.masked}} {
		if kind.n > 0 {
			p.raw(fmt.Sprintf(` <label><input type="radio" name="show-%d" class="only-%s"> %s (%s)</label>`, index+1, kind.name, kind.name, figure.Count(kind.n)))
		}
	}
	p.raw("<span class=\"small\">The browser's own search also finds folded steps.</span></fieldset>\n")
}

// filterStyle shows one kind of step alone. No script is needed for it.
func filterStyle() string {
	var b strings.Builder
	for _, kind := range [...]string{"asked", "denied", "approved", "kept", "masked"} {
		b.WriteString(strings.ReplaceAll(`section:has(.only-X:checked) :is(.step:not(.X),details:not(:has(.X))){display:none}
section:has(.only-X:checked) details::details-content{content-visibility:visible;block-size:auto}
`, "X", kind))
	}
	return b.String()
}
