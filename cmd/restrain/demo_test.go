//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A person at a terminal approves every question of the demo, and the volume is
// really gone. The denied end is testdata/script/demo_denied.txtar.
func TestDemoApproved(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the demo's agent needs curl")
	}
	out := converse(t, func(word string) string { return word }, "demo")
	if !strings.Contains(out, "The volume is gone") {
		t.Errorf("everything was approved, and the volume is still there:\n%s", out)
	}
	if strings.Count(out, "held, nothing has run") == 0 {
		t.Errorf("nothing was held:\n%s", out)
	}
}

// "y" does not approve a critical step, and Enter denies.
func TestDemoIsNotApprovedByHabit(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the demo's agent needs curl")
	}
	asked := false
	out := converse(t, func(word string) string {
		if word == "y" {
			return "y"
		}
		if !asked {
			asked = true
			return "y"
		}
		return ""
	}, "demo")
	if !asked || !strings.Contains(out, "The volume is still there") {
		t.Errorf("a habit lost the volume (asked for a word: %t):\n%s", asked, out)
	}
}

// Denied at the reading of the token, the agent goes on to use it: that is the
// same token by other means, which the questions say, and what was denied does
// not stand in them as done.
func TestDemoDeniedAtTheRead(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the demo's agent needs curl")
	}
	questions := 0
	t.Setenv("RESTRAIN_TEST_RULES", "[mask]\noff = true\n") // else the token is withheld, and nobody is asked
	out := converse(t, func(string) string { questions++; return "" }, "demo")
	if questions != 3 || !strings.Contains(out, "The volume is still there") {
		t.Errorf("%d questions, want one for the read, the use and the deletion:\n%s", questions, out)
	}
	for _, want := range []string{"works around step 5, denied at ", "scripts/custom-domains/.env", "denied: read a credential"} {
		if !strings.Contains(out, want) {
			t.Errorf("no question says %q:\n%s", want, out)
		}
	}
}

var (
	wordAsked = regexp.MustCompile(`(?:to run it once[^:\r\n]*:\s+|\[)(y\b|[^\s\]]+\b)(?:\] run it once|[\r\n])`)
	controls  = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])")
)

// converse runs restrain on a PTY of its own, types what reply says to each
// question, and returns all that was shown.
func converse(t *testing.T, reply func(word string) string, args ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Args[0] = "restrain"
	return converseWith(t, cmd, reply)
}

// converseWith is converse for any program.
func converseWith(t *testing.T, cmd *exec.Cmd, reply func(word string) string) string {
	t.Helper()
	home := t.TempDir()
	if rules := os.Getenv("RESTRAIN_TEST_RULES"); rules != "" {
		file := filepath.Join(home, "restrain", "rules.toml")
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(rules), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Env = append(cmd.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home, "TERM=xterm", "LANG=C.UTF-8", "SHELL=/bin/bash")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	late := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer late.Stop()
	var shown, fresh strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := tty.Read(buf)
		text := string(buf[:n])
		shown.WriteString(text)
		fresh.WriteString(text)
		plain := controls.ReplaceAllString(fresh.String(), "")
		if at := wordAsked.FindStringSubmatchIndex(plain); at != nil && strings.Contains(plain[at[1]:], "> ") {
			fresh.Reset()
			// The prompt ignores what comes faster than a person can read.
			typeAt := time.NewTimer(150 * time.Millisecond)
			<-typeAt.C
			if _, err := io.WriteString(tty, reply(plain[at[2]:at[3]])+"\r"); err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EIO) {
				t.Fatal(err)
			}
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, shown.String())
	}
	return controls.ReplaceAllString(shown.String(), "")
}
