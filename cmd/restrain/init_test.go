//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// At a terminal the human is asked: y writes, all else does not.
func TestInitAsks(t *testing.T) {
	program := filepath.Join(t.TempDir(), "restrain") // go test's own is as temporary as go run's
	if err := os.Link(os.Args[0], program); err != nil {
		text, err := os.ReadFile(os.Args[0])
		if err == nil {
			err = os.WriteFile(program, text, 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		answer  string
		written bool
	}{{"y\r", true}, {"yes\r", true}, {"n\r", false}, {"\r", false}, {"\x04", false}} {
		home := t.TempDir()
		cmd := exec.Command(program, "init", "cursor")
		cmd.Env = append(os.Environ(), "HOME="+home, "TERM=xterm")
		tty, err := pty.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(patience, func() { cmd.Process.Kill() })
		var shown strings.Builder
		answered := false
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			shown.Write(buf[:n])
			if !answered && strings.Contains(shown.String(), "[y/N] ") {
				answered = true
				if _, err := io.WriteString(tty, tt.answer); err != nil {
					t.Fatal(err)
				}
			}
			if err != nil {
				break
			}
		}
		status := cmd.Wait()
		late.Stop()
		tty.Close()
		_, err = os.Stat(filepath.Join(home, ".cursor", "hooks.json"))
		if !answered || (err == nil) != tt.written || (status == nil) != tt.written {
			t.Errorf("%q: asked %t, written %t, %v:\n%s", tt.answer, answered, err == nil, status, shown.String())
		}
	}
}
