package shellparse

import (
	"encoding/json"
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

// commandLines gives what stands behind each key command or commands in a
// parameter, which is JSON or starts with the key: commands=["a","b"], command=a.
// A list is the lines, or the words of one.
func commandLines(text string) (lines []string) {
	for len(lines) < maxRounds {
		_, value, found := strings.Cut(text, "command")
		if !found {
			break
		}
		value, several := strings.CutPrefix(value, "s")
		value = strings.TrimLeft(strings.TrimLeft(value, "\"'"), "=: ")
		read := json.NewDecoder(strings.NewReader(value))
		var list []string
		line := ""
		switch {
		case strings.HasPrefix(value, "[") && read.Decode(&list) == nil && (several || len(list) == 1):
			line = strings.Join(list, "\n")
		case len(list) > 0:
			line = Quote(list)
		case !strings.HasPrefix(value, `"`) || read.Decode(&line) != nil:
			lines = append(lines, strings.Trim(value, "\"'[]{} "))
			return lines
		}
		lines, text = append(lines, line), value[read.InputOffset():]
	}
	return lines
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
