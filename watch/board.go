package watch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"restrain/prompt"
)

// A Board holds the questions of a session that are open. It is a
// [prompt.Asker]. It is safe for concurrent use.
type Board struct {
	// Terminal also asks, at the same time; nil where there is no terminal.
	Terminal prompt.Asker
	// Wait holds a question also where there is no terminal and nobody watches.
	Wait bool
	// Watched reports watchers that have not connected yet; nil when there is
	// no telling.
	Watched func() bool
	// NewID names a question; nothing open has that name.
	NewID func() string

	mu       sync.Mutex
	open     map[string]*question
	watchers map[*watcher]struct{}
}

// maxOpen bounds the questions that are shown to watchers at a time.
const maxOpen = 256

// A question is open until something comes on answered.
type question struct {
	request  prompt.Request
	answered chan prompt.Answer // with room for one
	left     chan struct{}      // holds a token when the last watcher has gone
}

// A watcher is told of questions; it is dropped when it does not keep up.
type watcher struct {
	send chan fromServer
	drop func()
}

var _ prompt.Asker = (*Board)(nil)

// Ask puts a question to the terminal and to all who watch. The first answer
// counts, and the question is withdrawn elsewhere.
func (b *Board) Ask(ctx context.Context, r prompt.Request) (prompt.Answer, error) {
	q, err := b.post(r)
	if err != nil {
		return prompt.Answer{By: prompt.ByNobody}, err
	}
	answer, err := b.await(ctx, q)
	b.take(q, answer)
	return answer, err
}

// await waits for the terminal and the watchers, as long as one of them may
// still answer.
func (b *Board) await(ctx context.Context, q *question) (prompt.Answer, error) {
	if b.Terminal == nil {
		return b.awaitWatchers(ctx, q, prompt.ErrNoTerminal)
	}
	asking, withdraw := context.WithCancel(ctx)
	defer withdraw()
	type said struct {
		answer prompt.Answer
		err    error
	}
	shown := make(chan said, 1)
	go func() {
		answer, err := b.Terminal.Ask(asking, q.request)
		shown <- said{answer, err}
	}()
	select {
	case at := <-shown:
		if at.err == nil {
			return at.answer, nil
		}
		return b.awaitWatchers(ctx, q, at.err)
	case answer := <-q.answered:
		withdraw()
		<-shown // the terminal is as it was
		return answer, nil
	}
}

// awaitWatchers waits where the terminal cannot be asked, because of err.
func (b *Board) awaitWatchers(ctx context.Context, q *question, err error) (prompt.Answer, error) {
	if !b.holds() {
		return prompt.Answer{By: prompt.ByNobody}, err
	}
	var late <-chan time.Time
	if q.request.Timeout > 0 {
		timer := time.NewTimer(q.request.Timeout)
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case answer := <-q.answered:
			return answer, nil
		case <-late:
			return prompt.Answer{By: prompt.ByTimeout}, nil
		case <-ctx.Done():
			return prompt.Answer{By: prompt.ByInterrupt}, nil
		case <-q.left:
			if !b.Wait && !b.hasWatchers() {
				return prompt.Answer{By: prompt.ByNobody}, err
			}
		}
	}
}

// holds reports whether a question waits for watchers alone.
func (b *Board) holds() bool {
	return b.Wait || b.hasWatchers() || b.Watched != nil && b.Watched()
}

func (b *Board) hasWatchers() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.watchers) > 0
}

var errTooMany = errors.New("too many questions are open; answer some")

// post opens a question and shows it to the watchers. It gets an id.
func (b *Board) post(r prompt.Request) (*question, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.open) >= maxOpen {
		return nil, errTooMany
	}
	if b.open == nil {
		b.open = map[string]*question{}
	}
	r.ID = b.NewID()
	for b.open[r.ID] != nil {
		r.ID = b.NewID()
	}
	q := &question{request: r, answered: make(chan prompt.Answer, 1), left: make(chan struct{}, 1)}
	b.open[r.ID] = q
	b.tell(fromServer{V: version, Held: &q.request})
	return q, nil
}

// take closes a question.
func (b *Board) take(q *question, answer prompt.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, q.request.ID)
	b.tell(fromServer{V: version, Closed: &Closed{q.request.ID, answer.Approved, answer.By}})
}

// answer takes a human's answer to a question.
func (b *Board) answer(a Answer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := b.open[a.ID]
	if q == nil {
		return fmt.Errorf("%s: %w", a.ID, ErrNotHeld)
	}
	answer := prompt.Answer{By: prompt.ByCommand, Reason: a.Reason}
	if a.By == prompt.ByWatch {
		answer.By = a.By
	}
	if a.Approve {
		approval, err := prompt.Confirms(q.request, a.Typed)
		if err != nil {
			return fmt.Errorf("step %s is not approved: %w; %s", a.ID, err, prompt.HowToConfirm(q.request))
		}
		answer.Approved, answer.Scope, answer.Until = true, approval.Scope, approval.Until
	}
	select {
	case q.answered <- answer:
		return nil
	default:
		return fmt.Errorf("step %s has been answered", a.ID)
	}
}

// join adds a watcher, and shows it what is open.
func (b *Board) join(w *watcher) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watchers == nil {
		b.watchers = map[*watcher]struct{}{}
	}
	b.watchers[w] = struct{}{}
	for _, q := range b.open {
		w.tell(fromServer{V: version, Held: &q.request})
	}
}

// leave takes a watcher away. Questions that only it could answer end.
func (b *Board) leave(w *watcher) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.watchers, w)
	for _, q := range b.open {
		select {
		case q.left <- struct{}{}:
		default:
		}
	}
}

func (b *Board) tell(message fromServer) {
	for w := range b.watchers {
		w.tell(message)
	}
}

func (w *watcher) tell(message fromServer) {
	select {
	case w.send <- message:
	default:
		w.drop()
	}
}
