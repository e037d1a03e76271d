//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Without an id a human at a terminal chooses among what is held, sees the
// question, and answers it there.
func TestAnswerWithoutID(t *testing.T) {
	dir := t.TempDir()
	env := []string{"HOME=" + dir, "XDG_STATE_HOME=" + dir + "/state", "TMPDIR=" + dir, quickExit}
	agent := filepath.Join(dir, "agent")
	for path, text := range map[string]string{
		agent:              "#!/bin/bash\n" + dir + "/terraform destroy; echo status $?\n" + dir + "/terraform destroy -auto-approve; echo status $?\n",
		dir + "/terraform": "#!/bin/sh\necho destroyed\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	nobody := sitDown(t, env, "approve")
	nobody.sees("no session holds a step")
	nobody.ends()

	s := sitDown(t, env, "--", agent)
	s.sees("to run it once")
	other := sitDown(t, env, "approve")
	other.sees("which step is to be answered?")
	other.types("\r")
	other.sees("to run it once, type the command")
	other.types("terraform\r")
	other.sees("approved ")
	other.ends()
	s.sees("destroyed")
	s.sees("to run it once")
	other = sitDown(t, env, "deny", "--reason", "not today")
	other.sees("which step is to be denied?")
	other.types("terraform\r")
	other.sees("denied ")
	other.ends()
	s.sees("not today")
	s.ends()
}
