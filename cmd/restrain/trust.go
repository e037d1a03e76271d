package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
)

func trustCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "trust",
		Usage:     "vouch for a project's " + projectRules + ", so that it may also loosen",
		ArgsUsage: "[FILE]",
		Description: "Without it such a file may only tighten, for the agent may have written it. Trust\n" +
			"holds for the file at this place with this content; a change ends it.\n\n" +
			"   restrain trust\n   restrain trust --revoke",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "revoke", Usage: "take the trust back"}},
		Action: func(c *cli.Context) error {
			path := c.Args().First()
			if path == "" {
				if path = findProjectRules(h.getenv("HOME")); path == "" {
					return usagef("no %s here or above: name the file", projectRules)
				}
			}
			path, err := filepath.Abs(path)
			if err != nil {
				return fmt.Errorf("%s: %w; name it by its full path", path, err)
			}
			text, err := readBounded(path)
			if err != nil {
				return err
			}
			mark, err := trustMark(h.getenv, path, text)
			if err != nil {
				return err
			}
			if c.Bool("revoke") {
				return h.distrust(mark, path)
			}
			return h.trust(mark, path, text)
		},
	}
}

// trustMark is the file whose being there says that a human trusts the file at
// path with this text.
func trustMark(getenv func(string) string, path string, text []byte) (string, error) {
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	fmt.Fprintf(digest, "%d %s\n", len(path), path)
	digest.Write(text)
	return filepath.Join(stateDir, "trusted", hex.EncodeToString(digest.Sum(nil))), nil
}

// loadProject lays a project's file over the rules: as the user's own when a
// human has trusted it, else so that it can only tighten.
func loadProject(getenv func(string) string) func(*classify.Set, string, []byte) (*classify.Set, error) {
	return func(base *classify.Set, path string, text []byte) (*classify.Set, error) {
		mark, err := trustMark(getenv, path, text)
		if err == nil && onlyOurs(filepath.Dir(mark), fs.ModeDir) && onlyOurs(mark, 0) {
			return classify.LoadTrusted(base, path, text)
		}
		return classify.LoadTighter(base, path, text)
	}
}

// onlyOurs reports whether what lies at path is of the type, and nobody but
// this user can write it.
func onlyOurs(path string, kind fs.FileMode) bool {
	var st unix.Stat_t
	info, err := os.Lstat(path)
	return err == nil && info.Mode().Type() == kind && info.Mode().Perm()&0o022 == 0 &&
		unix.Lstat(path, &st) == nil && int(st.Uid) == os.Geteuid()
}

// trust shows the file and asks. An agent has no way to it: within a session
// it is refused, and it takes a terminal.
func (h *host) trust(mark, path string, text []byte) error {
	if intercept.Supervised() || h.getenv(intercept.SocketVariable) != "" {
		return errors.New("trust is given outside of guarded sessions only; use a terminal of your own")
	}
	if !term.IsTerminal(int(h.stdin.Fd())) {
		return errors.New("trust is given at a terminal only; run it in one")
	}
	if _, err := classify.LoadTrusted(classify.Shipped(), path, text); err != nil {
		return usageError{err}
	}
	word := filepath.Base(filepath.Dir(path))
	fmt.Fprintf(h.stdout, "%s\n\nrestrain: %s may then let run what restrain would hold.\nTo trust it as it is, type the name of its directory, %s: ",
		prompt.EscapeLines(strings.TrimRight(string(text), "\n")), prompt.Escape(path), prompt.Escape(word))
	answer, err := bufio.NewReader(io.LimitReader(h.stdin, 4096)).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != word {
		return errors.New("not trusted; nothing was changed")
	}
	if err := os.MkdirAll(filepath.Dir(mark), 0o700); err != nil {
		return fmt.Errorf("trust: %w; check the state directory", err)
	}
	if err := os.WriteFile(mark, []byte(path+"\n"), 0o600); err != nil {
		return fmt.Errorf("trust: %w; check the state directory", err)
	}
	_, err = fmt.Fprintln(h.stdout, "trusted, until the file changes")
	return err
}

func (h *host) distrust(mark, path string) error {
	err := os.Remove(mark)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not trusted as it is; there is nothing to revoke", prompt.Escape(path))
	}
	if err != nil {
		return fmt.Errorf("revoke: %w; check the state directory", err)
	}
	_, err = fmt.Fprintln(h.stdout, "no longer trusted")
	return err
}
