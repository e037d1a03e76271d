package agent

import (
	"path/filepath"
	"time"
)

// cline has programs in place of settings.
func cline() Agent {
	return Agent{
		Name: "cline", Title: "Cline", Hook: "cline", Prompt: "userPromptSubmit", Seen: "3.0.65",
		Programs: []string{"cline"}, Packages: []string{"cline"}, Dirs: []string{".cline"}, Patience: 30 * time.Second,
		Hooks:   File{Project: ".clinerules", User: ".cline", Name: "hooks/PreToolUse"},
		Notes:   []string{"a denial ends Cline's run"},
		isolate: isolateCline,
	}
}

// isolateCline: a hub that outlives the command line does the work of every Cline
// (3.0.65). It is found by a file, and both that and its port may be told.
func isolateCline(s *Start, at int, p *Place) (note string, err error) {
	if s.hasWord(at, "--address") || p.Getenv("CLINE_HUB_ADDRESS") != "" {
		return "", &OutsideError{"cline", "the hub at the given address does its work", "leave --address and CLINE_HUB_ADDRESS out"}
	}
	port := p.Port()
	if p.Dir() == "" || port == "" {
		return "", &OutsideError{"cline", "its hub may run outside of the session", "cline hub stop, and try again"}
	}
	s.set("CLINE_HUB_DISCOVERY_PATH", filepath.Join(p.Dir(), "cline-hub.json"))
	s.set("CLINE_HUB_PORT", port)
	return "Cline has a hub of this session's own", nil
}
