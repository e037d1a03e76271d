package classify

import (
	"strings"

	"restrain/shellparse"
)

// A flag is one option of a command, such as -n, --force or --mode=purge.
type flag struct {
	name  string // with its dashes
	value string
	// valued reports that a value was given.
	valued bool
	// word is the index in the argument list of the word with the value, or
	// of the flag itself.
	word int
}

// argv is an argument list taken apart: flags with their values, and operands.
type argv struct {
	words    []shellparse.Word // without the program
	flags    []flag
	operands []int // indexes in words
	// recursive reports -r, -R or --recursive.
	recursive bool
	// loose holds the words that are operands when no flag before them takes
	// a value: which flags do differs between the sub-commands of a program.
	loose []int
}

// maxWords bounds how many words of one command are read. Classify calls a
// step uncertain that has a command with more.
const maxWords = 2048

// read takes the words apart as the program would.
func (a *argv) read(p *Program, words []shellparse.Word) {
	words = words[:min(len(words), maxWords)]
	a.words, a.flags, a.operands, a.loose = words, a.flags[:0], a.operands[:0], a.loose[:0]
	for i := range words {
		if text := words[i].Text; len(text) < 2 || text[0] != '-' {
			a.loose = append(a.loose, i)
		}
	}
	for i := 0; i < len(words); i++ {
		text := words[i].Text
		switch {
		case text == "--":
			for i++; i < len(words); i++ {
				a.operands = append(a.operands, i)
			}
		case len(text) < 2 || text[0] != '-':
			a.operands = append(a.operands, i)
		case text[1] != '-' && p.Bundle && !contains(p.Values, text):
			i = a.bundle(p, i)
		case p == &unknownProgram && text[1] != '-' && !strings.Contains(text, "="):
			a.bundle(p, i)
		default:
			i = a.single(p, i)
		}
	}
	a.recursive = p.Recursive || a.hasAny("-r", "-R", "--recursive", "-Recurse", "-recurse", "-rec")
}

// bundle reads -rf as -r -f and -n5 as -n with a value; it gives the index of
// the last word it used.
func (a *argv) bundle(p *Program, i int) int {
	text := a.words[i].Text
	if len(text) > 2 { // a long name with one dash, for all we know
		a.flags = append(a.flags, flag{name: text, word: i})
	}
	for j := 1; j < len(text); j++ {
		if text[j] == '=' {
			a.setValue(text[j+1:], i)
			return i
		}
		name := shortFlag(text[j])
		a.flags = append(a.flags, flag{name: name, word: i})
		if !contains(p.Values, name) && !p.attaches(name) {
			continue
		}
		if j+1 < len(text) {
			a.setValue(text[j+1:], i)
		} else if p.attaches(name) {
			return i
		} else if i+1 < len(a.words) {
			i++
			a.setValue(a.words[i].Text, i)
		}
		return i
	}
	return i
}

// attaches reports a flag whose value can only stand in its own word: -I* of
// date, for -Iseconds.
func (p *Program) attaches(name string) bool {
	for _, v := range p.Values {
		if len(v) == 3 && v[2] == '*' && v[:2] == name {
			return true
		}
	}
	return false
}

// single reads a long flag, or a short one of a program that does not bundle.
func (a *argv) single(p *Program, i int) int {
	text := a.words[i].Text
	if name, value, ok := strings.Cut(text, "="); ok {
		a.flags = append(a.flags, flag{name: name, value: value, valued: true, word: i})
		return i
	}
	if len(text) > 2 && text[1] != '-' && !contains(p.Values, text) {
		if name := text[:2]; contains(p.Values, name) {
			a.flags = append(a.flags, flag{name: text, word: i},
				flag{name: name, value: text[2:], valued: true, word: i})
			return i
		}
	}
	a.flags = append(a.flags, flag{name: text, word: i})
	if contains(p.Values, text) && i+1 < len(a.words) {
		i++
		a.setValue(a.words[i].Text, i)
	}
	return i
}

// setValue gives the last flag its value.
func (a *argv) setValue(value string, word int) {
	if n := len(a.flags); n > 0 {
		f := &a.flags[n-1]
		f.value, f.valued, f.word = value, true, word
	}
}

const letters = "-A-B-C-D-E-F-G-H-I-J-K-L-M-N-O-P-Q-R-S-T-U-V-W-X-Y-Z" +
	"-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z-0-1-2-3-4-5-6-7-8-9"

// shortFlag gives "-c" for a letter without making a new string.
func shortFlag(c byte) string {
	var at int
	switch {
	case 'A' <= c && c <= 'Z':
		at = int(c - 'A')
	case 'a' <= c && c <= 'z':
		at = 26 + int(c-'a')
	case '0' <= c && c <= '9':
		at = 52 + int(c-'0')
	default:
		return string([]byte{'-', c})
	}
	return letters[2*at : 2*at+2]
}

// operand gives the text of the nth operand, or "".
func (a *argv) operand(n int) string {
	if n < len(a.operands) {
		return a.words[a.operands[n]].Text
	}
	return ""
}

// has reports whether a flag is there. A name with "=" wants the value too,
// which may be a glob; without, --privileged=false is not there.
func (a *argv) has(name string) bool {
	name, value, valued := strings.Cut(name, "=")
	for i := range a.flags {
		f := &a.flags[i]
		if f.name == name && (valued && matchSetting(value, f.value) || !valued && !a.denied(f)) {
			return true
		}
	}
	return false
}

// matchSetting matches a flag's value; of one that is NAME=VALUE itself the name's
// case does not matter, as git reads it.
func matchSetting(pattern, text string) bool {
	name, value, ok := strings.Cut(pattern, "=")
	given, to, set := strings.Cut(text, "=")
	if !ok || !set || strings.Contains(name, "|") {
		return matchWord(pattern, text)
	}
	return matchFold(name, given) && matchWord(value, to)
}

// settles is has for what sets NAME=VALUE, of which the last one counts.
func (a *argv) settles(flag string) bool {
	name, value, _ := strings.Cut(flag, "=")
	setting, _, named := strings.Cut(value, "=")
	for i := len(a.flags) - 1; i >= 0 && named; i-- {
		f := &a.flags[i]
		if given, _, _ := strings.Cut(f.value, "="); f.name == name && matchFold(setting, given) {
			return matchSetting(value, f.value)
		}
	}
	return !named && a.has(flag)
}

// denied reports a flag that is said not to be meant: --force=false, or what else
// programs take for it.
func (a *argv) denied(f *flag) bool {
	switch f.value {
	case "false", "False", "FALSE", "f", "F", "0":
		return strings.HasSuffix(a.words[f.word].Text, "="+f.value)
	}
	return false
}

// hasAny reports whether one of the flags is there.
func (a *argv) hasAny(names ...string) bool {
	for _, n := range names {
		if a.has(n) {
			return true
		}
	}
	return false
}

// excused reports that one of the flags is there which take a command out of a rule.
// Behind a sub-command the program's own do not, which stand before it and take a
// word: in git -C DIR branch -D x, branch has no -C. One that is named with its value
// is meant, wherever it stands.
func (a *argv) excused(names []string, sub bool) bool {
	for _, n := range names {
		if strings.Contains(n, "=") {
			if a.settles(n) {
				return true
			}
			continue
		}
		if !a.has(n) {
			continue
		}
		for i := range a.flags {
			if f := &a.flags[i]; f.name == n && !(sub && a.isProgramFlag(f)) {
				return true
			}
		}
	}
	return false
}

func (a *argv) isProgramFlag(f *flag) bool {
	return f.valued && len(a.operands) > 0 && f.word < a.operands[0] && !strings.HasPrefix(a.words[f.word].Text, "-")
}

// value gives the value of the last of the named flags.
func (a *argv) value(names ...string) (string, bool) {
	for i := len(a.flags) - 1; i >= 0; i-- {
		if f := &a.flags[i]; f.valued && contains(names, f.name) {
			return f.value, true
		}
	}
	return "", false
}

// matchArgs matches a pattern of words against the leading operands and gives
// how many it named: a word that is a pattern itself stands for what is acted
// on. A last word "$" stands for the end of the operands.
func (a *argv) matchArgs(pattern string) (n int, ok bool) {
	return a.matchLeading(pattern, a.operands)
}

// matchLoosely is matchArgs that also tries the words which flags may or may
// not have taken as their values.
func (a *argv) matchLoosely(pattern string) (n int, ok bool) {
	if n, ok = a.matchLeading(pattern, a.operands); !ok && len(a.loose) != len(a.operands) {
		n, ok = a.matchLeading(pattern, a.loose)
	}
	return n, ok
}

func (a *argv) matchLeading(pattern string, operands []int) (named int, ok bool) {
	for n := 0; pattern != ""; n++ {
		word, rest, _ := strings.Cut(pattern, " ")
		if len(word) > 1 && word[0] == '-' {
			if !a.hasOneOf(word) {
				return 0, false
			}
			pattern, n = rest, n-1
			continue
		}
		if word == "$" {
			return named, n == len(operands)
		}
		if n == len(operands) || !matchWord(word, a.words[operands[n]].Text) {
			return 0, false
		}
		if !strings.Contains(word, "*") {
			named = n + 1
		}
		pattern = rest
	}
	return named, true
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
