//go:build unix

package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func TestManPage(t *testing.T) {
	page := stdoutOf(t, "man")
	for _, want := range []string{
		".TH RESTRAIN 1\n", ".SS restrain rules test LINE\n", ".SS restrain undo [STEP [PATH…]]\n", "restrain/kept",
		"\\-\\-persona", ".SH EXIT STATUS\n", "OTEL_EXPORTER_OTLP_ENDPOINT",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the manual", want)
		}
	}
	for _, line := range strings.Split(page, "\n") {
		if request := strings.SplitN(line, " ", 2)[0]; strings.HasPrefix(line, ".") && !strings.Contains(" .TH .SH .SS .PP .TP .B .RS .RE .nf .fi ", " "+request+" ") {
			t.Errorf("a line that roff takes for a request: %q", line)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Log("groff is not installed: the page was not set")
		return
	}
	cmd := exec.Command(groff, "-man", "-Tutf8", "-ww", "-Kutf8")
	cmd.Stdin = strings.NewReader(page)
	var said strings.Builder
	cmd.Stderr = &said
	if _, err := cmd.Output(); err != nil || said.Len() > 0 {
		t.Errorf("groff: %v: %s", err, said.String())
	}
}

// Whoever asks a verb for help gets a line to try.
func TestHelpHasExamples(t *testing.T) {
	var check func(prefix string, commands []*cli.Command)
	check = func(prefix string, commands []*cli.Command) {
		for _, command := range commands {
			name := prefix + " " + command.Name
			example := command.Description
			for _, sub := range command.Subcommands {
				example += sub.Description
			}
			if !command.Hidden && !strings.Contains(example, name) && !strings.Contains(example, "restrain -- ") {
				t.Errorf("%s --help has no example", name)
			}
			check(name, command.Subcommands)
		}
	}
	check("restrain", commands(&host{}, new(int)))
}
