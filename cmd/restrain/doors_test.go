//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/agent"
	"restrain/hook"
	"restrain/intercept"
	"restrain/internal/slowtest"
)

// doorsTime bounds one command at one door.
const doorsTime = time.Minute

// A project is what the doors are tried on: programs that do nothing, in PATH.
type project struct {
	dir string
	env []string
}

func newProject(t *testing.T) *project {
	t.Helper()
	root := t.TempDir()
	p := &project{dir: filepath.Join(root, "project")}
	for _, dir := range []string{"project/.git", "bin", "home", "state", "config"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"terraform", "kubectl", "npm"} {
		if err := os.WriteFile(filepath.Join(root, "bin", name), []byte("#!/bin/sh\nexit 0\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(mustExecutable(), filepath.Join(root, "bin/restrain")); err != nil {
		t.Fatal(err)
	}
	p.env = append(os.Environ(), "PATH="+filepath.Join(root, "bin")+":"+os.Getenv("PATH"), "HOME="+filepath.Join(root, "home"),
		"XDG_STATE_HOME="+filepath.Join(root, "state"), "XDG_CONFIG_HOME="+filepath.Join(root, "config"), "RESTRAIN_NOTIFY=off")
	return p
}

// run starts restrain with arguments, and without a terminal.
func (p *project) run(t *testing.T, stdin string, args ...string) hook.Output {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), doorsTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(filepath.Dir(p.dir), "bin/restrain"), args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.dir, p.env, strings.NewReader(stdin), &out, &errs
	_ = cmd.Run() // its status tells
	return hook.Output{Stdout: out.String(), Stderr: errs.String(), Status: cmd.ProcessState.ExitCode()}
}

// A line has the same verdict through every door.
func TestDoorsAgree(t *testing.T) {
	slowtest.Long(t)
	doors := map[string][]string{
		"shell":      {"-c"},
		"shell only": {"--shell-only", "--", "sh", "-c", `"$SHELL" -c "$1"; exit $?`, "agent"},
	}
	if intercept.ExecSupported() == nil {
		doors["session"] = []string{"--", "sh", "-c", `bash -c "$1"; exit $?`, "agent"}
		doors["ci"] = []string{"--ci", "--", "sh", "-c", `bash -c "$1"; exit $?`, "agent"}
	}
	for line, runs := range map[string]bool{
		"terraform plan && kubectl get pods":                         true,
		"printf x > new.txt":                                         true,
		"printf '[user]\\n\\tname = me\\n' >> .git/config":           true,
		"terraform destroy -auto-approve":                            false,
		"npm test; kubectl delete namespace production":              false,
		"printf '[core]\\n\\tsshCommand = ./x.sh\\n' >> .git/config": false,
		"printf x >> ~/.bashrc":                                      false,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			for name, args := range doors {
				p := newProject(t)
				said := p.run(t, "", append(args, line+" && : > ran")...)
				if _, err := os.Stat(filepath.Join(p.dir, "ran")); (err == nil) != runs {
					t.Errorf("%s: ran %t, want %t; %+v", name, err == nil, runs, said)
				}
			}
			p := newProject(t)
			for _, name := range agent.Hooks() {
				agent, _ := hook.Of(name)
				said := p.run(t, string(agent.Canary(line, p.dir)), "hook", name)
				if _, denied := agent.Denied(said); denied == runs {
					t.Errorf("hook of %s: denied %t; %+v", name, denied, said)
				}
			}
		})
	}
}
