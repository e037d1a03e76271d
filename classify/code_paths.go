package classify

import (
	"strings"

	"restrain/shellparse"
)

// pathCall reads the calls that put a path together where the name at i starts:
// os.path.join(a, "b"), os.path.expanduser("~"), os.homedir(). It gives the
// index of the last token that it took.
func (c *codeReader) pathCall(i int) (text string, end int, ok bool) {
	if c.isPath(i) {
		return "", i, false
	}
	if end, ok := c.homeVariable(i); ok {
		return "~", end, true
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
		text := c.text(args)
		if rest, ok := strings.CutPrefix(text, "$HOME"); ok && name == "expandvars" {
			text = "~" + rest
		}
		return text, args.end, true
	}
	return "", i, false
}

// homeVariable reports the environment's HOME as languages spell it, and the
// index of its last token: process.env.HOME, os.environ["HOME"], $ENV{HOME},
// ENV.fetch("HOME"), getenv("HOME").
func (c *codeReader) homeVariable(i int) (end int, ok bool) {
	last, environment := i, false
	for {
		switch c.tokens[last].Text {
		case "environ", "ENV", "$ENV", "$_ENV", "$_SERVER", "env", "getenv":
			environment = true
		}
		if !c.punct(last+1, ".") || !c.isName(last+2) {
			break
		}
		last += 2
	}
	switch next := last + 1; {
	case !environment:
	case last > i && isHomeName(c.tokens[last].Text):
		return last, true
	case !c.punct(next, "[") && !c.punct(next, "{") && !c.punct(next, "("):
	case next+1 < len(c.tokens) && c.tokens[next+1].Kind != shellparse.TokenPunct && isHomeName(c.tokens[next+1].Text):
		return min(c.match[next], len(c.tokens)-1), c.match[next] > next
	}
	return i, false
}

// isHomeName reports the variables that hold the home directory.
func isHomeName(name string) bool {
	return name == "HOME" || name == "USERPROFILE"
}

// interpolated gives the text of the string at i, whose first value may be the
// home directory, and the index of the last token of its values.
func (c *codeReader) interpolated(i int) (text string, end int) {
	t := &c.tokens[i]
	text, end = t.Text, i
	for end+1 < len(c.tokens) && c.tokens[end+1].Depth > t.Depth {
		end++
	}
	switch rest, starts := strings.CutPrefix(text, hole); {
	case starts && end > i && c.tokens[i+1].Kind == shellparse.TokenName:
		if value, _, ok := c.pathCall(i + 1); ok {
			return value + rest, end
		}
		if value, ok := c.lookup(c.tokens[i+1].Text); ok && c.tokens[i+1].Depth > t.Depth && (end == i+1 || c.tokens[i+2].Start > c.tokens[i+1].Start+len(c.tokens[i+1].Text)) {
			return value + rest, end
		}
	case starts && strings.HasPrefix(rest, "{HOME}"): // "$ENV{HOME}/x"
		return "~" + rest[len("{HOME}"):], end
	case strings.HasPrefix(text, "{"+hole+"['HOME']}"): // "{$_SERVER['HOME']}/x"
		return "~" + text[len("{"+hole+"['HOME']}"):], end
	}
	return text, end
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
