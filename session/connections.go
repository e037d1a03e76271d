package session

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
)

// This file is about what programs connect to, as the kernel tells of it. Most of
// it is nobody's concern; a database, another machine or another user's door is
// put to the gate. A program that connects stands still, so that no connection
// waits for a human: it is refused while the question stands.

// connections is the witness of a session's connections.
type connections struct {
	judge *judge
	rules *classify.Set
	doors map[string]*classify.Service // by the path of a socket that a variable names
	near  nearby
	names hostNames
	past  *pastProxy // nil where there is no proxy

	ctx    context.Context // of the session
	end    context.CancelFunc
	asking sync.WaitGroup

	mu    sync.Mutex
	known map[knownConnection]intercept.ConnectReply
	held  map[string]*heldConnection
}

var _ intercept.ConnectWitness = (*connections)(nil)

// A knownConnection is what was decided for the programs of a step.
type knownConnection struct {
	step        intercept.Process
	program, to string
}

// Bounds of what is remembered; it is forgotten as a whole, and asked for again.
const (
	maxKnownConnections = 1024
	maxHeldConnections  = 64
)

// A connection is one that is about to be opened, with what is known of it.
type connection struct {
	*intercept.ConnectCall
	service *classify.Service
	to      string // HOST:PORT or the path of a socket
	host    string
	program string // the caller's file
	argv    []string
	step    intercept.Process // that it belongs to; the caller where it is none
	permit  *gate.Permit
	below   bool
}

// newConnections makes the witness of a judge whose gate comes later.
func newConnections(j *judge, rules *classify.Set, getenv func(string) string) *connections {
	ctx, end := context.WithCancel(context.Background())
	c := &connections{
		judge: j, rules: rules, doors: map[string]*classify.Service{}, ctx: ctx, end: end, names: newHostNames(),
		known: map[knownConnection]intercept.ConnectReply{}, held: map[string]*heldConnection{},
	}
	for i := range rules.Services {
		for _, path := range rules.Services[i].SocketsIn(getenv) {
			c.doors[path] = &rules.Services[i]
		}
	}
	return c
}

// close takes the questions back that stand.
func (c *connections) close() {
	if c == nil {
		return
	}
	c.end()
	c.asking.Wait()
}

// Ignores reports an address that is no service's, or this machine's.
func (c *connections) Ignores(a *intercept.Address) bool {
	if a.Path == "" && (!a.IsValid() || a.Addr().IsLoopback() || a.Addr().IsUnspecified()) {
		return true
	}
	service := c.serviceAt(a)
	switch {
	case c.past == nil:
		return service == nil || service.Web
	case a.Path == "" && c.past.all:
		return false
	}
	return service == nil
}

func (c *connections) serviceAt(a *intercept.Address) *classify.Service {
	for i := range c.rules.Services {
		s := &c.rules.Services[i]
		if a.Path == "" && s.Listens(int(a.Port())) || a.Path != "" && s.Owns(a.Path) {
			return s
		}
	}
	if a.Path == "" {
		return nil
	}
	return c.doors[filepath.Clean(a.Path)]
}

// Connect decides about one connection.
func (c *connections) Connect(ctx context.Context, call intercept.ConnectCall) intercept.ConnectReply {
	n := &connection{ConnectCall: &call, step: call.Process}
	if step, permit, below := c.judge.steps.StepOf(call.Process, call.PPID); below {
		n.step, n.permit, n.below = step, permit, true
	}
	if call.Unknown != "" {
		c.note(n, "a connection that could not be read: "+call.Unknown, "")
		return connectReply(gate.Unread.Decide(), nil)
	}
	n.service = c.serviceAt(&call.Address)
	if n.service == nil && c.past != nil && c.past.all && n.below {
		n.service = &anyService
	}
	if n.service == nil || c.near.has(call.Address.Addr()) {
		return connectReply(gate.Spared.Decide(), nil)
	}
	n.program, _ = os.Readlink("/proc/" + strconv.Itoa(call.Process.PID) + "/exe")
	key := knownConnection{n.step, n.program, addressText(&call.Address)}
	c.mu.Lock()
	reply, decided := c.known[key]
	c.mu.Unlock()
	if decided {
		return reply
	}
	reply, final := c.decide(ctx, n)
	if final {
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.known) >= maxKnownConnections {
			clear(c.known)
		}
		c.known[key] = reply
	}
	return reply
}

func addressText(a *intercept.Address) string {
	if a.Path != "" {
		return a.Path
	}
	return a.String()
}

// decide tells what becomes of a connection that is not known yet. It is final
// where it holds for the step.
func (c *connections) decide(ctx context.Context, n *connection) (reply intercept.ConnectReply, final bool) {
	n.argv = argvOf(n.Process.PID)
	n.to = addressText(&n.Address)
	if n.Address.Path == "" {
		n.host = n.Address.Addr().String()
		if name := c.names.of(ctx, n, c.rules.Wire.IsNear); name != "" {
			n.host = name
		}
		if n.service.Web && !c.past.concerns(ctx, n, &c.names) {
			return connectReply(gate.Spared.Decide(), nil), true
		}
		n.to = netAddress(n.host, n.Address.Port())
	}
	switch {
	case n.Address.Path == "" && c.rules.Wire.IsNear(n.host):
		c.note(n, "connections to what is there for tests", n.service.ID+" "+n.to)
		return connectReply(gate.Spared.Decide(), nil), true
	case n.service.Says(filepath.Base(n.program)) && (n.Address.Path != "" || n.service.Named || len(hostsIn(n.argv)) > 0):
		c.note(n, "connections that the words of a command say", n.service.ID+" "+n.to)
		return connectReply(gate.Spared.Decide(), nil), true
	}
	return c.ask(ctx, n)
}

func netAddress(host string, port uint16) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(port))
}

func (c *connections) note(n *connection, reason, what string) {
	_, entry, _ := n.permit.Step()
	c.judge.gate.Note(entry, reason, what)
}

// argvOf are the words of a process.
func argvOf(pid int) []string {
	text, err := readBounded("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\x00"), "\x00")
}
