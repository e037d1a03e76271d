package shellparse

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
	if r.tokens[i].Kind != TokenName || r.punct(i-1, ".") && !r.joins(i-1) || r.goesOn(i) {
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
	if i+1 >= len(r.tokens) || r.tokens[i+1].Kind != TokenPunct || r.tokens[i+1].Depth != r.tokens[i].Depth || r.tokens[i+1].Value != r.tokens[i].Value {
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
		if r.tokens[i].Kind != TokenName || !r.punct(i+1, "=") || r.punct(i+2, "=") || r.punct(i-1, ".") {
			continue
		}
		name := r.tokens[i].Text
		v := codeValue{}
		switch {
		case i+2 < len(r.tokens) && r.tokens[i+2].Kind == TokenString:
			v.text = r.chain(i + 2)
		case r.punct(i+2, "["):
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
		case r.lang == "awk" && i < len(r.tokens) && r.tokens[i].Kind != TokenPunct:
		default:
			return text
		}
		if i >= len(r.tokens) {
			return text
		}
		value, known := r.value(i)
		switch {
		case r.tokens[i].Kind == TokenString:
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
