package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/agent"
	"restrain/hook"
	"restrain/prompt"
	"restrain/session"
	"restrain/setup"
)

func hookCommand(h *host, status *int) *cli.Command {
	return &cli.Command{
		Name:      "hook",
		Usage:     "answer an agent's hook: its event on standard input, the verdict in its own form",
		ArgsUsage: "AGENT",
		Description: "   restrain hook claude-code            as the command of a PreToolUse hook\n" +
			"   restrain hook --timeout 1h gemini    when the hook is configured to wait an hour\n\n" +
			"   Agents: " + strings.Join(agent.Hooks(), ", "),
		Flags: []cli.Flag{&cli.BoolFlag{Name: "change", Usage: "have the agent run what prints secrets through restrain; a version that ignores a changed input would print them"}, &cli.DurationFlag{Name: "timeout", Usage: "how long the agent waits for the hook, as configured there; the answer comes before", DefaultText: "the agent's own"}},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return session.Hint(session.Usagef("restrain hook takes the name of one agent"), "one of "+strings.Join(agent.Hooks(), ", "))
			}
			agent, known := hookedAgent(c.Args().First())
			if !known {
				return session.Hint(session.Usagef("no agent %q", c.Args().First()), agentHint(c.Args().First()))
			}
			if c.IsSet("timeout") {
				agent.Limit = c.Duration("timeout")
			}
			*status = h.hook(agent, c.Bool("change"))
			return nil
		},
	}
}

// hookedAgent is the agent of a name that setup or package hook knows.
func hookedAgent(name string) (hook.Agent, bool) {
	if alias, found := setup.Find(name); found && alias.Hook != "" {
		name = alias.Hook
	}
	return hook.Of(name)
}

// plainHook reads the call that agents make before every command, without all
// the verbs and flags that restrain has. It is sure of what it takes: any other
// call, and any mistake, is left to hookCommand.
func plainHook(args []string) (agent hook.Agent, change, plain bool) {
	if len(args) < 3 || args[1] != "hook" {
		return agent, false, false
	}
	limit := ""
	words := args[2:]
	for len(words) > 1 {
		switch {
		case words[0] == "--change":
			change, words = true, words[1:]
		case words[0] == "--timeout" && len(words) > 2:
			limit, words = words[1], words[2:]
		default:
			return agent, false, false
		}
	}
	agent, plain = hookedAgent(words[0])
	if plain && limit != "" {
		var err error
		agent.Limit, err = time.ParseDuration(limit)
		plain = err == nil
	}
	return agent, change, plain
}

// margin is how long before the agent's limit the answer is given: agents use
// the tool when a hook is late.
func margin(limit time.Duration) time.Duration {
	return min(max(limit/10, time.Second), 10*time.Second)
}

// sendEvent is how long an agent may take to send its event.
const sendEvent = 10 * time.Second

// hook answers one event. Whatever goes wrong, the answer is a denial, in time.
func (h *host) hook(agent hook.Agent, change bool) int {
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
		growStack(false)
		answered <- h.answer(ctx, agent, change)
	}()
	// A question that is open at the limit is taken off the terminal first.
	late := time.NewTimer(limit + margin(agent.Limit)/2)
	defer late.Stop()
	select {
	case output := <-answered:
		return output.Write(h.Stdout, h.Stderr)
	case <-late.C:
		return agent.Deny(notUsed(errors.New("no verdict within the time that the agent gives; try again"))).Write(h.Stdout, h.Stderr)
	}
}

// notUsed says why a tool is not used, in one line that a terminal can take.
func notUsed(err error) string {
	return prompt.Escape("restrain: denied: the tool was not used: " + err.Error())
}

func (h *host) answer(ctx context.Context, agent hook.Agent, change bool) hook.Output {
	text, err := h.event()
	if err != nil {
		return agent.Deny(notUsed(err))
	}
	agent, event, err := agent.Read(text)
	if err != nil {
		return agent.Deny(notUsed(err))
	}
	if event.Prompt {
		// What cannot be heard counts for nothing: the agent gets it all the same.
		_ = h.HearEvent(ctx, &event)
		return agent.PromptAnswer()
	}
	if event.Dir != "" {
		// The project's rules, and what is relative, are found from here.
		if err := os.Chdir(event.Dir); err != nil {
			return agent.Deny(notUsed(fmt.Errorf("the agent's directory: %w; use one that exists", err)))
		}
	}
	reply, err := h.JudgeEvent(ctx, &event)
	switch {
	case err != nil:
		return agent.Deny(notUsed(err))
	case ctx.Err() != nil && reply.Allow:
		return agent.Deny(notUsed(errors.New("the verdict came too late; try again")))
	case reply.Instead != "" && change:
		if output, ok := agent.Change(&event, reply.Instead); ok {
			return output
		}
		return agent.Deny(reply.Message)
	case !reply.Allow:
		return agent.Deny(reply.Message)
	}
	return agent.Allow()
}

// event reads what the agent sends, within bounds.
func (h *host) event() ([]byte, error) {
	if term.IsTerminal(int(h.Stdin.Fd())) {
		return nil, errors.New("standard input is a terminal: the agent is to send its event there")
	}
	type sent struct {
		text []byte
		err  error
	}
	read := make(chan sent, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(h.Stdin, hook.MaxEvent+1))
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
