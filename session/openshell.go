package session

import (
	"strings"

	"golang.org/x/term"

	"restrain/intercept"
)

// openShell is restrain in the place of a shell that reads its commands from
// standard input: a session around the real one. Where somebody else may hold
// the terminal, as an agent does that types into it, nobody is asked there.
func (h *Host) openShell(path string, s ShellCall, parsed intercept.ShellArgs) int {
	agent, err := intercept.Caller()
	if err != nil {
		return h.deny(err)
	}
	policy, err := LoadPolicy(h.Getenv, agent.Name, "")
	if err != nil {
		return h.deny(err)
	}
	argv := []string{path}
	if strings.HasPrefix(s.argv0, "-") {
		argv = append(argv, "-l")
	}
	if !parsed.Interactive && term.IsTerminal(int(h.Stdin.Fd())) {
		argv = append(argv, "-i")
	}
	status, err := h.Run(Options{Policy: policy, Apart: !agent.TTYSafe}, append(argv, s.args...))
	if err != nil {
		return h.deny(err)
	}
	return status
}
