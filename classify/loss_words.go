package classify

import (
	"strings"

	"restrain/shellparse"
)

// lossNames bounds the names that one word may stand for.
const lossNames = 50_000

// names gives the file names that a word may stand for when the command runs,
// as the command is given them. ok is false when there may be others.
func (l *lossReader) names(w shellparse.Word) (names []string, ok bool) {
	texts, ok := l.filled(w)
	if !w.Glob {
		return texts, ok
	}
	for _, text := range texts {
		fits, whole := l.expand(text)
		ok = ok && whole
		if names = append(names, fits...); len(names) > lossNames {
			return names[:lossNames], false
		}
	}
	return names, ok
}

// filled gives a word's text with what its unknown parts may be.
func (l *lossReader) filled(w shellparse.Word) (texts []string, ok bool) {
	holes := strings.Count(w.Text, hole)
	switch {
	case holes == 0:
		return []string{w.Text}, w.Known()
	case len(w.Unknown) != holes && len(w.Unknown) != 1:
		return nil, false
	}
	texts, ok = []string{w.Text}, true
	for i := range holes {
		note := w.Unknown[min(i, len(w.Unknown)-1)]
		values, whole := l.values(note)
		ok = ok && whole
		var next []string
		for _, text := range texts {
			for _, v := range values {
				if next = append(next, strings.Replace(text, hole, v, 1)); len(next) > lossNames {
					return nil, false
				}
			}
		}
		texts = next
	}
	return texts, ok
}

// values gives what an unknown part of a word may be, from what it depends on.
// A temporary directory that is yet to be made has no value, and that is all.
func (l *lossReader) values(note string) (values []string, ok bool) {
	switch known := knownPrefix([]string{note}, l.dir); known {
	case "":
	case tempMark:
		return nil, strings.HasPrefix(note, "$(mktemp") || strings.HasPrefix(note, "`mktemp")
	default:
		return []string{known}, true
	}
	switch {
	case strings.HasPrefix(note, "${") && strings.Contains(note, ":-"):
		_, value, _ := strings.Cut(strings.TrimSuffix(note, "}"), ":-")
		return []string{strings.Trim(value, `"'`)}, false
	case strings.HasPrefix(note, "$(<"):
		return l.listFile(strings.Trim(note[3:], " )"))
	case strings.HasPrefix(note, "$(") && strings.HasSuffix(note, ")"):
		return l.printed(note[2 : len(note)-1])
	case strings.HasPrefix(note, "`") && strings.HasSuffix(note, "`") && len(note) > 2:
		return l.printed(note[1 : len(note)-1])
	case strings.HasPrefix(note, "< "):
		return l.listFile(note[2:])
	case note == "xargs" || note == "parallel":
		return l.listed(l.cmd.From, maxStages)
	case note == "find" || strings.HasPrefix(note, "find "):
		return l.findResults()
	case strings.HasPrefix(note, "$") && l.cmd.From >= 0 && l.readsInto(note[1:]):
		return l.listed(l.cmd.From, maxStages)
	}
	return nil, false
}

// readsInto reports a loop that reads lines into the variable: while read f.
func (l *lossReader) readsInto(name string) bool {
	for i := range l.script.Commands[:l.n] {
		c := &l.script.Commands[i]
		if c.Name == "read" && c.From == l.cmd.From && len(c.Argv) > 1 && c.Argv[len(c.Argv)-1].Text == name {
			return true
		}
	}
	return false
}

// printed gives the names that a command in a substitution prints.
func (l *lossReader) printed(line string) (names []string, ok bool) {
	script := shellparse.Parse(line, shellparse.Options{Dir: l.dir, Home: l.surroundings().home})
	n := len(script.Commands)
	if script.Err != nil || script.Limit != "" || n == 0 || n > maxStages {
		return nil, false
	}
	inner := *l
	inner.script = script
	names, ok = inner.listed(n-1, maxStages)
	l.seen = inner.seen
	return splitNames(names), ok
}

// splitNames adds the words of names with spaces: whether the shell splits them
// hangs on quotes. What is not there is not lost.
func splitNames(names []string) []string {
	for _, name := range names {
		if words := strings.Fields(name); len(words) > 1 {
			names = append(names, words...)
		}
	}
	return names
}

// findResults gives what find or fd hands to the command that it runs.
func (l *lossReader) findResults() (names []string, ok bool) {
	for i := len(l.cmd.Wrappers) - 1; i >= 0; i-- {
		switch w := &l.cmd.Wrappers[i]; w.Name {
		case "find", "gfind":
			return l.find(w.Args, findExec)
		case "fd", "fdfind":
			return l.fd(w.Args)
		}
	}
	return nil, false
}

// listFile gives the names in a file, one a line.
func (l *lossReader) listFile(name string) (names []string, ok bool) {
	p, ok := l.path(strings.Trim(name, `'"`))
	if !ok {
		return nil, false
	}
	text, err := l.ctx.ReadFile(p, 1<<20)
	if err != nil || len(text) == 1<<20 {
		return nil, false
	}
	return splitNames(lines(string(text))), !l.strange
}

// lines splits a text, also one with zero bytes between names.
func lines(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == 0 || c == '\r' })
}
