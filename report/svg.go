package report

import (
	"fmt"
	"strings"

	"restrain/figure"
)

// maxPoints is how many points the curve of a page has.
const maxPoints = 500

// plotHeight is the height of the curve's drawing, in its own units.
const plotHeight = 100

// curve draws what decides, with the line from which on a step is asked about: how
// far each is over it. Where that was not recorded it draws the divergence. The levels
// are behind it, and a mark, which is a link, at every pause. The drawing is stretched to the page's width, so its
// words stand beside it and not in it.
func (p *page) curve(s *Session, index int) {
	curve := points(s.Steps, maxPoints)
	if len(curve) == 0 {
		return
	}
	top, bottom := ceiling(curve), 0.0
	title, heights := "Divergence by step, in bits", func(p *point) float64 { return p.divergence }
	limit, key := "", ""
	if s.weighed() {
		top, bottom = reach, -reach
		title, heights = "What speaks for asking, by step, in bits above and below the line", func(p *point) float64 { return p.margin }
		limit = fmt.Sprintf(`<path class="limit" d="M0 %.1fH%d"/>`, plotY(0, bottom, top), len(curve))
		key = ` <span class="key limit">asked from here on</span>`
	}
	p.raw(`<figure class="curve"><figcaption>` + title + `</figcaption><div class="plot">`)
	if s.weighed() {
		p.raw(fmt.Sprintf(`<span class="top">+%d</span><span class="line">0</span><span class="zero">-%d</span>`, reach, reach))
	} else {
		p.raw(fmt.Sprintf(`<span class="top">%.2f</span><span class="zero">0</span>`, top))
	}
	p.raw(fmt.Sprintf(`<svg viewBox="0 0 %d %d" preserveAspectRatio="none" role="img" aria-label="`, len(curve), plotHeight))
	d := s.digest()
	said := fmt.Sprintf("divergence over %s, at most %.2f bits", figure.Number(len(s.Steps), "step"), d.peak)
	if s.weighed() {
		said = "what speaks for asking over " + figure.Number(len(s.Steps), "step")
	}
	p.text(said + "; " + s.pauses(d.paused))
	p.raw(`">` + bands(curve) + area(curve, heights, bottom, top) + limit + `</svg><div class="pins">`)
	for i := range curve {
		if curve[i].paused {
			p.pauseMark(s, &curve[i], index, 100*(float64(i)+0.5)/float64(len(curve)))
		}
	}
	p.raw("</div></div>\n<p class=\"axis\"><span>step 1</span><span>step " + figure.Count(len(s.Steps)) + "</span></p>\n")
	p.raw(`<p class="legend"><span class="key lv-calm">calm</span> <span class="key lv-elevated">elevated</span> ` +
		`<span class="key lv-alarmed">alarmed</span> <span class="key mark">pause</span>` + key + `</p></figure>` + "\n")
}

// pauseMark links to the first of the pauses that a point stands for.
func (p *page) pauseMark(s *Session, at *point, index int, left float64) {
	for i := at.first; i <= at.last; i++ {
		if step := &s.Steps[i]; step.paused() {
			p.raw(fmt.Sprintf(`<a class="pin" style="left:%.2f%%" href="#pause-%d-%d" title="step %d"><span>step %d</span></a>`,
				left, index+1, step.Number, step.Number, step.Number))
			return
		}
	}
}

// bands draws the levels: one rectangle for each run of points.
func bands(curve []point) string {
	var b strings.Builder
	for i := 0; i < len(curve); {
		j := i
		for j < len(curve) && curve[j].level == curve[i].level {
			j++
		}
		fmt.Fprintf(&b, `<rect class="lv-%s" x="%d" y="0" width="%d" height="%d"/>`, levelClass(curve[i].level), i, j-i, plotHeight)
		i = j
	}
	return b.String()
}

// plotY is where a value stands in the drawing, with a little room above the top.
func plotY(value, bottom, top float64) float64 {
	return plotHeight - (value-bottom)/(top-bottom)*(plotHeight-4)
}

// area draws the curve as steps: the figure of a step holds for its width.
func area(curve []point, height func(*point) float64, bottom, top float64) string {
	var line strings.Builder
	for i := range curve {
		y := plotY(height(&curve[i]), bottom, top)
		if i == 0 {
			fmt.Fprintf(&line, "M0 %.1f", y)
		} else {
			fmt.Fprintf(&line, "V%.1f", y)
		}
		fmt.Fprintf(&line, "H%d", i+1)
	}
	path := line.String()
	return fmt.Sprintf(`<path class="area" d="%sV%dH0Z"/><path class="line" d="%s"/>`, path, plotHeight, path)
}
