package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/session"
	"restrain/setup"
)

func doctorCommand(h *host, status *int) *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "prove that restrain is in the way of each agent that is set up",
		ArgsUsage: "[AGENT…]",
		Description: "   restrain doctor                  every agent that is set up, and restrain's own doors\n" +
			"   restrain doctor --json codex     one agent, for a script\n\n" +
			"   It has each agent's own configuration ask about restrain-canary, a program that there\n" +
			"   is not, and sees whether the answer is no. Nothing of it goes into a session's journal.\n" +
			"   The exit status is 1 when a guard that is set up is not in force.",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "as JSON, for scripts"}},
		Action: func(c *cli.Context) error {
			d, err := h.newDoctor(c.Args().Slice())
			if err != nil {
				return err
			}
			defer os.RemoveAll(d.state)
			show := h.doctorTable
			if c.Bool("json") {
				show = func(findings []finding) {}
			}
			findings := d.examine(c.Context, show)
			if *status = exitOK; !allInForce(findings) {
				*status = session.ExitError
			}
			if c.Bool("json") {
				return h.doctorJSON(findings)
			}
			return nil
		},
	}
}

// The states of a guard.
const (
	inForce    = "in force"
	notInForce = "NOT in force"
	notSetUp   = "not set up" // nobody asked for it
	notHere    = "not here"   // this system has no such door
)

// A finding is what doctor says of one guard.
type finding struct {
	Agent   string `json:"agent"`             // "restrain" for what is no agent's
	Version string `json:"version,omitempty"` // of the agent
	Door    string `json:"door"`              // hook, shell, session, journal, rules
	Where   string `json:"where,omitempty"`   // the file, or the program
	State   string `json:"state"`
	Detail  string `json:"detail,omitempty"`
	Open    bool   `json:"open,omitempty"` // the agent goes on where restrain cannot be started
	Only    string `json:"only,omitempty"` // the pattern of the tools that it is asked about, where not all
	Hint    string `json:"hint,omitempty"`
	Millis  int64  `json:"milliseconds,omitempty"` // the canary's time
}

func allInForce(findings []finding) bool {
	for _, f := range findings {
		if f.State == notInForce {
			return false
		}
	}
	return true
}

// A doctor examines the guards of one user in one directory.
type doctor struct {
	host   *host
	place  *setup.Place
	agents []setup.Agent
	dir    string // the working directory
	state  string // where the canaries' sessions go; taken away afterwards
}

func (h *host) newDoctor(names []string) (*doctor, error) {
	if intercept.Supervised() || h.Getenv(intercept.SocketVariable) != "" {
		return nil, session.Hint(session.Usagef("inside a guarded session every command is judged by that session"), "run restrain doctor in a terminal of its own")
	}
	place, err := h.place()
	if err != nil {
		return nil, err
	}
	d := &doctor{host: h, place: place}
	for _, name := range names {
		agent, ok := setup.Find(name)
		if !ok {
			return nil, session.Hint(session.Usagef("no agent %q", name), agentHint(name))
		}
		d.agents = append(d.agents, agent)
	}
	if len(names) == 0 {
		d.agents = setup.Agents()
	}
	if d.dir, err = os.Getwd(); err != nil {
		return nil, session.Usagef("no working directory: %w; change to one that exists", err)
	}
	if d.state, err = os.MkdirTemp("", "restrain-doctor-"); err != nil {
		return nil, fmt.Errorf("a place for the canaries' journal: %w; set TMPDIR to a directory that can be written to", err)
	}
	return d, nil
}

// examine looks at restrain itself, and then at each agent, all at the same time:
// agents take seconds to print their version. What was found is shown in order, and
// each as soon as it can be.
func (d *doctor) examine(ctx context.Context, show func([]finding)) (all []finding) {
	ctx, cancel := context.WithTimeout(ctx, doctorTime)
	defer cancel()
	one := func(look func() finding) func() []finding {
		return func() []finding { return []finding{look()} }
	}
	looks := []func() []finding{
		one(d.journal), one(d.rules), one(func() finding { return d.session(ctx) }), one(func() finding { return d.shellDoor(ctx) }),
		one(func() finding { return d.network(ctx) }),
		d.links, func() []finding { return d.shells(ctx) },
	}
	for i := range d.agents {
		looks = append(looks, func() []finding { return d.agent(ctx, &d.agents[i]) })
	}
	found := make([]chan []finding, len(looks))
	for i, look := range looks {
		found[i] = make(chan []finding, 1)
		go func() { found[i] <- look() }()
	}
	for i := range found {
		findings := <-found[i]
		show(findings)
		all = append(all, findings...)
	}
	return all
}

// journal tells whether a session could be written: where it cannot, nothing
// runs.
func (d *doctor) journal() finding {
	f := finding{Agent: "restrain", Door: "journal", State: inForce}
	dir, err := gate.StateDir(d.host.Getenv)
	if err == nil {
		f.Where = gate.SessionsDir(dir)
		err = os.MkdirAll(f.Where, 0o700)
	}
	if err == nil {
		var file *os.File
		if file, err = os.CreateTemp(f.Where, ".doctor-*"); err == nil {
			err = errors.Join(file.Close(), os.Remove(file.Name()))
		}
	}
	if err != nil {
		f.State, f.Detail, f.Hint = notInForce, "the journal cannot be written, so nothing runs: "+err.Error(), "make the directory writable, or set XDG_STATE_HOME"
	}
	return f
}

func (d *doctor) rules() finding {
	f := finding{Agent: "restrain", Door: "rules", State: inForce, Where: "shipped"}
	if path := session.RulesPath(d.host.Getenv); path != "" {
		if _, err := os.Stat(path); err == nil {
			f.Where = path
		}
	}
	if _, err := session.LoadPolicy(d.host.Getenv, "", ""); err != nil {
		f.State, f.Detail, f.Hint = notInForce, "every command is denied: "+strings.TrimSpace(err.Error()), "correct the rules"
	}
	return f
}

// links looks at the names by which agents can have restrain as their shell.
func (d *doctor) links() []finding {
	var findings []finding
	for _, name := range []string{"restrain-bash", "restrain-zsh"} {
		path := filepath.Join(filepath.Dir(d.place.Program), name)
		if _, err := os.Lstat(path); err == nil && !sameFile(path, d.place.Program) {
			findings = append(findings, finding{
				Agent: "restrain", Door: "shell", Where: path, State: notInForce,
				Detail: "does not lead to this restrain", Hint: "ln -sf restrain " + path,
			})
		}
	}
	return findings
}

// agent examines what the user's files say, and the project's.
func (d *doctor) agent(ctx context.Context, agent *setup.Agent) []finding {
	var findings []finding
	places := []*setup.Place{d.place}
	if project := session.ProjectDir(); project != "" && project != d.place.Home {
		below := *d.place
		below.Project = project
		places = append(places, &below)
	}
	for _, place := range places {
		guards, err := agent.Guards(place)
		if err != nil {
			findings = append(findings, finding{Agent: agent.Name, Door: door(agent), State: notInForce, Detail: err.Error(), Hint: "correct the file"})
		}
		off := agent.SwitchedOff(place)
		for i := range guards {
			findings = append(findings, d.guard(ctx, agent, &guards[i], off))
		}
	}
	if len(findings) > 0 {
		version := d.version(ctx, agent)
		for i := range findings {
			findings[i].Version = version
		}
	}
	if len(findings) == 0 && agent.Installed(d.place) {
		findings = append(findings, finding{Agent: agent.Name, Door: door(agent), State: notSetUp, Hint: "restrain init " + agent.Name})
	}
	return append(findings, d.server(ctx, agent)...)
}

// server tells whether a process that runs already would do the agent's work, out
// of sight of a session, and what restrain does about it.
func (d *doctor) server(ctx context.Context, agent *setup.Agent) []finding {
	path := agent.Path()
	if path == "" || agent.Hook == "" {
		return nil
	}
	note, err := d.host.Apart(ctx, path)
	switch {
	case err != nil:
		return []finding{{Agent: agent.Name, Door: "server", Where: path, State: notInForce, Detail: err.Error(), Hint: "end the server before restrain -- " + agent.Programs[0]}}
	case note != "":
		return []finding{{Agent: agent.Name, Door: "server", Where: path, State: inForce, Detail: note}}
	}
	return nil
}

func door(agent *setup.Agent) string {
	if agent.Hook == "" {
		return "shell"
	}
	return "hook"
}

func (h *host) doctorJSON(findings []finding) error {
	encoder := json.NewEncoder(h.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Restrain string    `json:"restrain"`
		InForce  bool      `json:"in_force"`
		Guards   []finding `json:"guards"`
	}{ownVersion(), allInForce(findings), findings})
}

func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionText(info)
}

// doctorTable prints rows; the first of them come with what stands above.
func (h *host) doctorTable(findings []finding) {
	const row = "%-22s %-8s %-13s %-40s %s\n"
	for _, f := range findings {
		if f.Door == "journal" { // the first
			fmt.Fprintf(h.Stdout, "%s\n"+row, ownVersion(), "AGENT", "DOOR", "STATE", "WHERE", "DETAIL")
		}
		agent := f.Agent
		if f.Version != "" {
			agent += " " + f.Version
		}
		where := f.Where
		if below, ok := strings.CutPrefix(where, h.Getenv("HOME")+"/"); ok {
			where = "~/" + below
		}
		fmt.Fprintf(h.Stdout, row, prompt.Escape(agent), f.Door, f.State, prompt.Escape(where), prompt.Escape(f.summary()))
		if f.Hint != "" {
			fmt.Fprintf(h.Stderr, "restrain: hint: %s %s: %s\n", f.Agent, f.Door, prompt.Escape(f.Hint))
		}
	}
}

// summary is the detail, or how the canary went.
func (f *finding) summary() string {
	if f.Detail != "" || f.Millis == 0 {
		return f.Detail
	}
	detail := fmt.Sprintf("the canary was denied in %d ms", f.Millis)
	if f.Only != "" {
		detail += fmt.Sprintf("; asked about the tools %q only", f.Only)
	}
	if f.Open {
		detail += "; where restrain cannot be started, the agent goes on without it"
	}
	return detail
}
