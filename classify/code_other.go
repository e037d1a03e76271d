package classify

import (
	"strings"

	"restrain/shellparse"
)

// maxOther bounds, in bytes, how much is looked at of code that nobody reads.
const maxOther = 64 << 10

// readOther says of code in a language that is not read that it is told to
// destroy, where it was given with the command or a step of the session wrote it.
// What a project's own program does is seen when it does it.
func (r *reader) readOther(s *shellparse.Snippet) {
	if s.Lay && !r.ownPath(s.Program.File) {
		return
	}
	text := s.Text.Text[:min(len(s.Text.Text), maxOther)]
	for _, pattern := range r.wordSet("code-destroys").Any {
		if i := findCall(text, pattern); i >= 0 {
			line, _, _ := strings.Cut(text[i:], "\n")
			r.addForm(formUnreadCode, cutText(line))
			return
		}
	}
}

// findCall finds in code a word of a rule's, in which * is a short run of
// anything: "unlink*recursive". It does not lie inside a longer name.
func findCall(text, pattern string) int {
	const maxBetween = 96
	first, rest, more := strings.Cut(pattern, "*")
	for at := 0; ; {
		i := strings.Index(text[at:], first)
		if i < 0 {
			return -1
		}
		i += at
		at = i + len(first)
		if i > 0 && isNameByte(text[i-1]) && isNameByte(first[0]) || at < len(text) && isNameByte(text[at]) && isNameByte(first[len(first)-1]) {
			continue
		}
		if !more || findCall(text[at:min(len(text), at+maxBetween)], rest) >= 0 {
			return i
		}
	}
}
