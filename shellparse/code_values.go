package shellparse

import (
	"strings"

	"restrain/code"
)

// A codeValue is what code assigns to one of its names: a text, or a list
// whose opening bracket is the token at list.
type codeValue struct {
	text  string
	list  int
	mixed bool // assigned different values: none is certain
}

// value gives what the name at token i stands for, when the code assigns it
// one constant and i does not go on to a member, an index or a call.
func (r *codeReader) value(i int) (codeValue, bool) {
	if r.tokens[i].Kind != code.TokenName || r.punct(i-1, ".") && !r.joins(i-1) || r.goesOn(i) {
		return codeValue{}, false
	}
	if r.values == nil {
		r.assigned()
	}
	v, ok := r.values[r.tokens[i].Text]
	return v, ok && !v.mixed
}

// goesOn reports a name whose value is not what counts: a member of it does, a
// call, or what it is assigned.
func (r *codeReader) goesOn(i int) bool {
	if i+1 >= len(r.tokens) || r.tokens[i+1].Kind != code.TokenPunct || r.tokens[i+1].Depth != r.tokens[i].Depth || r.tokens[i+1].Value != r.tokens[i].Value {
		return false
	}
	switch r.tokens[i+1].Text {
	case ".":
		return !r.joins(i + 1)
	case "(", "[", "=":
		return true
	}
	return false
}

// joins reports that the dot at i joins texts or spreads a list.
func (r *codeReader) joins(i int) bool {
	switch r.lang {
	case "php", "perl":
		return true
	case "lua", "javascript": // a .. b, [...a]
		return r.punct(i-1, ".") || r.punct(i+1, ".")
	}
	return false
}

// assigned reads the code's assignments of constants. A name that is assigned
// anything else as well has no certain value.
func (r *codeReader) assigned() {
	r.values = map[string]codeValue{}
	for i := range r.tokens {
		r.grows(i)
		if r.tokens[i].Kind != code.TokenName || !r.punct(i+1, "=") || r.punct(i+2, "=") || r.punct(i-1, ".") {
			continue
		}
		name := r.tokens[i].Text
		v := codeValue{}
		switch {
		case i+2 < len(r.tokens) && r.tokens[i+2].Kind == code.TokenString:
			v.text = r.chain(i + 2)
		case r.punct(i+2, "["), r.punct(i+2, "(") && r.lang == "perl" && r.punct(i-1, "@"):
			v.list = r.listStart(i + 2)
		case i+2 < len(r.tokens) && r.makesList(i+2):
			v.list = i + 3
		default:
			v.mixed = true
		}
		if old, ok := r.values[name]; ok && old != v {
			v.mixed = true
		}
		r.values[name] = v
	}
}

// chain is the text that starts at i and goes on with the texts that are joined
// to it.
func (r *codeReader) chain(i int) string {
	const maxText = 4096
	text, depth := r.word(i).Text, r.tokens[i].Depth
	for i++; i < len(r.tokens) && r.tokens[i].Depth > depth; i++ {
	}
	for len(text) < maxText {
		switch {
		case r.punct(i, "+") || r.punct(i, "%") || r.punct(i, ".") || r.punct(i, "<"):
			for i++; r.punct(i, ".") || r.punct(i, ">"); i++ {
			}
		case r.lang == "awk" && i < len(r.tokens) && r.tokens[i].Kind != code.TokenPunct:
		default:
			return text
		}
		if i >= len(r.tokens) {
			return text
		}
		value, known := r.value(i)
		switch {
		case r.tokens[i].Kind == code.TokenString:
			text += r.word(i).Text
		case known && value.list == 0:
			text += value.text
		default:
			return text + string(Hole)
		}
		i++
	}
	return text[:maxText] + string(Hole)
}

// grows notes at i what is added to a list: cmd += ["x"], cmd.append("x").
func (r *codeReader) grows(i int) {
	const maxGrowth = 64
	if r.tokens[i].Kind != code.TokenName || len(r.appended) > maxGrowth {
		return
	}
	name, at := r.tokens[i].Text, 0
	switch {
	case r.punct(i+1, "+") && r.punct(i+2, "=") && r.punct(i+3, "["):
		at = i + 3
	case r.punct(i+1, ".") && r.punct(i+3, "(") && (r.name(i+2, "append") || r.name(i+2, "push")):
		at = i + 3
	case r.punct(i+1, ".") && r.punct(i+3, "(") && r.punct(i+4, "[") && (r.name(i+2, "extend") || r.name(i+2, "concat")):
		at = i + 4
	default:
		return
	}
	if r.appended == nil {
		r.appended = map[string][]int{}
	}
	if len(r.appended[name]) < maxGrowth {
		r.appended[name] = append(r.appended[name], at)
	}
}

// listOf gives the words of the list that the name at i holds, with what the code
// adds to it.
func (r *codeReader) listOf(i int, value codeValue) []Word {
	words, _ := r.list(value.list + 1)
	for _, at := range r.appended[r.tokens[i].Text] {
		if len(words) < maxFields {
			more, _ := r.list(at + 1)
			words = append(words, more...)
		}
	}
	return words
}

// splitText gives the words of the text that the name at i holds, when the code
// splits it there: cmd.split().
func (r *codeReader) splitText(i int) []Word {
	if r.tokens[i].Kind != code.TokenName || !r.name(i+2, "split") || !r.punct(i+1, ".") || !r.punct(i+3, "(") {
		return nil
	}
	if r.values == nil {
		r.assigned()
	}
	value, ok := r.values[r.tokens[i].Text]
	if !ok || value.mixed || value.list > 0 {
		return nil
	}
	var words []Word
	for _, field := range strings.Fields(value.text)[:min(maxFields, len(strings.Fields(value.text)))] {
		words = append(words, holed(field, r.lang))
	}
	return words
}
