package session

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/internal/slowtest"
	"restrain/prompt"
	"restrain/wire"
)

// asker is a human who answers when the test says so.
type asker struct {
	asked   chan string
	answers chan bool
	sentBy  atomic.Value // of the latest question
}

func (a *asker) Ask(ctx context.Context, r prompt.Request) (prompt.Answer, error) {
	a.sentBy.Store(r.SentBy)
	a.asked <- r.Command
	select {
	case approved := <-a.answers:
		return prompt.Answer{Approved: approved, By: prompt.ByTerminal}, nil
	case <-ctx.Done():
		return prompt.Answer{By: prompt.ByNobody}, ctx.Err()
	}
}

func newWiredTest(t *testing.T) (*wired, *asker) {
	t.Helper()
	policy, err := PolicyOn(classify.Shipped(), func(string) string { return "" }, "", "")
	if err != nil {
		t.Fatal(err)
	}
	store, err := gate.OpenStore(t.TempDir(), "0123456789abcdef", policy)
	if err != nil {
		t.Fatal(err)
	}
	human := &asker{asked: make(chan string, 2*maxHeld), answers: make(chan bool)}
	j := newJudge([]string{"agent"}, "/home/dev")
	j.gate = &gate.Gate{Policy: policy, Store: store, Asker: human}
	w := newWired(j, nil)
	w.askTime = 20 * time.Millisecond
	t.Cleanup(func() {
		w.end()
		w.asking.Wait()
		store.Close()
	})
	return w, human
}

func deletion(n int) *wire.Call {
	return &wire.Call{Method: "DELETE", URL: fmt.Sprintf("https://api.heroku.com/apps/shop-%d", n)}
}

// answered answers the question about a call that has been refused meanwhile.
func (w *wired) answered(h *asker, c *wire.Call, approved bool) {
	<-h.asked
	h.answers <- approved
	w.mu.Lock()
	held := w.held[c.Key()]
	w.mu.Unlock()
	<-held.done
}

func TestRequestPassesOnceApproved(t *testing.T) {
	w, human := newWiredTest(t)
	if a := w.Call(1, &wire.Call{Method: "GET", URL: "https://api.heroku.com/apps"}); !a.Allow {
		t.Errorf("GET: %s", a.Message)
	}
	c := deletion(1)
	for id := range uint64(2) { // clients try again
		if a := w.Call(2+id, c); a.Allow || !strings.Contains(a.Message, "a human is being asked") || !strings.Contains(a.Message, "deletes infrastructure") {
			t.Errorf("held: %+v", a)
		}
	}
	w.answered(human, c, true)
	if a := w.Call(4, deletion(2)); a.Allow {
		t.Error("another request passes")
	}
	<-human.asked
	if a := w.Call(5, c); !a.Allow {
		t.Errorf("approved: %s", a.Message)
	}
	if a := w.Call(6, c); a.Allow {
		t.Error("it passes twice")
	}
	<-human.asked // it is asked about anew, and nothing else is
	if n := len(human.asked); n != 0 {
		t.Errorf("%d questions more", n)
	}
}

func TestDeniedRequest(t *testing.T) {
	w, human := newWiredTest(t)
	c := deletion(1)
	w.Call(1, c)
	w.askTime = time.Minute // the answer comes
	w.answered(human, c, false)
	for id := range uint64(2) {
		if a := w.Call(2+id, c); a.Allow || !strings.Contains(a.Message, "a human said no") {
			t.Errorf("%+v", a)
		}
	}
}

// An approval is not used up by a client that has gone.
func TestClientHasGone(t *testing.T) {
	w, human := newWiredTest(t)
	c := deletion(1)
	w.Call(1, c)
	w.answered(human, c, true)
	if a := w.Call(2, c); !a.Allow {
		t.Fatal(a.Message)
	}
	w.Left(2)
	if a := w.Call(3, c); !a.Allow {
		t.Errorf("it is not let through again: %s", a.Message)
	}
	w.Left(99)
	if a := w.Call(4, c); a.Allow {
		t.Error("it passes once more")
	}
}

func TestOldApproval(t *testing.T) {
	w, human := newWiredTest(t)
	c := deletion(1)
	w.Call(1, c)
	w.answered(human, c, true)
	w.held[c.Key()].at = time.Now().Add(-approvedTime - time.Second)
	if a := w.Call(2, c); a.Allow {
		t.Error("it passes")
	}
}

func TestTooManyRequests(t *testing.T) {
	slowtest.Long(t)
	w, _ := newWiredTest(t)
	w.askTime = time.Millisecond
	for n := range maxHeld {
		w.Call(uint64(n), deletion(n))
	}
	if a := w.Call(1000, deletion(1000)); a.Allow || !strings.Contains(a.Message, "too many") {
		t.Errorf("%+v", a)
	}
	if len(w.held) != maxHeld {
		t.Errorf("%d are held", len(w.held))
	}
}

// Where nothing can be journaled nothing passes.
func TestRequestWithoutJournal(t *testing.T) {
	w, _ := newWiredTest(t)
	w.askTime = time.Minute // nobody is asked
	w.judge.gate.Store.Close()
	if a := w.Call(1, deletion(1)); a.Allow || !strings.Contains(a.Message, "nothing runs") {
		t.Errorf("%+v", a)
	}
}
