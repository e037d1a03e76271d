//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"restrain/keep"
	"restrain/session"
)

// completions asks a real shell, with restrain's completion loaded, what may
// stand for the last word of a line.
var completions = map[string]func(words []string) []string{
	"bash": func(words []string) []string {
		return []string{"-c", `source "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _restrain; printf '%s\n' "${COMPREPLY[@]}"`}
	},
	"zsh": func(words []string) []string {
		return []string{"-fc", `
			compdef() { : }; _files() { : }; compadd() { shift; print -rl -- ${(M)@:#$words[CURRENT]*} }; _normal() { print agent: $words }
			_describe() { print -rl -- ${(M)${${(P)@[-1]}%%:*}:#$words[CURRENT]*} }
			source $0; words=("$@") CURRENT=$#; _restrain`}
	},
	"fish": func(words []string) []string {
		return []string{"--no-config", "-c", `source $argv[1]; complete -C "` + strings.Join(words, " ") + `" | string replace -r '\t.*' ''; true`}
	},
}

func TestCompletion(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "restrain", "sessions", "7f3a2b"), 0o700); err != nil {
		t.Fatal(err)
	}
	id := keptStep(t, home)
	bin := t.TempDir()
	if err := os.Symlink(mustExecutable(), filepath.Join(bin, "restrain")); err != nil {
		t.Fatal(err)
	}
	// An agent may make a directory there, and bash expands what it completes with.
	ran := filepath.Join(home, "ran")
	if err := os.Mkdir(filepath.Join(home, "restrain", "sessions", "$(cd;>ran)"), 0o700); err != nil {
		t.Fatal(err)
	}
	for shell, invocation := range completions {
		t.Run(shell, func(t *testing.T) {
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed", shell)
			}
			script := filepath.Join(t.TempDir(), "completion")
			if err := os.WriteFile(script, []byte(stdoutOf(t, "completion", shell)), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, test := range []struct {
				line       string
				want, lack string
			}{
				{"restrain ch", "check", "--json"},
				{"restrain rules li", "list", "check"},
				{"restrain rules list --m", "--markdown", "list"},
				{"restrain --persona ops expl", "explain", "--markdown"},
				{"restrain --ci --timeo", "--timeout", "check"},
				{"restrain report 7", "7f3a2b", "check"},
				{"restrain completion z", "zsh", "check"},
				{"restrain init cur", "cursor-ide", "copilot"},
				{"restrain init claude-code cur", "", "--json"},
				{"restrain hook g", "goose", "cursor-ide"},
				{"restrain --ci --on-ask f", "fail-fast", "deny"},
				{"restrain --persona ", "read-only", "check"},
				{"restrain report --format s", "sarif", "check"},
				{"restrain replay --format s", "", "sarif"},
				{"restrain --timeout ", "", "check"},
				{"restrain -- che", "", "check"},
				{"restrain undo ", id, "check"},
				{"restrain undo --se", "--session", id},
				{"restrain undo --session ", "7f3a2b", id},
				{"restrain undo --to ", "", id},
				{"restrain report ", "7f3a2b", id},
				{"restrain log --se", "", "--session"},
			} {
				words := strings.Split(test.line, " ")
				cmd := exec.Command(program, append(append(invocation(words), script), words...)...)
				cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + home, "XDG_STATE_HOME=" + home, "TERM=dumb", quickExit}
				out, err := cmd.Output()
				if err != nil {
					t.Errorf("%s: %v", test.line, err)
				}
				got := strings.Split(strings.TrimSpace(string(out)), "\n")
				if test.want != "" && !slices.Contains(got, test.want) || slices.Contains(got, test.lack) {
					t.Errorf("%s: got %q, want %q and no %q", test.line, got, test.want, test.lack)
				}
			}
			if _, err := os.Lstat(ran); err == nil {
				t.Error("the name of a session's directory was run")
			}
		})
	}
}

// A real zsh, with its own completion system, completes verbs and options.
func TestZshCompletion(t *testing.T) {
	zsh, err := exec.LookPath("zsh")
	if err != nil {
		t.Skip("zsh is not installed")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "completion")
	if err := os.WriteFile(script, []byte(stdoutOf(t, "completion", "zsh")), 0o600); err != nil {
		t.Fatal(err)
	}
	// A widget completes and prints the line; Ctrl-U takes it away for the next.
	const typing = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'autoload -U compinit; compinit -u -D; source '$1'; PROMPT= ; show() { zle complete-word; print -r -- "<$BUFFER>" }; zle -N show; bindkey "^I" show; print rea"dy"'
zpty -r z out '*ready*'
shift
for line; do
  zpty -w -n z $line$'\t'
  zpty -r z out '*<*>*'
  print -r -- $out
  zpty -w -n z $'\C-u'
done
zpty -d z`
	lines := [][2]string{
		{"restrain expl", "<restrain explain >"},
		{"restrain log --pa", "<restrain log --parts >"},
		{"restrain rules li", "<restrain rules list >"},
		{"restrain init vsc", "<restrain init vscode >"},
		{"restrain --on-ask fail", "<restrain --on-ask fail-fast >"},
		{"restrain --ci --policy-s", "<restrain --ci --policy-sha256 >"},
	}
	args := []string{"-fc", typing, "zsh", script}
	for _, line := range lines {
		args = append(args, line[0])
	}
	cmd := exec.CommandContext(t.Context(), zsh, args...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TERM=vt100"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if !strings.Contains(string(out), line[1]) {
			t.Errorf("%s did not become %s", line[0], line[1])
		}
	}
}

// keptStep keeps a step in a state directory, and gives its id.
func keptStep(t *testing.T, stateHome string) string {
	t.Helper()
	s, err := keep.Open(filepath.Join(stateHome, "restrain"), keep.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept, err := s.Keep(t.Context(), keep.Step{Session: "7f3a2b", Number: 3, Command: "rm 'a: b'\t\x1b[2Jc"}, []keep.Item{{Path: path}})
	if err != nil {
		t.Fatal(err)
	}
	return kept.ID
}

// What a shell completes with is plain text, a step a line.
func TestUndoWords(t *testing.T) {
	home := t.TempDir()
	id := keptStep(t, home)
	var out strings.Builder
	h := &host{session.Host{Stdin: os.Stdin, Stdout: &out, Stderr: &out, Getenv: func(name string) string {
		return map[string]string{"XDG_STATE_HOME": home, "HOME": home}[name]
	}}}
	if status := run(h, []string{"restrain", "undo", "--words"}); status != exitOK {
		t.Fatalf("exit status %d: %s", status, out.String())
	}
	line, more := strings.CutSuffix(out.String(), "\n")
	if gotID, command, ok := strings.Cut(line, "\t"); !ok || !more || gotID != id || !strings.HasPrefix(command, "rm 'a: b'") || strings.ContainsAny(command, "\t\n\x1b") {
		t.Errorf("got %q, want %s, a tab and the escaped command", out.String(), id)
	}
}

// Every verb completes, with all of its options.
func TestCompletionIsComplete(t *testing.T) {
	for shell := range completions {
		script := stdoutOf(t, "completion", shell)
		for _, command := range commands(&host{session.Host{}}, new(int)) {
			if !command.Hidden && !strings.Contains(script, command.Name) {
				t.Errorf("%s: no verb %s", shell, command.Name)
			}
		}
	}
}

// stdoutOf runs restrain in this process.
func stdoutOf(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	h := &host{session.Host{Stdin: os.Stdin, Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}}
	if status := run(h, append([]string{"restrain"}, args...)); status != exitOK {
		t.Fatalf("restrain %q: exit status %d: %s", args, status, errs.String())
	}
	return out.String()
}
