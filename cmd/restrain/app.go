package main

import (
	"errors"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/session"
)

// run is restrain: it carries out what args ask for and gives the exit status.
func run(h *host, args []string) int {
	if status, called := h.HiddenCall(args); called {
		return status
	}
	if shell, isShell := session.ParseShellCall(args); isShell {
		return h.ShellDoor(shell)
	}
	if agent, change, plain := plainHook(args); plain {
		return h.hook(agent, change)
	}
	status := exitOK
	app := newApp(h, &status)
	if err := app.Run(optionsFirst(app.Commands, spellRun(args))); err != nil {
		var exit exitStatus
		if errors.As(err, &exit) {
			return int(exit)
		}
		return h.Fail(noHelp(app, args, err))
	}
	return status
}

// An exitStatus ends restrain without a message.
type exitStatus int

func (exitStatus) Error() string { return "" }

func newApp(h *host, status *int) *cli.App {
	cli.HelpPrinter = printHelp
	return &cli.App{
		Name:  "restrain",
		Usage: "a circuit breaker for coding agents",
		UsageText: "restrain [options] -- AGENT [ARGS…]    an agent in a guarded session\n" +
			"restrain                               your own shell, guarded\n" +
			"restrain -c 'LINE'                     restrain as an agent's shell\n" +
			"restrain VERB …                        one of these:",
		Description: "restrain reads every command of a coding agent before it runs and holds the\n" +
			"step that does not fit until you have confirmed it.",
		Writer:                 h.Stdout,
		ErrWriter:              io.Discard, // errors are reported once, by fail
		HideVersion:            true,
		UseShortOptionHandling: true,
		ExitErrHandler:         func(*cli.Context, error) {},
		OnUsageError:           wrongUsage,
		CommandNotFound:        nil,
		Flags:                  append(sessionFlags(), &cli.BoolFlag{Name: "version", Aliases: []string{"V"}, Usage: "print the version"}),
		Action: func(c *cli.Context) error {
			if c.Bool("version") {
				return h.printVersion()
			}
			if c.NArg() > 0 {
				return unknownVerb(c.App.Commands, c.Args().Slice())
			}
			return h.interactive(c, status)
		},
		Commands: commands(h, status),
	}
}

func commands(h *host, status *int) []*cli.Command {
	list := []*cli.Command{
		runCommand(h, status), checkCommand(h), explainCommand(h), replayCommand(h),
		sessionsCommand(h), logCommand(h), showCommand(h), whyCommand(h), reportCommand(h), recordCommand(h), verifyCommand(h), rulesCommand(h), baselineCommand(h), learnCommand(h), evalCommand(h),
		watchCommand(h), statusCommand(h), approveCommand(h), denyCommand(h), grantsCommand(h), undoCommand(h), maskCommand(h),
		demoCommand(h, status), hookCommand(h, status), initCommand(h), doctorCommand(h, status), versionCommand(h), configCommand(h), trustCommand(h), completionCommand(h), manCommand(h),
	}
	for _, command := range ordered(list) {
		command.OnUsageError = wrongUsage
		boundWords(command)
		shareExamples(command)
	}
	return list
}

// shareExamples gives the verbs below a verb their lines of its examples.
func shareExamples(command *cli.Command) {
	for _, sub := range command.Subcommands {
		if sub.Description != "" {
			continue
		}
		for line := range strings.Lines(command.Description) {
			if strings.HasPrefix(line+" ", "   restrain "+command.Name+" "+sub.Name) {
				sub.Description += line
			}
		}
		sub.Description = strings.TrimRight(sub.Description, "\n")
	}
}

// runVerb is the verb that starts an agent.
const runVerb = "run"

// spellRun turns "restrain [options] -- AGENT" into "restrain run [options] --
// AGENT", so that an agent named like a verb is still an agent.
func spellRun(args []string) []string {
	for i, arg := range args[1:] {
		if arg == "--" {
			spelled := append([]string{args[0], runVerb}, args[1:1+i]...)
			return append(spelled, args[1+i:]...)
		}
		if !strings.HasPrefix(arg, "-") && !isFlagValue(args[i]) {
			break
		}
	}
	return args
}

// isFlagValue reports whether the word after flag is its value.
func isFlagValue(flag string) bool {
	if !strings.HasPrefix(flag, "-") || strings.Contains(flag, "=") {
		return false
	}
	name := strings.TrimLeft(flag, "-")
	for _, f := range sessionFlags() {
		if _, isBool := f.(*cli.BoolFlag); !isBool && f.Names()[0] == name {
			return true
		}
	}
	return false
}

func personaFlag() cli.Flag {
	return &cli.StringFlag{Name: "persona", Usage: "the agent's role: coding (unless the rules say other), ops, data, release, read-only, or one of yours"}
}
