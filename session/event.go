package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"restrain/gate"
	"restrain/hook"
	"restrain/intercept"
)

// JudgeEvent brings what a tool of an agent does before the judge of its
// session: the supervisor of execs, the socket of a session, or the gate itself.
// The first denial stands for the whole event.
func (h *Host) JudgeEvent(ctx context.Context, event *hook.Event) (intercept.Reply, error) {
	dir, err := os.Getwd()
	if err != nil {
		return intercept.Reply{}, fmt.Errorf("no working directory: %w; change to one that exists", err)
	}
	if role := roleOf(event); role != gate.Command {
		d, _ := gate.Stands(&gate.Request{Role: role})
		return replyOf(&d, nil), nil
	}
	judge := h.judgeOf(event)
	var reply intercept.Reply
	for _, r := range h.requestsOf(event, dir) {
		if reply, err = judge(ctx, r); err != nil || !reply.Allow {
			return reply, err
		}
	}
	return reply, nil
}

// roleOf is what an event is where its tool need not be judged.
func roleOf(event *hook.Event) gate.Role {
	switch {
	case intercept.Supervised() && event.Execs:
		return gate.Supervised
	case len(event.Lines)+len(event.Commands) == 0:
		return gate.Nothing
	}
	return gate.Command
}

// judgeOf is the judge of the session that an event belongs to.
func (h *Host) judgeOf(event *hook.Event) func(context.Context, intercept.Request) (intercept.Reply, error) {
	if intercept.Supervised() {
		return judgeByExec
	}
	if socket := intercept.Socket(os.Args[0], h.Getenv); socket != "" {
		return func(_ context.Context, r intercept.Request) (intercept.Reply, error) {
			return intercept.Call(socket, r)
		}
	}
	return func(ctx context.Context, r intercept.Request) (intercept.Reply, error) {
		return h.judgeStandalone(ctx, &r, Claim{event.Task(), event.Call, event.Model})
	}
}

// requestsOf lists what a tool does, in order.
func (h *Host) requestsOf(event *hook.Event, dir string) []intercept.Request {
	request := intercept.Request{Door: intercept.DoorHook, Shell: "bash", Dir: dir, Env: os.Environ(), PID: os.Getpid()}
	var list []intercept.Request
	for _, text := range event.Lines {
		line := request
		line.Kind, line.Line = intercept.KindLine, text
		line.Masks = hookMasks(&line)
		list = append(list, line)
	}
	for i, argv := range event.Commands {
		command := request
		command.Elsewhere = i >= len(event.Commands)-event.Elsewhere
		command.Kind, command.Argv = intercept.KindArgv, h.atHome(argv)
		command.Masks = hookMasks(&command)
		list = append(list, command)
	}
	return list
}

// atHome writes out the home directory, as some agents' file tools do.
func (h *Host) atHome(argv []string) []string {
	words := slices.Clone(argv)
	for i, word := range words {
		if below, ok := strings.CutPrefix(word, "~/"); ok && h.Getenv("HOME") != "" {
			words[i] = filepath.Join(h.Getenv("HOME"), below)
		}
	}
	return words
}
