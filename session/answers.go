package session

import (
	"context"
	"fmt"

	"restrain/desktop"
	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/watch"
)

// takeAnswers lets a gate's questions be answered from outside the session too:
// by restrain watch, approve and deny. Where that cannot be, the gate's own
// asker is left to itself. The desktop is told of a question that stands. It
// ends with ctx; done waits for that.
func (h *Host) takeAnswers(ctx context.Context, g *gate.Gate, tree *intercept.Tree, wait bool) (done func()) {
	dir := g.Store.Dir()
	board := &watch.Board{
		Terminal: g.Asker, Wait: wait, NewID: gate.NewShortID,
		Watched: func() bool { return watch.Present(dir) },
	}
	server := &watch.Server{Board: board, Tree: tree, Tamper: func(pid int, what string) {
		// When the journal cannot be written, nothing runs any more either.
		_ = g.Tamper(pid, what)
	}}
	if err := server.Listen(dir); err != nil {
		fmt.Fprintf(h.Stderr, "restrain: warning: %s; steps can be answered only here\n", prompt.Escape(err.Error()))
		return func() {}
	}
	g.Asker = desktop.Over(board, h.Getenv)
	served := make(chan struct{})
	go func() {
		defer close(served)
		// Without the socket the terminal is still asked.
		_ = server.Serve(ctx)
	}()
	return func() { <-served }
}

// answers is the judge of a supervised session whose questions are also
// answered from outside of it.
type answers struct {
	judge intercept.Judge
	tree  *intercept.Tree // nil where nobody is to answer
	done  func()
}

// openAnswers takes answers from outside a supervised session. Inside is what
// descends from this process and, where orphans do not come back to it, what
// shares a POSIX session or the environment with the agent. In CI nobody answers.
func (h *Host) openAnswers(ctx context.Context, judge *judge, o Options, launch *intercept.Launch) (*answers, error) {
	if o.CI != nil {
		return &answers{judge: judge, done: func() {}}, nil
	}
	tree, err := intercept.NewTree()
	if err != nil {
		return nil, err
	}
	if socket, ok := lookup(func() []string { return launch.Env })(intercept.SocketVariable); ok {
		tree.Mark = intercept.SocketVariable + "=" + socket
	}
	return &answers{judge, tree, h.takeAnswers(ctx, judge.gate, tree, o.Wait)}, nil
}

// Judge answers for one command.
func (a *answers) Judge(ctx context.Context, r intercept.Request) intercept.Reply {
	if a.tree != nil && r.Exec == nil {
		a.tree.Note(r.PID)
	}
	return a.judge.Judge(ctx, r)
}

// close waits until nobody can answer any more; the context has ended.
func (a *answers) close() { a.done() }

// A doorAsker asks for a door that no session is around. The control socket is
// there only while it asks.
type doorAsker struct {
	host     *Host
	gate     *gate.Gate
	agent    intercept.Agent
	terminal prompt.Asker // nil where there is none
}

// Ask asks at the terminal, if any, and all who watch.
func (a doorAsker) Ask(ctx context.Context, r prompt.Request) (prompt.Answer, error) {
	terminal := a.terminal
	if terminal == nil {
		terminal = noTerminal{}
	}
	tree, err := intercept.NewTree(a.agent.PID)
	if err != nil {
		return terminal.Ask(ctx, r)
	}
	tree.NeedsTTY = true // the agent's orphans cannot be known
	ctx, cancel := context.WithCancel(ctx)
	asking := &gate.Gate{Policy: a.gate.Policy, Store: a.gate.Store, Now: a.gate.Now, Asker: terminal}
	done := a.host.takeAnswers(ctx, asking, tree, false)
	defer done()
	defer cancel()
	return asking.Asker.Ask(ctx, r)
}

// noTerminal is the Asker where there is none.
type noTerminal struct{}

// Ask denies.
func (noTerminal) Ask(context.Context, prompt.Request) (prompt.Answer, error) {
	return prompt.Answer{By: prompt.ByNobody}, prompt.ErrNoTerminal
}
