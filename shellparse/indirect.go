package shellparse

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// AnyVariable is what a word depends on that holds the value of one variable
// after the other: for v in $(compgen -e); do echo "${!v}"; done.
const AnyVariable = "${!*}"

// variablesNamed is ${!PREFIX*}: the variables that the text has set. Others of
// the environment may have such names, but none that matters to the text.
func (sh *shell) variablesNamed(prefix string) (list []Word, ok bool) {
	for _, name := range sh.vars.names(prefix) {
		list = append(list, Word{Text: name})
	}
	return list[:min(len(list), maxFields)], len(list) > 0
}

// listsVariables reports a word that is one of the names of all variables.
func listsVariables(w Word) bool {
	for _, note := range w.Unknown {
		for _, lister := range [...]string{"compgen -e", "compgen -v", "compgen -A", "$(env", "$(printenv", "$(declare -p", "$(set)", "$(export -p"} {
			if strings.Contains(note, lister) {
				return true
			}
		}
	}
	return false
}

// variablesListed is what compgen -v PREFIX prints.
func (sh *shell) variablesListed(c *Command) output {
	if len(c.Argv) != 3 || c.Argv[1].Text != "-v" && c.Argv[1].Text != "-e" || !c.Argv[2].Known() {
		return output{}
	}
	list, ok := sh.variablesNamed(c.Argv[2].Text)
	if !ok {
		return output{}
	}
	text := joinWords(list, "\n")
	text.Text += "\n"
	return printed(text)
}

// prompted is a value expanded once more, as ${x@P} and the prompts are: the
// commands in it run.
func (sh *shell) prompted(w Word) Word {
	if !strings.ContainsAny(w.Text, "$`") {
		if strings.IndexByte(w.Text, '\\') >= 0 {
			return unknown("${@P}") // \u, \h: the user, the host
		}
		return w
	}
	if sh.r.parsed += len(w.Text); sh.r.parsed > maxParsed || len(w.Text) > maxZsh || tooDeep(w.Text) || !sh.r.enter() {
		sh.r.limit(limitSize)
		return unknown("${@P}")
	}
	defer sh.r.leave()
	doc, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Document(strings.NewReader(w.Text))
	if err != nil {
		return unknown("${@P}")
	}
	sub := *sh
	sub.src, sub.base, sub.file, sub.notes = w.Text, -1, "", w.Unknown
	out := sub.document(doc)
	if strings.IndexByte(w.Text, '\\') >= 0 {
		return unknown("${@P}")
	}
	out.Span = Span{}
	return out
}
