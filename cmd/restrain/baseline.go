package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
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
			"   restrain baseline fit sessions.jsonl > trust/baselines/coding.txt",
		Subcommands: []*cli.Command{
			{
				Name: "fit", Usage: "fit a baseline from sessions ({\"session\",\"repo\",\"commands\"} a line)",
				ArgsUsage: "FILE", OnUsageError: wrongUsage, Action: h.fitBaseline,
			},
			{Name: "show", Usage: "say what the shipped baseline holds", OnUsageError: wrongUsage, Action: h.showBaseline},
		},
	}
}

func (h *host) fitBaseline(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("baseline fit takes one file of sessions")
	}
	// The user's own rules would make the figures theirs, so only the shipped count.
	set := classify.Shipped()
	policy, err := gate.NewPolicy(set, trust.Shipped(), "")
	if err != nil {
		return err
	}
	path := c.Args().First()
	sessions, err := readFitSessions(policy, path)
	if err != nil {
		return err
	}
	baseline, err := trust.Fit(sessions, trust.FitOptions{
		Persona: gate.DefaultPersona,
		Source:  filepath.Base(path),
		Command: "restrain baseline fit " + filepath.Base(path),
		Rules:   trust.RulesOf(set),
	})
	if err != nil {
		return err
	}
	_, err = h.stdout.Write(baseline.Encode())
	return err
}

// readFitSessions classifies the sessions of a file, offline.
func readFitSessions(policy *gate.Policy, path string) ([]trust.FitSession, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usagef("cannot read the sessions: %w; name a readable file", err)
	}
	defer file.Close()
	var sessions []trust.FitSession
	lines := bufio.NewReaderSize(file, 1<<20)
	for number := 1; ; number++ {
		line, err := readLine(lines, maxSessionLine)
		if err == io.EOF {
			return sessions, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w; a session is one line of JSON", path, number, err)
		}
		var record struct {
			Repo     string   `json:"repo"`
			Commands []string `json:"commands"`
		}
		if err := json.Unmarshal(line, &record); err != nil {
			return nil, usagef("%s: line %d: %w; a session is one line of JSON", path, number, err)
		}
		session := trust.FitSession{Repo: record.Repo, Steps: make([]classify.Step, len(record.Commands))}
		for i, command := range record.Commands {
			session.Steps[i] = policy.Read(&gate.Request{Door: "replay", Line: command})
			session.Steps[i].Script = nil // not needed, and large
		}
		sessions = append(sessions, session)
	}
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
