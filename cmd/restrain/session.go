package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
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
	return append([]cli.Flag{
		personaFlag(),
		&cli.DurationFlag{Name: "timeout", Usage: "how long a question waits before it is denied", Value: gate.DefaultTimeout},
		&cli.BoolFlag{Name: "wait", Usage: "without a terminal, hold steps for restrain watch and approve, also while nobody watches"},
		&cli.BoolFlag{Name: "shell-only", Usage: "catch commands at the agent's shells only, not in the kernel"},
		&cli.BoolFlag{Name: "require-exec", Usage: "do not start where execs cannot be caught in the kernel"},
		&cli.BoolFlag{Name: "allow-setuid", Usage: "let sudo work for an ordinary user; gives up catching commands in the kernel, as --shell-only does"},
		&cli.BoolFlag{Name: "verify-exec", Usage: "check after each exec that what runs is what was judged (slower)"},
	}, ciFlags()...)
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
			o, err := sessionOptionsOf(h, c, filepath.Base(c.Args().First()))
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
	o, err := sessionOptionsOf(h, c, "")
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
	persona string // as it was asked for
	ci      *ciRun // nil where somebody may be there to ask
	wait    bool   // hold what nobody is there to answer yet
	timeout time.Duration
	env     []string // more for the agent's environment
	dir     string   // where the agent starts; empty is here
	apart   bool     // whoever types here may be an agent: answers come from elsewhere

	shellOnly, requireExec, verify, allowSetuid bool
}

func sessionOptionsOf(h *host, c *cli.Context, agent string) (sessionOptions, error) {
	ci, err := h.ciRunOf(c)
	if err != nil {
		return sessionOptions{}, err
	}
	var policy *gate.Policy
	if ci != nil {
		policy, err = policyOn(ci.rules, h.getenv, agent, c.String("persona"))
	} else {
		policy, err = loadPolicyOf(h.getenv, agent, c.String("persona"))
	}
	return sessionOptions{
		policy: policy, persona: c.String("persona"), ci: ci, wait: c.Bool("wait"), timeout: c.Duration("timeout"),
		shellOnly: c.Bool("shell-only"), requireExec: c.Bool("require-exec"), verify: c.Bool("verify-exec"),
		allowSetuid: c.Bool("allow-setuid"),
	}, err
}

// sessionGCPercent lets the heap grow to three times what is in use, about 15 MB,
// before it is collected: every collection is in the way of a few execs.
const sessionGCPercent = 200

// session runs an agent with every command of its brought before the gate, and
// gives the agent's exit status.
func (h *host) session(o sessionOptions, argv []string) (int, error) {
	if intercept.Supervised() {
		return h.join(o, argv)
	}
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
	interceptor, err := h.interceptor(o)
	if err != nil {
		return exitError, err
	}
	defer interceptor.Close()
	hooks, err := intercept.HookShells(&launch, interceptor)
	if err != nil {
		return exitError, err
	}
	defer hooks.Close()
	if err := interceptor.Prepare(&launch); err != nil {
		h.fail(err)
		return launchStatus(err), nil
	}
	judge := newSessionJudge(argv, h.getenv("HOME"))
	left := leftoverOf(o, store.ID(), judge.agent, interceptor)
	started := make(chan struct{})
	session := supervise.New(supervise.Options{
		Argv: launch.Argv, Env: launch.Env, Dir: launch.Dir, Files: launch.Files,
		Started: func(pid int) {
			judge.root.Store(int64(pid))
			for _, file := range launch.Files {
				file.Close() // the agent has its own
			}
			close(started)
		},
		Leave: left.leave,
	})
	defer session.Restore()
	judge.gate = &gate.Gate{Policy: o.policy, Store: store, Timeout: o.timeout, Asker: asker(h, o, session), Approvals: o.ci.approved()}
	if err := errors.Join(note(store, startOf(argv, o.dir)), o.ci.journal(store)); err != nil {
		return exitError, err
	}
	defer h.export(gate.JournalPath(stateDir, store.ID()))()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	agent, endAgent := context.WithCancel(ctx)
	defer endAgent()
	endRest, err := o.ci.failFast(h, judge, endAgent)
	if err != nil {
		return exitError, err
	}
	served := make(chan error, 1)
	answers, err := h.openAnswers(ctx, judge, o, &launch)
	if err != nil {
		return exitError, err
	}
	// A session remembers little and makes much to forget: at every exec.
	debug.SetGCPercent(sessionGCPercent)
	heard, endSilence := h.listen(judge, answers)
	go func() {
		select {
		case <-started: // the judge knows the agent's own process
		case <-ctx.Done():
		}
		served <- interceptor.Serve(ctx, heard)
	}()
	status, err := session.Run(agent)
	endSilence()
	rest := endRest()
	left.tell(h)
	cancel()
	answers.close()
	judge.exits.settle(judge.gate)
	ended := left.end(store, status)
	reported := o.ci.report(h, kept{id: store.ID(), dir: store.Dir()})
	if o.ci != nil && judge.denied.Load() {
		status = exitAsk
	}
	if err := errors.Join(err, rest, <-served, ended, reported); err != nil {
		h.fail(err)
		return max(status, exitError), nil
	}
	return status, nil
}

// join starts an agent inside a session whose supervisor sees its execs
// already; there is one listener to a process tree.
func (h *host) join(o sessionOptions, argv []string) (int, error) {
	more := ""
	if o.ci != nil {
		more = ", and --ci does nothing here"
	}
	fmt.Fprintf(h.stderr, "restrain: note: already in a guarded session; the agent joins it%s\n", more)
	status, err := supervise.Run(context.Background(), supervise.Options{Argv: argv, Env: append(os.Environ(), o.env...), Dir: o.dir})
	if err != nil {
		h.fail(err)
	}
	return status, nil
}

// launchStatus is what a shell gives for a program that could not be started.
func launchStatus(err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return exitNotFound
	}
	return exitDenied
}

func asker(h *host, o sessionOptions, session *supervise.Session) prompt.Asker {
	if o.ci != nil {
		return o.ci.asker(h)
	}
	if o.apart {
		return noTerminal{}
	}
	return terminalAsker{session, h.getenv}
}

func newSessionID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails: crypto/rand
	return hex.EncodeToString(b[:])
}

// startOf is the entry that a session begins with. Reports point at the script
// that the agent is.
func startOf(argv []string, dir string) journal.Entry {
	if dir == "" {
		dir, _ = os.Getwd() // without one, it is not known
	}
	entry := journal.Entry{Kind: journal.SessionStart, Dir: dir, Reason: strings.Join(argv, " ")}
	if script := scriptOf(argv, dir); script != "" {
		entry.Resources = []string{classify.Redact(scriptResource + script)}
	}
	return entry
}

// note journals something about the session as a whole.
func note(store *gate.Store, e journal.Entry) error {
	e.Time, e.Reason = time.Now(), classify.Redact(e.Reason)
	return store.Update(func(t *gate.Turn) error { return t.Append(e) })
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
