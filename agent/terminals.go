package agent

import (
	"path/filepath"
	"strings"
)

// terminals are programs that have others started by a server, which may run
// already.
func terminals() []client {
	return []client{
		{[]string{"tmux"}, nil, isolateTmux},
		{[]string{"screen"}, nil, isolateScreen},
		{[]string{"emacsclient"}, nil, isolateEmacs},
		{[]string{"code", "code-insiders", "cursor", "windsurf", "zed"}, nil, isolateEditor},
		{[]string{"docker", "nerdctl", "kubectl", "ssh", "mosh", "devcontainer", "systemd-run", "limactl", "distrobox", "toolbox"}, nil, isolateElsewhere},
	}
}

// isolateTmux gives tmux a server of the session's own.
func isolateTmux(s *Start, at int, p *Place) (note string, err error) {
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

// isolateScreen does the same for screen, which finds its servers in a directory.
func isolateScreen(s *Start, at int, p *Place) (note string, err error) {
	if s.hasWord(at, "-r", "-R", "-RR", "-x", "-d", "-D", "-X") {
		return "", &OutsideError{"screen", "what runs in the session that it attaches to was started outside", "restrain -- AGENT within that screen session"}
	}
	s.unset("STY")
	s.set("SCREENDIR", p.Dir())
	return "screen has sessions of this session's own", nil
}

func isolateEmacs(*Start, int, *Place) (note string, err error) {
	return "", &OutsideError{"emacsclient", "the Emacs that it speaks to does its work", "restrain -- emacs"}
}

// isolateEditor: an editor that runs already opens another window and starts its
// terminals itself.
func isolateEditor(s *Start, at int, p *Place) (note string, err error) {
	name := filepath.Base(s.Argv[at])
	if name == "cursor" && s.verb(at) == "agent" || !p.Runs(name) {
		return "", nil
	}
	return "", &OutsideError{name, "the " + name + " that runs already does its work", "close it first, or guard the agent in it: restrain init"}
}

// isolateElsewhere: a daemon or another machine runs what these start.
func isolateElsewhere(s *Start, at int, _ *Place) (note string, err error) {
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
