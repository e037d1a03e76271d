package main

import (
	"context"
	"errors"
	"time"

	"restrain/prompt"
	"restrain/session"
	"restrain/watch"
)

// heldTime is how long a session may take to say what it holds.
const heldTime = 100 * time.Millisecond

// heldSteps are the questions that stand in a session.
func heldSteps(dir string) (held []prompt.Request) {
	ctx, cancel := context.WithTimeout(context.Background(), heldTime)
	defer cancel()
	links, err := watch.Links(dir, func(string) bool { return false })
	if err != nil {
		return nil
	}
	for _, link := range links {
		for {
			event, err := link.Next(ctx)
			if err != nil {
				break
			}
			if event.Held != nil {
				held = append(held, *event.Held)
			}
		}
		link.Close()
	}
	return held
}

// pickHeld has the human at the terminal choose one of the held steps of the
// sessions whose ids begin with a prefix.
func (h *host) pickHeld(prefix, title string) (*prompt.Request, error) {
	records, err := session.Records(h.Getenv, prefix)
	if err != nil {
		return nil, err
	}
	var held []prompt.Request
	var choices []string
	for _, record := range records {
		if !watch.Live(record.Dir) {
			continue
		}
		for _, request := range heldSteps(record.Dir) {
			held = append(held, request)
			choices = append(choices, request.ID+"  session "+request.Session+"  "+request.Command)
		}
	}
	if len(held) == 0 {
		return nil, session.Hint(errors.New("no session holds a step"), "restrain watch shows what comes")
	}
	at, err := prompt.TTY{Env: h.Getenv}.Pick(context.Background(), title, choices)
	if err != nil {
		return nil, session.Hint(err, "name a step by its id: restrain watch shows them")
	}
	return &held[at], nil
}

// approvePicked has the human choose a held step, and asks the very question that
// stands there: nothing is approved that was not seen.
func (h *host) approvePicked(prefix string) error {
	request, err := h.pickHeld(prefix, "which step is to be answered?")
	if err != nil {
		return err
	}
	question := *request
	question.Timeout = 0 // the session keeps the time
	answer, err := prompt.TTY{Env: h.Getenv}.Ask(context.Background(), question)
	if err != nil {
		return err
	}
	if answer.By != prompt.ByTerminal {
		return session.Hint(prompt.ErrNotPicked, "the step is held as before")
	}
	done := "denied"
	if answer.Approved {
		done = "approved"
	}
	return h.answerHeld(prefix, done, watch.Answer{ID: request.ID, Approve: answer.Approved, Typed: prompt.TypedFor(question, answer), Reason: answer.Reason, By: prompt.ByCommand})
}
