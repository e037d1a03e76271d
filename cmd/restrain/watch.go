package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/figure"
	"restrain/frame"
	"restrain/journal"
	"restrain/prompt"
	"restrain/session"
	"restrain/watch"
)

func watchCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "watch",
		Usage:     "look at all sessions that run, from another terminal, and answer their questions",
		ArgsUsage: "[SESSION]",
		Description: "At a terminal a screen with a row for each session: up and down choose, Enter answers,\n" +
			"q leaves. With --plain, or where there is no terminal, one session is followed line by\n" +
			"line: without an id, the latest that runs. It shows each step with\n" +
			"verdict, severity, level, divergence and its percentile. A held step is asked\n" +
			"about here as well; Ctrl-C leaves without an answer. Without a terminal the\n" +
			"held steps are printed, for restrain approve and deny.\n\n" +
			"   restrain watch\n   restrain watch 7f3a\n   restrain watch --plain | grep held",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "plain", Usage: "follow one session line by line"}},
		Action: func(c *cli.Context) error {
			if caps := h.outputCaps(); h.atTerminal() && !c.Bool("plain") && !caps.Dumb {
				if _, err := session.SiblingProgram(frame.Program); err == nil {
					return h.watchScreen(c.Args().First())
				}
				fmt.Fprintf(h.Stderr, "restrain: note: %s is not installed beside restrain; one session is followed line by line\n", frame.Program)
			}
			found, err := h.findWatched(c.Args().First())
			if err != nil {
				return err
			}
			return h.watch(context.Background(), found)
		},
	}
}

// watchScreen shows all sessions, with the one that was named chosen.
func (h *host) watchScreen(id string) error {
	if id != "" {
		found, err := h.pickRecord(id)
		if err != nil {
			return err
		}
		id = found.ID
	}
	return h.watchAll(context.Background(), id)
}

const (
	// watchEvery is how often the journal is looked at.
	watchEvery = 200 * time.Millisecond
	// watchBefore is how many entries are shown of what has been.
	watchBefore = 10
)

// A watching is one run of restrain watch.
type watching struct {
	host    *host
	dir     string
	journal *journal.Follower
	numbers stepNumbers
	level   string // of the latest step
	ended   bool
	ask     bool // there is a human at the terminal

	links  map[string]*watch.Link
	events chan linkEvent
	held   []heldStep
	asking *heldStep
	give   context.CancelFunc // withdraws the question that is shown
	said   chan prompt.Answer
}

// A linkEvent is what came of the control socket at path; its error is the end.
type linkEvent struct {
	path string
	watch.Event
	err error
}

type heldStep struct {
	path    string
	request prompt.Request
}

// findWatched gives the session to watch: without an id, the latest that takes
// answers, or else the latest.
func (h *host) findWatched(id string) (session.Record, error) {
	if id != "" {
		return session.FindRecord(h.Getenv, id)
	}
	sessions, err := session.Records(h.Getenv, "")
	if err != nil {
		return session.Record{}, err
	}
	for _, found := range sessions {
		if watch.Live(found.Dir) {
			return found, nil
		}
	}
	return session.FindRecord(h.Getenv, "")
}

func (h *host) watch(ctx context.Context, found session.Record) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	file, err := os.Open(found.Journal())
	if err != nil {
		return fmt.Errorf("cannot read the journal: %w", err)
	}
	defer file.Close()
	dir := found.Dir
	present, err := watch.Announce(dir)
	if err != nil {
		return err
	}
	defer present.Close()
	w := &watching{
		host: h, dir: dir, journal: journal.NewFollower(file, 0), ask: term.IsTerminal(int(h.Stdin.Fd())),
		links: map[string]*watch.Link{}, events: make(chan linkEvent), said: make(chan prompt.Answer, 1),
	}
	if _, err := fmt.Fprintf(h.Stdout, "watching session %s\n", prompt.Escape(filepath.Base(dir))); err != nil {
		return err
	}
	if err := w.skip(); err != nil {
		return err
	}
	return w.follow(ctx)
}

// follow goes on until the session ends, or the human leaves.
func (w *watching) follow(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if w.asking == nil {
			if err := w.steps(); err != nil {
				return err
			}
			if w.ended {
				return nil
			}
			if err := w.connect(ctx); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case e := <-w.events:
			if err := w.event(ctx, e); err != nil {
				return err
			}
		case answer := <-w.said:
			if left := w.answered(answer); left {
				return nil
			}
			w.next(ctx)
		}
	}
}

// connect joins the control sockets that have come up.
func (w *watching) connect(ctx context.Context) error {
	links, err := watch.Links(w.dir, func(path string) bool { return w.links[path] != nil })
	for path, link := range links {
		w.links[path] = link
		go func() {
			for {
				e, err := link.Next(ctx)
				select {
				case w.events <- linkEvent{path, e, err}:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
			}
		}()
	}
	return err
}

func (w *watching) event(ctx context.Context, e linkEvent) error {
	switch {
	case e.err != nil:
		w.links[e.path].Close()
		delete(w.links, e.path)
		w.drop(func(s *heldStep) bool { return s.path == e.path })
	case e.Refused != "" && w.asking == nil && len(w.held) == 0:
		return errors.New(e.Refused)
	case e.Closed != nil:
		w.drop(func(s *heldStep) bool { return s.path == e.path && s.request.ID == e.Closed.ID })
	case e.Held != nil:
		if !w.ask {
			return w.print(e.Held)
		}
		w.held = append(w.held, heldStep{e.path, *e.Held})
		w.next(ctx)
	}
	return nil
}

// drop forgets held steps that were answered elsewhere.
func (w *watching) drop(over func(*heldStep) bool) {
	var left []heldStep
	for i := range w.held {
		if !over(&w.held[i]) {
			left = append(left, w.held[i])
		}
	}
	w.held = left
	if w.asking != nil && over(w.asking) {
		w.give()
		w.asking.path = "" // nobody wants the answer
	}
}

// next asks about the next held step.
func (w *watching) next(ctx context.Context) {
	if w.asking != nil || len(w.held) == 0 {
		return
	}
	step := w.held[0]
	w.held, w.asking = w.held[1:], &step
	ctx, w.give = context.WithCancel(ctx)
	request := step.request
	request.Timeout = 0 // the session keeps the time
	go func() {
		answer, err := prompt.TTY{Env: w.host.Getenv}.Ask(ctx, request)
		if err != nil {
			answer = prompt.Answer{By: prompt.ByNobody}
		}
		w.said <- answer
	}()
}

// answered passes the human's answer on, and reports that the human has left.
func (w *watching) answered(answer prompt.Answer) (left bool) {
	step := w.asking
	w.asking = nil
	w.give()
	if step.path == "" {
		return false
	}
	if answer.By != "terminal" {
		return true
	}
	if link := w.links[step.path]; link != nil {
		// When it has ended, its end is the next event.
		_ = link.Answer(watch.Answer{ID: step.request.ID, Approve: answer.Approved, Typed: prompt.TypedFor(step.request, answer), Reason: answer.Reason, By: prompt.ByWatch})
	}
	return false
}

// print tells of a held step where nobody can be asked.
func (w *watching) print(r *prompt.Request) error {
	_, err := fmt.Fprintf(w.host.Stdout, "held %s  %s  %s\n", prompt.Escape(r.ID), prompt.Escape(r.Severity), prompt.Escape(r.Command))
	for _, what := range r.What {
		fmt.Fprintf(w.host.Stdout, "           %s\n", prompt.Escape(what))
	}
	fmt.Fprintf(w.host.Stdout, "           restrain approve %s: %s\n", prompt.Escape(r.ID), prompt.Escape(prompt.HowToConfirm(*r)))
	return err
}

// skip shows the end of what the journal has.
func (w *watching) skip() error {
	var last []journal.Entry
	_, err := w.journal.Next(math.MaxInt, func(e journal.Entry) error {
		last = append(last[max(0, len(last)-watchBefore+1):], e)
		w.numbers.add(&e)
		return nil
	})
	for i := range last {
		err = errors.Join(err, w.show(last[i]))
	}
	return err
}

// steps shows what has been added to the journal.
func (w *watching) steps() error {
	_, err := w.journal.Next(math.MaxInt, func(e journal.Entry) error {
		w.numbers.add(&e)
		return w.show(e)
	})
	return err
}

// show writes an entry on one line, with a step's number, and a change of the level
// on another.
func (w *watching) show(e journal.Entry) error {
	if e.Kind == journal.SessionEnd {
		w.ended = true
	}
	if e.Kind != journal.Step {
		if e.Kind == journal.SessionStart {
			w.ended = false
		}
		return entryLook{}.entry(w.host.Stdout, 0, e)
	}
	verdict := e.Verdict
	if e.Answer != nil {
		verdict = "denied, " + e.Answer.By
		if e.Answer.Approved {
			verdict = "approved, " + e.Answer.By
		}
	}
	number, _ := w.numbers.number(e.Seq)
	_, err := fmt.Fprintf(w.host.Stdout, "%s %5d  %-20s %-8s %-8s %-10s  %s\n", e.Time.Local().Format("15:04:05"), number,
		prompt.Escape(verdict), prompt.Escape(e.Severity), prompt.Escape(e.Level), figure.Word(e.Percentile), prompt.Escape(e.Command))
	if sender := w.numbers.sender(&e); sender != "" {
		fmt.Fprintf(w.host.Stdout, "%16ssent by: %s\n", "", sender)
	}
	for _, text := range [...]string{keptText(e.Kept), maskedText(e.Masked)} {
		if text != "" {
			fmt.Fprintf(w.host.Stdout, "%16s%s: %s\n", "", prompt.Escape(e.Outcome), prompt.Escape(text))
		}
	}
	if w.level != "" && e.Level != w.level {
		fmt.Fprintf(w.host.Stdout, "%16sthe session is %s, was %s\n", "", prompt.Escape(e.Level), prompt.Escape(w.level))
	}
	w.level = e.Level
	return err
}
