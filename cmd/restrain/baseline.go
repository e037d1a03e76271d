package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/gate"
	"restrain/trust"
)

func baselineCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "baseline",
		Usage: "show the baseline, or fit one from recorded sessions",
		Description: "   restrain baseline show\n" +
			"   restrain baseline fit --out trust/baselines/coding.txt sessions.jsonl",
		Subcommands: []*cli.Command{
			{
				Name: "fit", Usage: "fit a baseline from sessions ({\"session\",\"repo\",\"commands\"} a line)",
				ArgsUsage: "FILE", OnUsageError: wrongUsage, Action: h.fitBaseline,
				Flags: []cli.Flag{&cli.StringFlag{Name: "out", Usage: "write to this file and not to stdout"}},
			},
			{Name: "show", Usage: "say what the shipped baseline holds", OnUsageError: wrongUsage, Action: h.showBaseline},
		},
	}
}

func (h *host) fitBaseline(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("baseline fit takes one file of sessions")
	}
	path := c.Args().First()
	baseline, err := h.fit(path)
	if err != nil {
		return err
	}
	if out := c.String("out"); out != "" {
		if err := os.WriteFile(out, baseline.Encode(), 0o666); err != nil {
			return fmt.Errorf("cannot write the baseline: %w", err)
		}
		return nil
	}
	_, err = h.stdout.Write(baseline.Encode())
	return err
}

// fit fits a baseline of the default persona. The user's own rules would make
// the figures theirs, so only the shipped ones count.
func (h *host) fit(path string) (*trust.Baseline, error) {
	set := classify.Shipped()
	var sessions []trust.FitSession
	err := h.eachRecorded(path, func(s *recorded) error {
		sessions = append(sessions, fitSession(set, s))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return trust.Fit(sessions, trust.FitOptions{
		Persona: gate.DefaultPersona,
		Source:  filepath.Base(path),
		Command: "restrain baseline fit " + filepath.Base(path),
		Rules:   trust.RulesOf(set),
	})
}

// fitSession classifies a session, offline.
func fitSession(set *classify.Set, s *recorded) trust.FitSession {
	session := trust.FitSession{Repo: s.Repo}
	for _, command := range s.Commands {
		step, plumbing := gate.Read(set, &gate.Request{Door: "replay", Line: command, Dir: s.Cwd})
		if plumbing {
			continue
		}
		step.Script = nil // not needed, and large
		session.Steps = append(session.Steps, step)
	}
	return session
}

func (h *host) showBaseline(*cli.Context) error {
	b := trust.Shipped()
	out := bufio.NewWriter(h.stdout)
	fmt.Fprintf(out, "persona       %s\nsource        %s\nmade by       %s\n", b.Persona, b.Source, b.Command)
	fmt.Fprintf(out, "%d sessions, %d steps, %d repositories:\n", b.Sessions(), b.Steps(), len(b.Repositories))
	for _, repository := range b.Repositories {
		fmt.Fprintf(out, "  %-44s %4d sessions %6d steps\n", repository.Name, repository.Sessions, repository.Steps)
	}
	return out.Flush()
}
