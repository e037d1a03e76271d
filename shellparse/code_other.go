package shellparse

import (
	"strings"

	"restrain/code"
)

// starters are functions that start a program, in languages that are read for
// nothing else: exec.Command of Go, Command::new of Rust, commandLine of Gradle.
const starters = "Command CommandContext RunV RunWithV Run RunWith Output OutputWith Exec commandLine ProcessBuilder Process cmd execute system exec start " +
	"Start shell sh popen spawn run delete"

// otherCommands reads the commands that code of any language starts with words which
// stand in it, in a part of a file or the whole. What the code does by itself is seen
// when it does it.
func (sh *shell) otherCommands(c *Command, file, part string) {
	lex := func(text string) []code.Token {
		return code.Lex(OtherLanguage, strings.NewReplacer("&'", "&", "<'", "<").Replace(text)) // lifetimes of Rust
	}
	r := otherReader{codeReader: codeReader{sh: sh, c: *c, lang: OtherLanguage, tokens: lex(part)}}
	r.file = codeReader{tokens: r.tokens}
	if len(part) < len(file) {
		r.file.tokens = lex(file)
	}
	r.c.Stdin, r.c.From, r.c.Carrier = nil, -1, false
	r.c.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], Wrapper{Name: c.Name})
	for i := range r.tokens {
		if r.found >= maxCalls {
			return
		}
		if tok := r.tokens[i]; tok.Kind == code.TokenName && hasField(starters, tok.Text) && !r.name(i-1, "func") && !r.name(i-1, "fn") {
			r.started(i)
		}
	}
}

// An otherReader reads a part of a file.
type otherReader struct {
	codeReader
	file codeReader // for what names stand for
}

// started reads the words behind a function that starts a program.
func (r *otherReader) started(i int) {
	at := i + 1
	if r.punct(at, ":") && r.punct(at+1, ":") && r.name(at+2, "new") {
		at += 3
	}
	var words []Word
	depth, begins := 0, at // where the argument begins
	end := func() {
		if argument := r.tokens[begins:at]; len(argument) > 0 && len(words) > 0 {
			words = append(words, r.value(argument))
		}
		begins = at + 1
	}
	for ; at < len(r.tokens) && len(words) < maxRounds; at++ {
		switch tok := r.tokens[at]; {
		case tok.Kind == code.TokenString:
			words = append(words, holed(tok.Text, r.lang))
			begins = at + 1
		case tok.Kind != code.TokenPunct:
		case strings.Contains("([{", tok.Text):
			depth++
			begins = at + 1
		case strings.Contains(")]}", tok.Text):
			depth--
			end()
		case tok.Text == ",":
			end()
		}
		if depth <= 0 && !r.goesOn(at) {
			break
		}
	}
	switch {
	case len(words) == 0 || !words[0].Known() || strings.Trim(words[0].Text, "/.-_ abcdefghijklmnopqrstuvwxyz0123456789") != "" && len(words) > 1:
	case r.tokens[i].Text == "delete": // of Gradle
		r.argv(append([]Word{{Text: "rm"}, {Text: "-rf"}}, words...))
	case len(words) == 1 && strings.Contains(words[0].Text, " "):
		r.line(words[0])
	default:
		r.argv(words)
	}
}

// goesOn reports that a call is not over behind the token at i: .args([…]) follows, or
// the next of the words that need no parentheses.
func (r *otherReader) goesOn(i int) bool {
	switch {
	case r.punct(i, ",") || r.punct(i+1, ","), r.tokens[i].Kind == code.TokenName && r.punct(i+1, "("): // delete fileTree('x')
		return true
	case r.punct(i+1, ".") && (r.name(i+2, "args") || r.name(i+2, "arg")), r.punct(i, ".") || r.name(i, "args") || r.name(i, "arg"):
		return r.punct(i+1, ".") || r.punct(i+1, "(") || r.name(i+1, "args") || r.name(i+1, "arg")
	}
	return false
}

// value is what an argument that is no text stands for: a name that is given a text
// once, or nobody knows what.
func (r *otherReader) value(argument []code.Token) Word {
	value, found := Word{}, 0
	for i := range r.file.tokens {
		if len(argument) > 1 || !r.file.name(i, argument[0].Text) {
			continue
		}
		at := i + 1
		for at < i+8 && !r.file.punct(at, "=") && !r.file.punct(at, ",") && !r.file.punct(at, ")") {
			at++ // a type
		}
		if r.file.punct(at, "=") && at+1 < len(r.file.tokens) && r.file.tokens[at+1].Kind == code.TokenString {
			value, found = holed(r.file.tokens[at+1].Text, r.lang), found+1
		}
	}
	if found != 1 {
		return unknown(r.lang)
	}
	return value
}

// otherTarget reads the code behind a name for runners whose files are code of other
// languages: cargo run --bin NAME, mage NAME, gradle NAME.
func (sh *shell) otherTarget(c *Command) {
	args := operands(c.Argv[1:])
	switch c.Name {
	case "go":
		if len(args) > 1 && args[0].Text == "run" && !strings.HasSuffix(args[1].Text, ".go") {
			if data, ok := sh.taskFile(Word{Text: strings.TrimSuffix(args[1].Text, "/") + "/main.go", Unknown: args[1].Unknown}); ok {
				sh.otherCommands(c, clean(string(data)), clean(string(data)))
			}
		}
	case "cargo":
		if len(args) == 0 || args[0].Text != "run" && args[0].Text != "r" {
			return
		}
		file := "src/main.rs"
		for i, w := range c.Argv[:len(c.Argv)-1] {
			if w.Text == "--bin" {
				file = "src/bin/" + c.Argv[i+1].Text + ".rs"
			}
		}
		if data, ok := sh.taskFile(Word{Text: file}); ok {
			sh.otherCommands(c, clean(string(data)), clean(string(data)))
		}
	case "mage", "gradle", "gradlew":
		for _, file := range [...]string{"magefile.go", "build.gradle", "build.gradle.kts"} {
			data, ok := sh.taskFile(Word{Text: file})
			if !ok || (c.Name == "mage") != (file == "magefile.go") {
				continue
			}
			for _, goal := range args {
				sh.otherCommands(c, clean(string(data)), block(clean(string(data)), goal.Text[strings.LastIndexByte(goal.Text, ':')+1:]))
			}
		}
	}
}

// block is the text in braces that follows a name where it is declared: func Name(,
// task name {, tasks.register("name").
func block(text, name string) string {
	lower, want := strings.ToLower(text), strings.ToLower(name)
	for at := 0; ; {
		i := strings.Index(lower[at:], want)
		if i < 0 || want == "" {
			return ""
		}
		i += at
		at = i + len(want)
		line := lower[strings.LastIndexByte(lower[:i], '\n')+1 : i]
		if !strings.Contains(line, "func ") && !strings.Contains(line, "task") || i > 0 && isNameByte(lower[i-1]) || at < len(lower) && isNameByte(lower[at]) {
			continue
		}
		open := strings.IndexByte(text[at:], '{')
		if open < 0 || strings.Contains(text[at:at+open], "\n") {
			continue
		}
		depth := 0
		for j := at + open; j < len(text); j++ {
			switch text[j] {
			case '{':
				depth++
			case '}':
				if depth--; depth == 0 {
					return text[at+open : j]
				}
			}
		}
		return text[at+open:]
	}
}
