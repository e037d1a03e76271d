package main

import (
	"os/exec"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/agent"
	"restrain/classify"
	"restrain/session"
	"restrain/setup"
)

// wrongUsage says in restrain's words what the command-line library refused.
func wrongUsage(c *cli.Context, err error, _ bool) error {
	flags, verb := c.Command.Flags, c.Command.HelpName
	if verb == "" || c.Command.Name == c.App.Name {
		flags, verb = c.App.Flags, c.App.Name
	}
	text := err.Error()
	if text == "flag provided but not defined: -c" {
		return session.Hint(session.Usagef("-c needs a line"), "quote it, as in restrain -c 'git status'")
	}
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		hint := verb + " --help lists them"
		if near := classify.Nearest(name, flagNames(flags)); near != "" {
			hint = "did you mean --" + near + "? " + hint
		}
		return session.Hint(session.Usagef("there is no option %s", dashed(name)), hint)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return session.Hint(session.Usagef("%s needs a value", dashed(name)), verb+" --help says which")
	}
	if strings.HasPrefix(text, "bad flag syntax: ") {
		return session.Hint(session.Usagef("%q is no option", strings.TrimPrefix(text, "bad flag syntax: ")), verb+" --help lists them")
	}
	if name, value, ok := wrongValue(text); ok {
		return valueError(flags, name, value)
	}
	return session.Usage(err)
}

// boundWords has a verb, and those below it, refuse words that its usage has no
// place for. Where they are those of a line, the verb itself says to quote it.
func boundWords(verb *cli.Command) {
	for _, sub := range verb.Subcommands {
		boundWords(sub)
	}
	usage, action := verb.ArgsUsage, verb.Action
	if action == nil || strings.Contains(usage, "…") || strings.Contains(usage, "LINE") {
		return
	}
	most := len(strings.Fields(usage))
	verb.Action = func(c *cli.Context) error {
		if c.NArg() <= most {
			return action(c)
		}
		takes := "no words, only options"
		if most > 0 {
			takes = usage
		}
		return session.Hint(session.Usagef("%s takes %s, and %q is too much", verb.Name, takes, c.Args().Get(most)), c.Command.HelpName+" --help says more")
	}
}

// dashed is an option as people type it.
func dashed(name string) string {
	return strings.Repeat("-", min(2, len([]rune(name)))) + name
}

// wrongValue reads `invalid value "x" for flag -name: …` and `invalid boolean
// value "x" for -name: …`.
func wrongValue(text string) (name, value string, ok bool) {
	rest, ok := strings.CutPrefix(text, "invalid ")
	if !ok {
		return "", "", false
	}
	head, rest, ok := strings.Cut(rest, `" for `)
	if !ok {
		return "", "", false
	}
	_, value, ok = strings.Cut(head, `"`)
	name, _, _ = strings.Cut(strings.TrimPrefix(rest, "flag "), ": ")
	return strings.TrimLeft(name, "-"), value, ok
}

// valueError says what the value of an option has to be.
func valueError(flags []cli.Flag, name, value string) error {
	for _, flag := range flags {
		if !slices.Contains(flag.Names(), name) {
			continue
		}
		switch flag.(type) {
		case *cli.BoolFlag:
			return session.Usagef("%s takes no value: it is on when it is there", dashed(name))
		case *cli.DurationFlag:
			return session.Hint(session.Usagef("%s %q is no length of time", dashed(name), value), "write it as 90s, 5m or 2h")
		case *cli.IntFlag, *cli.Int64Flag, *cli.UintFlag:
			return session.Usagef("%s %q is no whole number", dashed(name), value)
		case *cli.Float64Flag:
			return session.Usagef("%s %q is no number", dashed(name), value)
		}
	}
	return session.Usagef("%s cannot be %q", dashed(name), value)
}

func flagNames(flags []cli.Flag) []string {
	var names []string
	for _, flag := range flags {
		names = append(names, flag.Names()...)
	}
	return names
}

// unknownVerb says of a word what it may have been meant for: an agent that is
// to be started, or a verb that is spelled a little differently.
func unknownVerb(verbs []*cli.Command, words []string) error {
	word := words[0]
	err := session.Usagef("there is no verb %q", word)
	if isProgram(word) {
		return session.Hint(err, "to start it guarded: restrain -- "+strings.Join(words, " "))
	}
	var names []string
	for _, verb := range verbs {
		if !verb.Hidden && strings.HasPrefix(verb.Name, word[:min(1, len(word))]) { // people get the first letter right
			names = append(names, verb.Names()...)
		}
	}
	if near := classify.Nearest(word, names); near != "" {
		return session.Hint(err, "did you mean "+near+"?")
	}
	var programs []string
	for _, known := range agent.All() {
		programs = append(programs, known.Programs...)
	}
	if near := classify.Nearest(word, programs); near != "" {
		return session.Hint(err, "did you mean restrain -- "+near+"?")
	}
	return session.Hint(err, "restrain -- AGENT starts an agent; restrain --help lists the verbs")
}

// isProgram reports whether a word names an agent, or another program.
func isProgram(word string) bool {
	if agent, known := setup.Find(word); known && len(agent.Programs) > 0 {
		return true
	}
	_, err := exec.LookPath(word)
	return err == nil
}

// noHelp puts into restrain's words that there is no help for a word; args are
// restrain's own.
func noHelp(app *cli.App, args []string, err error) error {
	word, ok := strings.CutPrefix(err.Error(), "No help topic for '")
	if !ok {
		return err
	}
	word = strings.TrimSuffix(word, "'")
	for _, arg := range args[1:] {
		at := slices.IndexFunc(app.Commands, func(c *cli.Command) bool { return c.HasName(arg) })
		if at >= 0 && len(app.Commands[at].Subcommands) > 0 && arg != "help" {
			return unknownSubverb(app.Commands[at], word)
		}
	}
	return unknownVerb(app.Commands, []string{word})
}

// unknownSubverb says what a verb takes instead of a word.
func unknownSubverb(verb *cli.Command, word string) error {
	var names []string
	for _, sub := range verb.Subcommands {
		if !sub.Hidden && sub.Name != "help" {
			names = append(names, sub.Name)
		}
	}
	err := session.Usagef("restrain %s has no verb %q", verb.Name, word)
	hint := "it takes " + strings.Join(names, ", ")
	if near := classify.Nearest(word, names); near != "" && near[0] == word[0] {
		hint = "did you mean " + near + "? " + hint
	}
	return session.Hint(err, hint)
}

// agentHint helps with a word that names no agent.
func agentHint(word string) string {
	hint := "one of " + strings.Join(agent.Titles(), ", ")
	if near := classify.Nearest(word, agent.Names()); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return hint
}
