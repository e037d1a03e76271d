package code

import "strings"

// Imports are the modules beside a program that its code imports, as paths
// without an ending: helper of "import helper", "./util" of require("./util").
func Imports(lang, text string) (modules []string) {
	const maxImports = 4
	if lang != "python" && lang != "javascript" || !strings.Contains(text, "import") && !strings.Contains(text, "require") {
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
