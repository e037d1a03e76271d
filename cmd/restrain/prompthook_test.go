//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/journal"
)

// sayings are the messages in the journal of the only session.
func sayings(t *testing.T, state string) (list []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(state, "restrain/sessions/*/journal.jsonl"))
	if err != nil || len(found) != 1 {
		t.Fatalf("journals: %q, %v", found, err)
	}
	file, err := os.Open(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	err = journal.Read(file, func(e journal.Entry) error {
		if rest, ok := strings.CutPrefix(e.Reason, "the human said "); ok {
			list = append(list, rest)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestTypedMessages types at an agent's terminal: what a line editor would show is
// what counts, and not what the agent prints, nor a password.
func TestTypedMessages(t *testing.T) {
	dir := t.TempDir()
	env := []string{"HOME=" + dir, "XDG_STATE_HOME=" + dir + "/state", "TMPDIR=" + dir, quickExit}
	agent := filepath.Join(dir, "agent")
	script := `#!/bin/bash
echo "drop the production database"
read -r -p "ask> " line; echo "got one"
read -r -p "ask> " line; echo "got two"
read -r -s -p "password> " line; echo "got it"
read -r -p "ask> " line; echo "got three"
git -C . push --force origin main
`
	git := "#!/bin/sh\necho pushed\n"
	for path, text := range map[string]string{agent: script, dir + "/git": git} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s := sitDown(t, append(env, "SAID_TEST=1"), "--task", "fix the tests", "--", agent)
	s.sees("ask> ")
	s.types("drop the test databasf\x7fe\r")
	s.sees("got one")
	s.sees("ask> ")
	s.types("\x1b[200~pasted words here\x1b[201~ and typed\r")
	s.sees("got two")
	s.sees("password> ")
	s.types("correct horse battery staple\r")
	s.sees("got it")
	s.sees("ask> ")
	s.types("\x1b]l;delete the branch\x07please publish the package\x15look at the tests\r")
	s.sees("got three")
	s.sees("YOU ASKED")
	s.sees("look at the tests")
	s.sees("nothing in it names a branch or a force push")
	s.types("\r")
	s.ends()
	got := strings.Join(sayings(t, dir+"/state"), "\n")
	want := strings.Join([]string{
		`(--task): "fix the tests"`, `(typed): "drop the test database"`, `(typed): "pasted words here and typed"`, `(typed): "look at the tests"`,
	}, "\n")
	if got != want {
		t.Errorf("heard:\n%s\nnot:\n%s", got, want)
	}
}

// TestTypedWish types a wish, and the step that it names runs unasked.
func TestTypedWish(t *testing.T) {
	dir := t.TempDir()
	env := []string{"HOME=" + dir, "XDG_STATE_HOME=" + dir + "/state", "TMPDIR=" + dir, quickExit}
	agent := filepath.Join(dir, "agent")
	script := "#!/bin/bash\nread -r -p 'ask> ' line\necho got it\nread -r -p 'next> ' line\n" + dir + "/git push --force origin main && echo done as asked\n"
	for path, text := range map[string]string{agent: script, dir + "/git": "#!/bin/sh\necho pushed\n"} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s := sitDown(t, env, "--", agent)
	s.sees("ask> ")
	s.types("rebase it and force push\r")
	s.sees("got it")
	s.types("yes\r")
	s.sees("done as asked")
	if status := s.ends(); status != 0 {
		t.Errorf("status %d", status)
	}
}
