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
		Name:        runVerb,
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
	argv, err := h.ownShell(o)
	if err != nil {
		return err
	}
	*status, err = h.session(o, argv)
	return err
}

// ownShell is how the shell that SHELL names is started: any, where execs are
// caught, and else one that asks about its lines, if there is one.
func (h *host) ownShell(o sessionOptions) ([]string, error) {
	own := h.getenv("SHELL")
	if known, _ := intercept.DoorName(own); known == "" && own != "" {
		if o.catchesExecs() && intercept.Runnable(own) {
			h.sayUnseen(o, filepath.Base(own))
			return []string{own}, nil
		}
		fmt.Fprintf(h.stderr, "restrain: note: %s cannot be guarded here; another shell is started\n", prompt.Escape(own))
	}
	path, err := intercept.RealShell(filepath.Base(own), os.Environ())
	if err != nil {
		return nil, err
	}
	if name, _ := intercept.DoorName(path); name != "bash" && name != "zsh" {
		h.sayUnseen(o, name)
	}
	return []string{path, "-i"}, nil
}

// sayUnseen says what is not seen of a shell that does not ask.
func (h *host) sayUnseen(o sessionOptions, shell string) {
	what := "what it does itself (> file, kill) is not seen"
	if !o.catchesExecs() {
		what = "nothing that is typed into it is seen"
	}
	fmt.Fprintf(h.stderr, "restrain: note: %s does not ask as bash and zsh do: %s\n", prompt.Escape(shell), what)
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

// session runs an agent with every command of its brought before the gate, and
// gives the agent's exit status.
func (h *host) session(o sessionOptions, argv []string) (int, error) {
	if intercept.Supervised() {
		return h.join(o, argv)
	}
	s := newGuarded(h, o, argv)
	defer s.close()
	if err := s.open(); err != nil {
		return exitError, err
	}
	if err := s.interceptor.Prepare(&s.launch); err != nil {
		h.fail(hinted{err, "name a program that is in PATH, or its path"})
		return launchStatus(err), nil
	}
	if err := s.prepare(); err != nil {
		return exitError, err
	}
	status, err := s.run()
	if err != nil {
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
