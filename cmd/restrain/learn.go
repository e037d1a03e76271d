package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/gate"
	"restrain/journal"
	"restrain/prompt"
	"restrain/report"
	"restrain/session"
	"restrain/trust"
)

func learnCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "learn",
		Usage: "be asked less about what you let happen in this project",
		Description: "Reads the journals of sessions in this project. What you let happen in one and\n" +
			"denied in none is less unusual from then on, below critical: the same rule about\n" +
			"the same kind of thing. What an agent merely repeats teaches nothing.\n\n" +
			"   restrain learn --dry-run\n" +
			"   restrain learn\n" +
			"   restrain learn --revert",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "dry-run", Usage: "show what would change, and keep nothing"},
			&cli.BoolFlag{Name: "revert", Usage: "forget what was learned here"},
		},
		Before: h.humanOnlyFor(func(c *cli.Context) bool { return !c.Bool("dry-run") }),
		Action: func(c *cli.Context) error {
			if c.Bool("dry-run") && c.Bool("revert") {
				return session.Usagef("--dry-run and --revert do not go together: choose one")
			}
			project := session.ProjectDir()
			path, err := session.LessonsPath(h.Getenv, project)
			if err != nil {
				return err
			}
			if c.Bool("revert") {
				return h.unlearn(project, path)
			}
			return h.learn(project, path, c.Bool("dry-run"))
		},
	}
}

func (h *host) unlearn(project, path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = fmt.Fprintf(h.Stdout, "%s: nothing was learned\n", prompt.Escape(project))
		return err
	}
	if err != nil {
		return fmt.Errorf("cannot forget the lessons: %w", err)
	}
	_, err = fmt.Fprintf(h.Stdout, "%s: asked as before\n", prompt.Escape(project))
	return err
}

func (h *host) learn(project, path string, dry bool) error {
	sessions, err := h.pastSessions(project)
	if err != nil {
		return err
	}
	lessons := trust.Learn(project, sessions)
	if len(lessons.Approved) == 0 {
		return session.Hint(fmt.Errorf("%s: there is nothing to learn from yet", project), "it learns from what you approve in guarded sessions here: restrain -- AGENT")
	}
	out := bufio.NewWriter(h.Stdout)
	writeLessons(out, lessons)
	if dry {
		fmt.Fprintln(out, "nothing was kept: restrain learn keeps it")
		return out.Flush()
	}
	if err := session.SaveLessons(path, lessons); err != nil {
		return err
	}
	fmt.Fprintln(out, "kept for sessions in this project: restrain learn --revert forgets it")
	return out.Flush()
}

// pastSessions reads the steps of all sessions in a project from their
// journals. A journal that was changed teaches nothing, and it is said.
func (h *host) pastSessions(project string) ([][]trust.PastStep, error) {
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(gate.SessionsDir(stateDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot list the sessions: %w; check the state directory", err)
	}
	var sessions [][]trust.PastStep
	for _, entry := range entries {
		path := gate.JournalPath(stateDir, entry.Name())
		var steps []trust.PastStep
		err := withFile(path, func(file *os.File) error {
			if _, err := journal.Verify(file); err != nil {
				return err
			}
			if _, err := file.Seek(0, 0); err != nil {
				return err
			}
			return journal.Read(file, func(e journal.Entry) error {
				if step, ok := pastStep(&e); ok && inProject(e.Dir, project) {
					steps = append(steps, step)
				}
				return nil
			})
		})
		if err != nil {
			fmt.Fprintf(h.Stderr, "restrain: warning: %s teaches nothing: %s\n", prompt.Escape(path), prompt.Escape(err.Error()))
			continue
		}
		if len(steps) > 0 {
			sessions = append(sessions, steps)
		}
	}
	return sessions, nil
}

// pastStep gives what a journal's entry teaches about.
func pastStep(e *journal.Entry) (trust.PastStep, bool) {
	if e.Kind != journal.Step {
		return trust.PastStep{}, false
	}
	step := trust.PastStep{Kinds: e.Kinds}
	switch fateOf(e) {
	case report.Denied:
		step.Decision = trust.Denied
	case report.Approved:
		step.Decision = trust.Approved
	}
	return step, true
}

// inProject reports whether a directory is a project's, or below it.
func inProject(dir, project string) bool {
	return dir == project || strings.HasPrefix(dir, strings.TrimSuffix(project, "/")+"/")
}
