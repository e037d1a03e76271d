package shellparse

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// mayBrace is a cheap test for {a,b} and {1..3}.
func mayBrace(w *syntax.Word) bool {
	for _, part := range w.Parts {
		if lit, ok := part.(*syntax.Lit); ok && strings.IndexByte(lit.Value, '{') >= 0 {
			return true
		}
	}
	return false
}

// braces expands {a,b} and {1..3} into the alternatives of a word; ok is false
// when there are more than maxFields.
func braces(w *syntax.Word) (alternatives [][]syntax.WordPart, ok bool) {
	out := [][]syntax.WordPart{nil}
	for _, part := range w.Parts {
		choices := [][]syntax.WordPart{{part}}
		if br, isBrace := part.(*syntax.BraceExp); isBrace {
			if choices, ok = braceChoices(br); !ok {
				return nil, false
			}
		}
		if len(out)*len(choices) > maxFields {
			return nil, false
		}
		next := make([][]syntax.WordPart, 0, len(out)*len(choices))
		for _, left := range out {
			for _, right := range choices {
				next = append(next, append(left[:len(left):len(left)], right...))
			}
		}
		out = next
	}
	return out, true
}

func braceChoices(br *syntax.BraceExp) (choices [][]syntax.WordPart, ok bool) {
	if br.Sequence {
		return braceSequence(br)
	}
	for _, elem := range br.Elems {
		alts, ok := braces(elem)
		if !ok || len(choices)+len(alts) > maxFields {
			return nil, false
		}
		choices = append(choices, alts...)
	}
	return choices, true
}

func braceSequence(br *syntax.BraceExp) (choices [][]syntax.WordPart, ok bool) {
	first, last := br.Elems[0].Lit(), br.Elems[1].Lit()
	from, err1 := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	letters := err1 != nil || err2 != nil
	if letters {
		if len(first) != 1 || len(last) != 1 {
			return nil, false
		}
		from, to = int(first[0]), int(last[0])
	}
	step := 1
	if len(br.Elems) > 2 {
		step, _ = strconv.Atoi(br.Elems[2].Lit())
		step = max(step, -step, 1)
	}
	down := from > to
	if down {
		from, to = -from, -to
	}
	if to-from < 0 || (to-from)/step >= maxFields {
		return nil, false
	}
	width := 0
	if !letters && (zeroPadded(first) || zeroPadded(last)) {
		width = max(len(first), len(last))
	}
	for i := range (to-from)/step + 1 {
		v := from + i*step
		if down {
			v = -v
		}
		text := padded(v, width)
		if letters {
			text = string(rune(v))
		}
		choices = append(choices, []syntax.WordPart{&syntax.SglQuoted{Value: text}})
	}
	return choices, true
}

func zeroPadded(s string) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	return len(s) > 1 && s[0] == '0'
}

func padded(n, width int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for len(s)+len(sign) < width {
		s = "0" + s
	}
	return sign + s
}
