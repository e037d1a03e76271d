package main

import "testing"

func TestFirstVersion(t *testing.T) {
	for text, want := range map[string]string{
		"2.1.330 (Claude Code)\n":                   "2.1.330",
		"codex-cli 0.169.0\n":                       "0.169.0",
		"GitHub Copilot CLI 1.0.102.\nCommit: 12ab": "1.0.102",
		"opencode/1.18.33 linux-x64\n":              "1.18.33",
		"v0.73.1\n":                                 "0.73.1",
		"2026.11.01-4f2a9\n":                        "2026.11.01-4f2a9",
		"1 update is there\n12:04:05.1 ready\n":     "",
		"":                                          "",
	} {
		if got := firstVersion(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
