package secret

import "strings"

//go:generate go run generate.go

// A place is a command that takes a secret where nothing in its own text says
// so: a short flag, a value behind a name, standard input. rules/places.toml has
// them; places_gen.go has them in the order of their programs.
type place struct {
	program string
	verbs   string // that follow each other behind the program
	flags   string // whose values are secrets
	asks    bool   // for the password, where a blank follows the flag
	takes   taking
}

// taking says what else of a command is secret.
type taking uint8

const (
	nothing taking = iota
	pairs          // NAME=VALUE, whatever the name
	second         // the second operand behind the verb: set NAME VALUE
	third          // the third
	named          // an operand behind one with a secret's name
)

// A position is what was read of a command, and which places it may be.
type position struct {
	first, end int    // the places of the program; none when they are equal
	active     uint64 // of these, those whose verbs were read
	last       string // the word before
	operand    int    // how many operands came behind the verb
	sql        bool   // a statement that may set a password
	login      bool   // the text of a netrc
}

// command forgets the program at the end of a command.
func (p *position) command() { *p = position{sql: p.sql, login: p.login} }

// word reads a word of a command.
func (p *position) word(word string) {
	if p.first == p.end || p.active == 0 && word != p.last {
		if i := findProgram(word); i >= 0 {
			p.first, p.end, p.active, p.operand = i, i, 0, 0
			for p.end < len(places) && places[p.end].program == word {
				if places[p.end].verbs == "" {
					p.active |= 1 << (p.end - p.first)
				}
				p.end++
			}
			p.last = word
			return
		}
	}
	for i := p.first; i < p.end; i++ {
		verbs := places[i].verbs
		before, last, two := strings.Cut(verbs, " ")
		if verbs != "" && (two && before == p.last && last == word || !two && verbs == word) {
			p.active |= 1 << (i - p.first)
			p.operand = 0
		}
	}
	p.last = word
}

// findProgram gives the first place of a program.
func findProgram(word string) int {
	low, high := 0, len(places)
	for low < high {
		if middle := (low + high) / 2; places[middle].program < word {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(places) && places[low].program == word {
		return low
	}
	return -1
}

// takes reports whether an active place takes something as its secret.
func (p *position) takes(what taking) bool {
	if p.active == 0 {
		return false
	}
	for i := p.first; i < p.end; i++ {
		if p.active&(1<<(i-p.first)) != 0 && places[i].takes == what {
			return true
		}
	}
	return false
}

// flag gives where the value of a secret's flag begins in a text that starts
// with a flag, or 0.
func (p *position) flag(text string) int {
	if p.active == 0 {
		return 0
	}
	for i := p.first; i < p.end; i++ {
		if p.active&(1<<(i-p.first)) == 0 {
			continue
		}
		for flags := places[i].flags; flags != ""; {
			var flag string
			flag, flags, _ = strings.Cut(flags, " ")
			flag, attached := strings.CutSuffix(flag, "*")
			if !strings.HasPrefix(text, flag) {
				continue
			}
			at := len(flag)
			switch next := skipBlanks(text, at); {
			case at == len(text):
			case text[at] == '=' && len(flag) > 2:
				return at + 1
			case next > at && !(attached && places[i].asks) && next < len(text) && text[next] != '-':
				return next
			case attached && next == at && (isLetter(text[at]) || text[at] > ' ' && !isValueEnd(text[at])):
				return at
			}
		}
	}
	return 0
}

// piped reports whether a text that begins behind echo or printf goes into a
// program that reads a secret.
func piped(text string) bool {
	const look = 240
	text = text[:min(len(text), look)]
	pipe := strings.IndexByte(text, '|')
	if pipe < 0 || strings.ContainsAny(text[:pipe], "\n;&") {
		return false
	}
	after := text[pipe:]
	if end := strings.IndexAny(after[1:], "\n;&|"); end >= 0 {
		after = after[:end+1]
	}
	for _, words := range fromInput {
		if strings.Contains(after, words) {
			return true
		}
	}
	return false
}
