package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	known "restrain/agent"
	"restrain/hook"
	"restrain/intercept"
	"restrain/platform"
	"restrain/session"
	"restrain/setup"
)

// This file sends the canary through the doors. There is no program of its name:
// where nothing is in the way, a shell does not find it.

// canary is a line that the rules always hold. mark stands in the reason.
const (
	canary     = "restrain-canary"
	canaryMark = "canary of restrain doctor"
)

const (
	// canaryTime is how long a guard may take for its answer; what an agent
	// would wait may be shorter.
	canaryTime = 20 * time.Second
	// doctorTime bounds a whole examination.
	doctorTime = 30 * time.Second
	// versionTime is how long an agent may take to print its version.
	versionTime = 15 * time.Second
	// maxSaid bounds what is kept of what a program prints, in bytes.
	maxSaid = 64 << 10
)

// guard sends the canary through an agent's own configuration.
func (d *doctor) guard(ctx context.Context, agent *setup.Agent, g *setup.Guard, off []string) finding {
	f := finding{Agent: agent.Name, Door: door(agent), Where: g.File, State: notInForce}
	if g.Setting != "" {
		f.Where += ", " + g.Setting
	}
	limit := canaryTime
	if g.Timeout > 0 {
		limit = min(limit, g.Timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	start := time.Now()
	output, denied := d.ask(ctx, agent, g)
	f.Millis = time.Since(start).Milliseconds()
	said := strings.TrimSpace(output.Stdout + output.Stderr)
	faults := append(slices.Clone(off), g.Faults()...)
	switch {
	case ctx.Err() != nil:
		faults = append(faults, fmt.Sprintf("no answer within %v", limit))
	case !denied:
		faults = append(faults, "the canary was let through: "+inShort(said, output.Status))
	case !strings.Contains(said, canaryMark):
		faults = append(faults, "everything is denied: "+inShort(said, output.Status))
	}
	if agent.Name == "codex" {
		faults = append(faults, d.distrust(ctx, agent, g)...)
	}
	if len(faults) > 0 {
		f.Detail, f.Hint = strings.Join(faults, "; "), "restrain init "+agent.Name+" sets it up again"
		return f
	}
	f.State, f.Open, f.Only = inForce, g.Open, g.Only
	if g.Open {
		f.Hint = "restrain init " + agent.Name + " also has the agent block where restrain cannot be started"
	}
	return f
}

// inShort is what a program said, or how it ended when it said nothing.
func inShort(said string, status int) string {
	line, _, _ := strings.Cut(said, "\n")
	if line == "" {
		return fmt.Sprintf("exit status %d", status)
	}
	if len(line) > 200 {
		line = strings.ToValidUTF8(line[:200], "") + "…"
	}
	return line
}

// ask has the guard answer as the agent would.
func (d *doctor) ask(ctx context.Context, agent *setup.Agent, g *setup.Guard) (hook.Output, bool) {
	if agent.Hook == "" {
		argv, typed := append(slices.Clone(g.Argv), "-c", canary), []byte(nil)
		if g.Typed {
			argv, typed = g.Argv, []byte("/bin/sh -c "+canary+"\nexit $?\n")
		}
		output := d.run(ctx, argv, g.Env, typed)
		return output, output.Status == intercept.Denied || output.Status == exitAsk
	}
	schema, _ := hook.Of(agent.Hook)
	event := schema.Canary(canary, d.dir)
	argv := g.Argv
	switch {
	case g.Plugin:
		return d.plugin(ctx, agent, g, event)
	case agent.Hook == "cursor":
		// As Cursor does: the event stands in the line of the user's shell.
		shell := d.host.Getenv("SHELL")
		if name := filepath.Base(shell); !strings.Contains(name, "bash") && !strings.Contains(name, "zsh") {
			shell = "/bin/bash"
		}
		argv = []string{shell, "-lc", g.Command + " <<'" + known.CursorHookEnd + "'\n" + string(event) + "\n" + known.CursorHookEnd}
	case g.Command != "":
		argv = []string{"/bin/sh", "-c", g.Command}
	}
	output := d.run(ctx, argv, g.Env, event)
	_, denied := schema.Denied(output)
	// Told so, these agents also take a hook that fails for a denial.
	closed := !g.Open && (agent.Hook == "cursor" || agent.Hook == "claude" || agent.Hook == "goose")
	return output, denied || closed && output.Status != exitOK
}

// run starts a program as an agent would, without a terminal, and with a place
// of its own for what restrain keeps.
func (d *doctor) run(ctx context.Context, argv, env []string, stdin []byte) hook.Output {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdin = d.dir, bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+d.state, "RESTRAIN_NOTIFY=off")
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr limited
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = platform.OwnSession()
	cmd.Cancel = func() error { return platform.KillGroup(cmd.Process) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	output := hook.Output{Stdout: stdout.String(), Stderr: stderr.String(), Status: cmd.ProcessState.ExitCode()}
	if err != nil && cmd.ProcessState == nil {
		output.Stderr, output.Status = err.Error(), session.ExitNotFound
	}
	return output
}

// limited keeps the beginning of what is written to it.
type limited struct{ bytes.Buffer }

// Write keeps what there is room for.
func (l *limited) Write(p []byte) (int, error) {
	l.Buffer.Write(p[:min(len(p), maxSaid-l.Len())])
	return len(p), nil
}

// session runs the canary under exec supervision.
func (d *doctor) session(ctx context.Context) finding {
	f := finding{Agent: "restrain", Door: "session", Where: "restrain -- AGENT, in the kernel"}
	if err := intercept.ExecSupported(); err != nil {
		f.State, f.Detail = notHere, err.Error()
		return f
	}
	return d.door(ctx, f, []string{d.place.Program, "--ci", "--require-exec", "--", "/bin/sh", "-c", canary})
}

// shellDoor runs it where only the agent's shells are caught.
func (d *doctor) shellDoor(ctx context.Context) finding {
	f := finding{Agent: "restrain", Door: "shell", Where: "restrain --shell-only -- AGENT"}
	if err := intercept.ShellDoorSupported(); err != nil {
		f.State, f.Detail = notHere, err.Error()
		return f
	}
	return d.door(ctx, f, []string{d.place.Program, "--ci", "--shell-only", "--", "/bin/sh", "-c", `"$SHELL" -c ` + canary})
}

// shells looks at the variables that lead to restrain.
func (d *doctor) shells(ctx context.Context) []finding {
	var findings []finding
	for _, name := range []string{"SHELL", "CLAUDE_CODE_SHELL"} {
		path := d.host.Getenv(name)
		if base := filepath.Base(path); !strings.HasPrefix(base, "restrain") && (path == "" || !sameFile(path, d.place.Program)) {
			continue
		}
		f := finding{Agent: "restrain", Door: "shell", Where: name + "=" + path}
		if base := filepath.Base(path); !strings.Contains(base, "bash") && !strings.Contains(base, "zsh") {
			f.State, f.Detail = notInForce, "agents take only a shell with bash or zsh in its name, and ignore this one without a word"
			f.Hint = "set it to " + d.place.Bash
			findings = append(findings, f)
			continue
		}
		findings = append(findings, d.door(ctx, f, []string{path, "-c", canary}))
	}
	return findings
}

// door runs a command that has to be denied.
func (d *doctor) door(ctx context.Context, f finding, argv []string) finding {
	ctx, cancel := context.WithTimeout(ctx, canaryTime)
	defer cancel()
	start := time.Now()
	output := d.run(ctx, argv, nil, nil)
	f.Millis = time.Since(start).Milliseconds()
	said := strings.TrimSpace(output.Stdout + output.Stderr)
	f.State = inForce
	if !strings.Contains(said, canaryMark) || output.Status != intercept.Denied && output.Status != exitAsk {
		f.State, f.Detail = notInForce, "the canary was not denied: "+inShort(said, output.Status)
	}
	return f
}

// distrust asks Codex whether it runs the hook.
func (d *doctor) distrust(ctx context.Context, agent *setup.Agent, g *setup.Guard) []string {
	if agent.Path() == "" {
		return []string{"codex is not in PATH to say whether it trusts the hook"}
	}
	hooks, err := codexHooks(ctx, agent, d.place)
	if err != nil {
		return []string{err.Error()}
	}
	for i := range hooks {
		if hooks[i].Command != g.Command {
			continue
		}
		if !hooks[i].InForce() {
			return []string{"Codex does not trust it, and skips it without a word"}
		}
		return nil
	}
	return []string{"Codex does not see it"}
}

// version is what the agent prints for --version.
func (d *doctor) version(ctx context.Context, agent *setup.Agent) string {
	path := agent.Path()
	if path == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, versionTime)
	defer cancel()
	said := d.run(ctx, []string{path, "--version"}, nil, nil)
	return firstVersion(said.Stdout + "\n" + said.Stderr)
}

// firstVersion is the first word of a text that is a version: 1.2.3, v1.2.3-beta.
func firstVersion(text string) string {
	for word := range strings.FieldsSeq(text) {
		number := strings.TrimRight(strings.TrimPrefix(word[strings.LastIndexByte(word, '/')+1:], "v"), ".,)")
		if number != "" && number[0] >= '0' && number[0] <= '9' && strings.Contains(number, ".") && !strings.ContainsRune(number, ':') {
			return number
		}
	}
	return ""
}
