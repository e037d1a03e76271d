package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/prompt"
	"restrain/session"
	"restrain/watch"
)

func approveCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "approve",
		Usage:     "let a held step run, from outside its session",
		ArgsUsage: "[ID [WORD [session|project [until YYYY-MM-DD]]]]",
		Description: "restrain watch and the question itself show the id; without one, at a terminal,\n" +
			"choose from what is held, and see its question. Where the question asks for\n" +
			"a word, give it; a scope behind it approves for longer than once: a session,\n" +
			"or a project for 30 days, or until the end of a day within a year.\n\n" +
			"   restrain approve k7mf\n   restrain approve k7mf 3d2c42fb\n   restrain approve k7mf y session\n" +
			"   restrain approve k7mf y project until 2026-12-31",
		Flags: []cli.Flag{sessionFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 && h.atTerminal() {
				return h.approvePicked(c.String("session"))
			}
			if c.NArg() == 0 {
				return session.Usagef("approve takes the id of a held step: see restrain watch")
			}
			typed := "y"
			if words := c.Args().Tail(); len(words) > 0 {
				typed = strings.Join(words, " ")
			}
			return h.answerHeld(c.String("session"), "approved",
				watch.Answer{ID: c.Args().First(), Approve: true, Typed: typed, By: prompt.ByCommand})
		},
	}
}

func sessionFlag() cli.Flag {
	return &cli.StringFlag{Name: "session", Usage: "look only in sessions whose id begins with this"}
}

// answerHeld gives an answer to the session that holds the step.
func (h *host) answerHeld(prefix, done string, answer watch.Answer) error {
	sessions, err := session.Records(h.Getenv, prefix)
	if err != nil {
		return err
	}
	dirs := make([]string, len(sessions))
	for i := range sessions {
		dirs[i] = sessions[i].Dir
	}
	err = watch.Send(dirs, answer)
	switch {
	case errors.Is(err, watch.ErrNotHeld):
		return session.Hint(fmt.Errorf("no session holds a step %s", prompt.Escape(answer.ID)), "restrain watch shows what is held")
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(h.Stdout, "%s %s\n", done, prompt.Escape(answer.ID))
	return err
}
