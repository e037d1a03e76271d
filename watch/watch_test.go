package watch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"restrain/intercept"
	"restrain/prompt"
)

// The test program is a client of its own when it is started as one: below the
// supervisor, so inside.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "__approve" {
		err := Send([]string{os.Args[2]}, Answer{ID: os.Args[3], Approve: true, Typed: "y"})
		fmt.Println(err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A room is a session's board that is served.
type room struct {
	t     *testing.T
	dir   string
	board *Board
	mu    sync.Mutex
	tried []string // attempts from inside
}

// openRoom serves a board. The test counts as outside, unless it shall not.
func openRoom(t *testing.T, inside bool) *room {
	t.Helper()
	// Paths of sockets are bounded elsewhere; here they are not.
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	tree := outsideTree(t)
	if inside {
		own, err := intercept.NewTree()
		if err != nil {
			t.Fatal(err)
		}
		tree = own
	}
	n := 0
	r := &room{t: t, dir: dir, board: &Board{NewID: func() string { n++; return fmt.Sprint("id", n) }}}
	server := &Server{Board: r.board, Tree: tree, Tamper: func(_ int, what string) {
		r.mu.Lock()
		r.tried = append(r.tried, what)
		r.mu.Unlock()
	}}
	if err := server.Listen(dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if left, err := sockets(dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	return r
}

// outsideTree is the tree of a session that the test is not in.
func outsideTree(t *testing.T) *intercept.Tree {
	t.Helper()
	agent := exec.Command("cat")
	hold, err := agent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hold.Close(); agent.Wait() })
	tree, err := intercept.TreeBelow(agent.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func (r *room) watch() *Link {
	r.t.Helper()
	links, err := Links(r.dir, func(string) bool { return false })
	if err != nil || len(links) != 1 {
		r.t.Fatalf("%d links, %v", len(links), err)
	}
	for _, link := range links {
		r.t.Cleanup(func() { link.Close() })
		return link
	}
	return nil
}

func (r *room) next(l *Link) Event {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	e, err := l.Next(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

type said struct {
	answer prompt.Answer
	err    error
}

// ask puts a question in the background.
func (r *room) ask(ctx context.Context, q prompt.Request) chan said {
	c := make(chan said, 1)
	go func() {
		a, err := r.board.Ask(ctx, q)
		c <- said{a, err}
	}()
	return c
}

// A terminal is one at which somebody answers, or nobody.
type terminal struct {
	answers chan prompt.Answer
	asked   chan struct{}
	gone    chan struct{}
	err     error
}

func newTerminal() *terminal {
	return &terminal{answers: make(chan prompt.Answer, 1), asked: make(chan struct{}, 9), gone: make(chan struct{}, 9)}
}

func (s *terminal) Ask(ctx context.Context, r prompt.Request) (prompt.Answer, error) {
	if s.err != nil {
		return prompt.Answer{}, s.err
	}
	s.asked <- struct{}{}
	select {
	case a := <-s.answers:
		return a, nil
	case <-ctx.Done():
		s.gone <- struct{}{}
		return prompt.Answer{By: "interrupt"}, nil
	}
}

var medium = prompt.Request{Command: "git push --force", Severity: "medium"}

func TestWatcherAnswers(t *testing.T) {
	volume := medium
	volume.Confirm, volume.ConfirmKind = "vol-1", "volume"
	offered := medium
	offered.Offers = []prompt.Offer{{Word: "session"}}
	dated := medium
	dated.Offers = []prompt.Offer{{Word: "project", First: "2026-11-22", Last: "2027-11-22"}}
	for _, test := range []struct {
		name    string
		request prompt.Request
		answer  Answer
		want    prompt.Answer
		refused string
	}{
		{"approve", medium, Answer{Approve: true, Typed: "y", By: "watch"}, prompt.Answer{Approved: true, By: "watch"}, ""},
		{"deny", medium, Answer{Reason: "not now"}, prompt.Answer{By: "command", Reason: "not now"}, ""},
		{"the word", volume, Answer{Approve: true, Typed: "vol-1"}, prompt.Answer{Approved: true, By: "command"}, ""},
		{"not the word", volume, Answer{Approve: true, Typed: "y"}, prompt.Answer{}, "type the volume, vol-1"},
		{"nothing typed", medium, Answer{Approve: true}, prompt.Answer{}, "type y"},
		{"a scope", offered, Answer{Approve: true, Typed: "y session"}, prompt.Answer{Approved: true, Scope: "session", By: "command"}, ""},
		{"a day", dated, Answer{Approve: true, Typed: "y project until 2026-12-31"}, prompt.Answer{Approved: true, Scope: "project", Until: "2026-12-31", By: "command"}, ""},
		{"a day that is over", dated, Answer{Approve: true, Typed: "y project until 2020-12-31"}, prompt.Answer{}, "say a day from 2026-11-22 to 2027-11-22; type y"},
		{"a scope that is not offered", medium, Answer{Approve: true, Typed: "y session"}, prompt.Answer{}, "type y"},
		{"a name of its own", medium, Answer{By: "terminal"}, prompt.Answer{By: "command"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := openRoom(t, false)
			r.board.Wait = true
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := r.ask(ctx, test.request)
			link := r.watch()
			held := r.next(link).Held
			if held == nil || held.Command != test.request.Command || held.ID == "" {
				t.Fatalf("%+v", held)
			}
			test.answer.ID = held.ID
			err := Send([]string{t.TempDir(), r.dir}, test.answer)
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), test.refused) {
					t.Errorf("%v", err)
				}
				cancel()
				if got := <-c; got.answer.Approved {
					t.Errorf("%+v", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := <-c; got.err != nil || got.answer != test.want {
				t.Errorf("%+v", got)
			}
			if closed := r.next(link).Closed; closed == nil || closed.ID != held.ID || closed.Approved != test.want.Approved {
				t.Errorf("%+v", closed)
			}
			if err := Send([]string{r.dir}, test.answer); !errors.Is(err, ErrNotHeld) {
				t.Errorf("answered twice: %v", err)
			}
		})
	}
}

// The first answer counts, and the others are withdrawn.
func TestFirstAnswerCounts(t *testing.T) {
	r := openRoom(t, false)
	terminal := newTerminal()
	r.board.Terminal = terminal
	link := r.watch()
	c := r.ask(t.Context(), medium)
	<-terminal.asked
	id := r.next(link).Held.ID
	if err := link.Answer(Answer{ID: id, Approve: true, Typed: "y", By: "watch"}); err != nil {
		t.Fatal(err)
	}
	if got := <-c; !got.answer.Approved || got.answer.By != "watch" {
		t.Errorf("%+v", got)
	}
	<-terminal.gone
	if e := r.next(link); e.Closed == nil {
		t.Errorf("%+v", e)
	}
	c = r.ask(t.Context(), medium)
	<-terminal.asked
	if e := r.next(link); e.Held == nil {
		t.Errorf("%+v", e)
	}
	terminal.answers <- prompt.Answer{By: "terminal", Reason: "no"}
	if got := <-c; got.answer.Reason != "no" {
		t.Errorf("%+v", got)
	}
	if e := r.next(link); e.Closed == nil || e.Closed.By != "terminal" {
		t.Errorf("%+v", e)
	}
}

// Without a terminal, a step is held as long as somebody watches.
func TestWithoutTerminal(t *testing.T) {
	lost := newTerminal()
	lost.err = prompt.ErrNoTerminal
	late := medium
	late.Timeout = time.Millisecond
	for _, test := range []struct {
		name    string
		board   func(*room)
		request prompt.Request
		during  func(*room, chan said)
		by      string
		err     bool
	}{
		{name: "nobody watches", by: "no terminal", err: true},
		{name: "a terminal that is lost", board: func(r *room) { r.board.Terminal = lost }, by: "no terminal", err: true},
		{name: "nobody in time", board: func(r *room) { r.board.Wait = true }, request: late, by: "timeout"},
		{name: "watchers are on their way", board: func(r *room) { r.board.Watched = func() bool { return true } }, request: late, by: "timeout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := openRoom(t, false)
			if test.board != nil {
				test.board(r)
			}
			got := <-r.ask(t.Context(), test.request)
			if got.answer.Approved || got.answer.By != test.by || (got.err != nil) != test.err {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("the last watcher leaves", func(t *testing.T) {
		r := openRoom(t, false)
		link := r.watch()
		probe := newTerminal() // answers once the watcher has been let in
		r.board.Terminal = probe
		first := r.ask(t.Context(), medium)
		if e := r.next(link); e.Held == nil {
			t.Fatalf("%+v", e)
		}
		probe.answers <- prompt.Answer{By: "terminal"}
		<-first
		r.board.Terminal = nil
		c := r.ask(t.Context(), medium)
		for e := r.next(link); e.Held == nil; e = r.next(link) {
		}
		link.Close()
		if got := <-c; got.answer.Approved || !errors.Is(got.err, prompt.ErrNoTerminal) {
			t.Errorf("%+v", got)
		}
	})
}

func TestWithdrawn(t *testing.T) {
	r := openRoom(t, false)
	r.board.Wait = true
	ctx, cancel := context.WithCancel(t.Context())
	c := r.ask(ctx, medium)
	link := r.watch()
	id := r.next(link).Held.ID
	cancel()
	if got := <-c; got.answer.Approved {
		t.Errorf("%+v", got)
	}
	if e := r.next(link); e.Closed == nil || e.Closed.ID != id {
		t.Errorf("%+v", e)
	}
}

// A process of the session can neither answer nor watch, and each attempt is
// told of.
func TestInsideIsRefused(t *testing.T) {
	r := openRoom(t, true)
	r.board.Wait = true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := r.ask(ctx, medium)
	for _, argv := range [][]string{
		{os.Args[0], "__approve", r.dir, "id1"},
		{"setsid", os.Args[0], "__approve", r.dir, "id1"},
		{"sh", "-c", `env -i "$0" "$@"`, os.Args[0], "__approve", r.dir, "id1"},
	} {
		out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), intercept.ErrInside.Error()) {
			t.Errorf("%q: %s, %v", argv, out, err)
		}
	}
	link := r.watch()
	if e := r.next(link); e.Refused == "" || e.Held != nil {
		t.Errorf("%+v", e)
	}
	r.mu.Lock()
	if len(r.tried) != 4 {
		t.Errorf("told of %q", r.tried)
	}
	r.mu.Unlock()
	select {
	case got := <-c:
		t.Errorf("answered: %+v", got)
	default:
	}
}

// What is no message ends the connection, and answers nothing.
func TestHostileMessages(t *testing.T) {
	r := openRoom(t, false)
	for name, text := range map[string]string{
		"no JSON":         "approve id1\n",
		"another version": `{"v":2,"answer":{"id":"id1","approve":true}}` + "\n",
		"too long":        `{"v":1,"x":"` + strings.Repeat("a", maxFromClient) + `"}` + "\n",
		"nothing":         "{}\n",
	} {
		t.Run(name, func(t *testing.T) {
			paths, err := sockets(r.dir)
			if err != nil || len(paths) != 1 {
				t.Fatal(paths, err)
			}
			address, done, err := SocketAddress(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			conn, err := net.DialUnix("unix", nil, address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_, _ = conn.Write([]byte(text)) // it may hang up on us
			reply, _ := bufio.NewReader(conn).ReadString('\n')
			if strings.Contains(reply, "done") || strings.Contains(reply, "held") {
				t.Errorf("%s", reply)
			}
		})
	}
}

// A watcher that takes nothing is dropped; the questions go on.
func TestWatcherThatDoesNotKeepUp(t *testing.T) {
	dropped := make(chan struct{}, 1)
	w := &watcher{send: make(chan fromServer, 1), drop: func() { dropped <- struct{}{} }}
	b := &Board{NewID: func() string { return "a" }}
	b.join(w)
	for range 2 {
		if _, err := b.post(medium); err != nil {
			t.Fatal(err)
		}
		delete(b.open, "a")
	}
	<-dropped
}

func TestLive(t *testing.T) {
	r := openRoom(t, false)
	if !Live(r.dir) {
		t.Error("a session that is served is not live")
	}
	left := t.TempDir()
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(left, socketPrefix+"1"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	listener.Close()
	if Live(left) || Live(filepath.Join(left, "none")) {
		t.Error("what a dead supervisor left is live")
	}
}
