package code

import "strings"

// Imports are the modules beside a program that its code imports, as paths
// without an ending: helper of "import helper", "./util" of require("./util").
func Imports(lang, text string) (modules []string) {
	const maxImports = 4
	switch lang {
	case "python", "javascript", "ruby", "php":
	default:
		return nil
	}
	if !strings.Contains(text, "import") && !strings.Contains(text, "require") && !strings.Contains(text, "include") {
		return nil
	}
	l := lexer{src: text[:min(len(text), maxCode)], lang: lang}
	l.run()
	e := expander{lang: lang, src: l.src, tokens: l.out}
	for i := 0; i < len(e.tokens) && len(modules) < maxImports; i++ {
		name := ""
		switch {
		case lang == "python" && (e.name(i) == "import" || e.name(i) == "from") && e.column(i) >= 0:
			name = e.name(i + 1)
			for at := i + 2; name != "" && e.punct(at, ".") && e.name(at+1) != ""; at += 2 {
				name += "/" + e.name(at+1)
			}
		case lang == "ruby" && e.name(i) == "require_relative":
			name = e.text(i + 1)
		case lang == "php" && (strings.HasPrefix(e.name(i), "require") || strings.HasPrefix(e.name(i), "include")) && !e.punct(i-1, "="):
			at := i + 1
			for e.punct(at, "(") || e.name(at) == "__DIR__" || e.punct(at, ".") {
				at++
			}
			name = strings.TrimPrefix(e.text(at), "/")
		case lang == "javascript" && (e.name(i) == "from" || e.name(i) == "require"):
			at := i + 1
			if e.punct(at, "(") {
				at++
			}
			if at < len(e.tokens) && e.tokens[at].Kind == TokenString && (strings.HasPrefix(e.tokens[at].Text, "./") || strings.HasPrefix(e.tokens[at].Text, "../")) {
				name = e.tokens[at].Text
			}
		}
		if name != "" && !dataFile(name) {
			modules = append(modules, name)
		}
	}
	return modules
}

// text is the string at i, "" for none.
func (e *expander) text(i int) string {
	if i < len(e.tokens) && e.tokens[i].Kind == TokenString {
		return e.tokens[i].Text
	}
	return ""
}
