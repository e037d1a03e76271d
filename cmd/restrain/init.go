package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/agent"
	"restrain/prompt"
	"restrain/session"
	"restrain/setup"
)

func initCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "have an agent ask restrain before it uses a tool",
		ArgsUsage: "[AGENT…]",
		Description: "   restrain init                    all agents that are installed: shows the changes, asks once\n" +
			"   restrain init claude-code        shows the change to its settings, asks, and writes it\n" +
			"   restrain init --project cursor   for this project only\n" +
			"   restrain init --remove codex     takes out what restrain put in, and nothing else\n\n" +
			"   Agents: " + strings.Join(agent.Titles(), ", "),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "project", Usage: "the project's own files, not yours"},
			&cli.BoolFlag{Name: "remove", Usage: "take restrain out again"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "write without asking"},
			&cli.BoolFlag{Name: "trust", Usage: "with --yes: also have Codex trust the hook, without which it skips it"},
		},
		Before: h.humanOnly,
		Action: func(c *cli.Context) error {
			i := initialiser{host: h, remove: c.Bool("remove"), yes: c.Bool("yes"), trust: c.Bool("trust")}
			if err := i.locate(c.Bool("project")); err != nil {
				return err
			}
			agents, err := i.selectAgents(c.Args().Slice())
			if err != nil {
				return err
			}
			return i.run(agents)
		},
	}
}

// An initialiser brings restrain into agents' files, or takes it out.
type initialiser struct {
	host               *host
	place              *setup.Place
	remove, yes, trust bool
}

// locate finds out where everything is.
func (i *initialiser) locate(project bool) error {
	h := i.host
	place, err := h.place()
	if err != nil {
		return err
	}
	i.place = place
	if !project {
		return nil
	}
	if place.Project = session.ProjectDir(); place.Project == "" {
		return session.Usagef("the working directory is not known: change to one that exists")
	}
	// The file is for everyone who works on the project.
	named, err := exec.LookPath("restrain")
	if err != nil || !sameFile(named, place.Program) {
		return session.Hint(session.Usagef("restrain is not in PATH, and a project's file names it without a directory"),
			"put "+filepath.Dir(place.Program)+" into PATH")
	}
	place.Program, place.Bash = "restrain", "restrain-bash"
	return nil
}

// place is the user's own, with restrain by its absolute path: the PATH of an
// agent need not be that of this shell.
func (h *host) place() (*setup.Place, error) {
	home := h.Getenv("HOME")
	if !filepath.IsAbs(home) {
		return nil, session.Usagef("no home directory: set HOME to an absolute path")
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("own program file: %w; start restrain by its full path", err)
	}
	// A link that is in PATH outlives the version that it leads to.
	if named, err := exec.LookPath("restrain"); err == nil && filepath.IsAbs(named) && sameFile(named, program) {
		program = named
	}
	return &setup.Place{
		Home: home, Getenv: h.Getenv, OS: runtime.GOOS,
		Program: program, Bash: filepath.Join(filepath.Dir(program), "restrain-bash"),
	}, nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// selectAgents gives the agents by their names, or those that are installed.
func (i *initialiser) selectAgents(names []string) ([]setup.Agent, error) {
	var agents []setup.Agent
	for _, name := range names {
		agent, ok := setup.Find(name)
		if !ok {
			return nil, session.Hint(session.Usagef("no agent %q", name), agentHint(name))
		}
		agents = append(agents, agent)
	}
	if len(names) > 0 {
		return agents, nil
	}
	for _, agent := range setup.Agents() {
		if agent.Installed(i.place) {
			agents = append(agents, agent)
		}
	}
	if len(agents) == 0 {
		return nil, session.Hint(errors.New("no agent found, in PATH or by its files in the home directory"),
			"restrain init AGENT sets one up all the same: "+strings.Join(agent.Names(), ", "))
	}
	return agents, nil
}

// run plans what each agent needs, shows all of it, asks once, and writes. An
// agent that fails does not keep the others.
func (i *initialiser) run(agents []setup.Agent) error {
	if len(agents) > 1 {
		i.list(agents)
	}
	var failed error
	var plans []*agentPlan
	for k := range agents {
		plan, err := i.plan(&agents[k])
		if err != nil {
			failed = errors.Join(failed, nameAgent(agents, &agents[k], err))
			continue
		}
		plans = append(plans, plan)
	}
	if err := i.confirmAll(plans); err != nil {
		return errors.Join(err, failed)
	}
	for _, plan := range plans {
		if err := i.apply(plan); err != nil {
			failed = errors.Join(failed, nameAgent(agents, plan.agent, err))
		}
	}
	return failed
}

// nameAgent says which of several agents an error is about.
func nameAgent(agents []setup.Agent, agent *setup.Agent, err error) error {
	if len(agents) == 1 {
		return err
	}
	return fmt.Errorf("%s: %w", agent.Name, err)
}

// An agentPlan is what is to be written for an agent; nothing, where all is as
// it should be.
type agentPlan struct {
	agent   *setup.Agent
	first   string // the file that it is about
	changes []*setup.Change
}

// list says which agents were found.
func (i *initialiser) list(agents []setup.Agent) {
	i.say("found:\n")
	for _, agent := range agents {
		where := agent.Path()
		if where == "" {
			where = "by its files"
		}
		i.say("  %-12s %-24s %s\n", agent.Name, agent.Title, prompt.Escape(where))
	}
	i.say("\n")
}

// errUnwritten is a change that nobody agreed to, errDeclined one that a human
// did not want.
var (
	errUnwritten = errors.New("nothing was written")
	errDeclined  = errors.New("nothing was written, as you said")
)

// plan reads an agent's files, and says what is to change in them.
func (i *initialiser) plan(agent *setup.Agent) (*agentPlan, error) {
	if !i.remove {
		if err := i.ready(agent); err != nil {
			return nil, err
		}
	}
	targets := agent.Targets(i.place)
	forget, err := i.forgetTrust(agent, targets)
	if err != nil {
		return nil, err
	}
	plan := &agentPlan{agent: agent, first: targets[0].Path}
	for k := range targets {
		change, err := targets[k].Plan(i.remove)
		if err != nil {
			i.advise(targets, k)
			return nil, session.Hint(fmt.Errorf("%w; nothing was changed", err), "correct the file and try again, or edit it by hand")
		}
		if change.Needed() {
			plan.changes = append(plan.changes, change)
		}
	}
	plan.changes = append(plan.changes, forget...)
	return plan, nil
}

// confirmAll shows all changes, and asks once about them.
func (i *initialiser) confirmAll(plans []*agentPlan) error {
	var all []*setup.Change
	var names []string
	for _, plan := range plans {
		if len(plan.changes) > 0 {
			names = append(names, plan.agent.Name)
		}
		for _, change := range plan.changes {
			i.show(change)
			all = append(all, change)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return i.confirm(fmt.Sprintf("%s: write %s?", strings.Join(names, ", "), files(all)))
}

// apply writes what was agreed to, and does and says what else an agent needs.
func (i *initialiser) apply(plan *agentPlan) error {
	agent := plan.agent
	if len(plan.changes) == 0 {
		i.say("%s: nothing to do: %s\n", agent.Name, prompt.Escape(plan.first))
	} else if err := i.write(agent.Name, plan.changes); err != nil {
		return err
	}
	if i.remove {
		return nil
	}
	if err := i.trustHook(agent); err != nil {
		return err
	}
	for _, note := range agent.Notes {
		i.say("%s: note: %s\n", agent.Name, note)
	}
	for _, off := range agent.SwitchedOff(i.place) {
		i.say("%s: not asked all the same: %s\n", agent.Name, prompt.Escape(off))
	}
	return nil
}

// ready refuses to write what could not work.
func (i *initialiser) ready(agent *setup.Agent) error {
	program, err := os.Executable()
	if err == nil && strings.Contains(program, "/go-build") {
		return session.Hint(errors.New("this restrain is the temporary one of go run, and will be gone"), "install it: CGO_ENABLED=0 go install ./cmd/restrain")
	}
	if err == nil && strings.Contains(program, "/_npx/") {
		return session.Hint(errors.New("this restrain lies in npx's cache, which npm empties"), "install it: npm install -g restrain")
	}
	if agent.Hook != "" || i.place.Project != "" {
		return nil
	}
	if _, err := os.Lstat(i.place.Bash); err == nil {
		if sameFile(i.place.Bash, i.place.Program) {
			return nil
		}
		return session.Hint(fmt.Errorf("%s does not lead to restrain", i.place.Bash), "remove it and try again")
	}
	for _, name := range []string{"restrain-bash", "restrain-zsh"} {
		link := filepath.Join(filepath.Dir(i.place.Program), name)
		if err := os.Symlink(filepath.Base(i.place.Program), link); err != nil && !errors.Is(err, os.ErrExist) {
			return session.Hint(fmt.Errorf("%s is needed as a shell: %w", name, err), "make it by hand: ln -s "+filepath.Base(i.place.Program)+" "+link)
		}
	}
	return nil
}

// confirm asks the human at the terminal. It is nil when the answer is yes.
func (i *initialiser) confirm(question string) error {
	if i.yes {
		return nil
	}
	if !term.IsTerminal(int(i.host.Stdin.Fd())) {
		return session.Hint(fmt.Errorf("%w: there is no terminal to ask on", errUnwritten), "--yes writes it without asking")
	}
	fmt.Fprintf(i.host.Stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(io.LimitReader(i.host.Stdin, 1024)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the terminal: %w; try again", errUnwritten, err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errDeclined
}

func (i *initialiser) say(format string, args ...any) {
	fmt.Fprintf(i.host.Stdout, format, args...)
}
