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
	if r.tokens[i].Kind != TokenName || r.punct(i-1, ".") || r.punct(i+1, ".") || r.punct(i+1, "(") || r.punct(i+1, "[") || r.punct(i+1, "=") {
		return codeValue{}, false
	}
	if r.values == nil {
		r.values = r.assigned()
	}
	v, ok := r.values[r.tokens[i].Text]
	return v, ok && !v.mixed
}

// assigned reads the code's assignments of constants. A name that is assigned
// anything else as well has no certain value.
func (r *codeReader) assigned() map[string]codeValue {
	values := map[string]codeValue{}
	for i := range r.tokens {
		if r.tokens[i].Kind != TokenName || !r.punct(i+1, "=") || r.punct(i+2, "=") || r.punct(i-1, ".") {
			continue
		}
		name := r.tokens[i].Text
		v := codeValue{}
		switch {
		case i+2 < len(r.tokens) && r.tokens[i+2].Kind == TokenString:
			v.text = r.tokens[i+2].Text
			if r.punct(i+3, "+") || r.punct(i+3, "%") || r.punct(i+3, ".") {
				v.text += string(Hole)
			}
		case r.punct(i+2, "["):
			v.list = i + 2
		default:
			v.mixed = true
		}
		if old, ok := values[name]; ok && old != v {
			v.mixed = true
		}
		values[name] = v
	}
	return values
}
