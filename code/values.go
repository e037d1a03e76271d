package code

import (
	"slices"
	"strings"
)

// This file writes the constants that names stand for in the places where the names
// are used: a text, a path that a call wraps, a list with what the code adds to it.
// A name that is assigned different values stays.

// maxGrowth bounds what is added to one list.
const maxGrowth = 64

// notes records where the token at i, which is about to be pushed, gives a name a
// value or adds to its list.
func (f *tokenFolder) notes(tokens []Token, i int) {
	name := tokens[i].Text
	switch {
	case tokens[i].Kind != TokenName || tokens[i].Depth > 0:
	case f.assigns(tokens, i):
		f.sets = noted(f.sets, name, len(f.out))
	case len(f.sets[name]) > 0 && !punctAt(tokens, i-1, ".") && growth(tokens, i) > 0:
		f.grown = noted(f.grown, name, len(f.out))
	}
}

func noted(places map[string][]int, name string, at int) map[string][]int {
	if places == nil {
		places = map[string][]int{}
	}
	if len(places[name]) < maxGrowth {
		places[name] = append(places[name], at)
	}
	return places
}

// assigns reports that the name at i is given a value there.
func (f *tokenFolder) assigns(tokens []Token, i int) bool {
	if tokens[i].Kind != TokenName || !punctAt(tokens, i+1, "=") || punctAt(tokens, i-1, ".") || punctAt(tokens, i-1, ">") {
		return false
	}
	keyword := f.lang == "python" && (punctAt(tokens, i-1, "(") || punctAt(tokens, i-1, ","))
	return !keyword && !punctAt(tokens, i+2, "=") && !punctAt(tokens, i+2, ">") && !punctAt(tokens, i+2, "~")
}

// growth is where what a list or a text gets more stands behind the name at i:
// x += ["a"], x.append("a"), x.extend(["a"]), x += "a"; 0 for none.
func growth(tokens []Token, i int) (at int) {
	switch {
	case (punctAt(tokens, i+1, "+") || punctAt(tokens, i+1, ".")) && punctAt(tokens, i+2, "=") && i+3 < len(tokens):
		return i + 3
	case !punctAt(tokens, i+1, ".") || !punctAt(tokens, i+3, "("):
		return 0
	case tokens[i+2].Text == "append" || tokens[i+2].Text == "push":
		return i + 3
	case (tokens[i+2].Text == "extend" || tokens[i+2].Text == "concat") && punctAt(tokens, i+4, "["):
		return i + 4
	}
	return 0
}

// valueOf gives the tokens that the name at i stands for when it is used as a value.
func (f *tokenFolder) valueOf(tokens []Token, i int) []Token {
	sets := f.sets[tokens[i].Text]
	if len(sets) == 0 || !f.isValue(tokens, i) {
		return nil
	}
	if f.total == nil {
		f.total = map[string]int{}
		for j := range tokens {
			if tokens[j].Depth == 0 && f.assigns(tokens, j) {
				f.total[tokens[j].Text]++
			}
		}
	}
	if f.total[tokens[i].Text] != len(sets) {
		return nil // another value comes later
	}
	value := f.constantOf(tokens[i].Text)
	if len(value) == 0 || f.copied+len(value) > maxTokens || f.bytes > maxValue {
		return nil
	}
	value = slices.Clone(value)
	f.copied += len(value)
	for n := range value {
		if f.bytes += len(value[n].Text); f.bytes > maxValue {
			return nil
		}
		value[n].Start, value[n].Value = tokens[i].Start, tokens[i].Value
		value[n].Depth = tokens[i].Depth
	}
	sign := tokens[i]
	sign.Kind, sign.Text = TokenPunct, ":"
	switch {
	case isShorthand(f.lang, tokens, i):
		return append([]Token{tokens[i], sign}, value...)
	case f.isPath(tokens, i):
		return pathObject(value)
	}
	return value
}

// isPath reports a name on which a method of paths is called.
func (f *tokenFolder) isPath(tokens []Token, i int) bool {
	return (f.lang == "python" || f.lang == "ruby") && punctAt(tokens, i+1, ".") && i+2 < len(tokens) && pathMethod(tokens[i+2].Text)
}

// pathObject puts a text back into what its name was assigned: Path("x").
func pathObject(value []Token) []Token {
	if len(value) != 1 {
		return nil
	}
	wrapper, open, end := value[0], value[0], value[0]
	wrapper.Kind, wrapper.Text = TokenName, "Path"
	open.Kind, open.Text = TokenPunct, "("
	end.Kind, end.Text = TokenPunct, ")"
	return []Token{wrapper, open, value[0], end}
}

// pathMethod reports the methods that paths have and texts do not.
func pathMethod(name string) bool {
	switch name {
	case "unlink", "rmdir", "rmtree", "iterdir", "children", "each_child", "glob", "rglob", "read_text", "read_bytes", "write_text", "write_bytes", "open", "chmod", "rename":
		return true
	}
	return false
}

// isShorthand reports a name that is a key and its value at once: {method} of
// JavaScript.
func isShorthand(lang string, tokens []Token, i int) bool {
	const maxBack = 64
	if lang != "javascript" || !punctAt(tokens, i+1, ",") && !punctAt(tokens, i+1, "}") || !punctAt(tokens, i-1, "{") && !punctAt(tokens, i-1, ",") {
		return false
	}
	depth := 0
	for j := i - 1; j >= 0 && j > i-maxBack; j-- {
		switch {
		case punctAt(tokens, j, ")"), punctAt(tokens, j, "]"), punctAt(tokens, j, "}"):
			depth++
		case depth > 0 && (punctAt(tokens, j, "(") || punctAt(tokens, j, "[") || punctAt(tokens, j, "{")):
			depth--
		case punctAt(tokens, j, "{"):
			return true
		case punctAt(tokens, j, "("), punctAt(tokens, j, "["), punctAt(tokens, j, ";"):
			return false
		}
	}
	return false
}

// A nameValue is what a name stands for behind a number of its assignments and of what
// is added to it.
type nameValue struct {
	sets, grown int
	value       []Token
}

// constantOf is what all that a name is assigned gives it; nil when that differs.
func (f *tokenFolder) constantOf(name string) []Token {
	sets, grown := f.sets[name], f.grown[name]
	if known, ok := f.values[name]; ok && known.sets == len(sets) && known.grown == len(grown) {
		return known.value
	}
	value := f.literal(sets[0])
	for _, set := range sets[1:] {
		if !slices.EqualFunc(value, f.literal(set), func(a, b Token) bool { return a.Kind == b.Kind && a.Text == b.Text }) {
			value = nil
		}
	}
	value = f.withGrowth(value, name)
	if f.values == nil {
		f.values = map[string]nameValue{}
	}
	f.values[name] = nameValue{len(sets), len(grown), value}
	return value
}

// withGrowth adds to a value what the code adds to that of its name.
func (f *tokenFolder) withGrowth(value []Token, name string) []Token {
	if len(value) == 0 {
		return nil
	}
	list := isPunct(value[0], "[")
	for _, place := range f.grown[name] {
		at := growth(f.out, place)
		switch {
		case at == 0 || f.name(place) != name || len(value) > maxFields:
		case list && (f.punct(at, "[") || f.punct(at, "(")):
			value = append(value, f.elements(at)...)
		case list:
			value = append(value, Token{Kind: TokenString, Text: string(Hole)})
		default:
			more, ok := f.textAt(at, len(f.out))
			if !ok {
				more = string(Hole)
			}
			value[0].Text += more
		}
		if f.bytes += len(value[len(value)-1].Text); f.bytes > maxValue {
			return nil
		}
	}
	if list {
		return listed(value)
	}
	return value
}

// isValue reports that what counts of the name at i is its value, not a member of it
// nor what it is assigned.
func (f *tokenFolder) isValue(tokens []Token, i int) bool {
	is := func(n int, sign string) bool {
		return punctAt(tokens, i+n, sign) && tokens[i+n].Depth == tokens[i].Depth && tokens[i+n].Value == tokens[i].Value
	}
	spread := is(-1, ".") && is(-2, ".")
	switch {
	case is(-1, ".") && !spread && !f.joins(), is(-1, ">") && is(-2, "-"), is(-1, ":") && is(-2, ":"), is(-1, "|"):
		return false
	case f.lang == "ruby" && is(-1, ":") && tokens[i-1].Start+1 == tokens[i].Start, i > 0 && tokens[i-1].Kind == TokenName && introduces(tokens[i-1].Text):
		return false
	case f.isPath(tokens, i):
		return true
	case is(1, "."):
		return f.joins() && !is(2, "=") || i+2 < len(tokens) && is(3, "(") && foldsMethod(tokens[i+2].Text)
	case is(1, "="):
		return is(2, "=")
	case is(1, "+") || is(1, "-") || is(1, "|") || is(1, "*"):
		return !is(2, "=") && !is(2, ">")
	case is(1, ":"):
		return !is(-1, "{") && !is(-1, ",") && !is(2, ":")
	case i+1 < len(tokens) && tokens[i+1].Kind == TokenName:
		return tokens[i+1].Text != "in" && tokens[i+1].Text != "of"
	}
	return !is(1, "(") && !is(1, "[") && !is(1, "{")
}

// joins reports a language whose texts are joined by a dot.
func (f *tokenFolder) joins() bool { return f.lang == "php" || f.lang == "perl" }

// introduces reports the words behind which a name is one that is made.
func introduces(word string) bool {
	switch word {
	case "for", "foreach", "global", "nonlocal", "import", "from", "as", "def", "class", "function", "sub", "del", "my", "our", "local", "const", "let", "var", "catch", "use", "package", "lambda":
		return true
	}
	return false
}

// literal is the constant that the name at index at is assigned: a text, or the opening
// bracket of a list and its elements.
func (f *tokenFolder) literal(at int) []Token {
	from := at + 2
	if at+2 >= len(f.out) || !f.punct(at+1, "=") {
		return nil // it has been folded since
	}
	if f.punct(from, "[") || f.lang == "perl" && f.punct(at-1, "@") && f.punct(from, "(") {
		return append([]Token{{Kind: TokenPunct, Text: "["}}, f.elements(from)...)
	}
	if text, ok := f.textAt(from, len(f.out)); ok {
		return []Token{{Kind: TokenString, Text: text}}
	}
	return nil
}

// elements are the texts of the list that opens at open, with a Hole for each element
// that is no text, and those of the lists that are joined to it.
func (f *tokenFolder) elements(open int) (list []Token) {
	const maxLists = 8 // in each other, or joined
	if f.lists++; f.lists > maxLists {
		f.lists--
		return nil
	}
	defer func() { f.lists-- }()
	end := f.closer(open)
	start := open + 1
	for i := start; i <= end && i < len(f.out) && len(list) < maxFields; i++ {
		switch {
		case f.out[i].Depth > f.out[open].Depth:
			continue
		case i > open && i < end && (f.punct(i, "[") || f.punct(i, "(") || f.punct(i, "{")):
			if inner := f.closer(i); inner < end {
				i = inner
			}
			continue
		case i != end && !f.punct(i, ","):
			continue
		case start < i:
			list = append(list, f.elementAt(start, i)...)
		}
		start = i + 1
	}
	if f.punct(end+1, "+") && f.punct(end+2, "[") && len(list) < maxFields {
		list = append(list, f.elements(end+2)...)
	}
	return list
}

// elementAt is one element of a list, or the elements of a list that is spread in it.
func (f *tokenFolder) elementAt(start, end int) []Token {
	first := start
	for f.punct(first, "*") || f.punct(first, ".") {
		first++
	}
	if first > start && f.punct(first, "[") {
		return f.elements(first)
	}
	text, ok := f.textAt(start, end)
	if !ok {
		text = string(Hole)
	}
	return []Token{{Kind: TokenString, Text: text}}
}

// listed puts the signs of a list around elements, the first of which is its bracket;
// nil when no text is known.
func listed(elements []Token) (list []Token) {
	known := false
	for n, tok := range elements {
		if n > 1 {
			list = append(list, Token{Kind: TokenPunct, Text: ","})
		}
		list = append(list, tok)
		known = known || n > 0 && tok.Text != string(Hole)
	}
	if !known {
		return nil
	}
	return append(list, Token{Kind: TokenPunct, Text: "]"})
}

// textAt is the text of the expression at i, which ends at end at the latest: what is
// joined to its first text and is none itself is a Hole.
func (f *tokenFolder) textAt(i, end int) (text string, ok bool) {
	wrapped := false
	for ; i < end && f.name(i) != ""; i++ { // Path("x"), new URL("x"), pathlib.Path("x")
		switch {
		case f.name(i) == "new" && f.punct(i+1, "(") && f.punct(i-1, ".") && wrapsPath(f.name(i-2)): // Pathname.new("x")
		case f.name(i) == "new", f.punct(i+1, ".") && f.name(i+2) != "":
			if f.punct(i+1, ".") {
				i++
			}
			continue
		case !wrapsPath(f.name(i)) || !f.punct(i+1, "("):
			return "", false
		}
		wrapped = true
		i++
	}
	if i >= end || f.out[i].Kind != TokenString {
		return "", false
	}
	depth := f.out[i].Depth
	text = f.out[i].Text
	if strings.HasPrefix(text, string(Hole)) && i+1 < end && f.out[i+1].Depth > depth && f.ownPlace(f.out[i+1]) {
		return "", false
	}
	after := func() {
		for i++; i < end && f.out[i].Depth > depth; i++ {
		}
	}
	if after(); wrapped && f.punct(i, ")") {
		i++
	}
	for len(text) < maxValue && i < end {
		switch {
		case f.out[i].Kind == TokenPunct:
		case f.lang == "awk":
			return text + string(Hole), true
		default:
			return text, true
		}
		switch f.out[i].Text {
		case "[":
			return "", false // a part of it, or turned round
		case "+", "%", ".", "<", "/":
			if f.name(i+1) == "reverse" {
				return "", false
			}
		default:
			return text, true
		}
		for i++; f.punct(i, ".") || f.punct(i, "<"); i++ {
		}
		if i >= end || f.out[i].Kind != TokenString || f.out[i].Depth != depth {
			return text + string(Hole), true
		}
		if f.punct(i-1, "/") {
			text += "/"
		}
		text += f.out[i].Text
		after()
	}
	return text, len(text) < maxValue
}

// ownPlace reports a path below the home that is not known to its end: what lies there
// is the program's own.
func (f *tokenFolder) ownPlace(t Token) bool {
	return t.Kind == TokenString && strings.HasPrefix(t.Text, "~") && strings.ContainsRune(t.Text, Hole)
}

// wrapsPath reports the calls that make a path or an address of a text.
func wrapsPath(name string) bool {
	switch name {
	case "Path", "PurePath", "Pathname", "File", "Directory", "URL", "URI", "Uri":
		return true
	}
	return false
}

// foldsMethod reports the methods of a constant text that are folded.
func foldsMethod(name string) bool {
	switch name {
	case "decode", "encode", "toString", "strip", "trim", "rstrip", "to_s", "chomp", "join", "split", "format", "formatted":
		return true
	}
	return false
}

func punctAt(tokens []Token, i int, sign string) bool {
	return i >= 0 && i < len(tokens) && isPunct(tokens[i], sign)
}
