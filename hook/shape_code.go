package hook

import "strings"

// This file is about code in the input of a tool: of a page, a notebook, a sandbox.

// isScriptName reports a field that holds code.
func isScriptName(name string) bool {
	switch name {
	case "code", "source_code", "sourcecode", "expression", "function", "pagefunction", "page_function", "script", "javascript", "js", "snippet", "program", "python", "cell", "new_source":
		return true
	}
	return false
}

// interpreter runs the code that a tool takes: by what its object says, by the name of
// the tool or its server, or else by the look of it. It is nil for a shell's.
func (s *shape) interpreter(name, text string) []string {
	python, node := []string{"python3", "-c"}, []string{"node", "-e"}
	names := []string{s.language, name, s.server + " " + s.tool}
	if s.language != "" {
		names = names[:1]
	}
	for _, named := range names {
		named = strings.ToLower(named)
		if namesAny(named, "python", "jupyter", "notebook", "executecode", "ipython") || named == "py" { // executecode is an IDE's notebook
			return python
		}
		if namesAny(named, "repl", "javascript", "typescript", "node", "deno", "browser", "playwright", "puppeteer", "evaluate", "chrome", "devtools", "selenium") || named == "js" || named == "ts" {
			return node
		}
	}
	if s.language != "" || name == "script" || name == "program" || name == "snippet" {
		return nil
	}
	switch {
	case strings.Contains(text, "=>"), strings.Contains(text, "await "), strings.Contains(text, "const "), strings.Contains(text, "require("):
		return node
	case strings.Contains(text, "import "), strings.Contains(text, "open("), strings.Contains(text, "print("):
		return python
	}
	return nil
}

func namesAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// called is code as it runs: a function that a page is given is called there.
func called(text string) string {
	text = strings.TrimRight(strings.TrimSpace(text), ";")
	head := strings.TrimSpace(strings.TrimPrefix(text, "async"))
	arrow := strings.Index(head, "=>")
	if strings.HasPrefix(head, "function") || arrow > 0 && !strings.ContainsAny(head[:arrow], ";\n={") ||
		arrow > 0 && strings.HasPrefix(head, "({") && strings.HasPrefix(strings.TrimSpace(head[strings.IndexByte(head, '}')+1:]), ")") {
		if !strings.HasSuffix(text, ")()") {
			return "(" + text + ")()"
		}
	}
	return text
}
