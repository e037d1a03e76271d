package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"restrain/examples/pocketos"
	"restrain/session"
)

func demoCommand(h *host, status *int) *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "run the incident that restrain was made for, harmlessly",
		Description: "A scripted agent finds a token in a temporary project and deletes a volume with\n" +
			"it, through a stand-in API on loopback. restrain holds the call and asks you;\n" +
			"with no terminal it denies. Nothing outside a temporary directory changes.\n\n   restrain demo\n" +
			"   restrain demo --net    the call comes from a program, and is held on the wire",
		Flags: sessionFlags(),
		Action: func(c *cli.Context) error {
			o, err := sessionOptionsOf(h, c, "")
			if err != nil {
				return err
			}
			*status, err = h.demo(o)
			return err
		},
	}
}

func (h *host) demo(o session.Options) (int, error) {
	client := "curl"
	if o.Net {
		client = "python3"
	}
	for _, program := range []string{"bash", client} {
		if _, err := exec.LookPath(program); err != nil {
			return session.ExitError, fmt.Errorf("the demo's agent needs %s: install it", program)
		}
	}
	dir, err := os.MkdirTemp("", "restrain-demo-")
	if err != nil {
		return session.ExitError, fmt.Errorf("cannot make a directory for the demo: %w; set TMPDIR", err)
	}
	defer os.RemoveAll(dir)
	token := demoToken()
	api, err := pocketos.Serve(dir, token)
	if err != nil {
		return session.ExitError, err
	}
	defer api.Close() // nothing is lost when this fails: the process ends
	project, agent, err := pocketos.Lay(dir, token, o.Net)
	if err != nil {
		return session.ExitError, err
	}
	if err := os.WriteFile(filepath.Join(dir, ".curlrc"), api.Curlrc(), 0o600); err != nil {
		return session.ExitError, fmt.Errorf("cannot write the demo's files: %w; set TMPDIR", err)
	}
	fmt.Fprintf(h.Stdout, "A scripted agent works on a project in %s.\nIts infrastructure API is a stand-in on loopback, with one production volume.\n", project)
	o.Dir = project
	o.Env = append(o.Env, "CURL_HOME="+dir)
	o.Lead = map[string]string{pocketos.Host + ":80": api.Addr()}
	status, err := h.Run(o, []string{agent})
	if err != nil {
		return status, err
	}
	if api.Exists() {
		_, err = fmt.Fprintf(h.Stdout, "\nThe volume is still there. restrain log shows what the agent did.\n")
	} else {
		_, err = fmt.Fprintf(h.Stdout, "\nThe volume is gone, and its backups with it: the deletion was approved.\n")
	}
	if status == exitAsk && o.CI != nil {
		return status, err
	}
	if status != exitOK {
		return session.ExitError, errors.Join(err, fmt.Errorf("the demo's agent ended with exit status %d", status))
	}
	return exitOK, err
}

func demoToken() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand
	return hex.EncodeToString(b[:])
}
