package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A screen is how an agent is told to work at a terminal.
type screen struct {
	agent string // its name among agents
	// argv changes the command line that it has without a terminal.
	argv func(p *place, argv []string) ([]string, error)
	// agree is what it asks before it begins; Enter says yes. Empty for nothing.
	agree string
	// server is the socket of the process that it shares with others, below the home
	// directory; empty where it has none.
	server string
}

var screens = []screen{
	{agent: "claude", argv: claudeScreen},
	{agent: "codex", argv: codexScreen, server: ".codex/app-server-control/app-server-control.sock"},
	{agent: "gemini", argv: swap("-p", "-i")},
	{agent: "opencode", argv: func(_ *place, argv []string) ([]string, error) { return []string{argv[0], "--prompt", prompt}, nil }},
	{agent: "qwen", argv: swap("-p", "-i")},
	{agent: "copilot", argv: swap("-p", "-i"), agree: "Do you trust the files in this folder?"},
	{agent: "pi", argv: without("-p")},
	{agent: "cline", argv: clineScreen},
}

func swap(word, other string) func(*place, []string) ([]string, error) {
	return func(_ *place, argv []string) ([]string, error) {
		argv = slices.Clone(argv)
		argv[slices.Index(argv, word)] = other
		return argv, nil
	}
}

func without(words ...string) func(*place, []string) ([]string, error) {
	return func(_ *place, argv []string) ([]string, error) {
		return slices.DeleteFunc(slices.Clone(argv), func(word string) bool { return slices.Contains(words, word) }), nil
	}
}

// claudeScreen has seen Claude Code's welcome, and been asked about the key and the
// directory.
func claudeScreen(p *place, argv []string) ([]string, error) {
	key := p.env["ANTHROPIC_API_KEY"]
	err := p.write(".claude.json", object{
		"hasCompletedOnboarding": true, "theme": "dark", "bypassPermissionsModeAccepted": true, "lastOnboardingVersion": "2.1.332",
		"customApiKeyResponses": object{"approved": []any{key[max(0, len(key)-20):]}},
		"projects":              object{p.work: object{"hasTrustDialogAccepted": true, "hasCompletedProjectOnboarding": true}},
	})
	return slices.DeleteFunc(slices.Clone(argv), func(word string) bool { return word == "-p" }), err
}

// codexScreen: exec is a verb of Codex's, and knows an option more.
func codexScreen(p *place, argv []string) ([]string, error) {
	return without("exec", "--skip-git-repo-check")(p, argv)
}

func clineScreen(_ *place, argv []string) ([]string, error) {
	argv = slices.Clone(argv)
	argv[slices.Index(argv, "--json")] = "-i"
	return argv, nil
}

// serverOf is the socket of the server that an agent shares.
func (s *screen) serverOf(p *place) string { return filepath.Join(p.home, s.server) }

// greet says yes to what the agent asks before it begins.
func (s *screen) greet(ctx context.Context, w *window) error {
	if s.agree == "" {
		return nil
	}
	if _, err := w.waitFor(ctx, fmt.Sprintf("%q", s.agree), func(screen string) bool { return strings.Contains(screen, s.agree) }); err != nil {
		return err
	}
	time.Sleep(reading)
	return w.key("Enter")
}
