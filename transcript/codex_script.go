package transcript

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// In its code mode Codex has one tool, exec, that runs a script of JavaScript,
// and the script calls the other tools: tools.exec_command({cmd: "ls"}). The
// commands are read out of such calls as far as they stand there: strings, what
// is put together from them, and names that are given a string. A part that is
// known only when the script runs becomes ${…}, which is unknown to the shell.

// scriptTools are the tools that run a command, and scriptKeys the properties
// that hold it.
var (
	scriptTools = [...]string{"exec_command(", "shell_command("}
	scriptKeys  = [...]string{"cmd", "command"}
)

// The bounds of what is read of one script.
const (
	maxScript      = 1 << 20 // bytes
	maxScriptCalls = 200
	maxScriptTerms = 20       // of one value
	maxScriptAbove = 16 << 10 // where the value of a name is looked for, in bytes
)

// unknownPart stands for what a script works out as it runs.
const unknownPart = "${unknown}"

// scriptCommands lists the commands that a script runs, in the order in which
// they stand, with the directories that are given.
func scriptCommands(script string) []Command {
	var list []Command
	script = script[:min(len(script), maxScript)]
	at := 0
	for range maxScriptCalls {
		begin, end := nextScriptCall(script[at:])
		if begin < 0 {
			break
		}
		r := scriptReader{script: script, at: at + end}
		at += end
		if line, dir := r.call(); line != "" {
			c := Command{Text: line}
			if strings.HasPrefix(dir, "/") && !strings.Contains(dir, unknownPart) {
				c.Dir = dir
			}
			list = append(list, c)
			at = r.at
		}
	}
	return list
}

// nextScriptCall finds the next call of a tool that runs a command.
func nextScriptCall(text string) (begin, end int) {
	begin = -1
	for _, tool := range scriptTools {
		i := strings.Index(text, "tools."+tool)
		if i >= 0 && (begin < 0 || i < begin) {
			begin, end = i, i+len("tools.")+len(tool)
		}
	}
	return begin, end
}

// A scriptReader reads the argument of one call.
type scriptReader struct {
	script string
	at     int
}

// call reads an object up to its end, and gives its command and directory.
func (r *scriptReader) call() (line, dir string) {
	if !r.take("{") {
		return "", ""
	}
	for r.at < len(r.script) {
		if r.take("}") {
			return line, dir
		}
		key := r.key()
		if key == "" {
			return line, dir
		}
		value := ""
		if r.take(":") {
			value = r.value()
		} else {
			value = r.valueOf(key) // {cmd} is {cmd: cmd}
		}
		switch {
		case key == scriptKeys[0] || key == scriptKeys[1]:
			line = value
		case key == "workdir":
			dir = value
		}
		r.rest()
		r.take(",")
	}
	return line, dir
}

func (r *scriptReader) space() {
	r.at += len(r.script[r.at:]) - len(strings.TrimLeft(r.script[r.at:], " \t\r\n"))
}

func (r *scriptReader) take(sign string) bool {
	r.space()
	if !strings.HasPrefix(r.script[r.at:], sign) {
		return false
	}
	r.at += len(sign)
	return true
}

// key reads the name of a property, plain or quoted.
func (r *scriptReader) key() string {
	r.space()
	if text, ok := r.literal(); ok {
		return text
	}
	return r.name()
}

func (r *scriptReader) name() string {
	begin := r.at
	for r.at < len(r.script) && isNameByte(r.script[r.at]) {
		r.at++
	}
	return r.script[begin:r.at]
}

func isNameByte(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// value reads strings and names that are put together with +.
func (r *scriptReader) value() string {
	var b strings.Builder
	for range maxScriptTerms {
		r.space()
		if text, ok := r.literal(); ok {
			b.WriteString(text)
		} else if name := r.name(); name != "" {
			b.WriteString(r.valueOf(name))
		} else {
			b.WriteString(unknownPart)
		}
		if !r.take("+") {
			return b.String()
		}
	}
	return b.String() + unknownPart
}

// valueOf gives the string that a name stands for: the latest that it was given
// above.
func (r *scriptReader) valueOf(name string) string {
	above := r.script[max(0, r.at-maxScriptAbove):r.at]
	for end := len(above); end > 0; {
		at := strings.LastIndex(above[:end], name)
		if at < 0 {
			break
		}
		end = at
		if at > 0 && isNameByte(above[at-1]) {
			continue
		}
		given := scriptReader{script: above, at: at + len(name)}
		if !given.take("=") {
			continue
		}
		given.space()
		if text, ok := given.literal(); ok {
			return text
		}
		break
	}
	return unknownPart
}

// literal reads a string, if one begins here.
func (r *scriptReader) literal() (text string, ok bool) {
	if r.at >= len(r.script) || !strings.ContainsRune("\"'`", rune(r.script[r.at])) {
		return "", false
	}
	quote := r.script[r.at]
	var b strings.Builder
	for i := r.at + 1; i < len(r.script); {
		switch c := r.script[i]; {
		case c == quote:
			r.at = i + 1
			return b.String(), true
		case c == '\\' && i+1 < len(r.script):
			text, n := unescapeScript(r.script[i+1:])
			b.WriteString(text)
			i += 1 + n
		case quote == '`' && strings.HasPrefix(r.script[i:], "${"):
			n := strings.IndexByte(r.script[i:], '}')
			if n < 0 {
				return "", false
			}
			b.WriteString(unknownPart)
			i += n + 1
		default:
			b.WriteByte(c)
			i++
		}
	}
	return "", false
}

// unescapeScript reads what stands behind a backslash, and gives how many bytes
// that is (ECMA-262, section 12.9.4).
func unescapeScript(text string) (meant string, length int) {
	switch c := text[0]; c {
	case 'n':
		return "\n", 1
	case 't':
		return "\t", 1
	case 'r':
		return "\r", 1
	case '\n':
		return "", 1 // the line goes on
	case 'x':
		return scriptRune(text, 1, 2)
	case 'u':
		if strings.HasPrefix(text, "u{") {
			if end := strings.IndexByte(text, '}'); end > 0 {
				meant, _ = scriptRune(text[:end], 2, end-2)
				return meant, end + 1
			}
		}
		return scriptRune(text, 1, 4)
	}
	_, length = utf8.DecodeRuneInString(text)
	return text[:length], length
}

// scriptRune reads a character by its hexadecimal number, of so many digits.
func scriptRune(text string, from, digits int) (meant string, length int) {
	if from+digits > len(text) {
		return "", len(text)
	}
	n, err := strconv.ParseUint(text[from:from+digits], 16, 32)
	if err != nil || n > utf8.MaxRune {
		return "\ufffd", from + digits
	}
	return string(rune(n)), from + digits
}

// rest reads past the rest of a value that is more than was understood, to the
// comma or the brace behind it.
func (r *scriptReader) rest() {
	for depth := 0; r.at < len(r.script); {
		switch r.script[r.at] {
		case '"', '\'', '`':
			if _, ok := r.literal(); ok {
				continue
			}
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return
			}
			depth--
		case ',':
			if depth == 0 {
				return
			}
		}
		r.at++
	}
}
