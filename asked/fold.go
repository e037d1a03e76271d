package asked

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word of a text, or a character of a language that writes none.
type token struct {
	text  string // folded
	chunk int    // number of the run of text without a space that it is of
	clause,
	sentence int
	alone bool // a character by itself
}

// weight is what a token takes up of a distance.
func (t *token) weight() int {
	if t.alone {
		return 1
	}
	return 2
}

// A chunk is a run of text without a space.
type chunk struct {
	text     string // folded, without quotes
	from, to int    // its tokens
	named    bool   // it looks like a name: feature/login, old_data, v2
}

// A text is what was read of a message.
type text struct {
	tokens []token
	chunks []chunk
}

// maxTokens bounds what is read of a message.
const maxTokens = 1024

// split reads a text into tokens, clauses and sentences.
func split(s string) *text {
	t := &text{}
	clause, sentence := 0, 0
	for len(s) > 0 && len(t.tokens) < maxTokens {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		word, space := s[:end], s[end:]
		s = space
		t.chunk(word, &clause, &sentence)
		if at := strings.IndexFunc(space, func(r rune) bool { return !unicode.IsSpace(r) }); strings.Contains(space[:max(at, 0)], "\n") {
			clause++
			sentence++
		}
	}
	return t
}

// chunk reads a run of text without a space.
func (t *text) chunk(s string, clause, sentence *int) {
	body := strings.TrimRight(s, ".,;:!?…\"'`)]}»”’“")
	tail := s[len(body):]
	c := chunk{from: len(t.tokens)}
	quoted := len(body) > 0 && strings.ContainsAny(body[:1], "\"'`") && strings.ContainsAny(tail, "\"'`")
	var word, whole strings.Builder
	joined, digits, letters := false, false, false
	flush := func() {
		if word.Len() > 0 && len(t.tokens) < maxTokens {
			t.tokens = append(t.tokens, token{text: word.String(), chunk: len(t.chunks), clause: *clause, sentence: *sentence})
		}
		word.Reset()
	}
	for i, r := range body {
		folded := foldRune(r)
		switch {
		case folded == "":
		case ends(r):
			flush()
			*clause++
			if !pauses(r) {
				*sentence++
			}
		case unspaced(r):
			flush()
			if len(t.tokens) < maxTokens {
				t.tokens = append(t.tokens, token{text: folded, chunk: len(t.chunks), clause: *clause, sentence: *sentence, alone: true})
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			digits, letters = digits || unicode.IsDigit(r), letters || unicode.IsLetter(r)
			word.WriteString(folded)
			whole.WriteString(folded)
		case r == '\'' || r == '’':
			if word.Len() <= 2 { // l'ancienne, but don't
				flush()
			}
		default:
			flush()
			if i > 0 || r == '/' || r == '.' || r == '~' {
				whole.WriteString(folded)
			}
			joined = joined || i > 0 && strings.ContainsRune("/_.-:@~=*", r)
			joined = joined || r == '/' || r == '~'
		}
	}
	flush()
	if c.to = len(t.tokens); c.to > c.from {
		c.text = strings.Trim(whole.String(), "\"'`([{«“”’")
		c.named = c.text != "" && (quoted || joined || digits && letters)
	}
	t.chunks = append(t.chunks, c)
	for _, r := range tail {
		if strings.ContainsRune(".,;:!?…", r) {
			*clause++
			if !pauses(r) {
				*sentence++
			}
		}
	}
}

// ends reports a mark between sentences, or parts of one, that needs no space
// behind it.
func ends(r rune) bool { return strings.ContainsRune("。，、；：！？!?;", r) }

// pauses reports a mark within a sentence.
func pauses(r rune) bool { return strings.ContainsRune(",，、:：", r) }

// unspaced reports a character of a script that has no spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー'
}

// plainLatin has the letters that accents are taken off, and what is left.
const plainLatin = "aàáâãäåāăą cçćĉċč dďđ eèéêëēĕėęě gĝğġģ hĥħ iìíîïĩīĭįı jĵ kķ lĺļľŀł nñńņňŉ oòóôõöøōŏő rŕŗř sśŝşš tţťŧ uùúûüũūŭůűų wŵ yýÿŷ zźżž её ий"

// foldRune writes a character without case, accent and width; "" for one that
// cannot be seen.
func foldRune(r rune) string {
	if r < utf8.RuneSelf {
		if r < ' ' || r == 0x7f {
			return ""
		}
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return ascii[r : r+1]
	}
	if 0xff01 <= r && r <= 0xff5e {
		return foldRune(r - 0xfee0)
	}
	if unicode.In(r, unicode.Mn, unicode.Cf, unicode.Cc, unicode.Co) || r == utf8.RuneError {
		return ""
	}
	r = unicode.ToLower(r)
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	}
	if at := strings.IndexRune(plainLatin, r); at >= 0 && r != ' ' {
		base := strings.LastIndexByte(plainLatin[:at], ' ') + 1
		_, size := utf8.DecodeRuneInString(plainLatin[base:])
		return plainLatin[base : base+size]
	}
	return string(r)
}

const ascii = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f" +
	" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f"

// foldPattern writes a pattern as match reads it: tokens with a space between.
func foldPattern(pattern string) string {
	var parts []string
	for _, field := range strings.Fields(pattern) {
		if field == gap {
			parts = append(parts, gap)
			continue
		}
		body, star := strings.CutSuffix(field, "*")
		tokens := split(body).tokens
		for i := range tokens {
			parts = append(parts, tokens[i].text)
		}
		if star && len(parts) > 0 {
			parts[len(parts)-1] += "*"
		}
	}
	return strings.Join(parts, " ")
}

// A gap in a pattern stands for the object within a verb of two parts, "setze …
// zurück"; what is found ends in front of it.
const gap = "…"

// fits is how many of the tokens a folded pattern takes up; 0 when it does not
// fit. None of them is of another clause.
func fits(pattern string, tokens []token) int {
	n := 0
	for pattern != "" {
		part, rest, _ := strings.Cut(pattern, " ")
		if part == gap {
			for k := n; k < min(n+reach/2, len(tokens)) && tokens[k].clause == tokens[0].clause; k++ {
				if fits(rest, tokens[k:]) > 0 {
					return n
				}
			}
			return 0
		}
		if n == len(tokens) || tokens[n].clause != tokens[0].clause {
			return 0
		}
		if stem, open := strings.CutSuffix(part, "*"); open {
			if !strings.HasPrefix(tokens[n].text, stem) {
				return 0
			}
		} else if tokens[n].text != part {
			return 0
		}
		pattern = rest
		n++
	}
	return n
}

// longest is how many of the tokens the longest of the patterns takes up.
func longest(patterns []string, tokens []token) int {
	most := 0
	for _, pattern := range patterns {
		if pattern != "" && pattern[0] == tokens[0].text[0] {
			most = max(most, fits(pattern, tokens))
		}
	}
	return most
}

// combines reports a mark that stands on a letter.
func combines(r rune) bool { return unicode.Is(unicode.Mn, r) }
