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

// typesKeys reports a command that has keys typed into a terminal or a window, or
// something done by a program that has one and runs outside of the session.
func typesKeys(script *shellparse.Script) bool {
	for i := range script.Commands {
		c := &script.Commands[i]
		if types(c.Name, c.Argv[min(1, len(c.Argv)):]) || slices.ContainsFunc(c.Wrappers, func(w shellparse.Wrapper) bool { return types(w.Name, w.Args) }) {
			return true
		}
		for j := range c.Redirs {
			if r := &c.Redirs[j]; r.Op != shellparse.RedirRead && isTerminal(r.Target.Text) {
				return true
			}
		}
		for j := range c.Snippets {
			if namesTyping(c.Snippets[j].Text.Text) {
				return true
			}
		}
	}
	return false
}

// types knows the programs that type, and what of them only looks.
func types(program string, words []shellparse.Word) bool {
	for _, w := range words {
		if namesTyping(w.Text) || isTerminal(strings.TrimPrefix(w.Text, "of=")) && !onlyReads(program) {
			return true
		}
	}
	switch program {
	case "xdotool", "ydotool", "dotool", "wtype", "xte", "xvkbd", "uinput", "osascript", "ttyecho", "writevt", "reptyr", "dtach", "abduco", "emacsclient":
		return true
	case "tmux", "tmate":
		return !tmuxLooks(words)
	case "screen":
		return !onlyWords(words, "-ls", "-list", "-wipe", "-v", "--version")
	case "kitty", "kitten":
		return hasWord(words, "@") && !onlyWords(words, "@", "ls", "get-text", "get-colors", "--self")
	case "wezterm":
		return hasWord(words, "cli") && !onlyWords(words, "cli", "list", "list-clients", "get-text", "--format", "json")
	case "zellij":
		return !onlyWords(words, "list-sessions", "ls", "--version")
	case "vim", "gvim", "nvim", "nvr":
		return hasWord(words, "--remote-send", "--remote-expr", "--servername", "--server")
	case "gdb", "lldb":
		return hasWord(words, "-p", "--pid", "attach", "--attach-pid")
	case "dbus-send", "qdbus", "qdbus6", "gdbus", "busctl": // of a terminal, as of anything
		return !hasWord(words, "list", "introspect", "monitor")
	}
	return false
}

// tmuxLooks reports words of tmux that only ask its server. It takes several commands,
// each behind a semicolon, and runs what stands in #( ).
func tmuxLooks(words []shellparse.Word) bool {
	verb := true
	for i := 0; i < len(words); i++ {
		text := words[i].Text
		switch {
		case !words[i].Known(), strings.Contains(text, "#("):
			return false
		case !verb:
			verb = strings.HasSuffix(text, ";")
		case text == "-V":
			return true
		case text == "-L", text == "-S", text == "-f", text == "-T":
			i++
		case text == "-u", text == "-2", text == "-q":
		case !slices.Contains([]string{
			"ls", "list-sessions", "lsw", "list-windows", "lsp", "list-panes", "lsc", "list-clients", "lsk", "list-keys", "lsb", "list-buffers",
			"lscm", "list-commands", "has", "has-session", "show", "show-options", "showw", "show-window-options", "showenv", "show-environment",
			"show-hooks", "showmsgs", "show-messages", "showb", "show-buffer", "info", "capturep", "capture-pane", "display", "display-message",
		}, text):
			return false
		default:
			verb = false
		}
	}
	return !verb
}

// namesTyping reports a text by which some program types, whatever the program.
func namesTyping(text string) bool {
	for _, name := range [...]string{"TIOCSTI", "0x5412", "21522", "send-keys", "send-text", "paste-buffer", "/dev/uinput"} {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// isTerminal reports the file of a terminal, of a device that types, or the other end
// of a terminal, by the process that has it. The process's own terminal is not meant.
func isTerminal(path string) bool {
	if rest, ok := strings.CutPrefix(path, "/dev/tty"); ok {
		return rest != ""
	}
	return strings.HasPrefix(path, "/dev/pts/") || strings.HasPrefix(path, "/dev/vcs") || path == "/dev/uinput" || strings.HasPrefix(path, "/dev/input/") ||
		strings.HasPrefix(path, "/proc/") && strings.Contains(path, "/fd/") && !strings.HasPrefix(path, "/proc/self/")
}

// onlyReads knows programs that change none of the files that they name.
func onlyReads(name string) bool {
	return slices.Contains([]string{"ls", "stat", "test", "[", "cat", "file", "readlink", "realpath", "lsof", "fuser", "ps", "echo", "printf"}, name)
}

// hasWord reports one of some words, or one that is not known.
func hasWord(words []shellparse.Word, names ...string) bool {
	return slices.ContainsFunc(words, func(w shellparse.Word) bool { return slices.Contains(names, w.Text) || !w.Known() })
}

// onlyWords reports that all words are known and among some, and that there is one.
func onlyWords(words []shellparse.Word, names ...string) bool {
	return len(words) > 0 && !slices.ContainsFunc(words, func(w shellparse.Word) bool { return !w.Known() || !slices.Contains(names, w.Text) })
}
