package code

import "strings"

// This file writes assignments of several names from a list as one for each:
// a, *b = sys.argv[1:], const [a, ...b] = ["x", "y"], my ($a, $b) = ("x", "y").

// maxTargets bounds the names of one such assignment.
const maxTargets = 16

// unpacked gives the tokens with these assignments written out.
func unpacked(lang, src string, tokens []Token) []Token {
	switch lang {
	case "python", "javascript", "ruby", "perl", "php":
	default:
		return tokens
	}
	if lang == "perl" {
		tokens = plainPerl(tokens)
	}
	var out []Token
	done := 0
	for i := range tokens {
		if lang == "javascript" && i >= done {
			if from, to, list := takenApart(src, tokens, i); list != nil && from >= done {
				out = append(append(out, tokens[done:from]...), list...)
				done = to
			}
		}
		u := unpacking{lang: lang, src: src, tokens: tokens}
		if i < done || !u.punct(i, "=") || u.punct(i+1, "=") || u.punct(i-1, "=") || !u.targets(i) || u.from < done || !u.values(i+1) {
			continue
		}
		out = append(out, tokens[done:u.from]...)
		out = u.write(out)
		done = u.end
	}
	if done == 0 {
		return tokens
	}
	return append(out, tokens[done:]...)
}

// An unpacking is one assignment of several names.
type unpacking struct {
	lang   string
	src    string
	tokens []Token
	from   int     // where it starts, behind const and my
	end    int     // behind its values
	names  []Token // what is assigned to
	rest   int     // which of them takes all that is left; -1 for none
	parts  [][]Token
}

func (u *unpacking) punct(i int, sign string) bool {
	return i >= 0 && i < len(u.tokens) && u.tokens[i].Kind == TokenPunct && u.tokens[i].Text == sign
}

// newLine reports that a line begins with the token at i.
func (u *unpacking) newLine(i int) bool {
	if i <= 0 || i >= len(u.tokens) {
		return true
	}
	a, b := u.tokens[i-1].Start, u.tokens[i].Start
	return a < b && strings.IndexByte(u.src[a:b], '\n') >= 0
}

// targets reads the names before the sign at i.
func (u *unpacking) targets(i int) bool {
	u.rest = -1
	at, open := i-1, ""
	switch {
	case u.punct(at, "]") && u.lang != "perl":
		open = "["
	case u.punct(at, ")") && u.lang != "javascript":
		open = "("
	case u.lang != "python" && u.lang != "ruby":
		return false
	}
	if open != "" {
		at--
	}
	for len(u.names) < maxTargets && at >= 0 && u.tokens[at].Kind == TokenName {
		u.names = append(u.names, u.tokens[at])
		for at--; u.punct(at, "*") || u.punct(at, ".") || u.punct(at, "@") || u.punct(at, "..."); at-- {
			u.rest = len(u.names) - 1
		}
		if !u.punct(at, ",") {
			break
		}
		at--
	}
	if open != "" {
		if !u.punct(at, open) || at > 0 && !u.newLine(at) && !u.punct(at-1, ";") && !u.punct(at-1, "{") && !u.declares(at-1) {
			return false
		}
		at--
	} else if at >= 0 && !u.newLine(at+1) && !u.punct(at, ";") && !u.punct(at, ":") {
		return false
	}
	u.from = at + 1
	if u.rest >= 0 {
		u.rest = len(u.names) - 1 - u.rest
	}
	for a, b := 0, len(u.names)-1; a < b; a, b = a+1, b-1 {
		u.names[a], u.names[b] = u.names[b], u.names[a]
	}
	return len(u.names) > 1
}

func (u *unpacking) declares(i int) bool {
	switch u.tokens[i].Text {
	case "const", "let", "var", "my", "our", "local", "list":
		return u.tokens[i].Kind == TokenName
	}
	return false
}

// values splits the list that begins at i.
func (u *unpacking) values(i int) bool {
	bare := !u.punct(i, "[") && !u.punct(i, "(")
	if bare && u.lang != "python" && u.lang != "ruby" {
		return false
	}
	depth, start := 0, i
	if !bare {
		depth, start = -1, i+1
	}
	for at := i; at < len(u.tokens); at++ {
		switch {
		case u.punct(at, "["), u.punct(at, "("), u.punct(at, "{"):
			depth++
		case u.punct(at, "]"), u.punct(at, ")"), u.punct(at, "}"):
			depth--
		case depth == 0 && u.punct(at, ","):
			u.parts = append(u.parts, u.tokens[start:at])
			start = at + 1
		}
		closed := !bare && depth < 0
		if last := at + 1; closed || bare && depth == 0 && (last == len(u.tokens) || u.newLine(last) || u.punct(last, ";")) {
			stop := last
			if closed {
				stop = at
			}
			if start < stop {
				u.parts = append(u.parts, u.tokens[start:stop])
			}
			u.end = last
			ends := last == len(u.tokens) || u.newLine(last) || u.punct(last, ";") || u.punct(last, "}")
			return ends && (len(u.parts) == len(u.names) || u.rest >= 0 && len(u.parts) >= len(u.names)-1)
		}
	}
	return false
}

// write appends an assignment for each name. All stands where the first did.
func (u *unpacking) write(out []Token) []Token {
	place := u.tokens[u.from]
	sign := func(text string) {
		out = append(out, Token{Kind: TokenPunct, Text: text, Start: place.Start, Depth: place.Depth, Value: place.Value})
	}
	part := func(list []Token) {
		for _, t := range list {
			t.Start = place.Start
			out = append(out, t)
		}
	}
	next := 0
	for n, name := range u.names {
		if n > 0 {
			sign(";")
		}
		part([]Token{name})
		sign("=")
		if n != u.rest {
			part(u.parts[next])
			next++
			continue
		}
		sign("[")
		for first, last := next, len(u.parts)-(len(u.names)-1-n); next < last; next++ {
			if next > first {
				sign(",")
			}
			part(u.parts[next])
		}
		sign("]")
	}
	return out
}

// takenApart writes const {a, b: c} = x; as a = x.a; c = x.b, and import a from
// "./a.json" as what require gives; the statement's sign is at i.
func takenApart(src string, tokens []Token, i int) (from, to int, list []Token) {
	u := unpacking{lang: "javascript", src: src, tokens: tokens}
	sign := func(text string) { list = append(list, Token{Kind: TokenPunct, Text: text, Start: tokens[from].Start}) }
	switch {
	case tokens[i].Text == "import" && i+3 < len(tokens) && tokens[i+1].Kind == TokenName && tokens[i+2].Text == "from" && tokens[i+3].Kind == TokenString && dataFile(tokens[i+3].Text):
		from, to, list = i, i+4, append(list, tokens[i+1])
		sign("=")
		list = append(list, Token{Text: "require", Start: tokens[i].Start})
		sign("(")
		list = append(list, tokens[i+3])
		sign(")")
		if to+1 < len(tokens) && tokens[to].Text == "with" && u.punct(to+1, "{") {
			for to++; !u.punct(to, "}") && to < len(tokens); to++ {
			}
			to = min(to+1, len(tokens))
		}
		sign(";")
		return from, to, list
	case !u.punct(i, "=") || !u.punct(i-1, "}") || u.punct(i+1, "=") || u.punct(i+1, ">"):
		return 0, 0, nil
	}
	var names [][2]Token
	at := i - 2
	for len(names) < maxTargets && at > 0 && tokens[at].Kind == TokenName {
		name := tokens[at]
		if u.punct(at-1, ":") && tokens[at-2].Kind == TokenName {
			at -= 2
		}
		names = append(names, [2]Token{tokens[at], name})
		if at--; u.punct(at, ",") {
			at--
		}
	}
	if !u.punct(at, "{") || !u.declares(at-1) || len(names) == 0 {
		return 0, 0, nil
	}
	depth := 0
	for to = i + 1; to < min(len(tokens), i+maxLet); to++ {
		if opens(tokens[to]) {
			depth++
		} else if closes(tokens[to]) {
			depth--
		}
		if depth < 0 || depth == 0 && (u.punct(to, ";") || to > i+1 && u.newLine(to)) {
			break
		}
	}
	value := tokens[i+1 : to]
	from = at
	for n := len(names) - 1; n >= 0; n-- {
		list = append(list, names[n][1])
		sign("=")
		list = append(list, value...)
		sign(".")
		list = append(list, names[n][0])
		sign(";")
	}
	for _, t := range value {
		if t.Kind == TokenName && (t.Text == "require" || t.Text == "import" || parsesOptions(t.Text)) && !(len(value) == 4 && dataFile(value[2].Text)) {
			return 0, 0, nil // whose names stand for other things
		}
	}
	return from, to, list
}
