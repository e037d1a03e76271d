package shellparse

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// awsCommands reads the commands that aws sends to other machines: the
// parameters of ssm send-command and start-session, the overrides of a task.
func (sh *shell) awsCommands(c *Command) {
	if !hasWords(c.Argv, "ssm send-command") && !hasWords(c.Argv, "ssm start-session") && !hasWords(c.Argv, "ecs run-task") {
		return
	}
	for _, w := range c.Argv[1:] {
		for _, line := range commandLines(w.Text) {
			inner := *c
			inner.Host = string(Hole)
			sh.code(&inner, Word{Text: line, Unknown: w.Unknown}, Remote)
		}
	}
}

// commandLines gives the lines of a parameter, which is JSON with the key
// command or commands, or starts with that: commands=["a","b"], command=a.
func commandLines(text string) []string {
	var doc any
	if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &doc) == nil {
		return linesIn(doc, 0)
	}
	_, value, ok := strings.Cut(text, "command")
	if !ok {
		return nil
	}
	value = strings.TrimLeft(strings.TrimPrefix(value, "s"), "\"'=: ")
	var list []string
	if strings.HasPrefix(value, "[") && json.Unmarshal([]byte(value), &list) == nil {
		return []string{strings.Join(list, "\n")}
	}
	return []string{strings.Trim(value, "\"'[]{} ")}
}

// maxDocument bounds how deeply a document is searched.
const maxDocument = 16

// linesIn gives the values of the keys command and commands anywhere in a
// document: a line, a list of lines, or the words of one.
func linesIn(doc any, depth int) (lines []string) {
	if depth > maxDocument {
		return nil
	}
	switch doc := doc.(type) {
	case []any:
		for _, element := range doc {
			lines = append(lines, linesIn(element, depth+1)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(doc)) {
			value := doc[key]
			text, isText := value.(string)
			words := texts(value)
			switch {
			case key != "command" && key != "commands":
				lines = append(lines, linesIn(value, depth+1)...)
			case isText:
				lines = append(lines, text)
			case key == "commands":
				lines = append(lines, strings.Join(words, "\n"))
			case len(words) == 1: // ssm has a list of lines here, too
				lines = append(lines, words[0])
			default:
				lines = append(lines, Quote(words))
			}
		}
	}
	return lines
}

// texts gives the strings of a list.
func texts(list any) (out []string) {
	elements, _ := list.([]any)
	for _, element := range elements {
		if text, ok := element.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// nixRun reads nix run PACKAGE -- ARGUMENTS, which runs the program that has
// the package's name.
func (sh *shell) nixRun(c *Command) {
	w := wrapper{sub: "run", long: "inputs-from override-input override-flake profile option expr file", short: "If"}
	start, ok := w.subcommand(c.Argv)
	if !ok {
		return
	}
	s, ok := w.strip(c.Argv, start)
	if !ok {
		return
	}
	_, attribute, found := strings.Cut(c.Argv[s.at].Text, "#")
	if !found || attribute == "" {
		return
	}
	attribute = attribute[strings.LastIndexByte(attribute, '.')+1:]
	rest := c.Argv[s.at+1:]
	if len(rest) > 0 && rest[0].Text == "--" {
		rest = rest[1:]
	}
	argv := append([]Word{{Text: attribute}}, rest...)
	sh.runWith(c, argv, "", Word{}, Wrapper{Name: "nix", Args: c.Argv[1 : s.at+1]})
}
