package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/prompt"
)

// This file is about programs that outlive their agent: build daemons, servers,
// what was started with nohup. Their execs go on being judged, by a guard: it
// takes over from the session when that returns to the shell, as the parent of
// what is left, and ends with the last of it.

// guardVerb is the hidden verb under which restrain becomes a guard.
const guardVerb = "__guard"

// guardName is what a guard is called in a list of processes.
const guardName = "restrain-guard"

// A guardOrder is what a session tells its guard.
type guardOrder struct {
	Session string
	Hooks   string // directory of the files by which open shells ask
	Agent   string
	Project string
	Persona string
	Verify  bool
	Files   time.Time // since when what goes is kept; zero for not at all
	// Connects has it told where programs connect to.
	Connects bool
	Wait     bool
	Timeout  time.Duration
	Status   int // the agent's exit status
}

// endingTime is how long programs have to end after their agent before they
// count as left behind.
const endingTime = 250 * time.Millisecond

// A leftover is what a session does about programs that outlive its agent.
type leftover struct {
	door    *intercept.ExecDoor // nil where execs are not caught
	hooks   *intercept.ShellHooks
	order   guardOrder
	alone   bool     // without a guard
	names   []string // what was left, as the kernel calls it
	guarded bool
}

// leftoverOf looks after what the agent of a session leaves behind. In CI nobody
// is there for longer than the agent.
func leftoverOf(o Options, id, agent string, interceptor intercept.Interceptor, hooks *intercept.ShellHooks) *leftover {
	door, _ := interceptor.(*intercept.ExecDoor)
	return &leftover{door: door, hooks: hooks, alone: o.CI != nil, order: guardOrder{
		Session: id, Agent: agent, Project: ProjectDir(), Persona: o.Persona, Verify: o.Verify, Wait: o.Wait, Timeout: o.Timeout,
	}}
}

// leave looks for what the agent left behind, and gives it a guard.
func (l *leftover) leave(status int) (argv []string, listener *os.File) {
	if l.alone {
		return nil, nil
	}
	if listener = l.look(); listener == nil {
		return nil, nil
	}
	l.order.Status, l.order.Hooks = status, l.hooks.Leave()
	order, err := json.Marshal(l.order)
	if err != nil {
		listener.Close()
		return nil, nil
	}
	l.guarded = true
	return []string{guardName, guardVerb, string(order)}, listener
}

// look fills in the names of what is left. It returns the listener of these
// programs; nil when there are none.
func (l *leftover) look() *os.File {
	if l.door == nil {
		return nil
	}
	listener, err := l.door.Listener()
	if err != nil {
		return nil // the agent never ran, or all has ended
	}
	if l.names = intercept.Remaining(listener, endingTime); len(l.names) == 0 {
		listener.Close()
		return nil
	}
	return listener
}

// end journals the end of the session, or that a part of it goes on.
func (l *leftover) end(store *gate.Store, status int) error {
	reason := fmt.Sprintf("exit status %d", status)
	if l.guarded {
		return note(store, journal.Entry{Kind: journal.Note, Reason: fmt.Sprintf("the agent has ended, %s; what it left goes on: %s", reason, shortList(l.names))})
	}
	return note(store, journal.Entry{Kind: journal.SessionEnd, Reason: reason})
}

// tell says on stderr what was left. It is called while execs are still caught.
func (l *leftover) tell(h *Host) {
	if l.alone {
		if listener := l.look(); listener != nil {
			listener.Close()
		}
	}
	if len(l.names) == 0 {
		return
	}
	verb := "programs still run"
	if len(l.names) == 1 {
		verb = "program still runs"
	}
	fate := "what they start is judged; answer with restrain watch"
	if !l.guarded {
		fate = "they can start nothing any more"
	}
	fmt.Fprintf(h.Stderr, "restrain: note: %d %s after the agent (%s): %s\n", len(l.names), verb, prompt.Escape(shortList(l.names)), fate)
}

// shortList names the first few.
func shortList(names []string) string {
	const few = 4
	if len(names) > few {
		return strings.Join(names[:few], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// guard is restrain as a guard: restrain-guard VERB ORDER DESCRIPTOR. Whatever
// goes wrong ends it, and then nothing it looked after can start a program.
func (h *Host) guard(args []string) int {
	if len(args) != 2 {
		return h.Fail(Usagef("%s is restrain's own verb", guardVerb))
	}
	var order guardOrder
	if err := json.Unmarshal([]byte(args[0]), &order); err != nil {
		return h.Fail(Usagef("%s: %w", guardVerb, err))
	}
	fd, err := strconv.Atoi(args[1])
	if err != nil {
		return h.Fail(Usagef("%s: %w", guardVerb, err))
	}
	if err := h.watchOver(order, os.NewFile(uintptr(fd), "listener")); err != nil {
		return h.Fail(err)
	}
	return 0
}

func (h *Host) watchOver(order guardOrder, listener *os.File) error {
	policy, err := LoadPolicy(h.Getenv, order.Agent, order.Persona)
	if err != nil {
		return err
	}
	judge := newJudge([]string{order.Agent}, h.Getenv("HOME"))
	options := intercept.ExecOptions{Verify: order.Verify}
	if !order.Files.IsZero() {
		judge.files = newFiles(judge, policy, h.Getenv, "")
		judge.files.began = order.Files
		options.Files = judge.files
	}
	var connects *connections
	if order.Connects {
		connects = newConnections(judge, policy.Rules(), h.Getenv)
		options.Connects = connects
	}
	door, err := intercept.InheritExecDoor(options, listener)
	if err != nil {
		return err
	}
	hooks, err := intercept.InheritShellHooks(order.Hooks)
	if err != nil {
		return err
	}
	defer hooks.Close()
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return err
	}
	store, err := gate.OpenStore(stateDir, order.Session, policy)
	if err != nil {
		return err
	}
	defer store.Close()
	judge.gate = &gate.Gate{Policy: policy, Store: store, Timeout: order.Timeout, Asker: noTerminal{}, Settle: judge.settle, Keeps: keeper(stateDir, policy), Watched: judge.files != nil}
	tree, err := intercept.NewTree()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := h.takeAnswers(ctx, judge.gate, tree, order.Wait)
	err = door.Serve(ctx, judge)
	connects.close()
	cancel()
	done()
	err = errors.Join(err, hooks.Close(), judge.settleFiles())
	h.keepRecord(store, stateDir, order.Agent, order.Project, policy.Baseline())
	ended := journal.Entry{Kind: journal.SessionEnd, Reason: fmt.Sprintf("exit status %d, and the last program has ended", order.Status)}
	return errors.Join(err, note(store, ended))
}
