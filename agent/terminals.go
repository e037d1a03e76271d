package agent

import (
	"path/filepath"
	"strings"
)

// terminals are programs that have others started by a server, which may run
// already.
func terminals() []client {
	return []client{
		{[]string{"tmux"}, nil, tmuxApart},
		{[]string{"screen"}, nil, screenApart},
		{[]string{"emacsclient"}, nil, emacsApart},
		{[]string{"code", "code-insiders", "cursor", "windsurf", "zed"}, nil, editorApart},
		{[]string{"docker", "nerdctl", "kubectl", "ssh", "mosh", "devcontainer", "systemd-run", "limactl", "distrobox", "toolbox"}, nil, elsewhereApart},
	}
}

// tmuxApart gives tmux a server of the session's own.
func tmuxApart(s *Start, at int, p *Place) (note string, err error) {
	for _, word := range s.Argv[at+1:] {
		if strings.HasPrefix(word, "-L") || strings.HasPrefix(word, "-S") {
			return "", &OutsideError{"tmux", "the server that it names may run outside of the session", "leave -L and -S out: the session has a server of its own"}
		}
	}
	switch s.verb(at) {
	case "a", "at", "attach", "attach-session":
		return "", &OutsideError{"tmux", "what runs in the session that it attaches to was started outside", "restrain -- AGENT within that tmux session"}
	}
	s.unset("TMUX")
	s.insert(at, "-L", "restrain-"+filepath.Base(p.Dir()))
	return "tmux has a server of this session's own", nil
}

// screenApart does the same for screen, which finds its servers in a directory.
func screenApart(s *Start, at int, p *Place) (note string, err error) {
	if s.hasWord(at, "-r", "-R", "-RR", "-x", "-d", "-D", "-X") {
		return "", &OutsideError{"screen", "what runs in the session that it attaches to was started outside", "restrain -- AGENT within that screen session"}
	}
	s.unset("STY")
	s.set("SCREENDIR", p.Dir())
	return "screen has sessions of this session's own", nil
}

func emacsApart(*Start, int, *Place) (note string, err error) {
	return "", &OutsideError{"emacsclient", "the Emacs that it speaks to does its work", "restrain -- emacs"}
}

// editorApart: an editor that runs already opens another window and starts its
// terminals itself.
func editorApart(s *Start, at int, p *Place) (note string, err error) {
	name := filepath.Base(s.Argv[at])
	if name == "cursor" && s.verb(at) == "agent" || !p.Runs(name) {
		return "", nil
	}
	return "", &OutsideError{name, "the " + name + " that runs already does its work", "close it first, or guard the agent in it: restrain init"}
}

// elsewhereApart: a daemon or another machine runs what these start.
func elsewhereApart(s *Start, at int, _ *Place) (note string, err error) {
	name, verb := filepath.Base(s.Argv[at]), s.verb(at)
	switch name {
	case "docker", "nerdctl":
		if verb != "run" && verb != "exec" && verb != "start" && verb != "attach" && verb != "compose" && verb != "sandbox" {
			return "", nil
		}
	case "kubectl":
		if verb != "run" && verb != "exec" && verb != "attach" && verb != "debug" {
			return "", nil
		}
	case "limactl", "distrobox", "toolbox":
		if verb != "shell" && verb != "enter" && verb != "run" {
			return "", nil
		}
	}
	return "", &OutsideError{name, "what it starts runs outside of the session", "run restrain there: " + name + " … restrain -- AGENT"}
}
