package main

import (
	"strings"
	"testing"
)

func TestOptionsBehindOperands(t *testing.T) {
	status := 0
	verbs := commands(&host{}, &status)
	for _, tt := range []struct{ args, want string }{
		{"init cursor --project", "init --project cursor"},
		{"init cursor codex --remove -y", "init --remove -y cursor codex"},
		{"deny k7mf --reason no", "deny --reason no k7mf"},
		{"deny k7mf --reason=no", "deny --reason=no k7mf"},
		{"deny k7mf --reason", "deny --reason k7mf"}, // the library says what is missing
		{"deny --reason no k7mf", "deny --reason no k7mf"},
		{"rules list --markdown", "rules list --markdown"},
		{"--persona ops check ls --json", "--persona ops check --json ls"},
		{"init cursor --help", "init --help"},
		{"check -- --json ls", "check -- --json ls"},
		{"check ls -- --json", "check ls -- --json"},
		{"check -rf", "check -rf"},
		{"check ls -rf", "check ls -rf"},
		{"run claude --resume --ci", "run claude --resume --ci"},
		{"run --ci -- check ls --json", "run --ci -- check ls --json"},
		{"nothing --json", "nothing --json"},
		{"--persona", "--persona"},
		{"", ""},
	} {
		got := strings.Join(optionsFirst(verbs, append([]string{"restrain"}, strings.Fields(tt.args)...)), " ")
		if want := strings.TrimSpace("restrain " + tt.want); got != want {
			t.Errorf("%s\n got %s\nwant %s", tt.args, got, want)
		}
	}
}
