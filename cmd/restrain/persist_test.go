package main

import (
	"path/filepath"
	"testing"

	"restrain/classify"
	"restrain/setup"
	"restrain/shellparse"
)

// Whatever file leads an agent to restrain, a command that writes it changes the
// agent's settings.
func TestAgentsFilesAreKnown(t *testing.T) {
	const home, project = "/home/u", "/home/u/src/p"
	getenv := func(name string) string { return map[string]string{"HOME": home}[name] }
	for _, agent := range setup.Agents() {
		for _, below := range []string{"", project} {
			place := &setup.Place{Home: home, Getenv: getenv, Project: below, OS: "linux", Program: "/usr/bin/restrain", Bash: "/usr/bin/restrain-bash"}
			for _, target := range agent.Targets(place) {
				if filepath.Base(filepath.Dir(target.Path)) == ".vscode" {
					continue // a project's editor settings are everybody's
				}
				line := "cp x " + target.Path
				ctx := classify.Offline{HomeDir: home, WorkDir: project}
				step := classify.Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: project, Home: home}), ctx)
				found := false
				for i := range step.Actions {
					found = found || step.Actions[i].Finding != nil && step.Actions[i].Finding.Rule == "agent-configuration-write"
				}
				if !found {
					t.Errorf("%s: %s is not known as a file of the agent's", agent.Name, target.Path)
				}
			}
		}
	}
}
