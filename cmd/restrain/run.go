package main

import (
	"path/filepath"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/gate"
	"restrain/session"
)

// sessionFlags are the options of a session, which may also stand in front of
// the -- of "restrain -- AGENT".
func sessionFlags() []cli.Flag {
	return append([]cli.Flag{
		personaFlag(),
		&cli.StringFlag{Name: "task", Usage: "what you want of the agent, in your words: questions show it, and what it asks for by name is ordinary"},
		&cli.DurationFlag{Name: "timeout", Usage: "how long a question waits before it is denied", Value: gate.DefaultTimeout},
		&cli.BoolFlag{Name: "wait", Usage: "without a terminal, hold steps for restrain watch and approve, also while nobody watches"},
		&cli.BoolFlag{Name: "shell-only", Usage: "catch commands at the agent's shells only, not in the kernel"},
		&cli.BoolFlag{Name: "require-exec", Usage: "do not start where execs cannot be caught in the kernel"},
		&cli.BoolFlag{Name: "allow-setuid", Usage: "let sudo work for an ordinary user; gives up catching commands in the kernel, as --shell-only does"},
		&cli.BoolFlag{Name: "verify-exec", Usage: "check after each exec that what runs is what was judged (slower)"},
		&cli.BoolFlag{Name: "no-files", Usage: "keep only what commands say they take away, not what programs do, of which the kernel tells"},
		&cli.BoolFlag{Name: "net", Usage: "look at the requests that programs send to providers and to production, through a proxy of the session's own"},
	}, ciFlags()...)
}

func runCommand(h *host, status *int) *cli.Command {
	return &cli.Command{
		Name:        runVerb,
		Usage:       "start an agent in a guarded session, as restrain -- AGENT does",
		ArgsUsage:   "-- AGENT [ARGS…]",
		Description: "   restrain run -- claude --resume\n   restrain --ci -- ./agent.sh",
		Flags:       sessionFlags(),
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return session.Hint(session.Usagef("no agent to start"), "name it after --, as in restrain -- cursor-agent")
			}
			o, err := sessionOptionsOf(h, c, filepath.Base(c.Args().First()))
			if err != nil {
				return err
			}
			*status, err = h.Run(o, c.Args().Slice())
			return err
		},
	}
}

// interactive is restrain as a person's own shell.
func (h *host) interactive(c *cli.Context, status *int) error {
	if !term.IsTerminal(int(h.Stdin.Fd())) {
		return session.Hint(session.Usagef("nothing to do without a terminal"), "restrain -- AGENT starts an agent, restrain -c 'LINE' runs a line")
	}
	o, err := sessionOptionsOf(h, c, "")
	if err != nil {
		return err
	}
	argv, err := h.OwnShell(o)
	if err != nil {
		return err
	}
	*status, err = h.Run(o, argv)
	return err
}

// sessionOptionsOf reads the options of a session with an agent.
func sessionOptionsOf(h *host, c *cli.Context, agent string) (session.Options, error) {
	ci, err := h.ciOf(c)
	if err != nil {
		return session.Options{}, err
	}
	if c.Duration("timeout") < 0 {
		return session.Options{}, session.Hint(session.Usagef("--timeout %s is less than nothing", c.Duration("timeout")), "write it as 90s, 5m or 2h")
	}
	var policy *gate.Policy
	if ci != nil {
		policy, err = session.PolicyOn(ci.Rules(), h.Getenv, agent, c.String("persona"))
	} else {
		policy, err = session.LoadPolicy(h.Getenv, agent, c.String("persona"))
	}
	return session.Options{
		Policy: policy, Persona: c.String("persona"), CI: ci, Wait: c.Bool("wait"), Timeout: c.Duration("timeout"),
		ShellOnly: c.Bool("shell-only"), RequireExec: c.Bool("require-exec"), Verify: c.Bool("verify-exec"),
		AllowSetuid: c.Bool("allow-setuid"), NoFiles: c.Bool("no-files"), Net: c.Bool("net"), Task: c.String("task"),
	}, err
}
