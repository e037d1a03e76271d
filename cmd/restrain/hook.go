package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"restrain/hook"
	"restrain/intercept"
	"restrain/prompt"
)

func hookCommand(h *host, status *int) *cli.Command {
	return &cli.Command{
		Name:      "hook",
		Usage:     "answer an agent's hook: its event on standard input, the verdict in its own form",
		ArgsUsage: "AGENT",
		Description: "   restrain hook claude                 as the command of a PreToolUse hook\n" +
			"   restrain hook --timeout 1h gemini    when the hook is configured to wait an hour\n\n" +
			"   Agents: " + strings.Join(hook.Names(), ", "),
		Flags: []cli.Flag{&cli.DurationFlag{Name: "timeout", Usage: "how long the agent waits for the hook, as configured there; the answer comes before (default: the agent's own)"}},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return hinted{usagef("%d agents: the hook of one is answered", c.NArg()), "restrain hook AGENT, one of " + strings.Join(hook.Names(), ", ")}
			}
			agent, known := hook.Of(c.Args().First())
			if !known {
				return hinted{usagef("no agent %q", c.Args().First()), "one of " + strings.Join(hook.Names(), ", ")}
			}
			if c.IsSet("timeout") {
				agent.Limit = c.Duration("timeout")
			}
			*status = h.hook(agent)
			return nil
		},
	}
}

// margin is how long before the agent's limit the answer is given: agents use
// the tool when a hook is late.
func margin(limit time.Duration) time.Duration {
	return min(max(limit/10, time.Second), 10*time.Second)
}

// sendEvent is how long an agent may take to send its event.
const sendEvent = 10 * time.Second

// hook answers one event. Whatever goes wrong, the answer is a denial, in time.
func (h *host) hook(agent hook.Agent) int {
	limit := agent.Limit - margin(agent.Limit)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	answered := make(chan hook.Output, 1)
	go func() {
		defer func() {
			if defect := recover(); defect != nil {
				answered <- agent.Deny(notUsed(fmt.Errorf("defect of restrain: %v; report it", defect)))
			}
		}()
		answered <- h.answer(ctx, agent)
	}()
	// A question that is open at the limit is taken off the terminal first.
	late := time.NewTimer(limit + margin(agent.Limit)/2)
	defer late.Stop()
	select {
	case output := <-answered:
		return output.Write(h.stdout, h.stderr)
	case <-late.C:
		return agent.Deny(notUsed(errors.New("no verdict within the time that the agent gives; try again"))).Write(h.stdout, h.stderr)
	}
}

// notUsed says why a tool is not used, in one line that a terminal can take.
func notUsed(err error) string {
	return prompt.Escape("restrain: denied: the tool was not used: " + err.Error())
}

func (h *host) answer(ctx context.Context, agent hook.Agent) hook.Output {
	text, err := h.event()
	if err != nil {
		return agent.Deny(notUsed(err))
	}
	agent, event, err := agent.Read(text)
	if err != nil {
		return agent.Deny(notUsed(err))
	}
	if event.Dir != "" {
		// The project's rules, and what is relative, are found from here.
		if err := os.Chdir(event.Dir); err != nil {
			return agent.Deny(notUsed(fmt.Errorf("the agent's directory: %w; use one that exists", err)))
		}
	}
	reply, err := h.judgeEvent(ctx, &event)
	switch {
	case err != nil:
		return agent.Deny(notUsed(err))
	case ctx.Err() != nil && reply.Allow:
		return agent.Deny(notUsed(errors.New("the verdict came too late; try again")))
	case !reply.Allow:
		return agent.Deny(reply.Message)
	}
	return agent.Allow()
}

// event reads what the agent sends, within bounds.
func (h *host) event() ([]byte, error) {
	if term.IsTerminal(int(h.stdin.Fd())) {
		return nil, errors.New("standard input is a terminal: the agent is to send its event there")
	}
	type sent struct {
		text []byte
		err  error
	}
	read := make(chan sent, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(h.stdin, hook.MaxEvent+1))
		read <- sent{text, err}
	}()
	select {
	case s := <-read:
		if s.err != nil {
			return nil, fmt.Errorf("the agent's event: %w; try again", s.err)
		}
		return s.text, nil
	case <-time.After(sendEvent):
		return nil, errors.New("the agent's event did not end in time; try again")
	}
}

// judgeEvent brings what a tool does before the judge of the session: the
// supervisor of execs, the socket of a session, or the gate itself.
func (h *host) judgeEvent(ctx context.Context, event *hook.Event) (intercept.Reply, error) {
	dir, err := os.Getwd()
	if err != nil {
		return intercept.Reply{}, fmt.Errorf("no working directory: %w; change to one that exists", err)
	}
	judge := func(ctx context.Context, r intercept.Request) (intercept.Reply, error) {
		return h.judgeAlone(ctx, r, claimed{event.Task(), event.Call})
	}
	if intercept.Supervised() {
		if event.Execs {
			return intercept.Reply{Allow: true}, nil // its execs are judged
		}
		judge = judgeByExec
	} else if socket := intercept.Socket(os.Args[0], h.getenv); socket != "" {
		judge = func(_ context.Context, r intercept.Request) (intercept.Reply, error) {
			return intercept.Call(socket, r)
		}
	}
	request := intercept.Request{Door: intercept.DoorHook, Shell: "bash", Dir: dir, Env: os.Environ(), PID: os.Getpid()}
	for _, text := range event.Lines {
		line := request
		line.Kind, line.Line = intercept.KindLine, text
		if reply, err := judge(ctx, line); err != nil || !reply.Allow {
			return reply, err
		}
	}
	for _, argv := range event.Commands {
		command := request
		command.Kind, command.Argv = intercept.KindArgv, h.atHome(argv)
		if reply, err := judge(ctx, command); err != nil || !reply.Allow {
			return reply, err
		}
	}
	return intercept.Reply{Allow: true}, nil
}

// atHome writes out the home directory, as some agents' file tools do.
func (h *host) atHome(argv []string) []string {
	words := slices.Clone(argv)
	for i, word := range words {
		if below, ok := strings.CutPrefix(word, "~/"); ok && h.getenv("HOME") != "" {
			words[i] = filepath.Join(h.getenv("HOME"), below)
		}
	}
	return words
}

// terminalIdle reports that nobody reads single keys from the terminal: an
// agent's interface that does would take the answer for its own.
func terminalIdle() bool {
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	modes, err := unix.IoctlGetTermios(fd, getTermios)
	return err == nil && modes.Lflag&unix.ICANON != 0
}
