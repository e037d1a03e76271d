package setup

import (
	"fmt"
	"path/filepath"
)

// This file is about the terminals that the agents of an IDE have.

// typedInto begins the name of the setting for the terminal that VS Code's agent
// types into.
const typedInto = "chat.tools.terminal.terminalProfile."

// vscode has its agent type into an open terminal. Tasks start a shell for each
// line.
func vscode(_ *Agent, p *Place) []Target {
	profile := fmt.Sprintf(`{"path":%s}`, quoteJSON(p.Bash))
	return []Target{{Path: p.ideSettings("Code"), Parts: []Part{
		{Path: []string{typedInto + p.ideSystem()}, Value: profile},
		{Path: []string{"terminal.integrated.automationProfile." + p.ideSystem()}, Value: profile},
	}}}
}

// cursorIDE starts a shell for each line of its agent.
func cursorIDE(_ *Agent, p *Place) []Target {
	profile := fmt.Sprintf(`{"path":%s}`, quoteJSON(p.Bash))
	return []Target{{Path: p.ideSettings("Cursor"), Parts: []Part{
		{Path: []string{"terminal.integrated.profiles." + p.ideSystem(), "restrain"}, Value: profile},
		{Path: []string{"terminal.integrated.defaultProfile." + p.ideSystem()}, Value: `"restrain"`},
		{Path: []string{"terminal.integrated.automationProfile." + p.ideSystem()}, Value: profile},
	}}}
}

func (p *Place) ideSystem() string {
	if p.OS == "darwin" {
		return "osx"
	}
	return p.OS
}

func (p *Place) ideSettings(name string) string {
	switch dir := p.Getenv("XDG_CONFIG_HOME"); {
	case p.Project != "":
		return filepath.Join(p.Project, ".vscode/settings.json")
	case p.OS == "darwin":
		return filepath.Join(p.Home, "Library/Application Support", name, "User/settings.json")
	case filepath.IsAbs(dir):
		return filepath.Join(dir, name, "User/settings.json")
	}
	return filepath.Join(p.Home, ".config", name, "User/settings.json")
}
