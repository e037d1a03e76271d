package classify

import "strings"

// pathCall reads the calls that give a path where the name at i starts, as far
// as reading the tokens has not made a text of them: os.path.expanduser(x),
// Path.home(). It gives the index of the last token that it took.
func (c *codeReader) pathCall(i int) (text string, end int, ok bool) {
	if c.isPath(i) {
		return "", i, false
	}
	last := i
	for c.punct(last+1, ".") && c.isName(last+2) {
		last += 2
	}
	if !c.punct(last+1, "(") || c.match[last+1] <= last || last == i {
		return "", i, false
	}
	args := span{last + 2, min(c.match[last+1], len(c.tokens))}
	switch name := c.tokens[last].Text; {
	case name == "home" && args.start == args.end:
		return "~", args.end, true
	case isWrapperCall(name), (name == "of" || name == "get") && (c.tokens[i].Text == "Path" || c.tokens[i].Text == "Paths"):
		return c.text(args), args.end, true
	}
	return "", i, false
}

// interpolated gives the text of the string at i with the values in it that the
// code says, and the index of the last token of its values.
func (c *codeReader) interpolated(i int) (text string, end int) {
	t := &c.tokens[i]
	for end = i; end+1 < len(c.tokens) && c.tokens[end+1].Depth > t.Depth; end++ {
	}
	if end == i || !strings.Contains(t.Text, hole) {
		return t.Text, end
	}
	var b strings.Builder
	number, at := 0, i+1
	for _, sign := range t.Text {
		if string(sign) != hole {
			b.WriteRune(sign)
			continue
		}
		number++
		start := at
		for at <= end && (c.tokens[at].Depth > t.Depth+1 || c.tokens[at].Value == number) {
			at++
		}
		if value := c.text(span{start, at}); value != "" && b.Len() < maxPath {
			b.WriteString(value)
		} else {
			b.WriteString(hole)
		}
	}
	return b.String(), end
}
