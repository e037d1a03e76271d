package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// This file is a person at the screen of an agent below restrain: one deletion is
// asked about and approved, another denied, and each is counted once.

// Names of what the script deletes, of which nothing else on a screen makes use.
const (
	approvedName = "alphabase"
	deniedName   = "omegabase"
)

// screenTime bounds a whole session at a screen.
const screenTime = 150 * time.Second

// reading is how long a person needs at the least. What is typed as a question appears
// is dropped.
const reading = time.Second

// deletions are what reached the server, by path.
type deletions struct {
	mu    sync.Mutex
	paths []string
}

func (d *deletions) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodDelete {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paths = append(d.paths, filepath.Base(r.URL.Path))
}

func (d *deletions) of(name string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, path := range d.paths {
		if path == name {
			n++
		}
	}
	return n
}

// A seat is the place of a person with an agent, below restrain.
type seat struct {
	*place
	restrain string
	kind     screen
	deleted  *deletions
	argv     []string // of the agent, at a terminal
	lines    []string // what the model asks for
	log      func(screen string)
}

// newSeat makes a place with a model that asks for both deletions.
func newSeat(a agent, kind screen, s spec, dir string) (*seat, error) {
	deleted := &deletions{}
	sink, err := serve(deleted)
	if err != nil {
		return nil, err
	}
	model := &Model{}
	for _, name := range []string{approvedName, deniedName} {
		model.lines = append(model.lines, "curl -sS -m 5 -X DELETE http://"+sinkHost+":"+sink+"/api/v1/databases/"+name)
	}
	port, err := serve(model)
	if err != nil {
		return nil, err
	}
	p, err := newPlace(dir, s.NPM, "http://127.0.0.1:"+port)
	if err != nil {
		return nil, err
	}
	argv, err := a.argv(p)
	if err == nil {
		argv, err = kind.argv(p, argv)
	}
	return &seat{place: p, restrain: s.Restrain, kind: kind, deleted: deleted, argv: argv, lines: model.lines, log: s.log}, err
}

func (s *seat) open(name string, argv []string) (*window, error) {
	return openWindow(s.place, name, argv, s.log)
}

// answer sits through one session in a window: the first deletion is approved, the
// second one denied. The window stays open.
func (s *seat) answer(ctx context.Context, name string) (*window, error) {
	before := s.deleted.of(approvedName)
	w, err := s.open(name, slices.Concat([]string{s.restrain, "--"}, s.argv))
	if err != nil {
		return w, err
	}
	if err := s.kind.greet(ctx, w); err != nil {
		return w, err
	}
	word, err := w.question(ctx, approvedName)
	if err != nil {
		return w, err
	}
	if n := s.deleted.of(approvedName); n != before {
		return w, errors.New("what is asked about has run already")
	}
	if err := errors.Join(w.text(word), w.key("Enter")); err != nil {
		return w, err
	}
	if _, err := w.question(ctx, deniedName); err != nil {
		return w, err
	}
	if n := s.deleted.of(approvedName) - before; n != 1 {
		return w, fmt.Errorf("what was approved ran %d times", n)
	}
	if err := w.key("Enter"); err != nil {
		return w, err
	}
	last, err := w.waitFor(ctx, "the agent's last word", func(screen string) bool { return strings.Contains(screen, finished) })
	w.log(last)
	if n := s.deleted.of(deniedName); n != 0 {
		err = errors.Join(err, errors.New("what was denied ran"))
	}
	return w, err
}

var typedWord = regexp.MustCompile(`to run it once, type [^:\n]*:\s+(\S+)`)

// question waits for the one about a name, and gives the word that approves it.
func (w *window) question(ctx context.Context, about string) (word string, err error) {
	screen, err := w.waitFor(ctx, "a question about "+about, func(screen string) bool {
		return strings.Contains(screen, "nothing has run") && strings.Contains(screen, about) && typedWord.MatchString(screen)
	})
	if err != nil {
		return "", err
	}
	w.log(screen)
	time.Sleep(reading)
	return typedWord.FindStringSubmatch(screen)[1], nil
}

// sit carries out an agent's sessions at a screen, and says what was not as it should
// be. Where agents of a user share a server, one of before runs, and the sessions are
// two, the second beside the first.
func sit(a agent, kind screen, s spec, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), screenTime)
	defer cancel()
	seat, err := newSeat(a, kind, s, dir)
	if err != nil {
		return err
	}
	sessions := []string{"first"}
	if s.Server {
		if err := seat.startServer(ctx); err != nil {
			return err
		}
		sessions = append(sessions, "second")
	}
	for _, name := range sessions {
		w, err := seat.answer(ctx, name)
		defer w.close()
		if err != nil {
			return fmt.Errorf("%s session: %w", name, err)
		}
	}
	return seat.counted(len(sessions))
}

// startServer has an agent start the server that later ones find.
func (s *seat) startServer(ctx context.Context) error {
	argv := slices.DeleteFunc(slices.Clone(s.argv), func(word string) bool { return word == prompt })
	w, err := s.open("before", argv)
	if err != nil {
		return err
	}
	_, err = w.waitFor(ctx, "an agent whose server listens", func(string) bool { return s.serverListens() })
	w.close()
	if err == nil && !s.serverListens() {
		err = errors.New("the server ends with the agent that started it: the test shows nothing")
	}
	return err
}

func (s *seat) serverListens() bool {
	conn, err := net.Dial("unix", s.kind.serverOf(s.place))
	return err == nil && conn.Close() == nil
}

// counted compares the journals of all sessions with what the person did in n of them.
func (s *seat) counted(n int) error {
	list := exec.Command(s.restrain, "sessions", "--json")
	list.Dir, list.Env = s.work, environ(s.env)
	text, err := list.Output()
	if err != nil {
		return fmt.Errorf("restrain sessions: %w", err)
	}
	sessions := 0
	for line := range bytes.Lines(text) {
		var session struct {
			Session string `json:"session"`
		}
		if err := json.Unmarshal(line, &session); err != nil {
			return fmt.Errorf("restrain sessions --json: %w", err)
		}
		sessions++
		if err := s.countedIn(session.Session); err != nil {
			return err
		}
	}
	if sessions != n {
		return fmt.Errorf("%d sessions in the journals, not %d", sessions, n)
	}
	return nil
}

// countedIn wants one question approved and one denied in a session's journal, each
// about the agent's own line.
func (s *seat) countedIn(id string) error {
	log := exec.Command(s.restrain, "log", "--json", id)
	log.Dir, log.Env = s.work, environ(s.env)
	text, err := log.Output()
	if err != nil {
		return fmt.Errorf("restrain log: %w", err)
	}
	got := []string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e struct {
			Kind, Command string
			Answer        *struct{ Approved bool }
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("restrain log --json: %w", err)
		}
		if e.Kind == "step" && strings.Contains(e.Command, sinkHost) {
			got = append(got, answered(e.Command, e.Answer != nil, e.Answer != nil && e.Answer.Approved))
		}
	}
	want := []string{answered(s.lines[0], true, true), answered(s.lines[1], true, false)}
	if !slices.Equal(got, want) {
		return fmt.Errorf("the journal has %q, and not %q", got, want)
	}
	return lines.Err()
}

// answered is a step in short.
func answered(command string, asked, approved bool) string {
	return fmt.Sprintf("%s: asked %t, approved %t", command, asked, approved)
}
