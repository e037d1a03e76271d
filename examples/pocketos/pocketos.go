// Package pocketos is the incident that restrain exists for, small enough to
// run: a project with a forgotten token, a scripted agent that finds it, and a
// stand-in for the infrastructure API, on loopback, that really loses a volume
// when it is told to.
package pocketos

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Host is the address the agent believes it talks to. The stand-in answers for
// it on loopback; nothing leaves the machine.
const Host = "backboard.railway.app"

// VolumeID names the production volume that the stand-in holds.
const VolumeID = "3d2c42fb-5b1e-4c52-9a7f-0d6e8b1f7c11"

//go:embed agent.sh agent-net.sh
var agents embed.FS

//go:embed all:project
var project embed.FS

// Lay writes the project and the agent below dir and returns the paths of
// both. With net it is the agent that calls the API from a program. Files that end in .in are written without the suffix, with the token
// filled in: the tree itself holds none.
func Lay(dir, token string, net bool) (projectDir, agentPath string, err error) {
	projectDir = filepath.Join(dir, "project")
	err = fs.WalkDir(project, "project", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(name, ".in")))
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		text, err := project.ReadFile(name)
		if err != nil {
			return err
		}
		filled := strings.ReplaceAll(string(text), "@TOKEN@", token)
		filled = strings.ReplaceAll(filled, "@VOLUME@", VolumeID)
		return os.WriteFile(target, []byte(filled), 0o600)
	})
	if err != nil {
		return "", "", fmt.Errorf("cannot lay out the demo's project in %s: %w; free some space or set TMPDIR", dir, err)
	}
	name := "agent.sh"
	if net {
		name = "agent-net.sh"
	}
	agentPath = filepath.Join(dir, name)
	agent, err := agents.ReadFile(name)
	if err == nil {
		err = os.WriteFile(agentPath, agent, 0o700)
	}
	if err != nil {
		return "", "", fmt.Errorf("cannot write the demo's agent %s: %w; free some space or set TMPDIR", agentPath, err)
	}
	return projectDir, agentPath, nil
}
