package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/classify"
	"restrain/prompt"
	"restrain/session"
)

func trustCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "trust",
		Usage:     "vouch for a project's " + session.ProjectRules + ", so that it may also loosen",
		ArgsUsage: "[FILE]",
		Description: "Without it such a file may only tighten, for the agent may have written it. Trust\n" +
			"holds for the file at this place with this content; a change ends it.\n\n" +
			"   restrain trust\n   restrain trust --revoke",
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "revoke", Usage: "take the trust back"}},
		Before: h.humanOnly,
		Action: func(c *cli.Context) error {
			path := c.Args().First()
			if path == "" {
				if path = session.FindProjectRules(h.Getenv("HOME")); path == "" {
					return session.Usagef("no %s here or above: name the file", session.ProjectRules)
				}
			}
			path, err := filepath.Abs(path)
			if err != nil {
				return fmt.Errorf("%s: %w; name it by its full path", path, err)
			}
			text, err := session.ReadProjectRules(path)
			if err != nil {
				return err
			}
			mark, err := session.TrustMark(h.Getenv, path, text)
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

// trust shows the file and asks. An agent has no way to it: it takes a
// terminal, outside of sessions.
func (h *host) trust(mark, path string, text []byte) error {
	if !term.IsTerminal(int(h.Stdin.Fd())) {
		return errors.New("trust is given at a terminal only; run it in one")
	}
	if _, err := classify.LoadTrusted(classify.Shipped(), path, text); err != nil {
		return session.Usage(err)
	}
	word := filepath.Base(filepath.Dir(path))
	fmt.Fprintf(h.Stdout, "%s\n\nrestrain: %s may then let run what restrain would hold.\nTo trust it as it is, type the name of its directory, %s: ",
		prompt.EscapeLines(strings.TrimRight(string(text), "\n")), prompt.Escape(path), prompt.Escape(word))
	answer, err := bufio.NewReader(io.LimitReader(h.Stdin, 4096)).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != word {
		return errors.New("not trusted; nothing was changed")
	}
	if err := os.MkdirAll(filepath.Dir(mark), 0o700); err != nil {
		return fmt.Errorf("trust: %w; check the state directory", err)
	}
	if err := os.WriteFile(mark, []byte(path+"\n"), 0o600); err != nil {
		return fmt.Errorf("trust: %w; check the state directory", err)
	}
	_, err = fmt.Fprintln(h.Stdout, "trusted, until the file changes")
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
	_, err = fmt.Fprintln(h.Stdout, "no longer trusted")
	return err
}
