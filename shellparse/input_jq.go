package shellparse

import "strings"

// jqValues is how many words follow one of jq's options as its values.
func jqValues(option string) int {
	switch option {
	case "--arg", "--argjson", "--slurpfile", "--rawfile", "--argfile":
		return 2
	case "--indent", "-f", "--from-file", "-L":
		return 1
	}
	return 0
}

// jqOutput is the text that a filter of jq makes, near enough for a reader of
// bodies: the filter, with its names quoted as JSON has them, the values of its
// variables in their places, and the input for a dot.
func (sh *shell) jqOutput(c *Command, in Word) (out Word, ok bool) {
	program, values, raw := sh.jqWords(c)
	if program.Text == "" || program.Text == "." {
		return in, in.Text != ""
	}
	if raw {
		in.Text = jsonQuoted(in.Text)
	}
	p := jqPrinter{src: program.Text, in: in.Text, values: values}
	for p.at < len(p.src) && p.out.Len() < maxValue {
		p.next()
	}
	out = Word{Text: p.out.String()}
	if !p.took { // what the filter picks is somewhere in its input
		out.Text += "\n" + in.Text
	}
	if strings.ContainsRune(out.Text, Hole) {
		out.Unknown = addNotes(program.Unknown, in.Unknown)
		for _, v := range values {
			out.Unknown = addNotes(out.Unknown, v.Unknown)
		}
		if len(out.Unknown) == 0 {
			out.Unknown = []string{"jq"}
		}
	}
	return out, true
}

// jqWords tells the filter of jq, the values of its variables as JSON, and
// whether it reads its input as raw text.
func (sh *shell) jqWords(c *Command) (program Word, values map[string]Word, raw bool) {
	values = map[string]Word{}
	found := false
	for i := 1; i < len(c.Argv); i++ {
		word := c.Argv[i]
		n := jqValues(word.Text)
		if i+n >= len(c.Argv) {
			n = 0
		}
		switch {
		case n == 2:
			value := c.Argv[i+2]
			if strings.HasSuffix(word.Text, "file") {
				value, _ = sh.fileText(value)
			}
			if word.Text == "--arg" || word.Text == "--rawfile" {
				value.Text = jsonQuoted(value.Text)
			}
			values[c.Argv[i+1].Text] = value
		case n == 1 && (word.Text == "-f" || word.Text == "--from-file"):
			program, found = sh.fileText(c.Argv[i+1])
		case word.Text == "--raw-input", len(word.Text) > 1 && word.Text[0] == '-' && word.Text[1] != '-' && strings.Contains(word.Text, "R"):
			raw = true
		case len(word.Text) > 1 && word.Text[0] == '-':
		case !found:
			program, found = word, true
		}
		i += n
	}
	return program, values, raw
}

func jsonQuoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(text) + `"`
}

// A jqPrinter writes a filter of jq as the JSON that it makes.
type jqPrinter struct {
	src, in string
	values  map[string]Word
	at      int
	out     strings.Builder
	took    bool // the input has been written
}

func (p *jqPrinter) next() {
	switch c := p.src[p.at]; {
	case c == '"':
		p.text()
	case c == '$':
		p.at++
		name := p.name()
		p.value(name)
	case nameByte(c):
		name := p.name()
		if rest := strings.TrimLeft(p.src[p.at:], " "); strings.HasPrefix(rest, ":") {
			p.out.WriteString(`"` + name + `"`)
		} else {
			p.out.WriteString(name)
		}
	case c == '.':
		p.at++
		path := p.name()
		if path == "" && !p.took {
			p.out.WriteString(p.in)
			p.took = true
			return
		}
		p.out.WriteRune(Hole)
	default:
		p.out.WriteByte(c)
		p.at++
	}
}

func (p *jqPrinter) name() string {
	start := p.at
	for p.at < len(p.src) && (nameByte(p.src[p.at]) || p.at > start && p.src[p.at] >= '0' && p.src[p.at] <= '9') {
		p.at++
	}
	return p.src[start:p.at]
}

// value writes what a variable holds; {$query} is short for {"query": $query}.
func (p *jqPrinter) value(name string) {
	if before := strings.TrimRight(p.out.String(), " \n"); strings.HasSuffix(before, "{") || strings.HasSuffix(before, ",") {
		p.out.WriteString(`"` + name + `":`)
	}
	if v, ok := p.values[name]; ok {
		p.out.WriteString(v.Text)
		return
	}
	p.out.WriteRune(Hole)
}

// text writes a string with the values in it: "volumeDelete(id: \($id))".
func (p *jqPrinter) text() {
	p.out.WriteByte('"')
	for p.at++; p.at < len(p.src); p.at++ {
		switch c := p.src[p.at]; {
		case c == '\\' && strings.HasPrefix(p.src[p.at:], `\(`):
			end := strings.IndexByte(p.src[p.at:], ')')
			if end < 0 {
				end = len(p.src) - p.at - 1
			}
			inner := strings.TrimSpace(p.src[p.at+2 : p.at+end])
			if v, ok := p.values[strings.TrimPrefix(inner, "$")]; ok && inner[0] == '$' {
				p.out.WriteString(strings.Trim(v.Text, `"`))
			} else {
				p.out.WriteRune(Hole)
			}
			p.at += end
		case c == '\\' && p.at+1 < len(p.src):
			p.out.WriteString(p.src[p.at : p.at+2])
			p.at++
		case c == '"':
			p.out.WriteByte(c)
			p.at++
			return
		default:
			p.out.WriteByte(c)
		}
	}
}

func nameByte(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
