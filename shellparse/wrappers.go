package shellparse

import (
	"slices"
	"strings"
)

// A wrapper is a program that runs the command in its arguments. Where the
// command starts is told by its options (short and long list those that take a
// value) and by the number of operands in front of it.
type wrapper struct {
	name  string
	sub   string // subcommand words that must come first
	short string // letters of the options that take a value
	long  string // names of the long options that take a value
	bools string // when set: long options take a value unless named here
	inert string // letters of options with which it runs no command
	front string // options in front of sub that take a value, when they are others
	skip  int    // operands in front of the command
	kind  wrapKind
}

// A wrapKind says how a wrapper runs its command. The values are bits.
type wrapKind uint8

const (
	wrapAssigns wrapKind = 1 << iota // NAME=value may stand in front of the command
	wrapDetach                       // the command goes on in the background
	wrapLine                         // the arguments are joined and read by a shell
	wrapHost                         // the first operand is the machine or container it runs on
	wrapStays                        // it does more than to run the command
	wrapDashes                       // the command follows --, if that is there
	wrapWords                        // a command in one word is read by a shell
	wrapNamed                        // the last word of sub names the program: lando drush
)

// Elsewhere reports a program that runs commands on another machine or in a container.
func Elsewhere(name string) bool {
	return slices.ContainsFunc(wrappers, func(w wrapper) bool { return w.name == name && w.kind&wrapHost != 0 })
}

// A stripped is a wrapper's arguments, told apart.
type stripped struct {
	at      int // index of the command in argv
	host    Word
	assigns []Assign
	dir     Word
}

// unwrap takes one wrapper off c. done reports that c has been read to its end.
func (sh *shell) unwrap(c *Command) (out output, again, done bool) {
	name := baseName(c.Argv[0])
	if sh.tableTask(c, name) {
		return output{}, false, true
	}
	i, found := slices.BinarySearchFunc(wrappers, name, func(w wrapper, name string) int {
		return strings.Compare(w.name, name)
	})
	if !found {
		return output{}, false, false
	}
	for ; i < len(wrappers) && wrappers[i].name == name; i++ {
		w := &wrappers[i]
		start, ok := w.subcommand(c.Argv)
		if !ok {
			continue
		}
		if name == "env" {
			splitString(c)
		}
		s, ok := w.strip(c.Argv, start)
		if w.kind&wrapNamed != 0 {
			s, ok = w.named(c.Argv, start)
		}
		if !ok {
			continue
		}
		return sh.peel(c, w, s)
	}
	return output{}, false, false
}

// subcommand matches w.sub after the program's own options and returns where
// the wrapper's arguments start.
func (w *wrapper) subcommand(argv []Word) (start int, ok bool) {
	start = 1
	for want := range strings.FieldsSeq(w.sub) {
		for start < len(argv) && len(argv[start].Text) > 1 && argv[start].Text[0] == '-' {
			switch {
			case w.front == "":
				start += w.option(argv, start)
			case hasField(w.front, argv[start].Text):
				start += 2
			default:
				start++
			}
		}
		if start >= len(argv) || argv[start].Text != want {
			return 0, false
		}
		start++
	}
	return start, true
}

// strip finds the command in a wrapper's arguments.
func (w *wrapper) strip(argv []Word, start int) (s stripped, ok bool) {
	i, skip := start, w.skip
	for i < len(argv) {
		arg := argv[i].Text
		switch {
		case arg == "--":
			if i++; w.kind&wrapDashes != 0 {
				skip = 0
			}
			if skip == 0 && w.kind&wrapAssigns == 0 {
				s.at = i
				return s, i < len(argv)
			}
		case len(arg) > 1 && arg[0] == '-' && !strings.ContainsRune(arg, Hole):
			if w.stops(arg) {
				return s, false
			}
			n := w.option(argv, i)
			if isDir := arg == "-C" || arg == "-D" || arg == "--chdir" || arg == "-w" || arg == "--workdir"; isDir && n == 2 && i+1 < len(argv) {
				s.dir = argv[i+1]
			}
			i += n
		case arg == "-" && w.name == "env": // as -i
			i++
		case w.kind&wrapAssigns != 0 && assignment(argv[i]):
			name, _, _ := strings.Cut(arg, "=")
			s.assigns = append(s.assigns, Assign{Name: name, Value: afterEqual(argv[i])})
			i++
		case skip > 0:
			if skip == w.skip {
				s.host = argv[i]
			}
			skip--
			i++
			if skip == 0 && w.kind&wrapHost != 0 && w.kind&(wrapDashes|wrapLine) == 0 {
				s.at = i // what follows the image is the container's
				return s, i < len(argv)
			}
		default:
			s.at = i
			return s, true
		}
	}
	s.at = i
	return s, false
}

// named finds the arguments of the program that the sub-command is.
func (w *wrapper) named(argv []Word, start int) (s stripped, ok bool) {
	s.at = start + w.skip
	if s.at < len(argv) && argv[s.at].Text == "--" {
		s.at++
	}
	return s, s.at < len(argv)
}

// option returns how many words the option at i takes.
func (w *wrapper) option(argv []Word, i int) int {
	arg := argv[i].Text
	if name, isLong := strings.CutPrefix(arg, "--"); isLong {
		if strings.Contains(name, "=") {
			return 1
		}
		if w.bools != "" && !hasField(w.bools, name) || hasField(w.long, name) {
			return 2
		}
		return 1
	}
	for j := 1; j < len(arg); j++ {
		if strings.IndexByte(w.short, arg[j]) >= 0 {
			if j == len(arg)-1 {
				return 2
			}
			return 1
		}
	}
	return 1
}

// stops reports an option with which the wrapper runs no command.
func (w *wrapper) stops(arg string) bool {
	if w.inert == "" || strings.HasPrefix(arg, "--") {
		return w.name == "sudo" && (arg == "--edit" || arg == "--list" || arg == "--validate")
	}
	for j := 1; j < len(arg); j++ {
		if strings.IndexByte(w.inert, arg[j]) >= 0 {
			return true
		}
		if strings.IndexByte(w.short, arg[j]) >= 0 {
			return false
		}
	}
	return false
}

// peel takes the wrapper off c, or reads the line that it hands to a shell.
func (sh *shell) peel(c *Command, w *wrapper, s stripped) (out output, again, done bool) {
	layer := Wrapper{Name: w.name, Args: c.Argv[1:s.at]}
	host := ""
	if w.kind&wrapHost != 0 {
		if host = s.host.Text; host == "" {
			host = string(Hole)
		}
		host = host[strings.LastIndexByte(host, '@')+1:]
	}
	if w.kind&(wrapStays|wrapLine) != 0 {
		outer := *c
		outer.Carrier = w.kind&wrapStays == 0
		sh.emit(&outer)
		if w.name == "ssh" {
			sh.sshOptions(&outer)
		}
	}
	inner := *c
	argv := c.Argv[s.at:]
	if w.sub == "run" && host != "" {
		if here, words, ok := mounted(layer.Args, s.dir, argv); ok {
			argv, s.dir, host = words, here, ""
		}
	}
	if host != "" {
		if text, ok := sh.inputOf(c); ok { // it is read here, not there
			inner.Stdin = &text
		}
	}
	inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], layer)
	inner.Argv = argv
	if w.kind&wrapNamed != 0 {
		program := w.sub[strings.LastIndexAny(w.sub, " :")+1:]
		inner.Argv = append([]Word{{Text: program}}, inner.Argv...)
	} else if entry, ok := entrypoint(layer.Args); ok {
		inner.Argv = append([]Word{entry}, inner.Argv...)
	}
	inner.Assigns = append(c.Assigns[:len(c.Assigns):len(c.Assigns)], s.assigns...)
	inner.Background = c.Background || w.kind&wrapDetach != 0
	if host != "" {
		inner.Host, inner.Origin = host, Remote
	}
	if s.dir.Text != "" && host == "" {
		inner.Dir = sh.resolve(s.dir)
	}
	if w.kind&wrapWords != 0 && strings.Contains(inner.Argv[0].Text, " ") {
		return sh.code(&inner, inner.Argv[0], ShellCode), false, true
	}
	if w.kind&wrapLine != 0 {
		origin := ShellCode
		if host != "" {
			origin = Remote
		}
		return sh.code(&inner, sh.joinCode(inner.Argv), origin), false, true
	}
	if len(s.assigns) > 0 {
		sh.hooks(&Command{Assigns: s.assigns, Span: c.Span, From: -1})
	}
	*c = inner
	return output{}, true, false
}

// entrypoint is the program that a container runs instead of its own, to which
// the command's words are arguments.
func entrypoint(args []Word) (program Word, ok bool) {
	for i, w := range args {
		if w.Text == "--entrypoint" && i+1 < len(args) {
			return args[i+1], true
		}
		if strings.HasPrefix(w.Text, "--entrypoint=") {
			return afterEqual(w), true
		}
	}
	return Word{}, false
}

// splitString replaces env -S 'a b' by the words it stands for.
func splitString(c *Command) {
	for i, w := range c.Argv {
		text, ok := strings.CutPrefix(w.Text, "-S")
		if !ok {
			text, ok = strings.CutPrefix(w.Text, "--split-string")
			text = strings.TrimPrefix(text, "=")
		}
		if !ok {
			continue
		}
		rest := c.Argv[i+1:]
		if text == "" && len(rest) > 0 {
			text, rest = rest[0].Text, rest[1:]
		}
		argv := append([]Word(nil), c.Argv[:i]...)
		for len(text) > 0 && len(argv) < maxFields {
			text = strings.TrimLeft(text, " \t\n")
			n, word := roughWord(text)
			if n == 0 {
				n = min(1, len(text))
			} else {
				argv = append(argv, Word{Text: word})
			}
			text = text[n:]
		}
		c.Argv = append(argv, rest...)
		return
	}
}

// assignment reports a word of the form NAME=value.
func assignment(w Word) bool {
	name, _, ok := strings.Cut(w.Text, "=")
	if strings.HasPrefix(name, "BASH_FUNC_") { // a function, as bash exports one
		name = strings.TrimSuffix(name, "%%")
	}
	if !ok || name == "" || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// afterEqual is the value of NAME=value or --name=value.
func afterEqual(w Word) Word {
	_, w.Text, _ = strings.Cut(w.Text, "=")
	w.Span = Span{}
	return w
}

// hasField reports whether a list of names separated by spaces holds name.
func hasField(list, name string) bool {
	if name == "" || strings.IndexByte(name, ' ') >= 0 {
		return false
	}
	for from := 0; ; from++ {
		i := strings.Index(list[from:], name)
		if i < 0 {
			return false
		}
		from += i
		end := from + len(name)
		if (from == 0 || list[from-1] == ' ') && (end == len(list) || list[end] == ' ') {
			return true
		}
	}
}
