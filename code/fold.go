package code

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// foldTokens replaces the expressions that only spell a string in another way
// by that string: b64decode("bHM="), "sl"[::-1], chr(108) + "s". Code that
// hides what it runs is read like code that does not.
//
// Tokens are pushed on a stack, and what stands on top of it is reduced as long
// as it is such an expression.
func foldTokens(lang string, tokens []Token) []Token {
	if !slices.ContainsFunc(tokens, spellsText) {
		return tokens
	}
	f := tokenFolder{lang: lang, out: make([]Token, 0, len(tokens))}
	for i, tok := range tokens {
		for n := len(f.open); n > 0 && tok.Depth <= f.depthOf(f.open[n-1]); n-- {
			f.fill(f.open[n-1])
			f.open = f.open[:n-1]
			for f.reduce(tok.Text) {
			}
		}
		f.out = append(f.out, tok)
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
	out  []Token
	open []int // strings in out whose values are being read
	// What was folded so far: bytes is bounded by maxValue, copied, of tokens,
	// by maxTokens.
	bytes, copied int
}

// reduce folds the expression that ends the stack; next is the token after it.
func (f *tokenFolder) reduce(next string) bool {
	n := len(f.out)
	switch {
	case n == 0:
	case f.punct(n-1, ")"):
		return f.call(next)
	case f.punct(n-1, "]"):
		return f.reversed() || f.index(next)
	case f.punct(n-1, "}"):
		return f.index(next)
	case f.out[n-1].Kind == TokenName:
		return f.percent(n-1, next) || f.member(next)
	case n > 1 && f.str(n-1):
		return f.strings(n-1, next)
	}
	return false
}

// strings folds what joins the string at i to the one in front of it.
func (f *tokenFolder) strings(i int, next string) bool {
	if f.percent(i, next) {
		return true
	}
	left := i - 2
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

// member folds Dir.home, process.env.HOME and "…".reverse.
func (f *tokenFolder) member(next string) bool {
	n := len(f.out)
	if start, ok := f.homeMember(next); ok {
		return f.replace(start, "~")
	}
	if next == "(" || f.lang != "ruby" || n < 3 || !f.punct(n-2, ".") || !f.str(n-3) {
		return false
	}
	switch f.out[n-1].Text {
	case "reverse":
		return f.replace(n-3, backwards(f.out[n-3].Text))
	case "strip", "chomp", "to_s":
		return f.replace(n-3, f.out[n-3].Text)
	}
	return false
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
	f.out[i] = Token{Kind: TokenString, Text: clean(text), Start: f.out[i].Start, Depth: f.out[i].Depth, Value: f.out[i].Value}
	f.out = f.out[:i+1]
	return true
}

// opener is where the bracket opens that the stack's last token closes; -1 when
// it is far away.
func (f *tokenFolder) opener() int {
	const maxArgs = 512
	depth, end := 0, len(f.out)-1
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
	for f.punct(start-1, ".") && f.name(start-2) != "" || f.punct(start-1, ":") && f.punct(start-2, ":") && f.name(start-3) != "" {
		if start -= 2; f.punct(start, ":") {
			start--
		}
	}
	if f.punct(start-1, ".") && f.punct(start-2, ")") && f.str(start-3) && f.punct(start-4, "(") && (f.name(start-5) == "__import__" || f.name(start-5) == "require") {
		start -= 5
	}
	if f.pathCall(start, name, args, next) || f.formatCall(start, name, args) || f.reflected(start, name, args) {
		return true
	}
	if decode := spelling(name); decode != nil {
		if text, ok := decode(args); ok {
			return f.replace(start, text)
		}
	}
	return f.percent(start, next)
}

// method folds what a method makes of a constant string.
func (f *tokenFolder) method(at int, name string, args []Token) bool {
	on := f.out[at].Text
	switch name {
	case "decode", "encode", "toString", "strip", "trim", "rstrip", "to_s", "chomp":
		if len(args) > 0 && args[0].Kind == TokenString {
			if text, ok := recoded(on, args[0].Text); ok {
				return f.replace(at, text)
			}
		}
		return f.replace(at, on)
	case "reverse":
		return f.replace(at, backwards(on))
	case "unpack1", "unpack":
		if len(args) == 1 && (args[0].Text == "m" || args[0].Text == "m0") {
			text, ok := fromBase64(on)
			return ok && f.replace(at, text)
		}
	case "join":
		if texts, ok := textsOf(args); ok {
			return f.replace(at, strings.Join(texts, on))
		}
	case "split":
		if len(args) == 0 || args[0].Kind == TokenString && args[0].Text == " " {
			return f.list(at, strings.Fields(on))
		}
	case "format":
		return f.format(at, args, braceVerbs)
	case "formatted":
		return f.format(at, args, percentVerbs)
	}
	return false
}

// reversed folds "…"[::-1].
func (f *tokenFolder) reversed() bool {
	n := len(f.out)
	return n > 5 && f.punct(n-3, "-") && f.out[n-2].Text == "1" && f.punct(n-4, ":") && f.punct(n-5, ":") && f.punct(n-6, "[") &&
		f.str(n-7) && f.replace(n-7, backwards(f.out[n-7].Text))
}

// textsOf are the strings, and the characters of the numbers, of a list.
func textsOf(args []Token) (texts []string, ok bool) {
	for _, tok := range args {
		switch {
		case tok.Kind == TokenString && !strings.ContainsRune(tok.Text, Hole):
			texts = append(texts, tok.Text)
		case tok.Kind == TokenNumber:
			n, err := strconv.ParseUint(tok.Text, 0, 21)
			if err != nil {
				return nil, false
			}
			texts = append(texts, string(rune(n)))
		case tok.Kind == TokenPunct && (tok.Text == "," || tok.Text == "[" || tok.Text == "]" || tok.Text == "(" || tok.Text == ")"):
		case tok.Kind == TokenName && (tok.Text == "map" || tok.Text == "chr" || tok.Text == "for" || tok.Text == "in" || len(tok.Text) == 1):
			// map(chr, […]) and chr(c) for c in […]
		default:
			return nil, false
		}
	}
	return texts, len(texts) > 0
}

// spelling is the function that a call decodes its constant arguments with;
// nil for every other call.
func spelling(name string) func(args []Token) (string, bool) {
	switch name {
	case "b64decode", "urlsafe_b64decode", "standard_b64decode", "decodebytes", "decodestring", "decode64", "strict_decode64",
		"urlsafe_decode64", "decode_base64", "base64_decode", "atob", "FromBase64String":
		return ofText(fromBase64)
	case "b32decode":
		return ofText(func(s string) (string, bool) {
			raw, err := base32.StdEncoding.DecodeString(s)
			return string(raw), err == nil
		})
	case "fromhex", "unhexlify", "a2b_hex", "hex2bin":
		return ofText(fromHex)
	case "unquote", "unquote_plus", "decodeURIComponent", "unescape", "urldecode", "rawurldecode":
		return ofText(func(s string) (string, bool) {
			text, err := url.PathUnescape(s)
			return text, err == nil
		})
	case "str_rot13":
		return ofText(func(s string) (string, bool) { return rot13(s), true })
	case "strrev":
		return ofText(func(s string) (string, bool) { return backwards(s), true })
	case "chr", "fromCharCode", "fromCodePoint", "bytes", "bytearray", "char":
		return func(args []Token) (string, bool) {
			if slices.ContainsFunc(args, func(t Token) bool { return t.Kind == TokenString }) && name != "bytes" && name != "bytearray" {
				return "", false
			}
			texts, ok := textsOf(args)
			return strings.Join(texts, ""), ok
		}
	case "decode", "from": // codecs.decode("…", "rot13"), Buffer.from("…", "base64")
		return func(args []Token) (string, bool) {
			if len(args) != 3 || args[0].Kind != TokenString || args[2].Kind != TokenString {
				return "", false
			}
			return recoded(args[0].Text, args[2].Text)
		}
	case "GetString":
		return ofText(func(s string) (string, bool) { return strings.ReplaceAll(s, "\x00", ""), true })
	case "pack": // Perl's pack("H*", "…")
		return func(args []Token) (string, bool) {
			if len(args) != 3 || args[0].Text != "H*" || args[2].Kind != TokenString {
				return "", false
			}
			return fromHex(args[2].Text)
		}
	}
	return nil
}

// ofText is a decoder of one constant string.
func ofText(decode func(string) (string, bool)) func([]Token) (string, bool) {
	return func(args []Token) (string, bool) {
		if len(args) == 0 || args[0].Kind != TokenString || strings.ContainsRune(args[0].Text, Hole) || len(args) > 1 && args[1].Text != "," {
			return "", false
		}
		return decode(args[0].Text)
	}
}

// recoded is s in an encoding that hides text; ok is false for the ones that
// only name a character set.
func recoded(s, encoding string) (text string, ok bool) {
	switch strings.ToLower(strings.ReplaceAll(encoding, "_", "")) {
	case "base64", "base64url", "base64codec":
		return fromBase64(s)
	case "hex", "hexcodec":
		return fromHex(s)
	case "rot13", "rot-13":
		return rot13(s), true
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

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func rot13(s string) string {
	return strings.Map(func(r rune) rune {
		if lower := r | 0x20; r < utf8.RuneSelf && lower >= 'a' && lower <= 'z' {
			return r - lower + 'a' + (lower-'a'+13)%26
		}
		return r
	}, s)
}
