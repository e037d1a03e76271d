package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// A verbGroup is some of the verbs, as --help, the manual and the completions
// order them: what people use most stands first.
type verbGroup struct {
	title string
	verbs []string
}

func verbGroups() []verbGroup {
	return []verbGroup{
		{"Guard an agent", []string{runVerb, "init", "doctor", "demo"}},
		{"While it works", []string{"watch", "status", "approve", "deny", "mask"}},
		{"Afterwards", []string{"sessions", "log", "show", "why", "report", "record", "undo", "verify", "replay"}},
		{"What is asked", []string{"check", "explain", "grants", "learn", "trust", "rules", "config", "baseline", "eval"}},
		{"restrain itself", []string{"hook", "completion", "man", "version"}},
	}
}

// ordered sorts the verbs as their groups have them.
func ordered(verbs []*cli.Command) []*cli.Command {
	var order []string
	for _, group := range verbGroups() {
		order = append(order, group.verbs...)
	}
	slices.SortStableFunc(verbs, func(a, b *cli.Command) int { return slices.Index(order, a.Name) - slices.Index(order, b.Name) })
	return verbs
}

// helpWidth is where help is folded.
const helpWidth = 80

// printHelp draws the help of restrain or of a verb, in the library's place.
func printHelp(w io.Writer, _ string, of any) {
	switch of := of.(type) {
	case *cli.App:
		fmt.Fprintf(w, "%s\n\n", of.Description)
		heading(w, "Usage", of.UsageText)
		for _, group := range verbGroups() {
			fmt.Fprintf(w, "%s\n", group.title)
			for _, name := range group.verbs {
				if verb := of.Command(name); verb != nil && !verb.Hidden {
					entry(w, 12, verb.Name, verb.Usage)
				}
			}
			fmt.Fprintln(w)
		}
		helpFlags(w, "Options", of.VisibleFlags())
		fmt.Fprintln(w, "Exit status")
		for _, e := range exitMeanings() {
			entry(w, 7, e.name, e.meaning)
		}
		fmt.Fprint(w, "\nrestrain VERB --help says more of a verb, restrain man all of it.\n")
	case *cli.Command:
		usage := of.HelpName
		if len(verbsBelow(of)) > 0 {
			usage += " [VERB]"
		}
		fmt.Fprintf(w, "%s: %s\n\n", of.HelpName, of.Usage)
		heading(w, "Usage", strings.TrimSpace(usage+" [options] "+of.ArgsUsage))
		if of.Description != "" {
			fmt.Fprintf(w, "%s\n\n", of.Description)
		}
		helpVerbs(w, of)
		helpFlags(w, "Options", of.VisibleFlags())
	}
}

// verbsBelow are a verb's own, without the library's.
func verbsBelow(verb *cli.Command) []*cli.Command {
	return slices.DeleteFunc(slices.Clone(verb.Subcommands), func(c *cli.Command) bool { return c.Hidden || c.Name == "help" })
}

func helpVerbs(w io.Writer, of *cli.Command) {
	verbs := verbsBelow(of)
	if len(verbs) == 0 {
		return
	}
	fmt.Fprintln(w, "Verbs")
	for _, verb := range verbs {
		entry(w, 12, verb.Name, verb.Usage)
	}
	fmt.Fprintln(w)
}

func helpFlags(w io.Writer, title string, flags []cli.Flag) {
	fmt.Fprintln(w, title)
	for _, flag := range flags {
		names, usage := flagWords(flag)
		entry(w, 22, names, usage)
	}
	fmt.Fprintln(w)
}

func heading(w io.Writer, title, text string) {
	fmt.Fprintf(w, "%s\n", title)
	for line := range strings.Lines(text) {
		fmt.Fprintf(w, "   %s", line)
	}
	fmt.Fprint(w, "\n\n")
}

// entry writes a name, and at the column behind it what it means, folded.
func entry(w io.Writer, column int, name, meaning string) {
	const indent = 3
	head := strings.Repeat(" ", indent) + name
	if len(name) >= column {
		fmt.Fprintln(w, head)
		head = ""
	}
	line := fmt.Sprintf("%-*s", indent+column, head)
	for i, word := range strings.Fields(meaning) {
		if i > 0 && len([]rune(line))+1+len([]rune(word)) > helpWidth {
			fmt.Fprintln(w, line)
			line, i = strings.Repeat(" ", indent+column), 0
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}

// flagWords gives the names of an option with what stands for its value, and
// its meaning with its default.
func flagWords(flag cli.Flag) (names, usage string) {
	var list []string
	for _, name := range flag.Names() {
		list = append(list, strings.Repeat("-", min(2, len(name)))+name)
	}
	names = strings.Join(list, ", ")
	doc, ok := flag.(cli.DocGenerationFlag)
	if !ok {
		return names, ""
	}
	value, usage := valueName(doc.GetUsage())
	if !doc.TakesValue() {
		return names, usage
	}
	if text := strings.Trim(doc.GetDefaultText(), `"`); text != "" {
		usage += " (default " + text + ")"
	}
	return names + " " + value, usage
}

// valueName takes out of an option's usage the word in backquotes, which stands
// for its value: VALUE where it has none.
func valueName(usage string) (value, plain string) {
	before, rest, ok := strings.Cut(usage, "`")
	name, after, closed := strings.Cut(rest, "`")
	if !ok || !closed {
		return "VALUE", usage
	}
	return name, before + name + after
}
