package classify

import (
	"slices"
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
	r.namesGuarded(text)
	temporary := r.temporaryIn(text)
	for _, pattern := range r.wordSet("code-destroys").Any {
		for at := 0; ; {
			i := findCall(text[at:], pattern)
			if i < 0 {
				break
			}
			at += i
			line, _, _ := strings.Cut(text[at:], "\n")
			if !slices.ContainsFunc(temporary, func(name string) bool { return findCall(line, name) >= 0 }) {
				r.addForm(formUnreadCode, cutText(line))
				return
			}
			at += len(line)
		}
	}
}

// namesGuarded takes a credential file that code names in a string for one that
// it reads: nobody knows that it does anything less.
func (r *reader) namesGuarded(text string) {
	const maxPath = 256
	for {
		start := strings.IndexAny(text, "\"'`")
		if start < 0 {
			return
		}
		quote := text[start]
		text = text[start+1:]
		end := strings.IndexByte(text, quote)
		if end < 0 {
			return
		}
		name := text[:end]
		text = text[end+1:]
		if len(name) > maxPath || strings.ContainsAny(name, "\n ") {
			continue
		}
		if f := (fileFact{op: opRead, text: name}); r.hidesContent(&f) {
			r.facts.files = append(r.facts.files, f)
		}
	}
}

// temporaryIn names the variables that code gives a temporary directory:
// dir, err := os.MkdirTemp("", "x").
func (r *reader) temporaryIn(text string) (names []string) {
	const maxNames = 8
	for _, word := range r.wordSet("code-makes-temporary").Any {
		for at := 0; len(names) < maxNames; {
			i := findCall(text[at:], word)
			if i < 0 {
				break
			}
			line := text[strings.LastIndexByte(text[:at+i], '\n')+1 : at+i]
			line = line[strings.LastIndexByte(line, ';')+1:]
			name, _, assigned := strings.Cut(line, "=")
			name, _, _ = strings.Cut(strings.TrimRight(name, ": <"), ",")
			if name = name[strings.LastIndexAny(name, " \t")+1:]; assigned && name != "" {
				names = append(names, name)
			}
			at += i + len(word)
		}
	}
	return names
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
