package asked

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxKept bounds the text of a message that is kept, in bytes.
const MaxKept = 300

// Condense makes a message short enough to be kept. weighs reports that nothing
// that counts is missing of it: the sentences that name nothing of the vocabulary
// are left out first.
func (w *Words) Condense(message string) (kept string, weighs bool) {
	message = clean(message)
	weighs = Weighs(message)
	if len(message) <= MaxKept {
		return message, weighs
	}
	if weighs {
		var parts []string
		for _, sentence := range sentences(message) {
			if w.matters(sentence) {
				parts = append(parts, sentence)
			}
		}
		if short := strings.Join(parts, " … "); short != "" && len(short) <= MaxKept {
			return short, true
		}
	}
	return cut(message, MaxKept), false
}

// matters reports a sentence that may ask for something, or forbid or end it.
func (w *Words) matters(sentence string) bool {
	p := &parser{words: w, text: split(sentence), reading: &Reading{}}
	p.mark()
	return slices.ContainsFunc(p.found, func(f match) bool { return f.kind == anEffect || f.kind == aTarget || f.kind == aStop })
}

// sentences are the parts of a message at the marks that end one.
func sentences(s string) (list []string) {
	from := 0
	for i, r := range s {
		next := i + utf8.RuneLen(r)
		if r == '\n' || strings.ContainsRune("。！？；", r) || strings.ContainsRune(".!?;", r) && (next == len(s) || s[next] == ' ' || s[next] == '\n') {
			list = append(list, strings.TrimSpace(s[from:next]))
			from = next
		}
	}
	return append(list, strings.TrimSpace(s[from:]))
}

// clean takes out what cannot be seen or read: it would only hide words from the
// human. Line breaks stay.
func clean(s string) string {
	s = Bounded(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\r':
			return ' '
		case r < utf8.RuneSelf && foldRune(r) == "":
			return -1
		case r >= utf8.RuneSelf && foldRune(r) == "" && !combines(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	limit -= len("…")
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// Bounded is the beginning of a message, which is all that can be kept of one.
func Bounded(message string) string {
	return strings.ToValidUTF8(message[:min(len(message), maxRead)], "")
}

// maxRead is how much of a message is looked at, in bytes: more than can be
// weighed.
const maxRead = 8 * maxWeighed

// OneWord reports a message of one word. In languages without spaces a message
// of many is none.
func OneWord(message string) bool {
	return len(strings.Fields(message)) == 1 && !strings.ContainsFunc(message, unspaced)
}
