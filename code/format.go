package code

import "strings"

// This file folds the calls and operators that put values into a text. All of
// them become what an interpolated string is: a string with a Hole for each
// value, and the tokens of the values behind it. Values that are constants are
// then filled in.

// fill puts the constant values into the string at index at, whose values'
// tokens end the stack.
func (f *tokenFolder) fill(at int) {
	if at+1 >= len(f.out) {
		return
	}
	s := f.out[at]
	values := f.out[at+1:]
	var text strings.Builder
	kept := values[:0]
	i, left := 0, 0
	number := 0
	for _, c := range s.Text {
		if c != Hole {
			text.WriteRune(c)
			continue
		}
		number++
		start := i
		for i < len(values) && (values[i].Depth > s.Depth+1 || values[i].Value == number) {
			i++
		}
		if i == start+1 {
			if v := &values[start]; v.Kind == TokenString && !f.ownPlace(*v) && f.bytes+len(v.Text) <= maxValue {
				f.bytes += len(v.Text)
				text.WriteString(v.Text)
				left += strings.Count(v.Text, string(Hole)) // of a name's value
				continue
			}
		}
		left++
		text.WriteRune(Hole)
		for j := start; j < i; j++ {
			v := values[j]
			if v.Depth == s.Depth+1 {
				v.Value = left
			}
			kept = append(kept, v)
		}
	}
	kept = append(kept, values[i:]...)
	f.out[at].Text = text.String()
	f.out = f.out[:at+1+len(kept)]
}

// A verb is a place in a format: the text in front of it, and the name or number
// of its value; "" is the next one.
type verb struct{ before, value string }

// percentVerbs reads the places of a format such as "%s/%-3d".
func percentVerbs(format string) (verbs []verb, rest string) {
	before := ""
	for {
		text, after, ok := strings.Cut(format, "%")
		before += text
		if !ok || len(verbs) >= maxFields {
			return verbs, before
		}
		if strings.HasPrefix(after, "%") {
			before, format = before+"%", after[1:]
			continue
		}
		name := ""
		if inner, rest, ok := strings.Cut(after, ")"); ok && strings.HasPrefix(inner, "(") {
			name, after = inner[1:], rest
		}
		after = strings.TrimLeft(after, "-+ #0123456789.*")
		if after == "" || !nameByte(after[0]) {
			before, format = before+"%", after
			continue
		}
		verbs = append(verbs, verb{before, name})
		before, format = "", after[1:]
	}
}

// braceVerbs reads the places of a format such as "{}/{0}/{name:3}".
func braceVerbs(format string) (verbs []verb, rest string) {
	before := ""
	for {
		i := strings.IndexAny(format, "{}")
		if i < 0 || len(verbs) >= maxFields {
			return verbs, before + format
		}
		before += format[:i]
		if strings.HasPrefix(format[i+1:], format[i:i+1]) || format[i] == '}' {
			before, format = before+format[i:i+1], format[min(i+2, len(format)):]
			continue
		}
		inner, after, _ := strings.Cut(format[i+1:], "}")
		name, _, _ := strings.Cut(inner, ":")
		name, _, _ = strings.Cut(name, "!")
		verbs = append(verbs, verb{before, name})
		before, format = "", after
	}
}

// format folds the string at index at and the arguments that end the stack into
// an interpolated string.
func (f *tokenFolder) format(at int, args []Token, read func(string) ([]verb, string)) bool {
	verbs, rest := read(f.out[at].Text)
	if len(verbs) == 0 {
		return false
	}
	groups := splitTokens(args)
	values := make([][]Token, len(verbs))
	var text strings.Builder
	next := 0
	for i, v := range verbs {
		text.WriteString(v.before)
		text.WriteRune(Hole)
		switch n := groupOf(groups, v.value); {
		case n >= 0:
			values[i] = groups[n]
		case v.value == "" && next < len(groups):
			values[i] = groups[next]
			next++
		}
	}
	return f.interpolate(at, text.String()+rest, values)
}

// groupOf is the argument that a place names, by number or keyword; -1 for none.
func groupOf(groups [][]Token, name string) int {
	for i, g := range groups {
		if name == "" {
			break
		}
		if len(name) == 1 && name[0] == '0'+byte(i) {
			return i
		}
		if len(g) > 2 && g[0].Text == name && (g[1].Text == "=" || g[1].Text == ":") {
			groups[i] = g[2:]
			return i
		}
	}
	return -1
}

// splitTokens splits arguments at their commas.
func splitTokens(args []Token) (groups [][]Token) {
	depth, start := 0, 0
	for i := range args {
		if args[i].Kind != TokenPunct {
			continue
		}
		switch args[i].Text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 0 && args[i].Depth == args[0].Depth {
				groups = append(groups, args[start:i:i])
				start = i + 1
			}
		}
	}
	if start < len(args) {
		groups = append(groups, args[start:len(args):len(args)])
	}
	return groups
}

// interpolate puts an interpolated string in the place of the stack from index
// at on; values has the tokens of each of its Holes.
func (f *tokenFolder) interpolate(at int, text string, values [][]Token) bool {
	base := f.out[at]
	if base.Depth > maxStrings || len(text) > maxValue {
		return false
	}
	base.Kind, base.Text = TokenString, text
	var inner []Token
	for i, group := range values {
		if f.copied += len(group); f.copied > maxTokens {
			break
		}
		for _, tok := range group {
			if tok.Depth == base.Depth {
				tok.Value = i + 1
			}
			tok.Depth++
			inner = append(inner, tok)
		}
	}
	f.out = append(append(f.out[:at], base), inner...)
	f.fill(at)
	return true
}

// formatCall folds sprintf("%s", x), R's paste0("a", x), shlex.split("a b") and
// their kind; start is where the call's path of names begins.
func (f *tokenFolder) formatCall(start int, name string, args []Token) bool {
	if len(args) == 0 || args[0].Kind != TokenString || strings.ContainsRune(args[0].Text, Hole) {
		return false
	}
	switch name {
	case "sprintf", "format":
		if groups := splitTokens(args); len(groups) > 1 && len(groups[0]) == 1 && strings.Contains(args[0].Text, "%") {
			f.out[start] = Token{Kind: TokenString, Text: args[0].Text, Start: f.out[start].Start, Depth: f.out[start].Depth, Value: f.out[start].Value}
			return f.format(start, args[2:], percentVerbs)
		}
	case "glob":
		if words := strings.Fields(args[0].Text); f.lang == "perl" && len(args) == 1 && len(words) > 1 {
			return f.list(start, words)
		}
	case "split":
		if len(args) == 1 && (f.name(start) == "shlex" || f.name(start) == "shellsplit" || f.name(start) == "Shellwords") {
			return f.list(start, shellWords(args[0].Text))
		}
	}
	return false
}

// joined folds the join of texts, or with "/" of the parts of a path.
func (f *tokenFolder) joined(start int, args []Token, sep string) bool {
	var parts []string
	var values [][]Token
	for _, group := range splitTokens(args) {
		part := string(Hole)
		switch {
		case len(group) == 1 && f.isStr(group[0]):
			part = group[0].Text
		case len(group) > 2 && group[1].Text == "=":
			continue // sep = "", recursive = TRUE
		}
		if sep == "/" {
			if part = strings.TrimSuffix(part, "/"); strings.HasPrefix(part, "/") {
				parts, values = parts[:0], values[:0] // what comes before an absolute path does not count
			}
		}
		if parts = append(parts, part); part == string(Hole) {
			values = append(values, group)
		}
	}
	return len(parts) > 0 && f.interpolate(start, strings.Join(parts, sep), values)
}

// list puts a list of texts in the place of the stack from index at on.
func (f *tokenFolder) list(at int, words []string) bool {
	base := f.out[at]
	if f.copied += 2 * len(words); len(words) == 0 || f.copied > maxTokens {
		return false
	}
	f.out = f.out[:at]
	add := func(kind TokenKind, text string) {
		base.Kind, base.Text = kind, text
		f.out = append(f.out, base)
	}
	sign := "["
	for _, w := range words[:min(len(words), maxFields)] {
		add(TokenPunct, sign)
		add(TokenString, w)
		sign = ","
	}
	add(TokenPunct, "]")
	return true
}

// percent folds "%s" % x, where x starts at i and ends the stack.
func (f *tokenFolder) percent(i int, next string) bool {
	return (f.lang == "python" || f.lang == "ruby") && f.punct(i-1, "%") && f.str(i-2) && f.out[i-2].Depth == f.out[i].Depth &&
		next != "." && next != "(" && next != "[" && f.format(i-2, f.out[i:len(f.out):len(f.out)], percentVerbs)
}

// reflected writes a function that is got by its name as that function:
// getattr(shutil, "rmtree"), FileUtils.send(:rm_rf, …).
func (f *tokenFolder) reflected(start int, name string, args []Token) bool {
	n := len(f.out)
	switch name {
	case "getattr":
		groups := splitTokens(args)
		if len(groups) < 2 || len(groups[1]) != 1 || !isIdentifier(groups[1][0].Text) {
			return false
		}
		member := groups[1][0]
		member.Kind = TokenName
		dot := Token{Kind: TokenPunct, Text: ".", Start: member.Start, Depth: member.Depth, Value: member.Value}
		kept := append(f.out[:start], groups[0]...)
		f.out = append(kept, dot, member)
		return true
	case "send", "public_send", "__send__":
		at := n - len(args) - 3 // of send itself
		first := 0
		if len(args) > 1 && args[0].Text == ":" {
			first = 1
		}
		if f.lang != "ruby" || len(args) <= first || args[first].Kind == TokenPunct || !isIdentifier(args[first].Text) {
			return false
		}
		f.out[at].Text = args[first].Text
		rest := args[first+1:]
		if len(rest) > 0 && rest[0].Text == "," {
			rest = rest[1:]
		}
		f.out = append(append(f.out[:at+2], rest...), f.out[n-1])
		return true
	}
	return false
}
