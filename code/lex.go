package code

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A TokenKind is what a Token of another language is.
type TokenKind uint8

// The kinds of token.
const (
	TokenName    TokenKind = iota // identifier, keyword or variable
	TokenString                   // string literal: Text is its value
	TokenCommand                  // `…`, %x(…) or qx(…): Text is a shell command
	TokenPunct                    // one character of punctuation
	TokenNumber
)

// A Token is one token of code in another language. Comments and white space
// are left out.
type Token struct {
	Kind TokenKind
	// Text is the token as written; of a string its value, with a Hole for
	// each interpolated run.
	Text string
	// Start is the byte offset in the code.
	Start int
	// Depth counts the interpolated values that the token lies in; the tokens
	// of a value follow the string that it is interpolated into.
	Depth int
	// Value says which of that string's values it lies in, from 1, in the
	// order of its Holes; 0 in none.
	Value int
	// File is the data file that the text, or what begins with the token, was
	// read from.
	File string
}

// Lex splits code into tokens, so that strings and comments can be told
// from what runs. lang is that of a Snippet; an unknown one is read as if it
// had C's strings and comments. It never fails: it stops after 256 KiB or
// 50,000 tokens, and a string that is not closed ends with the code. An
// expression that makes a string of constants is that string, the home
// directory is "~", and imported names are written with their module.
func Lex(lang, code string) []Token {
	return Read(lang, code, Program{})
}

type lexer struct {
	src   string
	lang  string
	pos   int
	out   []Token
	depth int    // of strings in interpolated values
	value int    // which of its string's values is read
	holes []span // interpolated values of the string being read
}

// maxStrings bounds how deeply strings nest in each other's values.
const maxStrings = 8

func (l *lexer) run() {
	for l.pos < len(l.src) && len(l.out) < maxTokens {
		l.next()
	}
}

func (l *lexer) add(kind TokenKind, text string, start int) {
	l.out = append(l.out, Token{Kind: kind, Text: text, Start: start, Depth: l.depth, Value: l.value})
}

// addString adds a string, and the tokens of the values interpolated into it.
func (l *lexer) addString(kind TokenKind, text string, start int) {
	l.add(kind, text, start)
	holes := l.holes
	l.holes = nil
	if l.depth >= maxStrings {
		return
	}
	for i, h := range holes {
		inner := lexer{src: l.src[:h.end], lang: l.lang, pos: h.start, out: l.out, depth: l.depth + 1, value: i + 1}
		inner.run()
		l.out = inner.out
	}
}

func (l *lexer) next() {
	c := l.src[l.pos]
	start := l.pos
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		l.pos++
	case l.comment():
	case c == '"' || c == '\'' || c == '`':
		l.quoted(start, "")
	case c == '$' && l.lang == "perl", c == '$' && l.lang == "php", nameByte(c):
		l.name()
	case c >= '0' && c <= '9':
		for l.pos < len(l.src) && (nameByte(l.src[l.pos]) || l.src[l.pos] >= '0' && l.src[l.pos] <= '9' || l.src[l.pos] == '.') {
			l.pos++
		}
		l.add(TokenNumber, l.src[start:l.pos], start)
	case c == '%' && l.lang == "ruby" && l.percent():
	case c == '/' && l.lang == "perl" && strings.HasPrefix(l.src[l.pos:], "//") && !l.regexpStarts(): // where it is not defined
		l.pos += 2
		l.add(TokenPunct, "//", start)
	case c == '/' && l.regexpStarts():
		l.regexp()
	default:
		_, size := utf8.DecodeRuneInString(l.src[l.pos:])
		l.pos += size
		l.add(TokenPunct, l.src[start:l.pos], start)
	}
}

func nameByte(c byte) bool {
	return c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

// comment skips a comment.
func (l *lexer) comment() bool {
	rest := l.src[l.pos:]
	hash, slashes, dashes, block := false, false, false, true
	switch l.lang {
	case "python", "ruby", "perl", "awk", "sed", "jq":
		hash, block = true, false
	case "php":
		hash, slashes = true, true
	case "sql":
		dashes, hash = true, false
	default:
		slashes = true
	}
	switch {
	case hash && rest[0] == '#' && !(l.lang == "perl" && l.pos > 0 && l.src[l.pos-1] == '$'),
		slashes && strings.HasPrefix(rest, "//"),
		dashes && strings.HasPrefix(rest, "--"):
		l.skipTo("\n")
		return true
	case block && strings.HasPrefix(rest, "/*"):
		l.skipTo("*/")
		return true
	}
	return false
}

func (l *lexer) skipTo(end string) {
	if i := strings.Index(l.src[l.pos:], end); i >= 0 {
		l.pos += i + len(end)
	} else {
		l.pos = len(l.src)
	}
}

// name reads an identifier, or the string or command that one introduces.
func (l *lexer) name() {
	start := l.pos
	for l.pos < len(l.src) && (nameByte(l.src[l.pos]) || l.src[l.pos] >= '0' && l.src[l.pos] <= '9') {
		l.pos++
	}
	word := l.src[start:l.pos]
	if l.pos < len(l.src) {
		c := l.src[l.pos]
		if c == '!' && l.lang == "ruby" && !strings.HasPrefix(l.src[l.pos:], "!=") {
			l.pos++ // File.rm_rf!
		}
		if l.lang == "python" && (c == '"' || c == '\'') && stringPrefix(word) {
			l.quoted(start, word)
			return
		}
		if l.lang == "perl" && l.perlQuote(word, start) {
			return
		}
	}
	l.add(TokenName, word, start)
}

// regexpStarts guesses whether a slash starts a pattern: it does where a value
// is expected.
func (l *lexer) regexpStarts() bool {
	switch l.lang {
	case "javascript", "ruby", "perl", "awk":
	default:
		return false
	}
	if len(l.out) == 0 {
		return true
	}
	last := l.out[len(l.out)-1]
	switch last.Kind {
	case TokenPunct:
		return last.Text != ")" && last.Text != "]" && last.Text != "}" || last.Text == "}" && l.lang == "awk"
	case TokenName:
		return last.Text == "return" || last.Text == "typeof" || last.Text == "if" || last.Text == "and" || last.Text == "or"
	}
	return false
}

// regexp skips a pattern; one that does not end on its line is a division.
func (l *lexer) regexp() {
	start, class := l.pos, false
	for i := l.pos + 1; i < len(l.src) && l.src[i] != '\n'; i++ {
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			for i++; i < len(l.src) && unicode.IsLetter(rune(l.src[i])); i++ {
			}
			l.pos = i
			return
		}
	}
	l.pos++
	l.add(TokenPunct, "/", start)
}
