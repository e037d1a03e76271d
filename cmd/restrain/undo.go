package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/figure"
	"restrain/gate"
	"restrain/keep"
	"restrain/prompt"
	"restrain/session"
)

func undoCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "undo",
		Usage:     "list what was kept of steps that took something away, or give it back",
		ArgsUsage: "[STEP [PATH…]]",
		Description: "A step is named by its id in the list, or by its number in the session; at a\n" +
			"terminal you choose one below the list. What stands in a place now is\n" +
			"kept before it is replaced, and comes back by undoing the undo. A branch that was\n" +
			"pushed over comes back by a push, which is shown, and run only when you say so.\n\n" +
			"   restrain undo\n   restrain undo --last\n   restrain undo 42 src/main.go\n" +
			"   restrain undo --to /tmp/look k7mf2x\n   restrain undo --prune",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "last", Usage: "the latest step of the latest session that was not given back yet"},
			&cli.BoolFlag{Name: "yes", Usage: "without STEP, the same as --last"},
			&cli.StringFlag{Name: "to", Usage: "write to this directory instead, and leave it in the store"},
			&cli.BoolFlag{Name: "dry-run", Usage: "only say what would be done"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON: a line for each kept step, or a report"},
			&cli.BoolFlag{Name: "prune", Usage: "drop for good what is too old, or the named steps"},
			sessionFlag(),
			&cli.BoolFlag{Name: "words", Hidden: true, Usage: "print what a shell completes with"},
		},
		Action: func(c *cli.Context) error {
			u, err := h.openUndo(c)
			if err != nil {
				return err
			}
			switch {
			case c.Bool("words"):
				return u.words()
			case c.Bool("prune"):
				return u.prune(c.Args().Slice())
			case c.NArg() > 0:
				return u.step(c.Args().First(), c.Args().Tail())
			case c.Bool("last"), c.Bool("yes"):
				return u.last()
			}
			if err := u.list(); err != nil {
				return err
			}
			return u.choose(c)
		},
	}
}

// An undo is one call of the verb.
type undo struct {
	*host
	ctx           context.Context
	store         *keep.Store
	session       string // a prefix
	options       keep.Options
	json, changes bool
}

// openUndo opens the store. An agent may look, but not change what its human
// can still have back.
func (h *host) openUndo(c *cli.Context) (*undo, error) {
	u := &undo{host: h, ctx: c.Context, session: c.String("session"), json: c.Bool("json")}
	u.options.DryRun = c.Bool("dry-run")
	u.changes = !u.options.DryRun && (c.NArg() > 0 || c.Bool("last") || c.Bool("yes") || c.Bool("prune"))
	if u.changes {
		if err := h.humanOnly(c); err != nil {
			return nil, err
		}
	}
	if c.Bool("last") && c.NArg() > 0 {
		return nil, session.Hint(session.Usagef("--last and a step do not go together"), "restrain undo --last, or restrain undo STEP")
	}
	if chosen := c.NArg() > 0 || c.Bool("last") || c.Bool("yes"); !chosen && (c.String("to") != "" || u.options.DryRun && !c.Bool("prune")) {
		return nil, session.Hint(session.Usagef("--to and --dry-run need a step"), "name one that restrain undo lists, or add --last")
	}
	var err error
	if to := c.String("to"); to != "" {
		if u.options.To, err = filepath.Abs(to); err != nil {
			return nil, fmt.Errorf("--to %s: %w; give an absolute path", to, err)
		}
	}
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return nil, err
	}
	var limits keep.Limits // the defaults, where the user's rules do not tell
	set, err := session.LoadRules(h.Getenv)
	switch {
	case err == nil:
		limits = session.KeepLimits(set)
	case c.Bool("prune"):
		return nil, err // they say what is too old
	default:
		fmt.Fprintf(h.Stderr, "restrain: warning: %s\n", prompt.EscapeLines(err.Error()))
	}
	u.store, err = keep.Open(stateDir, limits)
	return u, err
}

// kept lists the steps of the sessions that were asked for, the latest first.
func (u *undo) kept() ([]keep.Kept, error) {
	all, err := u.store.List(keep.Filter{})
	if err != nil {
		fmt.Fprintf(u.Stderr, "restrain: warning: %s\n", prompt.EscapeLines(err.Error()))
	}
	list := all[:0]
	for i := range all {
		if strings.HasPrefix(all[i].Session, u.session) {
			list = append(list, all[i])
		}
	}
	return list, nil
}

// last gives back the latest step of the latest session that was not given
// back yet; what an undo replaced is no step.
func (u *undo) last() error {
	list, err := u.kept()
	if err != nil {
		return err
	}
	latest := ""
	for i := range list {
		k := &list[i]
		if k.Kind == keep.Undo {
			continue
		}
		if latest == "" {
			latest = k.Session
		}
		if k.Session == latest && k.Files+k.Dirs > 0 {
			return u.restore(sameStep(list, k), nil)
		}
	}
	if latest == "" {
		return session.Hint(errors.New("nothing is kept"), "a step that takes files or git work away is kept when it runs in a session")
	}
	return session.Hint(fmt.Errorf("all that was kept in session %s was given back", prompt.Escape(latest)), "restrain undo lists the other sessions")
}

// sameStep gives all that was kept of one step, which may be several times.
func sameStep(list []keep.Kept, of *keep.Kept) []string {
	ids := []string{of.ID}
	for i := range list {
		k := &list[i]
		if k.ID != of.ID && k.Kind == of.Kind && k.Session == of.Session && k.Number == of.Number && k.Number > 0 {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// step gives back a step by its id or its number.
func (u *undo) step(name string, paths []string) error {
	ids, err := u.find(name)
	if err != nil {
		return err
	}
	return u.restore(ids, paths)
}

func (u *undo) find(name string) ([]string, error) {
	list, err := u.kept()
	if err != nil {
		return nil, err
	}
	number, _ := strconv.Atoi(name)
	latest := ""
	for i := range list {
		k := &list[i]
		if k.ID == name {
			return []string{k.ID}, nil
		}
		if latest == "" && k.Kind != keep.Undo {
			latest = k.Session
		}
	}
	if number > 0 {
		for i := range list {
			k := &list[i]
			if k.Number == number && k.Session == latest && k.Kind != keep.Undo {
				return sameStep(list, k), nil
			}
		}
		// An id that begins with the number would be another step.
		return nil, session.Hint(session.Usagef("%q: nothing is kept of a step of that number in the latest session", name), "restrain undo lists what is kept; an id names a step of any session")
	}
	k, err := u.store.Get(name)
	if err != nil {
		return nil, session.Usage(err)
	}
	return []string{k.ID}, nil
}

func (u *undo) restore(ids, paths []string) error {
	var wanted []string
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if err != nil {
			return fmt.Errorf("%s: %w; give an absolute path", path, err)
		}
		wanted = append(wanted, realPath(abs), path) // a ref has a name only
	}
	if err := u.isWaiting(ids); err != nil {
		return err
	}
	report, err := u.store.Restore(u.ctx, ids, wanted, u.options)
	if errors.Is(err, keep.ErrNoPath) {
		return fmt.Errorf("%s: %w", strings.Join(paths, ", "), keep.ErrNoPath)
	}
	if err != nil && len(report.Changes) == 0 {
		return err
	}
	if writeErr := u.writeReport(&report); writeErr != nil {
		return errors.Join(err, writeErr)
	}
	if err == nil && !u.options.DryRun && !u.json {
		err = u.push(report.Pushes)
	}
	if refused := report.Count(keep.Refused); err == nil && refused > 0 {
		err = fmt.Errorf("%d of %d were not given back", refused, len(report.Changes))
	}
	return err
}

// isWaiting refuses steps of which nothing can be given back any more.
func (u *undo) isWaiting(ids []string) error {
	var last keep.Kept
	for _, id := range ids {
		k, err := u.store.Get(id)
		if err != nil || k.Files+k.Dirs > 0 {
			return err
		}
		last = k
	}
	if last.GivenBack.IsZero() {
		return nil
	}
	return session.Hint(fmt.Errorf("step %s was given back %s", last.ID, last.GivenBack.Local().Format("_2 Jan 15:04")), "restrain undo lists what is left; what giving back has replaced is a step of its own there")
}

// realPath follows the links of as much of a path as there is now.
func realPath(path string) string {
	if dir := filepath.Dir(path); dir != path {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, filepath.Base(path))
		}
		return filepath.Join(realPath(dir), filepath.Base(path))
	}
	return path
}

// maxChanges is how many paths a report names for a person.
const maxChanges = 40

func (u *undo) writeReport(report *keep.Report) error {
	out := bufio.NewWriter(u.Stdout)
	if u.json {
		return errors.Join(json.NewEncoder(out).Encode(report), out.Flush())
	}
	would := ""
	if u.options.DryRun {
		would = "would be "
	}
	named := 0
	for i := range report.Changes {
		c := &report.Changes[i]
		if c.Action != keep.Refused {
			if named++; named > maxChanges {
				continue
			}
		}
		line := fmt.Sprintf("%s%s %s", would, c.Action, c.Path)
		if c.Action == keep.Refused || c.Action == keep.Unchanged {
			line = strings.TrimPrefix(line, would)
		}
		if c.Ref != "" {
			line += ": " + c.Ref
		}
		if c.Why != "" {
			line += ": " + c.Why
		}
		fmt.Fprintln(out, prompt.Escape(line))
	}
	if named > maxChanges {
		fmt.Fprintf(out, "and %s more\n", figure.Count(named-maxChanges))
	}
	if report.Undo != "" {
		fmt.Fprintf(out, "what stood there is kept: restrain undo %s\n", report.Undo)
	}
	return out.Flush()
}

// prune drops what is too old, or the named steps, for good.
func (u *undo) prune(names []string) error {
	var dropped []keep.Kept
	var failed error
	if len(names) == 0 {
		dropped, failed = u.store.Prune(u.ctx, u.options.DryRun)
	}
	for _, name := range names {
		list, err := u.drop(name)
		dropped = append(dropped, list...)
		failed = errors.Join(failed, err)
	}
	out := bufio.NewWriter(u.Stdout)
	done := "dropped"
	if u.options.DryRun {
		done = "would drop"
	}
	for i := range dropped {
		fmt.Fprintf(out, "%s %s, %s: %s\n", done, dropped[i].ID, dropped[i].Time.Local().Format("2006-01-02 15:04"), prompt.Escape(told(&dropped[i])))
	}
	fmt.Fprintf(out, "%s %s\n", done, figure.Number(len(dropped), "step"))
	return errors.Join(failed, out.Flush())
}

// drop drops all that is kept of a step.
func (u *undo) drop(name string) (dropped []keep.Kept, err error) {
	ids, err := u.find(name)
	for _, id := range ids {
		k, failed := u.store.Get(id)
		if failed == nil && !u.options.DryRun {
			failed = u.store.Drop(id)
		}
		if failed == nil {
			dropped = append(dropped, k)
		}
		err = errors.Join(err, failed)
	}
	return dropped, err
}

// push shows how a remote gets its branch back, and runs it when a human at
// the terminal says so: the remote is not this machine's to change.
func (u *undo) push(pushes []keep.Push) error {
	for _, p := range pushes {
		fmt.Fprintf(u.Stdout, "the remote gets it back by:\n  %s\n", prompt.Escape(strings.Join(p.Argv, " ")))
		if !term.IsTerminal(int(u.Stdin.Fd())) {
			continue
		}
		fmt.Fprint(u.Stdout, "to run it now, type push: ")
		answer, err := bufio.NewReader(io.LimitReader(u.Stdin, 4096)).ReadString('\n')
		if err != nil || strings.TrimSpace(answer) != "push" {
			fmt.Fprintln(u.Stdout, "not pushed: the commits are in the repository, and the line above can be run later")
			continue
		}
		if err := u.runPush(p); err != nil {
			return err
		}
	}
	return nil
}

// runPush runs a push as the human would: with their configuration and keys.
func (u *undo) runPush(p keep.Push) error {
	cmd := exec.CommandContext(u.ctx, p.Argv[0], p.Argv[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.Dir, u.Stdin, u.Stdout, u.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the push failed: %w; the commits are in the repository, so it can be run again", err)
	}
	return nil
}
