package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
)

// This file is about connections that somebody is asked about: refused while the
// question stands, and let through when they come again.

// A heldConnection is a connection on its way to a decision, and with it.
type heldConnection struct {
	done     chan struct{} // closed when there is a decision
	opened   chan struct{} // closed when a human is asked
	at       time.Time     // of the decision
	request  gate.Request
	decision gate.Decision
	err      error
	asked    intercept.Process // the step that it was refused to meanwhile
	used     intercept.Process // the step that has the approval
}

// ask puts a connection to the gate, or finds what came of it.
func (c *connections) ask(ctx context.Context, n *connection) (reply intercept.ConnectReply, final bool) {
	h := c.of(n)
	if h == nil {
		return refusedConnection("restrain: held: a human is asked about too many connections already; nothing was opened: wait, and run it again"), false
	}
	select {
	case <-h.done:
	case <-h.opened:
		select {
		case <-h.done:
		case <-time.After(answerTime):
			return c.stands(h, n), false
		case <-ctx.Done():
		}
	case <-ctx.Done():
		return intercept.ConnectReply{}, false
	}
	return c.take(h, n)
}

// answerTime is how long somebody has who answers without thinking: a program in
// the human's place, or nobody.
const answerTime = 20 * time.Millisecond

// of is what is known of a connection; what is new is judged. It is nil when too
// many questions stand.
func (c *connections) of(n *connection) *heldConnection {
	request := c.request(n)
	key := request.Sent.Key
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := c.held[key]; h != nil && !h.spent(n.step) {
		return h
	}
	if len(c.held) >= maxHeldConnections {
		for k, h := range c.held {
			if h.spent(intercept.Process{}) {
				delete(c.held, k)
			}
		}
		if len(c.held) >= maxHeldConnections {
			return nil
		}
	}
	h := &heldConnection{done: make(chan struct{}), opened: make(chan struct{}), request: request}
	h.request.Opened = sync.OnceFunc(func() { close(h.opened) })
	c.held[key] = h
	c.asking.Go(func() {
		h.decision, h.err = c.judge.gate.Judge(c.ctx, h.request)
		h.at = time.Now()
		if !replyOf(&h.decision, h.err).Allow {
			c.judge.refused() // whether the program still hears of it or not
		}
		close(h.done)
	})
	return h
}

// spent reports a decision that says nothing about a step: it is old, or another
// step's.
func (h *heldConnection) spent(step intercept.Process) bool {
	select {
	case <-h.done:
	default:
		return false
	}
	none := intercept.Process{}
	if !replyOf(&h.decision, h.err).Allow {
		return h.asked != step
	}
	return h.used != none && h.used != step || h.used == none && time.Since(h.at) > approvedTime
}

// take gives what was decided to a step, which has it to its end.
func (c *connections) take(h *heldConnection, n *connection) (reply intercept.ConnectReply, final bool) {
	said := connectReply(h.decision, h.err)
	c.mu.Lock()
	again := h.asked != intercept.Process{} && h.used == intercept.Process{}
	if said.Allow {
		h.used = n.step
	} else {
		h.asked = n.step
	}
	c.mu.Unlock()
	if !said.Allow {
		return said, h.err == nil
	}
	if again { // what was approved comes now
		request := h.request
		request.Role, request.Lineage.Of = gate.Repeat, h.decision.Permit
		decision, err := c.judge.gate.Judge(c.ctx, request)
		said = connectReply(decision, err)
	}
	return said, said.Allow
}

// connectReply answers with what the gate decided.
func connectReply(d gate.Decision, err error) intercept.ConnectReply {
	reply := replyOf(&d, err)
	return intercept.ConnectReply{Allow: reply.Allow, Message: reply.Message}
}

// stands is the answer while the question stands.
func (c *connections) stands(h *heldConnection, n *connection) intercept.ConnectReply {
	c.mu.Lock()
	h.asked = n.step
	c.mu.Unlock()
	what := c.judge.gate.What(c.request(n)) // its own request is being judged
	return refusedConnection(fmt.Sprintf("restrain: held: %s (%s): %s; a human is being asked, and nothing was opened: wait for the answer, then run it once more; do not reach the same effect another way", n.service.Title, n.to, what))
}

func refusedConnection(message string) intercept.ConnectReply {
	return intercept.ConnectReply{Message: prompt.Escape(message)}
}

// request is a connection as the gate takes it. It is the same one when the same
// command makes it again.
func (c *connections) request(n *connection) gate.Request {
	j := c.judge
	r := gate.Request{
		Door: string(intercept.DoorWire), Agent: j.agent, PID: n.Process.PID, Argv: classify.Connects(n.service.ID, n.to), Home: j.home, Live: true,
	}
	r.Dir, _ = os.Readlink("/proc/" + strconv.Itoa(n.Process.PID) + "/cwd")
	text := j.agent
	if n.below {
		r.Lineage.Of = n.permit
		_, _, text = n.permit.Step()
	} else {
		r.Role = gate.Own
	}
	h := sha256.New()
	for _, part := range []string{text, r.Dir, n.program, n.service.ID, n.to} {
		fmt.Fprintf(h, "%d %s", len(part), part)
	}
	r.Sent = &gate.Sent{Name: "connect " + n.service.ID + " " + n.to + " by " + filepath.Base(n.program), Key: hex.EncodeToString(h.Sum(nil))}
	return r
}
