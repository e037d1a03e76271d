package gate

import (
	"slices"
	"strings"

	"restrain/classify"
	"restrain/shellparse"
)

// While a question stands, whatever could type into the terminal that it stands on
// could answer it. Such a command waits for the human too, and is told of as what
// it may be, also where a step was let run that has it.

// mayAnswer reports a command that could answer the question which stands.
func (g *Gate) mayAnswer(r *Request, step *classify.Step) bool {
	return g.asking.Load() > 0 && (r.Role == Command || r.Role == Own) && typesKeys(step.Script)
}

// answers makes of such a step one that gets around restrain.
func answers(step *classify.Step) {
	step.Severity = classify.Critical
	step.Actions = append(step.Actions, classify.Action{
		Class: tamperClass, Severity: classify.Critical,
		Finding: &classify.Finding{Rule: "restrain-answer", Description: "types into a terminal while a question stands", Attack: "T1562.001"},
	})
}

// typesKeys reports a command that has keys typed into a terminal or a window.
func typesKeys(script *shellparse.Script) bool {
	for i := range script.Commands {
		c := &script.Commands[i]
		if typists(c) {
			return true
		}
		for j := range c.Redirs { // the other end of a terminal, by the process that has it
			if target := c.Redirs[j].Target.Text; strings.HasPrefix(target, "/proc/") && strings.Contains(target, "/fd/") {
				return true
			}
		}
		for j := range c.Snippets {
			if text := c.Snippets[j].Text.Text; strings.Contains(text, "TIOCSTI") || strings.Contains(text, "0x5412") || strings.Contains(text, "send-keys") {
				return true
			}
		}
	}
	return false
}

// typists knows the programs that type, and what has them do so.
func typists(c *shellparse.Command) bool {
	has := func(words ...string) bool {
		return slices.ContainsFunc(c.Argv[min(1, len(c.Argv)):], func(w shellparse.Word) bool {
			return slices.Contains(words, w.Text) || !w.Known()
		})
	}
	switch c.Name {
	case "xdotool", "ydotool", "dotool", "wtype", "xte", "xvkbd", "uinput":
		return true
	case "tmux":
		return has("send-keys", "send", "send-prefix", "paste-buffer", "pasteb", "set-hook", "source-file", "source", "run-shell", "run", "if-shell", "bind-key", "bind", "respawn-pane", "respawn-window", "pipe-pane", "kill-pane", "kill-window", "kill-session", "kill-server")
	case "screen":
		return has("-X")
	case "kitty", "kitten":
		return has("@")
	case "wezterm":
		return has("cli")
	case "zellij":
		return has("action", "ac")
	case "osascript":
		return true
	}
	return false
}
