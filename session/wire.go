package session

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/prompt"
	"restrain/wire"
)

// This file is about the requests that programs send: each is a part of the step
// that its process belongs to, or a step of its own.

// wireProgram is the proxy, which lies beside restrain.
const wireProgram = "restrain-wire"

const (
	// askTime is how long a request waits for its verdict. Clients give up soon, and
	// send it again: it is refused with word of the question, which stands.
	askTime = 3 * time.Second
	// approvedTime is how long an approved request may be sent again.
	approvedTime = 10 * time.Minute
	// maxHeld bounds the requests that wait for an answer or to be sent again.
	maxHeld = 64
	// maxPassed bounds the latest requests that may turn out not to have gone on.
	maxPassed = 64
)

// wired judges the requests of a session.
type wired struct {
	judge   *judge
	proxy   *wire.Proxy
	ctx     context.Context // of the session
	end     context.CancelFunc
	asking  sync.WaitGroup
	askTime time.Duration

	mu     sync.Mutex
	held   map[wire.Key]*heldCall
	gone   map[uint64]bool // calls that wait; true where the client has gone
	passed map[uint64]*heldCall
	order  []uint64 // of passed
}

// A heldCall is a request on its way to a decision, and with it.
type heldCall struct {
	key      wire.Key
	call     *wire.Call
	done     chan struct{} // closed when there is a decision
	at       time.Time     // of the decision
	request  gate.Request
	decision gate.Decision
	err      error
	again    bool // it has been refused meanwhile
}

// startWire starts the proxy of a session, which readies itself meanwhile.
func (s *guardedSession) startWire() error {
	if !s.options.net() {
		return nil
	}
	path, err := WirePath()
	if err != nil {
		return Hint(fmt.Errorf("the network cannot be looked at: %s is not installed beside restrain", wireProgram), "install it there, or leave out --net")
	}
	rules, env := s.options.Policy.Rules(), append(os.Environ(), s.launch.Env...)
	config := wire.Config{
		Open: rules.OpenHosts(), Shut: rules.Wire.Shut, Tell: s.options.Policy.LimitsHosts(), Dir: runDir(s.host.Getenv), Authorities: wire.Authorities(env), Lead: s.options.Lead,
	}
	if config.WgetRC = wire.ValueOf(env, "WGETRC"); config.WgetRC == "" {
		config.WgetRC = filepath.Join(s.host.Getenv("HOME"), ".wgetrc")
	}
	proxy, err := wire.Start(path, config)
	if err != nil {
		return err
	}
	s.wired = newWired(s.judge, proxy)
	s.atEnd = append(s.atEnd, proxy.Close)
	return nil
}

// openWire leads the agent's programs to the proxy, once it is ready.
func (s *guardedSession) openWire() error {
	if s.wired == nil {
		return nil
	}
	if err := s.wired.proxy.Await(); err != nil {
		return err
	}
	s.launch.Env = s.wired.proxy.Environment(s.launch.Env)
	return nil
}

// WirePath finds the proxy's program, beside restrain.
func WirePath() (string, error) { return SiblingProgram(wireProgram) }

// runDir is where files of a running session lie.
func runDir(getenv func(string) string) string {
	if dir := getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return os.TempDir()
}

func newWired(j *judge, proxy *wire.Proxy) *wired {
	ctx, end := context.WithCancel(context.Background())
	return &wired{judge: j, proxy: proxy, ctx: ctx, end: end, askTime: askTime, held: map[wire.Key]*heldCall{}, gone: map[uint64]bool{}, passed: map[uint64]*heldCall{}}
}

// serveWire has requests judged until the returned function is called.
func (s *guardedSession) serveWire() (end func() error) {
	w := s.wired
	if w == nil {
		return func() error { return nil }
	}
	served := make(chan error, 1)
	go func() {
		err := w.proxy.Serve(w)
		if w.ctx.Err() != nil {
			served <- nil
			return
		}
		reason := "the proxy of the session has ended: nothing passes through it any more"
		if err != nil {
			reason += ": " + err.Error()
		}
		served <- note(s.store, journal.Entry{Kind: journal.Note, Reason: reason})
	}()
	return func() error {
		w.end()
		w.proxy.End()
		w.asking.Wait()
		return <-served
	}
}

// Call answers for one request.
func (w *wired) Call(id uint64, c *wire.Call) wire.Answer {
	if w.judge.ends != nil && w.judge.denied.Load() {
		return wire.Answer{Message: "restrain: denied: the agent is being ended"}
	}
	w.mu.Lock()
	w.gone[id] = false
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.gone, id)
	}()
	late := time.NewTimer(w.askTime)
	defer late.Stop()
	for {
		h := w.of(c)
		if h == nil {
			return wire.Answer{Message: "restrain: held: a human is asked about too many requests already; nothing was sent: wait, and send it again"}
		}
		select {
		case <-h.done:
		case <-late.C:
			return w.stands(h)
		}
		if answer, ok := w.take(id, h); ok {
			return answer
		}
	}
}

// of is what is known of a request; what is new is judged. It is nil when too many
// questions stand.
func (w *wired) of(c *wire.Call) *heldCall {
	key := c.Key()
	w.mu.Lock()
	defer w.mu.Unlock()
	if h := w.held[key]; h != nil && !h.stale() {
		return h
	}
	if len(w.held) >= maxHeld {
		for k, h := range w.held {
			if h.stale() {
				delete(w.held, k)
			}
		}
		if len(w.held) >= maxHeld {
			return nil
		}
	}
	h := &heldCall{key: key, call: c, done: make(chan struct{}), request: w.request(c, key)}
	w.held[key] = h
	w.asking.Go(func() {
		h.decision, h.err = w.judge.gate.Judge(w.ctx, h.request)
		h.at = time.Now()
		close(h.done)
	})
	return h
}

// stale reports an approval that is too old to be used.
func (h *heldCall) stale() bool {
	select {
	case <-h.done:
		return time.Since(h.at) > approvedTime
	default:
		return false
	}
}

// take gives the answer to a request that was decided, once: the next one is
// judged anew. It is not ok where another call has taken the approval.
func (w *wired) take(id uint64, h *heldCall) (answer wire.Answer, ok bool) {
	asked := h.decision.Answer != nil
	w.mu.Lock()
	first := w.held[h.key] == h
	gone := w.gone[id]
	if first && !gone {
		delete(w.held, h.key)
	}
	again := h.again
	w.mu.Unlock()
	reply := replyOf(&h.decision, h.err)
	switch {
	case !reply.Allow:
		w.judge.refused()
		return wire.Answer{Message: reply.Message}, true
	case !first && asked:
		return wire.Answer{}, false
	case gone:
		return wire.Answer{Message: "restrain: the client has gone"}, true
	case asked:
		w.remember(id, h)
	}
	if again { // what was approved comes now
		request := h.request
		request.Role, request.Lineage.Of = gate.Repeat, h.decision.Permit
		decision, err := w.judge.gate.Judge(w.ctx, request)
		reply = replyOf(&decision, err)
	}
	return wire.Answer{Allow: reply.Allow, Message: reply.Message}, true
}

// remember keeps an approval that is used, in case the request does not go on.
func (w *wired) remember(id uint64, h *heldCall) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.order) >= maxPassed {
		delete(w.passed, w.order[0])
		w.order = w.order[1:]
	}
	w.passed[id] = h
	w.order = append(w.order, id)
}

// Left keeps an approval for a client that was gone when it came.
func (w *wired) Left(id uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, waits := w.gone[id]; waits {
		w.gone[id] = true
		return
	}
	if h := w.passed[id]; h != nil && w.held[h.key] == nil {
		h.again = true
		w.held[h.key] = h
		delete(w.passed, id)
	}
}

// stands is the answer while the question stands.
func (w *wired) stands(h *heldCall) wire.Answer {
	w.mu.Lock()
	h.again = true
	w.mu.Unlock()
	what := w.judge.gate.What(w.request(h.call, h.key)) // its own request is being judged
	return wire.Answer{Message: prompt.Escape(fmt.Sprintf("restrain: held: %s; a human is being asked, and nothing was sent: wait for the answer, then send the very same request once more; do not reach the same effect another way", what))}
}

// Unseen journals that a host is not looked into any more.
func (w *wired) Unseen(u *wire.Unseen) {
	_, permit := w.stepOf(u.Client.PID)
	_, entry, _ := permit.Step()
	client := filepath.Base(u.Client.Program)
	what := "requests of %s to %s are not seen from now on: %s"
	if u.Refused {
		what = "a connection of %s to %s was refused: %s"
	}
	// When the journal cannot be written, nothing runs any more either.
	_ = note(w.judge.gate.Store, journal.Entry{Kind: journal.Note, Of: entry, PID: u.Client.PID, Reason: fmt.Sprintf(what, client, u.Host, u.Why)})
}

// request is a call as the gate takes it.
func (w *wired) request(c *wire.Call, key wire.Key) gate.Request {
	j := w.judge
	r := gate.Request{
		Door: string(intercept.DoorWire), Agent: j.agent, PID: c.Client.PID, Argv: c.Command(), Home: j.home, Live: true,
		Sent: &gate.Sent{Name: c.Name(), Key: hex.EncodeToString(key[:])},
	}
	r.Dir, _ = os.Readlink("/proc/" + strconv.Itoa(c.Client.PID) + "/cwd") // of one that is not known, empty
	if below, permit := w.stepOf(c.Client.PID); below {
		r.Lineage.Of = permit
	} else {
		r.Role = gate.Own
	}
	return r
}

// stepOf is the step that a process belongs to.
func (w *wired) stepOf(pid int) (below bool, permit *gate.Permit) {
	process, err := w.judge.steps.Process(pid)
	if pid == 0 || err != nil {
		return false, nil
	}
	_, permit, below = w.judge.steps.StepOf(process, 0)
	return below, permit
}
