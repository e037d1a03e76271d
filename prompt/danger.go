package prompt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"restrain/figure"
)

// marked folds the held line with its dangerous parts marked. Where the line
// does not fit, the rows around the first mark are shown, and how much is not.
func (p paper) marked(r Request, width, limit int) []row {
	edges := edgesOf(r.Command, r.Danger)
	if len(edges) == 0 {
		return p.limited(p.command, r.Command, width, limit)
	}
	rows, _ := p.fold(tokens{rest: r.Command, ascii: !p.caps.Unicode, edges: edges}, width, 1<<20)
	if len(rows) <= limit {
		return rows
	}
	open := openMark
	if !p.caps.Unicode {
		open = ">>"
	}
	at := max(0, slices.IndexFunc(rows, func(r row) bool { return strings.Contains(r.text, open) }))
	room := max(1, limit-2) // for what says how much is missing
	first := max(0, min(at-room/3, len(rows)-room))
	shown := slices.Clone(rows[first : first+room])
	if first > 0 {
		shown = slices.Insert(shown, 0, p.missing(first, "before"))
	}
	if after := len(rows) - first - room; after > 0 {
		shown = append(shown, p.missing(after, "after"))
	}
	return shown
}

// missing says how much of a line is not shown.
func (p paper) missing(rows int, where string) row {
	note := p.cut(p.words(fmt.Sprintf("… %s %s, d shows all", figure.Number(rows, "row"), where)), p.bodyWidth())
	note.text = p.style(bold, note.text)
	return note
}

// edgesOf gives where the parts of a text begin and end, as tokens want it: as
// the bytes left of it. A part that is the whole text needs no mark.
func edgesOf(text string, parts []string) []int {
	type span struct{ start, end int }
	var spans []span
	for _, part := range parts {
		if at := strings.Index(text, part); at >= 0 && part != "" && len(part) < len(strings.TrimSpace(text)) {
			spans = append(spans, span{at, at + len(part)})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	var edges []int
	last := -1
	for _, s := range spans {
		if s.start < last {
			continue // within, or over, one before
		}
		edges = append(edges, len(text)-s.start, len(text)-s.end)
		last = s.end
	}
	return edges
}
