// Package code reads programs in other languages than the shell's as far as
// tokens go: strings, names and pairs of parentheses, with what is one step away
// written out, so that whoever looks for calls finds their arguments. It knows
// spellings and idioms of the languages, and no grammar. It must not know what
// is dangerous, nor what a call does.
package code

import (
	"strings"
	"unicode/utf8"
)

// Hole stands in a text for a run that cannot be known before the code runs.
const Hole = '\uFFFC'

// The agent chooses the code: what reading it may cost is bounded.
const (
	maxCode   = 256 << 10 // bytes of one piece of code
	maxTokens = 50_000
	maxValue  = 256 << 10 // bytes folded
	maxFields = 256       // words of one text
)

// clean makes text that came from outside safe to hold in a Token: it must not
// bring Holes of its own.
func clean(s string) string {
	if strings.ContainsRune(s, Hole) {
		return strings.ReplaceAll(s, string(Hole), string(utf8.RuneError))
	}
	return s
}

// A span is a half-open range, of bytes or of tokens.
type span struct{ start, end int }

// shellWords splits text into words as shlex does, quotes taken off.
func shellWords(text string) (words []string) {
	var b strings.Builder
	quote, begun := byte(0), false
	for i := 0; i < len(text) && len(words) < maxFields; i++ {
		switch c := text[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, begun = c, true
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n'):
			if begun {
				words = append(words, b.String())
			}
			b.Reset()
			begun = false
		default:
			b.WriteByte(c)
			begun = true
		}
	}
	if begun {
		words = append(words, b.String())
	}
	return words
}
