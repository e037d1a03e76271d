package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"restrain/prompt"
	"restrain/session"
	"restrain/setup"
)

// This file is about the trust that Codex wants for a hook, which is a question
// of its own.

// codexTime is how long codex may take to say which hooks it has.
const codexTime = 30 * time.Second

// codexHooks asks Codex for restrain's hooks in the working directory. It gives
// none where Codex is not installed.
func codexHooks(ctx context.Context, agent *setup.Agent, place *setup.Place) ([]setup.CodexHook, error) {
	path := agent.Path()
	if path == "" {
		return nil, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = place.Home
	}
	ctx, cancel := context.WithTimeout(ctx, codexTime)
	defer cancel()
	return setup.CodexHooks(ctx, path, dir)
}

// trustHook has Codex trust the hook that was written, once the human agrees.
// Trust that was asked for with --trust and cannot be had is an error.
func (i *initialiser) trustHook(agent *setup.Agent) error {
	if agent.Name != "codex" {
		return nil
	}
	const byHand = "trust it with /hooks in Codex, which skips it until then without a word"
	switch {
	case agent.Path() != "":
	case i.trust:
		return session.Hint(errors.New("the hook is written, but Codex is not in PATH, so it was not told to trust it"), "put it in PATH and try again, or "+byHand)
	default:
		i.say("codex: not in PATH: %s\n", byHand)
		return nil
	}
	hooks, err := codexHooks(context.Background(), agent, i.place)
	if err != nil {
		return session.Hint(fmt.Errorf("the hook is written, and whether Codex trusts it is not known: %w", err), byHand)
	}
	var untrusted []setup.CodexHook
	for _, hook := range hooks {
		if !hook.InForce() {
			untrusted = append(untrusted, hook)
		}
	}
	if len(untrusted) == 0 {
		if len(hooks) == 0 {
			return session.Hint(errors.New("the hook is written, and Codex does not see it"), "check which CODEX_HOME and which project Codex uses")
		}
		return nil
	}
	change, err := setup.PlanTrust(i.place.CodexConfig(), untrusted, false)
	if err != nil {
		return session.Hint(fmt.Errorf("%w; the hook is written, but Codex does not trust it", err), byHand)
	}
	i.show(change)
	if i.yes && !i.trust {
		return session.Hint(errors.New("the hook is written, but Codex does not trust it and skips it"), "--yes --trust writes that as well; or "+byHand)
	}
	if err := i.confirm("codex: Codex runs a hook only when you trust it. Trust this one?"); err != nil {
		return session.Hint(errors.New("the hook is written, but Codex does not trust it and skips it"), byHand)
	}
	if err := change.Apply(); err != nil {
		return err
	}
	return i.checkTrust(agent, change)
}

// checkTrust has Codex itself say whether it took the trust. When it did not,
// its file is put back.
func (i *initialiser) checkTrust(agent *setup.Agent, change *setup.Change) error {
	hooks, err := codexHooks(context.Background(), agent, i.place)
	for _, hook := range hooks {
		if !hook.InForce() {
			err = errors.New("codex still does not trust the hook")
		}
	}
	if err == nil {
		i.say("codex: trusted: %s\n", prompt.Escape(change.Path))
		return nil
	}
	return session.Hint(errors.Join(err, change.Undo()), "trust it with /hooks in Codex")
}

// forgetTrust has Codex no longer trust a hook that goes: with the target that is
// the file of trusted hooks, or by a change of that file.
func (i *initialiser) forgetTrust(agent *setup.Agent, targets []setup.Target) ([]*setup.Change, error) {
	if agent.Name != "codex" || !i.remove {
		return nil, nil
	}
	hooks, err := codexHooks(context.Background(), agent, i.place)
	if err != nil || len(hooks) == 0 {
		return nil, nil // a trust without a hook trusts nothing
	}
	for k := range targets {
		if targets[k].Path == i.place.CodexConfig() {
			targets[k].Forgets = hooks
			return nil, nil
		}
	}
	change, err := setup.PlanTrust(i.place.CodexConfig(), hooks, true)
	if err != nil || !change.Needed() {
		return nil, err
	}
	return []*setup.Change{change}, nil
}
