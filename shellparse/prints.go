package shellparse

import (
	"path"
	"restrain/code"
	"slices"
	"strconv"
	"strings"
)

// prints is what a command prints when its arguments and input are known.
func (sh *shell) prints(c *Command) output {
	switch c.Name {
	case "echo":
		return printed(echoed(c.Argv[1:]))
	case "printf":
		args := operands(c.Argv[1:])
		if len(args) > 0 {
			if text, ok := formatted(args[0], args[1:]); ok {
				return printed(text)
			}
		}
		return output{}
	case "dd":
		if c.Stdin != nil && !slices.ContainsFunc(c.Argv, func(w Word) bool { return strings.HasPrefix(w.Text, "if=") }) {
			return printed(*c.Stdin)
		}
		return output{}
	case "cat", "tee":
		args := operands(c.Argv[1:])
		if c.Stdin != nil && (c.Name == "tee" || len(args) == 0 || args[0].Text == "-") {
			return printed(*c.Stdin)
		}
		return output{}
	case "pwd":
		if dir := sh.absolute(sh.vars.directory()); dir.Text != "" {
			dir.Text += "\n"
			return printed(dir)
		}
		return output{}
	case "command":
		if len(c.Argv) == 3 && c.Argv[1].Text == "-v" && c.Argv[2].Known() {
			return printed(Word{Text: c.Argv[2].Text + "\n"})
		}
		return output{}
	case "type":
		if len(c.Argv) == 3 && (c.Argv[1].Text == "-p" || c.Argv[1].Text == "-P") && c.Argv[2].Known() {
			return printed(Word{Text: c.Argv[2].Text + "\n"})
		}
		return output{}
	case "basename", "dirname", "which", "seq":
		return namePrinted(c)
	}
	if c.Stdin == nil || !c.Stdin.Known() {
		return output{}
	}
	if sh.r.expanded += len(c.Stdin.Text); sh.r.expanded > maxExpansion {
		sh.r.limit(limitSize)
		return output{}
	}
	if text, ok := filtered(c, c.Stdin.Text); ok && len(text) <= maxValue {
		return printed(Word{Text: clean(text)})
	}
	return output{}
}

func printed(w Word) output {
	w.Span, w.Glob = Span{}, false
	return output{text: w, known: true}
}

// echoed is what echo prints.
func echoed(args []Word) Word {
	newline, escapes := "\n", false
	for len(args) > 0 && echoFlag(args[0].Text) {
		for _, flag := range args[0].Text[1:] {
			switch flag {
			case 'n':
				newline = ""
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		args = args[1:]
	}
	w := joinWords(args, " ")
	if escapes {
		text, ended := code.Unescape(w.Text, code.EscapeEcho)
		if w.Text = decodedText(text, w); ended {
			return w
		}
	}
	w.Text += newline
	return w
}

// decodedText cleans decoded text, unless it has Holes of its own.
func decodedText(text string, w Word) string {
	if w.Known() {
		return clean(text)
	}
	return text
}

func echoFlag(s string) bool {
	return len(s) > 1 && s[0] == '-' && strings.Trim(s[1:], "neE") == ""
}

// formatted is what printf prints: %s, %b, %q, %d, %i, %% and the
// escapes, the format again for the arguments that are left over. ok is false
// for what it does not know.
func formatted(format Word, args []Word) (out Word, ok bool) {
	if !format.Known() {
		return Word{}, false
	}
	var b strings.Builder
	for {
		used, ok := formatOnce(&b, &out, format.Text, args)
		if !ok || b.Len() > maxValue {
			return Word{}, false
		}
		args = args[min(used, len(args)):]
		if used == 0 || len(args) == 0 {
			break
		}
	}
	out.Text = b.String()
	if out.Known() {
		out.Text = clean(out.Text)
	}
	return out, true
}

// formatOnce goes through the format once and returns how many arguments it took.
func formatOnce(b *strings.Builder, out *Word, format string, args []Word) (used int, ok bool) {
	for i := 0; i < len(format); {
		switch {
		case format[i] == '\\' && i+1 < len(format):
			n, _ := code.UnescapeOne(b, format[i:], code.EscapePrintf)
			i += n
		case format[i] == '%' && i+1 < len(format) && format[i+1] == '%':
			b.WriteByte('%')
			i += 2
		case format[i] == '%':
			verb := strings.IndexFunc(format[i+1:], func(r rune) bool { return !strings.ContainsRune("-0123456789.+ #", r) })
			if verb < 0 {
				return 0, false
			}
			var arg Word
			if used < len(args) {
				arg = args[used]
			}
			used++
			if !formatVerb(b, format[i:i+1+verb], format[i+1+verb], arg) {
				return 0, false
			}
			out.Unknown = addNotes(out.Unknown, arg.Unknown)
			i += verb + 2
		default:
			b.WriteByte(format[i])
			i++
		}
	}
	return used, true
}

// formatVerb writes one argument.
func formatVerb(b *strings.Builder, spec string, verb byte, arg Word) bool {
	if len(spec) > 1 { // a width or a precision
		return false
	}
	switch verb {
	case 's':
		b.WriteString(arg.Text)
	case 'b':
		text, _ := code.Unescape(arg.Text, code.EscapeEcho)
		b.WriteString(text)
	case 'q':
		b.WriteString(requote(arg))
	case 'd', 'i':
		n, ok := arithmNumber(arg.Text)
		if !ok || !arg.Known() {
			return false
		}
		b.WriteString(strconv.Itoa(n))
	default:
		return false
	}
	return true
}

// namePrinted folds the programs that only rewrite their arguments.
func namePrinted(c *Command) output {
	args := operands(c.Argv[1:])
	if len(args) == 0 || !args[0].Known() || len(args) != len(c.Argv)-1 {
		return output{}
	}
	text := args[0].Text
	switch c.Name {
	case "basename":
		text = path.Base(text)
		if len(args) > 1 {
			text = strings.TrimSuffix(text, args[1].Text)
		}
	case "dirname":
		text = path.Dir(text)
	case "seq":
		return sequence(args)
	}
	return printed(Word{Text: text + "\n"})
}

func sequence(args []Word) output {
	from, to := 1, 0
	var err1, err2 error
	switch len(args) {
	case 1:
		to, err1 = strconv.Atoi(args[0].Text)
	case 2:
		from, err1 = strconv.Atoi(args[0].Text)
		to, err2 = strconv.Atoi(args[1].Text)
	default:
		return output{}
	}
	if err1 != nil || err2 != nil || to-from > maxFields || to-from < 0 {
		return output{}
	}
	var b strings.Builder
	for i := range to - from + 1 {
		b.WriteString(strconv.Itoa(from + i))
		b.WriteByte('\n')
	}
	return printed(Word{Text: b.String()})
}
