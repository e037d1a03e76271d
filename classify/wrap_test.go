package classify

import (
	"encoding/base64"
	"strings"
	"testing"
)

// quoted is a line as one word of a shell.
func quoted(line string) string {
	return "'" + strings.ReplaceAll(line, "'", `'\''`) + "'"
}

// What a line does is the same however it is handed to a shell.
func TestWrappingNeverLowersSeverity(t *testing.T) {
	wraps := map[string]func(string) string{
		"bash -c":      func(l string) string { return "bash -c " + quoted(l) },
		"eval":         func(l string) string { return "eval " + quoted(l) },
		"substitution": func(l string) string { return "x=$(\n" + l + "\n)" },
		"subshell":     func(l string) string { return "(\n" + l + "\n)" },
		"function":     func(l string) string { return "f() {\n" + l + "\n}\nf" },
		"heredoc":      func(l string) string { return "bash <<'END OF LINE'\n" + l + "\nEND OF LINE\n" },
		"base64": func(l string) string {
			return "echo " + base64.StdEncoding.EncodeToString([]byte(l)) + " | base64 -d | sh"
		},
		"sudo env": func(l string) string { return "sudo env A=1 bash -c " + quoted(l) },
		"loop":     func(l string) string { return "for i in 1; do\n" + l + "\ndone" },
		"if":       func(l string) string { return "if true; then\n" + l + "\nfi" },
		"timeout":  func(l string) string { return "timeout 5 nohup bash -c " + quoted(l) },
	}
	set := Shipped()
	for i := range set.Rules {
		for _, line := range set.Rules[i].Match {
			alone := judge(set, line)
			if alone.Severity < Medium || alone.Uncertain {
				continue
			}
			for name, wrap := range wraps {
				if got := judge(set, wrap(line)); got.Severity < alone.Severity {
					t.Errorf("%s: %s\n\tis %v (%s), alone %v (%s)", name, line, got.Severity, rules(got), alone.Severity, rules(alone))
				}
			}
		}
	}
}
