package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a terminal is told besides words: the title while a session runs, and the
// signs of a question.
func TestTerminalSigns(t *testing.T) {
	const save, title, own, back = "\x1b[22;2t", "\x1b]2;restrain: sh\x1b\\", "\x1b]2;mine\a", "\x1b]2;\x1b\\\x1b[23;2t"
	for name, c := range map[string]struct {
		env    []string
		titled bool
		sign   string // comes with the question
	}{
		"as shipped": {nil, true, "\a"},
		"others":     {[]string{"RESTRAIN_SIGN=osc9,osc777"}, true, "\x1b]9;restrain holds a step\x1b\\\x1b]777;notify;restrain;restrain holds a step\x1b\\"},
		"off":        {[]string{"RESTRAIN_SIGN=off", "RESTRAIN_TITLE=off"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			agent := filepath.Join(p.dir, "agent.sh")
			if err := os.WriteFile(agent, []byte("printf '\\033]2;mine\\007'; read key; /bin/bash -c 'terraform destroy -auto-approve'\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(mustExecutable(), "--", "sh", agent)
			cmd.Args[0], cmd.Dir, cmd.Env = "restrain", p.dir, append(p.env, append(c.env, "TERM=xterm", "SHELL=/bin/bash")...)
			s := seatAt(t, cmd)
			start := s.until(regexp.MustCompile(regexp.QuoteMeta(own)))
			if got := strings.Contains(start, save+title); got != c.titled {
				t.Errorf("titled %v at the start: %q", got, start)
			}
			s.types("\r")
			asked := s.until(regexp.MustCompile("nothing has run"))
			if c.sign == "" && strings.ContainsAny(asked, "\a") || !strings.Contains(asked, c.sign) || strings.Count(asked, "\x1b]") != strings.Count(c.sign, "\x1b]") {
				t.Errorf("want the sign %q with the question: %q", c.sign, asked)
			}
			s.types("\r")
			s.ends()
			if got := strings.HasSuffix(s.text.String(), back); got != c.titled {
				t.Errorf("title put back: %v: %q", got, s.text.String())
			}
		})
	}
}
