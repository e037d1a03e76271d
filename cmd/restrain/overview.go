package main

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"

	"restrain/journal"
	"restrain/prompt"
	"restrain/session"
	"restrain/watch"
)

// An overview is what is known of all sessions that run now. It belongs to one
// goroutine; links tell it through events.
type overview struct {
	host     *host
	sessions []*liveSession // those with questions first, then the latest
	events   chan sessionEvent
	ctx      context.Context
}

// A liveSession is one that runs.
type liveSession struct {
	record  session.Record
	short   string
	summary session.Summary
	latest  []journal.Entry // the last steps
	numbers stepNumbers
	held    []heldStep // the oldest question first

	file     *os.File
	follower *journal.Follower
	present  *watch.Presence
	links    map[string]*watch.Link
	refused  string
}

// A sessionEvent is what a session's control socket had to tell.
type sessionEvent struct {
	dir string
	linkEvent
}

// mostLatest is how many steps of a session are kept to be shown.
const mostLatest = 50

func newOverview(ctx context.Context, h *host) *overview {
	return &overview{host: h, ctx: ctx, events: make(chan sessionEvent)}
}

// refresh looks for sessions that have begun or ended, and for what was added to
// the journals of the others.
func (o *overview) refresh() error {
	records, err := session.Records(o.host.Getenv, "")
	if err != nil {
		return err
	}
	o.sessions = slices.DeleteFunc(o.sessions, func(s *liveSession) bool {
		ended := !watch.Live(s.record.Dir)
		if ended {
			s.close()
		}
		return ended
	})
	for _, record := range records {
		known := slices.ContainsFunc(o.sessions, func(s *liveSession) bool { return s.record.ID == record.ID })
		if !known && watch.Live(record.Dir) {
			if err := o.begin(record); err != nil {
				return err
			}
		}
	}
	for _, s := range o.sessions {
		s.short = session.ShortID(records, s.record.ID)
		if _, err := s.follower.Next(math.MaxInt, s.add); err != nil {
			return err
		}
		if err := o.connect(s); err != nil {
			s.refused = err.Error()
		}
	}
	slices.SortStableFunc(o.sessions, func(a, b *liveSession) int {
		if (len(a.held) > 0) != (len(b.held) > 0) {
			return len(b.held) - len(a.held)
		}
		return b.summary.Start.Compare(a.summary.Start)
	})
	return nil
}

// begin takes up a session that runs.
func (o *overview) begin(record session.Record) error {
	file, err := os.Open(record.Journal())
	if errors.Is(err, os.ErrNotExist) {
		return nil // it was removed meanwhile
	}
	if err != nil {
		return err
	}
	s := &liveSession{record: record, file: file, follower: journal.NewFollower(file, 0), links: map[string]*watch.Link{}, summary: session.Summary{ID: record.ID}}
	if s.present, err = watch.Announce(record.Dir); err != nil {
		s.refused = err.Error() // it is shown all the same
	}
	o.sessions = append(o.sessions, s)
	return nil
}

// add counts an entry.
func (s *liveSession) add(e journal.Entry) error {
	s.summary.Add(&e)
	s.summary.Last = e.Time
	s.numbers.add(&e)
	if e.Kind == journal.Step {
		s.latest = append(s.latest[max(0, len(s.latest)-mostLatest+1):], e)
	}
	return nil
}

// connect joins the control sockets that have come up.
func (o *overview) connect(s *liveSession) error {
	links, err := watch.Links(s.record.Dir, func(path string) bool { return s.links[path] != nil })
	for path, link := range links {
		s.links[path] = link
		go func() {
			for {
				e, err := link.Next(o.ctx)
				select {
				case o.events <- sessionEvent{s.record.Dir, linkEvent{path, e, err}}:
				case <-o.ctx.Done():
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

// take takes in what a socket told.
func (o *overview) take(e sessionEvent) {
	at := slices.IndexFunc(o.sessions, func(s *liveSession) bool { return s.record.Dir == e.dir })
	if at < 0 {
		return // it has ended
	}
	s := o.sessions[at]
	switch {
	case e.err != nil:
		if link := s.links[e.path]; link != nil {
			link.Close()
		}
		delete(s.links, e.path)
		s.held = slices.DeleteFunc(s.held, func(h heldStep) bool { return h.path == e.path })
	case e.Refused != "":
		s.refused = e.Refused
	case e.Closed != nil:
		s.held = slices.DeleteFunc(s.held, func(h heldStep) bool { return h.path == e.path && h.request.ID == e.Closed.ID })
	case e.Held != nil:
		s.held = append(s.held, heldStep{e.path, *e.Held})
	}
}

// answer passes a human's answer on.
func (s *liveSession) answer(step heldStep, answer prompt.Answer) {
	if answer.By != prompt.ByTerminal {
		return // the human left without one
	}
	if link := s.links[step.path]; link != nil {
		// When it has ended, its end is the next event.
		_ = link.Answer(watch.Answer{ID: step.request.ID, Approve: answer.Approved, Typed: prompt.TypedFor(step.request, answer), Reason: answer.Reason, By: prompt.ByWatch})
	}
}

func (s *liveSession) close() {
	for _, link := range s.links {
		link.Close()
	}
	if s.present != nil {
		s.present.Close()
	}
	s.file.Close()
}

// waiting says how many sessions have a question.
func (o *overview) waiting() (sessions int) {
	for _, s := range o.sessions {
		if len(s.held) > 0 {
			sessions++
		}
	}
	return sessions
}
