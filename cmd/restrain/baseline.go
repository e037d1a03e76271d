package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/figure"
	"restrain/gate"
	"restrain/prompt"
	"restrain/session"
	"restrain/transcript"
	"restrain/trust"
)

func baselineCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "baseline",
		Usage: "show what sessions are held to, or fit it from recorded sessions",
		Description: "   restrain baseline show --persona ops\n" +
			"   restrain baseline diff\n" +
			"   restrain baseline export > baseline.txt\n" +
			"   restrain baseline fit --out trust/baselines/coding.txt sessions.jsonl",
		Subcommands: []*cli.Command{
			{
				Name: "fit", Usage: "fit a baseline from sessions ({\"session\",\"repo\",\"commands\"} a line)",
				ArgsUsage: "FILE…", OnUsageError: wrongUsage, Action: h.fitBaseline,
				Flags: []cli.Flag{
					&cli.StringFlag{Name: "out", Usage: "write to this file and not to stdout"},
					&cli.StringSliceFlag{Name: "incidents", Usage: "sessions that ended in harm, for the weights of reasons", TakesFile: true},
				},
			},
			{
				Name: "show", Usage: "say what the baseline rests on, here and for a persona", OnUsageError: wrongUsage,
				Flags: []cli.Flag{personaFlag()}, Action: h.showBaseline,
			},
			{Name: "diff", Usage: "say what was learned in this project", OnUsageError: wrongUsage, Action: h.diffBaseline},
			{
				Name: "export", Usage: "print the baseline as text", OnUsageError: wrongUsage,
				Flags: []cli.Flag{personaFlag()}, Action: h.exportBaseline,
			},
		},
	}
}

func (h *host) fitBaseline(c *cli.Context) error {
	if c.NArg() == 0 {
		return session.Usagef("baseline fit takes files of sessions")
	}
	baseline, err := h.fit(c.Args().Slice(), c.StringSlice("incidents"))
	if err != nil {
		return err
	}
	if out := c.String("out"); out != "" {
		if err := os.WriteFile(out, baseline.Encode(), 0o666); err != nil {
			return fmt.Errorf("cannot write the baseline: %w", err)
		}
		return nil
	}
	_, err = h.Stdout.Write(baseline.Encode())
	return err
}

// fit fits a baseline of the default persona. The user's own rules would make
// the figures theirs, so only the shipped ones count.
func (h *host) fit(paths, incidents []string) (*trust.Baseline, error) {
	set := classify.Shipped()
	var sessions []trust.FitSession
	var names []string
	command := "restrain baseline fit"
	for _, path := range paths {
		names = append(names, filepath.Base(path))
		err := h.EachRecorded(path, func(s *transcript.Session) error {
			sessions = append(sessions, fitSession(set, s))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var harm []trust.FitIncident
	for _, path := range incidents {
		command += " --incidents " + filepath.Base(path)
		err := h.EachRecorded(path, func(s *transcript.Session) error {
			harm = append(harm, fitIncident(set, s))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	source := strings.Join(names, " ")
	return trust.Fit(sessions, trust.FitOptions{
		Persona:   gate.DefaultPersona,
		Source:    source,
		Command:   command + " " + source,
		Rules:     trust.RulesOf(set),
		Incidents: harm,
	})
}

// fitIncident classifies an incident; steps that are not counted move its
// destructive one.
func fitIncident(set *classify.Set, s *transcript.Session) trust.FitIncident {
	before := *s
	before.Commands = s.Commands[:s.Destructive]
	return trust.FitIncident{Steps: fitSession(set, s).Steps, Destructive: len(fitSession(set, &before).Steps)}
}

// fitSession classifies a session, offline.
func fitSession(set *classify.Set, s *transcript.Session) trust.FitSession {
	fit := trust.FitSession{Repo: s.Repo}
	for i := range s.Commands {
		step, plumbing := gate.Read(set, &gate.Request{Door: "replay", Line: s.Commands[i].Text, Dir: s.Commands[i].Dir}, trust.Past{})
		if plumbing {
			continue
		}
		step.Script = nil // not needed, and large
		fit.Steps = append(fit.Steps, step)
	}
	return fit
}

func (h *host) showBaseline(c *cli.Context) error {
	policy, err := session.LoadPolicy(h.Getenv, "", c.String("persona"))
	if err != nil {
		return err
	}
	b := policy.Baseline()
	out := bufio.NewWriter(h.Stdout)
	fmt.Fprintf(out, "persona       %s\nsource        %s\nmade by       %s\n", policy.Persona(), b.Source, b.Command)
	if l := b.Lessons(); l != nil {
		fmt.Fprintf(out, "learned       %s\n", lessonsText(l))
	}
	fmt.Fprintf(out, "%d sessions, %d steps, %d repositories:\n", b.Sessions(), b.Steps(), len(b.Repositories))
	for _, repository := range b.Repositories {
		fmt.Fprintf(out, "  %-44s %4d sessions %6d steps\n", repository.Name, repository.Sessions, repository.Steps)
	}
	return out.Flush()
}

func (h *host) diffBaseline(*cli.Context) error {
	policy, err := session.LoadPolicy(h.Getenv, "", "")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(h.Stdout)
	writeLessons(out, policy.Baseline().Lessons())
	return out.Flush()
}

func (h *host) exportBaseline(c *cli.Context) error {
	policy, err := session.LoadPolicy(h.Getenv, "", c.String("persona"))
	if err != nil {
		return err
	}
	_, err = h.Stdout.Write(policy.Baseline().Encode())
	return err
}

// writeLessons says in words what was learned; nil is nothing.
func writeLessons(out io.Writer, lessons *trust.Lessons) {
	if lessons == nil {
		fmt.Fprintln(out, "nothing was learned here")
		return
	}
	fmt.Fprintf(out, "learned from %s\n", lessonsText(lessons))
	for _, kind := range lessons.Approved {
		fmt.Fprintf(out, "  asked less     %s, approved in %s\n", prompt.Escape(kind.Kind), figure.Number(kind.Sessions, "session"))
	}
}

func lessonsText(l *trust.Lessons) string {
	return fmt.Sprintf("%s in %s", figure.Number(l.Sessions, "session"), prompt.Escape(l.Project))
}
