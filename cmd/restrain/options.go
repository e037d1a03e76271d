package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// optionsFirst moves a verb's own options before its operands, where the library
// wants them: people write restrain init cursor --project. What stands behind
// "--" stays, and so do the words of an agent, which has options of its own.
func optionsFirst(verbs []*cli.Command, args []string) []string {
	at := 1
	for at < len(args) && strings.HasPrefix(args[at], "-") {
		at++
		if isFlagValue(args[at-1]) {
			at++
		}
	}
	var verb *cli.Command
	for at < len(args) {
		below := slices.IndexFunc(verbs, func(c *cli.Command) bool { return c.HasName(args[at]) })
		if below < 0 {
			break
		}
		verb, verbs = verbs[below], verbs[below].Subcommands
		at++
	}
	if verb == nil || verb.Name == runVerb {
		return args
	}
	words := args[at:]
	var options, operands []string
	for len(words) > 0 && words[0] != "--" {
		if isHelp(words[0]) {
			return append(args[:at:at], words[0]) // which would take an operand for a topic
		}
		n := min(lengthOf(verb.Flags, words[0]), len(words))
		if n > 0 {
			options = append(options, words[:n]...)
		} else {
			n = 1
			operands = append(operands, words[0])
		}
		words = words[n:]
	}
	return slices.Concat(args[:at], options, operands, words)
}

func isHelp(word string) bool {
	name := strings.TrimLeft(word, "-")
	return name != word && slices.Contains(cli.HelpFlag.Names(), name)
}

// lengthOf is how many words an option takes up with its value; 0 when word is
// none of flags.
func lengthOf(flags []cli.Flag, word string) int {
	name, _, hasValue := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
	if !strings.HasPrefix(word, "-") {
		return 0
	}
	for _, flag := range flags {
		if !slices.Contains(flag.Names(), name) {
			continue
		}
		if _, isBool := flag.(*cli.BoolFlag); isBool || hasValue {
			return 1
		}
		return 2
	}
	return 0
}
