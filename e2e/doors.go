package main

import (
	"cmp"
	"fmt"
	"os/exec"
	"path/filepath"
)

// A door is one way to have restrain between an agent and what it runs.
type door struct {
	name string
	// reaches says whether an agent's commands go through it at all.
	reaches func(agent) bool
	// hook says that it is the agent's own hook.
	hook bool
	// enter changes the place and the command line.
	enter func(p *place, restrain string, a agent, argv []string) ([]string, error)
}

func always(agent) bool { return true }

// guardedDoor has every process of the agent supervised.
const guardedDoor = "restrain --"

var doors = []door{
	{name: "nothing", reaches: func(agent) bool { return false }, enter: func(_ *place, _ string, _ agent, argv []string) ([]string, error) { return argv, nil }},
	{name: guardedDoor, reaches: always, enter: func(_ *place, restrain string, _ agent, argv []string) ([]string, error) {
		return append([]string{restrain, "--"}, argv...), nil
	}},
	{name: "restrain --shell-only --", reaches: always, enter: func(_ *place, restrain string, a agent, argv []string) ([]string, error) {
		return append(append([]string{restrain, "--shell-only", "--"}, argv...), a.bashEnv...), nil
	}},
	{name: "SHELL=restrain-bash", reaches: func(a agent) bool { return a.honoursShell }, enter: func(p *place, restrain string, _ agent, argv []string) ([]string, error) {
		p.set("SHELL", filepath.Join(filepath.Dir(restrain), "restrain-bash"))
		return argv, nil
	}},
	{name: "restrain init", reaches: always, hook: true, enter: func(p *place, restrain string, a agent, argv []string) ([]string, error) {
		set := exec.Command(restrain, "init", "--yes", "--trust", cmp.Or(a.setUp, a.name))
		set.Dir, set.Env = p.work, environ(p.env)
		if out, err := set.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("restrain init %s: %w: %s", a.name, err, out)
		}
		return argv, nil
	}},
}
