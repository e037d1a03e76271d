package session

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/secret"
	"restrain/shellparse"
	"restrain/supervise"
)

// A guardedSession is one session, from before its agent starts to after it has ended.
type guardedSession struct {
	host    *Host
	options Options
	launch  intercept.Launch
	atEnd   []func() // what close undoes, the latest first

	store       *gate.Store
	interceptor intercept.Interceptor
	hooks       *intercept.ShellHooks
	judge       *judge
	left        *leftover
	terminal    *supervise.Session
	shown       ownTerminal
	wired       *wired       // nil where nobody looks at the network
	connections *connections // nil where the kernel does not tell of them
	deaf        func()       // what is typed is heard no longer
	used        atomic.Pointer[silence]
	started     chan struct{} // closed when the judge knows the agent's own process
}

func newGuarded(h *Host, o Options, argv []string) *guardedSession {
	return &guardedSession{
		host: h, options: o, started: make(chan struct{}), judge: newJudge(argv, h.Getenv("HOME")),
		launch: intercept.Launch{Argv: argv, Env: o.Env, Dir: o.Dir},
	}
}

// close gives back what open and prepare took.
func (s *guardedSession) close() {
	for i := len(s.atEnd) - 1; i >= 0; i-- {
		s.atEnd[i]()
	}
}

// open makes what the agent is started with: the way in which commands are
// caught, and what open shells read first.
func (s *guardedSession) open() (err error) {
	if err := s.startWire(); err != nil {
		return err
	}
	exec := intercept.ExecOptions{Verify: s.options.Verify, Terminal: &s.shown}
	if s.options.catchesFiles() {
		s.judge.files = newFiles(s.judge, s.options.Policy, s.host.Getenv, s.options.Dir)
		exec.Files = s.judge.files
	}
	if s.options.catchesConnections() {
		s.connections = newConnections(s.judge, s.options.Policy.Rules(), s.host.Getenv)
		if s.options.net() {
			s.connections.past = newPastProxy(s.options.Policy)
		}
		exec.Connects = s.connections
	}
	if s.interceptor, err = s.host.interceptor(s.options, exec); err != nil {
		return err
	}
	s.atEnd = append(s.atEnd, func() { s.interceptor.Close() })
	if s.hooks, err = intercept.HookShells(&s.launch, s.interceptor); err != nil {
		return err
	}
	s.atEnd = append(s.atEnd, func() { s.hooks.Close() })
	return nil
}

// prepare readies the agent's terminal and its judge, and begins the session on
// disk, which an agent that is not there has none of.
func (s *guardedSession) prepare() error {
	o := s.options
	stateDir, err := gate.StateDir(s.host.Getenv)
	if err != nil {
		return err
	}
	if s.store, err = gate.OpenStore(stateDir, newSessionID(), o.Policy); err != nil {
		return err
	}
	s.store.Given = suppliedSecrets(append(os.Environ(), o.Env...), s.host.Getenv("HOME"))
	s.atEnd = append(s.atEnd, func() { s.store.Close() })
	s.left = leftoverOf(o, s.store.ID(), s.judge.agent, s.interceptor, s.hooks)
	if s.judge.files != nil {
		s.left.order.Files = s.judge.files.began
	}
	s.left.order.Connects = o.catchesConnections()
	if err := s.openWire(); err != nil {
		return err
	}
	typed, unheard := s.hearKeys()
	s.deaf = sync.OnceFunc(unheard)
	s.atEnd = append(s.atEnd, s.deaf)
	s.terminal = supervise.New(supervise.Options{
		Argv: s.launch.Argv, Env: s.launch.Env, Dir: s.launch.Dir, Files: s.launch.Files,
		Started: s.begun, Leave: s.left.leave, Typed: typed, Filter: &s.shown, Prompted: func() {
			if q := s.used.Load(); q != nil {
				q.use()
			}
		},
	})
	s.shown.session = s.terminal
	s.atEnd = append(s.atEnd, s.terminal.Restore)
	s.judge.aloof = o.CI != nil || o.Apart
	s.judge.gate = &gate.Gate{Policy: o.Policy, Store: s.store, Timeout: o.Timeout, Asker: s.asker(), Approvals: o.CI.approved(), Human: s.byHand(), Settle: s.judge.settle, Keeps: keeper(stateDir, o.Policy), Watched: s.judge.files != nil, Surroundings: gate.NewSurroundings()}
	if err := errors.Join(note(s.store, withAgentDetails(startOf(s.judge.argv, o.Dir), s.judge.argv)), o.CI.journal(s.store), s.hearStart(), s.recoverKept(stateDir)); err != nil {
		return err
	}
	s.atEnd = append(s.atEnd, s.host.export(gate.JournalPath(stateDir, s.store.ID())))
	return nil
}

// look looks at what lies where the agent starts.
func (s *guardedSession) look() {
	dir := s.options.Dir
	if dir == "" {
		dir, _ = os.Getwd() // without one there is nothing to look at
	}
	s.judge.gate.Look(dir, s.judge.home)
}

// An ownTerminal is the session's own, on which secrets are withheld.
type ownTerminal struct {
	secret.Terminal
	session *supervise.Session
}

// Owns reports whether a descriptor is the agent's side of it.
func (t *ownTerminal) Owns(fd int) bool { return t.session.Owns(fd) }

// Settle waits until what was written before is shown.
func (t *ownTerminal) Settle(moment, within time.Duration) bool {
	return t.session.Settle(moment, within)
}

// begun learns which process the agent is, which has its own descriptors now.
func (s *guardedSession) begun(pid int) {
	s.judge.root.Store(int64(pid))
	for _, file := range s.launch.Files {
		file.Close()
	}
	close(s.started)
	go s.look()
}

// sessionGCPercent lets the heap grow to three times what is in use, about 15 MB,
// before it is collected: every collection is in the way of a few execs.
const sessionGCPercent = 200

// run starts the agent and returns its exit status once it has ended and the
// session is written to its end. The first error is the session's, not the agent's.
func (s *guardedSession) run() (int, error) {
	h, o := s.host, s.options
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	agent, endAgent := context.WithCancel(ctx)
	defer endAgent()
	endRest, err := o.CI.failFast(h, s.judge, endAgent)
	if err != nil {
		return ExitError, err
	}
	answers, err := h.openAnswers(ctx, s.judge, o, &s.launch)
	if err != nil {
		return ExitError, err
	}
	// A session remembers little and makes much to forget: at every exec.
	debug.SetGCPercent(sessionGCPercent)
	heard, endSilence := s.listen()
	s.judge.stepped = heard.hear
	s.used.Store(heard)
	served := s.serve(ctx, answers)
	endWire := s.serveWire()
	status, err := s.terminal.Run(agent)
	s.deaf()
	endSilence()
	rest := errors.Join(endWire(), endRest())
	s.left.tell(h)
	cancel()
	answers.close()
	unserved := <-served
	s.connections.close()
	s.judge.settle()
	unkept := s.judge.settleFiles()
	s.keepRecord()
	ended := s.left.end(s.store, status)
	reported := o.CI.report(s.store)
	if o.CI != nil && s.judge.denied.Load() {
		status = ExitHeld
	}
	return status, errors.Join(err, rest, unserved, unkept, ended, reported)
}

// serve answers commands from the agent's start until ctx ends.
func (s *guardedSession) serve(ctx context.Context, judge intercept.Judge) (served <-chan error) {
	done := make(chan error, 1)
	go func() {
		select {
		case <-s.started:
		case <-ctx.Done():
		}
		done <- s.interceptor.Serve(ctx, judge)
	}()
	return done
}

// byHand reports a shell that a human types into: no agent reads what it says.
func (s *guardedSession) byHand() bool {
	argv := s.judge.argv
	return s.options.CI == nil && !s.options.Apart && len(argv) == 1 && shellparse.IsShell(programName(argv[0])) && term.IsTerminal(int(s.host.Stdin.Fd()))
}

// asker puts questions to whoever is there to answer them.
func (s *guardedSession) asker() prompt.Asker {
	switch {
	case s.options.CI != nil:
		return s.options.CI.asker(s.host)
	case s.options.Apart:
		return noTerminal{}
	}
	return terminalAsker{s.terminal, s.host.Getenv}
}

// A terminalAsker asks on the session's own terminal, over the agent.
type terminalAsker struct {
	session *supervise.Session
	getenv  func(string) string
}

// Ask puts a question to the human at the terminal.
func (a terminalAsker) Ask(ctx context.Context, r prompt.Request) (prompt.Answer, error) {
	answer := prompt.Answer{By: prompt.ByNobody}
	err := a.session.Interrupt(ctx, func(t *supervise.Terminal) (err error) {
		if sign := signal(a.getenv); sign != "" {
			if _, err := io.WriteString(t, sign); err != nil {
				return err
			}
		}
		width, height := t.Size()
		answer, err = prompt.Ask(ctx, t, r, prompt.CapsOf(width, height, a.getenv))
		return err
	})
	return answer, err
}
