package classify

import "strings"

// pathCall reads the calls that put a path together where the name at i starts:
// os.path.join(a, "b"), os.path.expanduser("~"), os.homedir(). It gives the
// index of the last token that it took.
func (c *codeReader) pathCall(i int) (text string, end int, ok bool) {
	if c.isPath(i) {
		return "", i, false
	}
	last := i
	for c.punct(last+1, ".") && c.isName(last+2) {
		last += 2
	}
	if c.tokens[last].Text == "home" && last == i+2 && c.tokens[i].Text == "Dir" && !c.punct(last+1, "(") {
		return "~", last, true // Ruby
	}
	if !c.punct(last+1, "(") || c.match[last+1] <= last || last == i && c.tokens[i].Text != "homedir" {
		return "", i, false
	}
	args := span{last + 2, min(c.match[last+1], len(c.tokens))}
	switch name := c.tokens[last].Text; {
	case name == "homedir" || name == "home" && args.start == args.end:
		return "~", args.end, true
	case name == "join" && (c.tokens[last-2].Text == "path" || c.tokens[last-2].Text == "File"):
		return c.joined(args), args.end, true
	case isWrapperCall(name):
		return c.text(args), args.end, true
	}
	return "", i, false
}

// joined gives the path of the parts that a call of join is given.
func (c *codeReader) joined(args span) string {
	var parts []string
	for _, a := range c.arguments(args.start, args.end) {
		part := strings.TrimSuffix(c.text(a), "/")
		if strings.HasPrefix(part, "/") {
			parts = parts[:0] // what comes before an absolute path does not count
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}
