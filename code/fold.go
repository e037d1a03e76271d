package code

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// foldTokens replaces the expressions that only spell a string in another way
// by that string: b64decode("bHM="), "l" + "s", "%s" % "ls".
//
// Tokens are pushed on a stack, and what stands on top of it is reduced as long
// as it is such an expression.
func foldTokens(lang string, p *Program, tokens []Token) []Token {
	if !slices.ContainsFunc(tokens, spellsText) {
		return tokens
	}
	f := tokenFolder{lang: lang, p: p, out: make([]Token, 0, len(tokens)), moves: slices.ContainsFunc(tokens, changesDirectory)}
	for i, tok := range tokens {
		for n := len(f.open); n > 0 && tok.Depth <= f.depthOf(f.open[n-1]); n-- {
			f.fill(f.open[n-1])
			f.open = f.open[:n-1]
			for f.reduce(tok.Text) {
			}
		}
		f.notes(tokens, i)
		if value := f.constant(tokens, i); value != nil {
			f.out = append(f.out, value...)
		} else {
			f.out = append(f.out, tok)
		}
		var next string
		if i+1 < len(tokens) {
			next = tokens[i+1].Text
			if tokens[i+1].Depth > tok.Depth {
				f.open = append(f.open, len(f.out)-1)
				continue
			}
		}
		for f.reduce(next) {
		}
	}
	for n := len(f.open); n > 0; n-- {
		f.fill(f.open[n-1])
		f.open = f.open[:n-1]
		for f.reduce("") {
		}
	}
	return f.out
}

// depthOf is the depth of the string at index i of the stack.
func (f *tokenFolder) depthOf(i int) int {
	if i < len(f.out) {
		return f.out[i].Depth
	}
	return maxTokens
}

// spellsText is a cheap test that saves much code from being folded: what has
// no string has nothing to fold.
func spellsText(t Token) bool {
	return t.Kind == TokenString || t.Kind == TokenCommand || t.Kind == TokenName && namesHome(t.Text)
}

type tokenFolder struct {
	lang string
	p    *Program
	out  []Token
	open []int // strings in out whose values are being read
	// What was folded so far: bytes is bounded by maxValue, copied, of tokens,
	// by maxTokens.
	bytes, copied int
	looked        int  // names that were looked up
	moves         bool // the working directory is changed somewhere
	// sets are the places in out where a name is given a value, grown those where
	// something is added to it, and total counts all of the former in the code.
	sets, grown map[string][]int
	total       map[string]int
	values      map[string]nameValue
	lists       int // that are being read inside each other
}

// reduce folds the expression that ends the stack; next is the token after it.
func (f *tokenFolder) reduce(next string) bool {
	n := len(f.out)
	switch {
	case n == 0:
	case f.punct(n-1, ")"):
		return f.call(next)
	case f.punct(n-1, "]"), f.punct(n-1, "}"):
		return f.index(next) || f.lang == "perl" && f.keysOf()
	case f.out[n-1].Kind == TokenName:
		return f.percent(n-1, next) || f.member(next) || f.taker(next)
	case n > 1 && f.str(n-1):
		return f.strings(n-1, next) || f.lang == "php" && next != "." && f.included(n-1)
	}
	return false
}

// strings folds what joins the string at i to the one in front of it.
func (f *tokenFolder) strings(i int, next string) bool {
	if f.percent(i, next) {
		return true
	}
	left := i - 2
	if start := f.pathAt(left); start >= 0 && f.punct(i-1, "/") && f.lang == "python" && next != "[" && next != "." { // Path("x") / "y"
		return f.replace(start, f.out[left-1].Text+"/"+f.out[i].Text)
	}
	if f.lang == "awk" {
		left = i - 1 // awk needs no sign
	}
	if left < 0 || !f.str(left) || f.out[left].Depth != f.out[i].Depth || f.out[left].Value != f.out[i].Value {
		return false
	}
	if next == "[" || next == "." && f.lang != "php" && f.lang != "perl" {
		return false // what follows belongs to the last part only
	}
	sep := ""
	if left == i-2 {
		switch f.out[i-1].Text {
		case "+":
		case ".":
			if f.lang != "php" && f.lang != "perl" {
				return false
			}
		case "<":
			if f.lang != "ruby" {
				return false
			}
		case "/":
			if f.lang != "python" {
				return false
			}
			sep = "/" // Path.home() / "x"
		default:
			return false
		}
	}
	return f.replace(left, f.out[left].Text+sep+f.out[i].Text)
}

// pathAt is where Path("x") begins that ends at a token, -1 for no such thing.
func (f *tokenFolder) pathAt(end int) int {
	if !f.punct(end, ")") || !f.str(end-1) || !f.punct(end-2, "(") || !wrapsPath(f.name(end-3)) || f.lang != "python" {
		return -1
	}
	return f.chain(end - 3)
}

// keepsPath reports the methods that give the same path.
func keepsPath(name string) bool {
	switch name {
	case "resolve", "absolute", "expanduser", "as_posix":
		return true
	}
	return false
}

// member folds Dir.home, process.env.HOME and "…".strip.
func (f *tokenFolder) member(next string) bool {
	n := len(f.out)
	if start, ok := f.homeMember(next); ok {
		return f.replace(start, "~")
	}
	if next == "(" || f.lang != "ruby" || n < 3 || !f.punct(n-2, ".") || !f.str(n-3) {
		return false
	}
	return f.method(n-3, f.out[n-1].Text, nil)
}

// taker folds a member of a map, and in Ruby what is taken out of a list: {a: 1}.a,
// ["a"].sort.
func (f *tokenFolder) taker(next string) bool {
	n := len(f.out)
	at := n - 2
	if f.punct(at, ">") && f.punct(at-1, "-") {
		at--
	} else if !f.punct(at, ".") {
		return false
	}
	if next == "(" || next == "=" || !f.punct(at-1, "}") && !f.punct(at-1, "]") {
		return false
	}
	from := f.openerOf(at - 1)
	if from < 0 || !f.isLiteral(from, at) {
		return false
	}
	if f.lang == "ruby" {
		return f.taken(from, from, at, f.out[n-1].Text, nil)
	}
	value := valueOfKey(splitTokens(f.out[from+1:at-1]), f.out[n-1].Text)
	return f.lang != "python" && f.punct(from, "{") && f.putLiteral(from, slices.Clone(value), f.out[from].File)
}

func (f *tokenFolder) punct(i int, text string) bool {
	return i >= 0 && i < len(f.out) && f.out[i].Kind == TokenPunct && f.out[i].Text == text
}

func (f *tokenFolder) str(i int) bool {
	return i >= 0 && i < len(f.out) && f.isStr(f.out[i])
}

func (f *tokenFolder) isStr(t Token) bool {
	return t.Kind == TokenString && !strings.ContainsRune(t.Text, Hole)
}

func (f *tokenFolder) name(i int) string {
	if i >= 0 && i < len(f.out) && f.out[i].Kind == TokenName {
		return f.out[i].Text
	}
	return ""
}

// replace puts a string in the place of the tokens from i on.
func (f *tokenFolder) replace(i int, text string) bool {
	if f.bytes += len(text); f.bytes > maxValue {
		return false
	}
	file := ""
	for _, tok := range f.out[i:] {
		file = max(file, tok.File)
	}
	f.out[i] = Token{Kind: TokenString, Text: clean(text), Start: f.out[i].Start, Depth: f.out[i].Depth, Value: f.out[i].Value, File: file}
	f.out = f.out[:i+1]
	return true
}

// opener is where the bracket opens that the stack's last token closes; -1 when
// it is far away.
func (f *tokenFolder) opener() int { return f.openerOf(len(f.out) - 1) }

// openerOf is the same for the token at end.
func (f *tokenFolder) openerOf(end int) int {
	const maxArgs = 512
	depth := 0
	for i := end; i >= 0 && end-i <= 2*maxArgs; i-- {
		if f.out[i].Kind != TokenPunct || f.out[i].Depth != f.out[end].Depth {
			continue
		}
		switch f.out[i].Text {
		case ")", "]", "}":
			depth++
		case "(", "[", "{":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// call folds name(…) and "…".name(…).
func (f *tokenFolder) call(next string) bool {
	open := f.opener()
	if open < 0 {
		return false
	}
	args := f.out[open+1 : len(f.out)-1]
	name := f.name(open - 1)
	start := open - 1
	if name == "" {
		return f.punct(open-1, "%") && f.str(open-2) && f.format(open-2, args, percentVerbs) || // "%s" % (a, b)
			len(args) == 1 && args[0].Kind == TokenString && next != "." && (open == 0 || f.out[open-1].Kind == TokenPunct && f.out[open-1].Text != "]" && f.out[open-1].Text != ")") &&
				f.str(open+1) && f.replace(open, args[0].Text) // ("a" + "b")
	}
	if f.punct(open-2, ".") && f.str(open-3) && f.lang != "php" && f.lang != "perl" {
		return f.method(open-3, name, args)
	}
	if f.punct(open-2, ".") && len(args) == 0 && keepsPath(name) && f.pathAt(open-3) >= 0 { // Path("x").resolve()
		f.out = f.out[:open-2]
		return true
	}
	if name == "join" && f.punct(open-2, ".") && f.punct(open-3, "]") {
		return f.joinedList(open-3, args)
	}
	for f.punct(start-1, ".") && f.name(start-2) != "" || f.punct(start-1, ":") && f.punct(start-2, ":") && f.name(start-3) != "" {
		if start -= 2; f.punct(start, ":") {
			start--
		}
	}
	if f.punct(start-1, ".") && f.punct(start-2, ")") && f.str(start-3) && f.punct(start-4, "(") && (f.name(start-5) == "__import__" || f.name(start-5) == "require") {
		start -= 5
	}
	if f.pathCall(start, name, args, next) || f.formatCall(start, name, args) || f.reflected(start, name, args) ||
		f.readCall(start, open, name, args) || f.listCall(start, open, name, args) {
		return true
	}
	if text, ok := decoded(name, args); ok {
		return f.replace(start, text)
	}
	return f.percent(start, next)
}

// method folds what a method makes of a constant string.
func (f *tokenFolder) method(at int, name string, args []Token) bool {
	on := f.out[at].Text
	switch name {
	case "decode", "encode", "toString", "to_s":
		return f.replace(at, on)
	case "strip", "trim", "rstrip", "chomp", "trimEnd":
		return f.replace(at, strings.TrimSpace(on))
	case "splitlines", "lines", "each_line":
		return f.putLiteral(at, lineTokens(on), f.out[at].File)
	case "join":
		if texts, ok := textsOf(args); ok {
			return f.replace(at, strings.Join(texts, on))
		}
	case "split":
		if len(args) == 0 || args[0].Kind == TokenString && args[0].Text == " " {
			return f.list(at, strings.Fields(on)) // of JavaScript, by a pattern
		}
		if len(args) == 1 && f.isStr(args[0]) && args[0].Text != "" {
			return f.list(at, strings.Split(strings.TrimSuffix(on, args[0].Text), args[0].Text))
		}
	case "format":
		return f.format(at, args, braceVerbs)
	case "formatted":
		return f.format(at, args, percentVerbs)
	}
	return false
}

// joinedList folds ["a", "b"].join("/"), whose list closes at end.
func (f *tokenFolder) joinedList(end int, args []Token) bool {
	start := f.openerOf(end)
	sep := "," // of JavaScript
	switch {
	case len(args) == 1 && f.isStr(args[0]):
		sep = args[0].Text
	case len(args) > 0 || start < 0:
		return false
	case f.lang == "ruby":
		sep = ""
	}
	if start < 0 || f.name(start-1) != "" || f.punct(start-1, ")") || f.punct(start-1, "]") {
		return false // an index
	}
	texts, ok := textsOf(f.out[start+1 : end])
	return ok && f.replace(start, strings.Join(texts, sep))
}

// textsOf are the strings of a list.
func textsOf(args []Token) (texts []string, ok bool) {
	for _, tok := range args {
		switch {
		case tok.Kind == TokenString && !strings.ContainsRune(tok.Text, Hole):
			texts = append(texts, tok.Text)
		case tok.Kind == TokenPunct && (tok.Text == "," || tok.Text == "[" || tok.Text == "]" || tok.Text == "(" || tok.Text == ")"):
		default:
			return nil, false
		}
	}
	return texts, len(texts) > 0
}

// decoded is what a call decodes of a constant string: base64 and hex. Code that
// spells its text in another way is code that is decoded and then run.
func decoded(name string, args []Token) (text string, ok bool) {
	if len(args) == 0 || args[0].Kind != TokenString || strings.ContainsRune(args[0].Text, Hole) {
		return "", false
	}
	switch name {
	case "b64decode", "urlsafe_b64decode", "standard_b64decode", "decodebytes", "decodestring", "decode64", "strict_decode64",
		"urlsafe_decode64", "decode_base64", "base64_decode", "atob", "FromBase64String":
		return fromBase64(args[0].Text)
	case "fromhex", "unhexlify", "a2b_hex", "hex2bin":
		return fromHex(args[0].Text)
	case "from": // Buffer.from("…", "base64")
		if len(args) == 3 && args[2].Kind == TokenString && strings.HasPrefix(args[2].Text, "base64") {
			return fromBase64(args[0].Text)
		}
	}
	return "", false
}

// fromBase64 reads any of the alphabets, with or without padding.
func fromBase64(s string) (text string, ok bool) {
	s = strings.NewReplacer("-", "+", "_", "/", "\n", "", " ", "").Replace(strings.TrimRight(s, "="))
	raw, err := base64.RawStdEncoding.DecodeString(s)
	return string(raw), err == nil && len(raw) > 0
}

func fromHex(s string) (text string, ok bool) {
	raw, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	return string(raw), err == nil && len(raw) > 0
}
