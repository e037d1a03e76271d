package shellparse

import "strings"

// asProgram writes a command of cmd's own that acts on files as the program that does
// the same; flags begin with a slash. ok is false for any other.
func asProgram(argv []Word) (out []Word, ok bool) {
	flags := ""
	var operands []Word
	for _, w := range argv[1:] {
		if strings.HasPrefix(w.Text, "/") && len(w.Text) < 5 && !strings.HasPrefix(w.Text, "//") {
			flags += strings.ToLower(w.Text)
		} else {
			operands = append(operands, operandWord(w))
		}
	}
	below := strings.Contains(flags, "/s")
	words := func(program string) []Word {
		for i, text := range strings.Fields(program) {
			w := Word{Text: text}
			if i == 0 {
				w.Span = argv[0].Span
			}
			out = append(out, w)
		}
		return append(out, operands...)
	}
	switch name := argv[0].Text; {
	case (name == "rd" || name == "rmdir") && below:
		return words("rm -r -f"), true
	case name == "rd":
		return words("rmdir"), true
	case (name == "del" || name == "erase" || name == "dir") && below && len(operands) == 1 && strings.ContainsAny(lastPart(operands[0].Text), "*?."):
		dir, file := parentOf(operands[0]), Word{Text: lastPart(operands[0].Text)}
		out = []Word{{Text: "find", Span: argv[0].Span}, {Text: dir.Text, Unknown: notesIn(dir)}}
		if file.Text != "*" && file.Text != "*.*" {
			out = append(out, Word{Text: "-iname"}, file)
		}
		if name != "dir" {
			out = append(out, Word{Text: "-delete"})
		}
		return out, true
	case name == "del" || name == "erase":
		if below {
			return words("rm -r -f"), true
		}
		return words("rm -f"), true
	case name == "dir":
		return words("ls"), true
	case name == "type":
		return words("cat"), true
	case name == "md":
		return words("mkdir -p"), true
	case name == "copy":
		return words("cp"), true
	case name == "move":
		return words("mv"), true
	case (name == "ren" || name == "rename") && len(operands) == 2:
		operands[1] = joinPath(parentOf(operands[0]), operands[1])
		return words("mv"), true
	}
	return nil, false
}

func lastPart(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }
