package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/session"
)

func manCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "man",
		Usage: "print the manual page",
		Description: "   restrain man | man -l -\n" +
			"   restrain man >~/.local/share/man/man1/restrain.1",
		Action: func(c *cli.Context) error {
			var page strings.Builder
			manPage(&page, c.App)
			_, err := io.WriteString(h.Stdout, page.String())
			return err
		},
	}
}

// A manEntry documents an exit status or a variable.
type manEntry struct{ name, meaning string }

func exitMeanings() []manEntry {
	return []manEntry{
		{"0", "done; check: it would run unasked"},
		{"1", "it could not be done"},
		{"2", "wrong usage, or a file of rules or configuration is wrong"},
		{"3", "check: a human would be asked; --ci: something was denied"},
		{"4", "check: it would be denied"},
		{"126", "a command was denied, or its shell could not be started"},
		{"127", "the agent was not found"},
		{"other", "the exit status of the agent, or of the command that was let run"},
	}
}

// usedVariables documents what restrain reads from its environment.
func usedVariables() []manEntry {
	return []manEntry{
		{"SHELL", "the shell that restrain is a door to, and starts for a person"},
		{"XDG_STATE_HOME", "where sessions are, in restrain/sessions, and what steps took away, in restrain/kept; ~/.local/state without it"},
		{"XDG_CONFIG_HOME", "where your rules are, in restrain/rules.toml, with [keep] for the bounds of what undo gives back; ~/.config without it"},
		{"RESTRAIN_NOTIFY", "off: no desktop notification of a held step"},
		{session.SignVariable, "how a terminal is told of a held step: bell (unless set), osc9, osc777, several with commas, or off"},
		{session.TitleVariable, "off: the terminal's title is left alone; else it says who is guarded, until the session ends"},
		{"PAGER", "shows long logs at a terminal; cat for none"},
		{"NO_COLOR", "when not empty, no colours"},
		{"TERM, COLUMNS, LC_ALL, LC_CTYPE, LANG", "what the terminal can show"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "where restrain-otel sends sessions; unset, nothing is sent"},
	}
}

// manPage writes the manual in man(7), from the same words as --help.
func manPage(w io.Writer, app *cli.App) {
	fmt.Fprintf(w, ".TH RESTRAIN 1\n.SH NAME\nrestrain \\- %s\n", roff(app.Usage))
	fmt.Fprintf(w, ".SH SYNOPSIS\n.nf\n%s\n.fi\n", roffLines(app.UsageText))
	fmt.Fprint(w, ".SH DESCRIPTION\n")
	manText(w, app.Description)
	fmt.Fprint(w, ".SH OPTIONS\n")
	manFlags(w, app.VisibleFlags())
	fmt.Fprint(w, ".SH VERBS\n")
	manVerbs(w, "restrain", app.VisibleCommands())
	manTable(w, "EXIT STATUS", exitMeanings())
	manTable(w, "ENVIRONMENT", usedVariables())
}

func manVerbs(w io.Writer, prefix string, commands []*cli.Command) {
	for _, command := range commands {
		if command.Hidden || command.Name == "help" {
			continue
		}
		name := prefix + " " + command.Name
		fmt.Fprintf(w, ".SS %s\n%s.\n", roff(strings.TrimSpace(name+" "+command.ArgsUsage)), roff(command.Usage))
		manText(w, command.Description)
		manFlags(w, command.VisibleFlags())
		manVerbs(w, name, command.Subcommands)
	}
}

// manText writes a description: what is indented is an example, and keeps its
// lines.
func manText(w io.Writer, text string) {
	if text == "" {
		return
	}
	example := false
	for _, line := range strings.Split(text, "\n") {
		if indented := strings.HasPrefix(line, "   "); indented != example {
			fmt.Fprint(w, map[bool]string{true: ".PP\n.RS 4\n.nf\n", false: ".fi\n.RE\n.PP\n"}[indented])
			example = indented
		}
		if line = strings.TrimPrefix(line, "   "); line != "" {
			fmt.Fprintln(w, roff(line))
		}
	}
	if example {
		fmt.Fprint(w, ".fi\n.RE\n")
	}
}

func manFlags(w io.Writer, flags []cli.Flag) {
	for _, flag := range flags {
		if flag.Names()[0] == "help" {
			continue
		}
		names, usage := flagWords(flag)
		fmt.Fprintf(w, ".TP\n.B %s\n%s\n", roff(names), roff(usage))
	}
}

func manTable(w io.Writer, title string, rows []manEntry) {
	fmt.Fprintf(w, ".SH %s\n", title)
	for _, row := range rows {
		fmt.Fprintf(w, ".TP\n.B %s\n%s\n", roff(row.name), roff(row.meaning))
	}
}

// roff writes a text so that it reads as itself: no request at the start of a
// line, no escape, a hyphen that can be copied.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

func roffLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = roff(lines[i])
	}
	return strings.Join(lines, "\n")
}
