package agent

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestIsolate(t *testing.T) {
	place := func(alive, runs bool) *Place {
		return &Place{
			Getenv: func(name string) string { return map[string]string{"HOME": "/home/u"}[name] },
			Alive: func(path string) bool {
				return alive && path == "/home/u/.codex/app-server-control/app-server-control.sock"
			},
			Runs: func(string) bool { return runs },
			Dir:  func() string { return "/run/d" },
			Port: func() string { return "4711" },
		}
	}
	for _, tt := range []struct {
		command  string
		alive    bool
		want     string // the command; empty for refused
		variable string
	}{
		{"codex fix it", false, "codex fix it", ""},
		{"codex fix it", true, "codex --no-daemon fix it", ""},
		{"/opt/bin/codex exec x", true, "/opt/bin/codex --no-daemon exec x", ""},
		{"codex --no-daemon x", true, "codex --no-daemon x", ""},
		{"env A=1 timeout 60 codex x", true, "env A=1 timeout 60 codex --no-daemon x", ""},
		{"npx -y @openai/codex@latest x", true, "npx -y @openai/codex@latest --no-daemon x", ""},
		{"codex --remote unix:// x", false, "", ""},
		{"bash -lc codex", true, "", ""},
		{"bash -lc codex", false, "bash -lc codex", ""},
		{"bash -c ls", true, "bash -c ls", ""},
		{"claude -p codex", true, "claude -p codex", ""},
		{"cline x", false, "cline x", "CLINE_HUB_PORT=4711"},
		{"cline --address h:1", false, "", ""},
		{"opencode", false, "opencode", ""},
		{"opencode attach http://h:1", false, "", ""},
		{"opencode run --attach=http://h:1 x", false, "", ""},
		{"tmux new -s x", false, "tmux -L restrain-d new -s x", ""},
		{"tmux attach", false, "", ""},
		{"tmux -L mine", false, "", ""},
		{"screen -S x", false, "screen -S x", "SCREENDIR=/run/d"},
		{"screen -r", false, "", ""},
		{"emacsclient -nw", false, "", ""},
		{"code .", false, "code .", ""},
		{"code .", true, "", ""},
		{"cursor agent x", true, "cursor agent x", ""},
		{"cursor-agent x", true, "cursor-agent x", ""},
		{"docker run -it x", false, "", ""},
		{"docker ps", false, "docker ps", ""},
		{"ssh host", false, "", ""},
		{"python3 agent.py docker run", false, "python3 agent.py docker run", ""},
	} {
		s := Start{Argv: strings.Fields(tt.command), Env: []string{"TMUX=/tmp/x,1,0", "A=1"}}
		_, err := s.Isolate(place(tt.alive, tt.alive))
		var outside *OutsideError
		switch {
		case tt.want == "":
			if !errors.As(err, &outside) || outside.Hint == "" {
				t.Errorf("%s: %v, want it refused with a hint", tt.command, err)
			}
		case err != nil || strings.Join(s.Argv, " ") != tt.want:
			t.Errorf("%s: %q, %v; want %q", tt.command, s.Argv, err, tt.want)
		case tt.variable != "" && !slices.Contains(s.Env, tt.variable):
			t.Errorf("%s: %q lacks %s", tt.command, s.Env, tt.variable)
		}
	}
}

func TestSetup(t *testing.T) {
	argv := []string{"/proc/self/exe", CodexSetup, "54", "27", "pipe", "", "/src", "/bin/bash", "/bin/bash", "-c", "ls"}
	if becomes, ok := Setup(argv); !ok || !slices.Equal(becomes, []string{"/bin/bash", "-c", "ls"}) {
		t.Errorf("becomes %q, %t", becomes, ok)
	}
	for _, argv := range [][]string{{"codex", "exec"}, argv[:8], {"codex", CodexSetup, "54", "27", "pipe", "", "/src", "bash", "bash", "-c", "ls"}} {
		if _, ok := Setup(argv); ok {
			t.Errorf("%q is no setup", argv)
		}
	}
}
