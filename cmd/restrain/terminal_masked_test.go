//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"restrain/intercept"
)

const terminalToken = "rw_Fe26dead0c4a9b8e77aa6611"

// What a step prints on the session's own terminal is shown without the secrets,
// and nobody is asked: in an open shell, by a child of an agent there, with colours
// within a value, and by what a step leaves behind. All else is as it is.
func TestTerminalIsMasked(t *testing.T) {
	if runtime.GOOS != "linux" || intercept.ExecSupported() != nil {
		t.Skip("execs are not supervised here")
	}
	dir := t.TempDir()
	env := append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+t.TempDir(), "PS1=ready$ ")
	for name, text := range map[string]string{
		".env":     "PORT=3000\nRAILWAY_TOKEN=" + terminalToken + "\n",
		"agent.sh": "bash -c 'cat .env'; bash -c 'grep --color=always dead .env'; bash -c '(while [ ! -e go ]; do sleep 0.01; done; grep -rn -A1 PORT= . ; echo le\"\"ft) &'; echo \"token ${TOKEN_IN:+x}\"; read -r x; echo done\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	mark := "‹RAILWAY_TOKEN: withheld by restrain, 27 characters›"
	shows := func(s *seat, until string, marks int) {
		t.Helper()
		all := s.until(regexp.MustCompile(until))
		if strings.Count(all, mark) != marks || strings.Contains(all, terminalToken) || strings.Contains(all, "[y]") {
			t.Errorf("until %s: %q", until, all)
		}
		if marks > 0 && !strings.Contains(all, "restrain: note: withheld from this output: RAILWAY_TOKEN") {
			t.Errorf("until %s nothing is told: %q", until, all)
		}
	}
	s := sitDown(t, env, "--", "bash", "--norc", "-i")
	shows(s, `ready\$ `, 0)
	s.types("cat .env; echo status=$?\n")
	shows(s, `PORT=3000\r\n(.*\r\n)*status=0`, 1)
	s.types("exit\n")
	s.ends()

	s = sitDown(t, env, "--", "bash", "agent.sh")
	shows(s, `token`, 2)
	if err := os.WriteFile("go", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	all := s.until(regexp.MustCompile("left"))
	if !strings.Contains(all, mark) || strings.Contains(all, terminalToken) {
		t.Errorf("of what a step left behind: %q", all)
	}
	s.types("\n")
	if status := s.ends(); status != 0 || !strings.Contains(s.text.String(), "done") {
		t.Errorf("status %d, %q", status, s.text.String())
	}
}
