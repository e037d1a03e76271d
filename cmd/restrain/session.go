package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/prompt"
	"restrain/supervise"
)

// sessionFlags are the options of a session, which may also stand in front of
// the -- of "restrain -- AGENT".
func sessionFlags() []cli.Flag {
	return []cli.Flag{
		personaFlag(),
		&cli.BoolFlag{Name: "ci", Usage: "nobody is there to ask: what would be asked is denied; exit status 3 when anything was"},
		&cli.DurationFlag{Name: "timeout", Usage: "how long a question waits before it is denied", Value: gate.DefaultTimeout},
	}
}

func runCommand(h *host, status *int) *cli.Command {
	return &cli.Command{
		Name:        "run",
		Usage:       "start an agent in a guarded session, as restrain -- AGENT does",
		ArgsUsage:   "-- AGENT [ARGS…]",
		Description: "   restrain run -- claude --resume\n   restrain --ci -- ./agent.sh",
		Flags:       sessionFlags(),
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return hinted{usagef("no agent to start"), "name it after --, as in restrain -- cursor-agent"}
			}
			o, err := sessionOptionsOf(h, c)
			if err != nil {
				return err
			}
			*status, err = h.session(o, c.Args().Slice())
			return err
		},
	}
}

// interactive is restrain as a person's own shell.
func (h *host) interactive(c *cli.Context, status *int) error {
	if !term.IsTerminal(int(h.stdin.Fd())) {
		return hinted{usagef("nothing to do without a terminal"), "restrain -- AGENT starts an agent, restrain -c 'LINE' runs a line"}
	}
	o, err := sessionOptionsOf(h, c)
	if err != nil {
		return err
	}
	shell, err := intercept.RealShell(filepath.Base(h.getenv("SHELL")), os.Environ())
	if err != nil {
		return err
	}
	*status, err = h.session(o, []string{shell, "-i"})
	return err
}

// A sessionOptions is how a session was asked for.
type sessionOptions struct {
	policy  *gate.Policy
	ci      bool
	timeout time.Duration
	env     []string // more for the agent's environment
	dir     string   // where the agent starts; empty is here
}

func sessionOptionsOf(h *host, c *cli.Context) (sessionOptions, error) {
	policy, err := loadPolicy(h.getenv, c.String("persona"))
	return sessionOptions{policy: policy, ci: c.Bool("ci"), timeout: c.Duration("timeout")}, err
}

// session runs an agent with every command of its brought before the gate, and
// gives the agent's exit status.
func (h *host) session(o sessionOptions, argv []string) (int, error) {
	stateDir, err := gate.StateDir(h.getenv)
	if err != nil {
		return exitError, err
	}
	store, err := gate.OpenStore(stateDir, newSessionID(), o.policy)
	if err != nil {
		return exitError, err
	}
	defer store.Close()
	launch := intercept.Launch{Argv: argv, Env: append(os.Environ(), o.env...), Dir: o.dir}
	interceptor, err := intercept.NewShellDoor()
	if err != nil {
		return exitError, err
	}
	defer interceptor.Close()
	if err := interceptor.Prepare(&launch); err != nil {
		return exitError, err
	}
	judge := &sessionJudge{agent: filepath.Base(argv[0]), home: h.getenv("HOME")}
	session := supervise.New(supervise.Options{
		Argv: launch.Argv, Env: launch.Env, Dir: launch.Dir, Files: launch.Files,
		Started: func(pid int) { judge.root.Store(int64(pid)) },
	})
	defer session.Restore()
	judge.gate = &gate.Gate{Policy: o.policy, Store: store, Timeout: o.timeout, Asker: asker(h, o, session)}
	if err := note(store, journal.SessionStart, strings.Join(argv, " ")); err != nil {
		return exitError, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	served := make(chan error, 1)
	go func() { served <- interceptor.Serve(ctx, judge) }()
	status, err := session.Run(ctx)
	cancel()
	ended := note(store, journal.SessionEnd, fmt.Sprintf("exit status %d", status))
	if err := errors.Join(err, <-served, ended); err != nil {
		h.fail(err)
		return max(status, exitError), nil
	}
	if o.ci && judge.denied.Load() {
		status = exitAsk
	}
	return status, nil
}

func asker(h *host, o sessionOptions, session *supervise.Session) prompt.Asker {
	if o.ci {
		return prompt.CI{}
	}
	return terminalAsker{session, h.getenv}
}

func newSessionID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails: crypto/rand
	return hex.EncodeToString(b[:])
}

// note journals the beginning or the end of a session.
func note(store *gate.Store, kind, reason string) error {
	return store.Update(func(t *gate.Turn) error {
		return t.Append(journal.Entry{Time: time.Now(), Kind: kind, Reason: classify.Redact(reason)})
	})
}

// A sessionJudge brings intercepted commands before the gate.
type sessionJudge struct {
	gate        *gate.Gate
	agent, home string
	root        atomic.Int64 // the agent's own process
	denied      atomic.Bool
}

// Judge answers for one command.
func (j *sessionJudge) Judge(ctx context.Context, r intercept.Request) intercept.Reply {
	if r.Kind == intercept.KindArgv && int64(r.PID) == j.root.Load() {
		// The human started this one: it is the agent, not a step of it.
		return intercept.Reply{Allow: true}
	}
	request := gateRequest(r, j.home)
	request.Agent = j.agent
	reply := judge(ctx, j.gate, request)
	if !reply.Allow {
		j.denied.Store(true)
	}
	return reply
}

func gateRequest(r intercept.Request, home string) gate.Request {
	return gate.Request{
		Door: string(r.Door), PID: r.PID, Line: r.Line, Params: r.Params, Argv: r.Argv,
		Dir: r.Dir, Home: home, Env: lookup(r.Env), Live: true,
	}
}

func judge(ctx context.Context, g *gate.Gate, request gate.Request) intercept.Reply {
	decision, err := g.Judge(ctx, request)
	switch {
	case err != nil:
		return intercept.Reply{Message: prompt.Escape("restrain: error: nothing runs: " + err.Error())}
	case decision.Verdict != gate.Allow:
		return intercept.Reply{Message: decision.Message()}
	}
	return intercept.Reply{Allow: true}
}

// lookup looks names up in an environment.
func lookup(env []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, entry := range env {
			if value, ok := strings.CutPrefix(entry, name); ok && strings.HasPrefix(value, "=") {
				return value[1:], true
			}
		}
		return "", false
	}
}

// A terminalAsker asks on the session's own terminal, over the agent.
type terminalAsker struct {
	session *supervise.Session
	getenv  func(string) string
}

// Ask puts a question to the human at the terminal.
func (a terminalAsker) Ask(ctx context.Context, r prompt.Request) (prompt.Answer, error) {
	answer := prompt.Answer{By: "no terminal"}
	err := a.session.Interrupt(ctx, func(t *supervise.Terminal) (err error) {
		width, height := t.Size()
		answer, err = prompt.Ask(ctx, t, r, prompt.CapsOf(width, height, a.getenv))
		return err
	})
	return answer, err
}
