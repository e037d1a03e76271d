//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// gitWork is what an agent's tools do all day: many short commands of git.
const gitWork = `for i in $(seq 25); do
git status --short >/dev/null; git log -1 --format=%H >/dev/null; git diff --stat >/dev/null; git rev-parse HEAD >/dev/null
done`

// gitSession compares it, below a line of the agent's, with the same outside of a
// session. The session's own start is left out.
func gitSession(restrain, state string, env []string, rounds int) error {
	if _, err := exec.LookPath("git"); err != nil {
		fmt.Println("a session of short git commands: not measured, git is not installed")
		return nil
	}
	dir := filepath.Join(state, "repository")
	made := exec.Command("bash", "-c", `git init -q "$0" && cd "$0" && touch file-{1..60} && git add . && git -c user.name=a -c user.email=a@example.com commit -qm all`, dir)
	if out, err := made.CombinedOutput(); err != nil {
		return fmt.Errorf("make a repository: %w: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	result := filepath.Join(state, "took")
	work := func(front ...string) (time.Duration, error) {
		argv := slices.Concat(front, []string{self, timeVerb, result, "bash", "-c", gitWork})
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%q: %w: %s", front, err, out)
		}
		text, err := os.ReadFile(result)
		if err != nil {
			return 0, err
		}
		return time.ParseDuration(string(text) + "ns")
	}
	var without, with []time.Duration
	for range rounds {
		plain, err := work()
		if err != nil {
			return err
		}
		guarded, err := work(restrain, "run", "--ci", "--")
		if err != nil {
			return err
		}
		without, with = append(without, plain), append(with, guarded)
	}
	row("100 short git commands below a line", median(without), median(with))
	return nil
}
