package shellparse

import (
	"regexp"
	"slices"
	"strings"

	"restrain/agent"
)

// Plumbing recognises the text that an agent's own runner puts around a
// command, and returns the command: empty for runs that only save or restore
// the shell's state. ok is false for everything else, and for plumbing with
// anything added to it.
//
// Plumbing is what the agent's process itself spawns. A shell that a command
// of the agent starts is not plumbing, whatever its text looks like: the
// snapshots that plumbing sources are not read here.
func Plumbing(src string) (cmd string, ok bool) { return PlumbingArgs(src, nil) }

// PlumbingArgs is Plumbing for text that takes its command from the
// positional parameters $0, $1, …, as Cursor's does.
func PlumbingArgs(src string, params []string) (cmd string, ok bool) {
	if !mayBePlumbing(src) || len(src) > maxSource || tooDeep(src) || strings.IndexByte(src, 0) >= 0 {
		return "", false
	}
	if cmd, ok = cursorHook(src); ok {
		return cmd, true
	}
	text := strings.TrimSpace(src)
	for _, form := range [...]string{claudeForm, codexForm, geminiForm} {
		if m := regexp.MustCompile(form).FindStringSubmatch(text); m != nil {
			return unwrapped(m[1], form == geminiForm)
		}
	}
	if len(params) > 1 && regexp.MustCompile(cursorForm).MatchString(text) {
		return params[1], true
	}
	return "", text == codexSaveText || regexp.MustCompile(codexTrial).MatchString(text) || savesClaude(text)
}

// unwrapped is the command in what a form had in its place: the text itself,
// which must be whole, or a word that says it.
func unwrapped(text string, bare bool) (cmd string, ok bool) {
	file, err := parse(text)
	switch {
	case err != nil:
		return "", false
	case bare:
		return strings.TrimRight(text, "; \n\t"), true
	}
	if s := Parse(": "+text, Options{}); len(file.Stmts) == 1 && len(s.Commands) == 1 && len(s.Commands[0].Argv) == 2 {
		return s.Commands[0].Argv[1].Text, s.Commands[0].Argv[1].Known()
	}
	return "", false
}

// mayBePlumbing is a cheap test that saves ordinary commands from more.
func mayBePlumbing(src string) bool {
	for _, mark := range [...]string{agent.ClaudeSnapshots, agent.CodexSnapshots, "__codex_snapshot_command()", "__code=$?", "COMMAND_EXIT_CODE=$?", agent.CursorHookEnd, "setopt NO_EXTENDED_GLOB"} {
		if strings.Contains(src, mark) {
			return true
		}
	}
	return false
}

// What the forms are made of: a word without expansions, a path without dots to
// climb by, a variable's value, redirections that lead nowhere.
const (
	formName    = `[A-Za-z_]\w*`
	formWord    = `(?:'[^']*'|"[^"$\x60\\]*"|\\'|[\w@%+=:,./-]+)+`
	formDirs    = `(?:/\.?[\w@%+~-][\w.@%+~-]*)*`
	formDirsIn  = `(?:/\.?[\w@%+~-][\w.@%+~ -]*)*` // between quotes
	formValue   = `"\$(?:` + formName + `|\{` + formName + `(?:\+x|:?-)?\})"`
	formNowhere = `(?: ?(?:[12]?>|<) ?/dev/null| 2>&1)*`
	formEnd     = `[;\s]+`
)

// claudeForm is source SNAPSHOT && … && eval 'CMD' < /dev/null && pwd -P >| FILE.
const (
	claudeFile  = agent.ClaudeSnapshots + `[\w.-]*\.sh`
	claudeSaved = `(?:` + formDirs + claudeFile + `|'` + formDirsIn + claudeFile + `'|"` + formDirsIn + claudeFile + `")`
	claudeSetup = `true|(?:\\builtin )?shopt -u extglob 2>/dev/null|(?:\\builtin )?setopt NO_EXTENDED_GLOB(?: NO_BARE_GLOB_QUAL)? 2>/dev/null` +
		`|\{ shopt -u extglob \|\| setopt NO_EXTENDED_GLOB; \} >/dev/null 2>&1` +
		`|\{ \\builtin unalias -- '` + formName + `'; \\builtin unset -f -- '` + formName + `'; \} >/dev/null 2>&1` +
		`|source ` + claudeSaved + formNowhere
	claudeForm = `^(?:(?:` + claudeSetup + `) (?:&&|\|\|) )*eval (` + formWord + `)(?: \\?< /dev/null)?` + formNowhere +
		`(?: && pwd -P >\| (?:` + formDirs + `/claude-[\w.-]*-cwd|'` + formDirsIn + `/claude-[\w.-]*-cwd'))?$`
)

// codexForm is variables saved, if . SNAPSHOT; then :; fi, the variables put back,
// and exec SHELL -c 'CMD'; codexTrial is that of a new snapshot.
const (
	codexSaved = `['"]?` + formDirs + agent.CodexSnapshots + `[\w.-]*`
	codexQuiet = `(?:(?:if|then|else|fi|&&|\|\||` + agent.CodexVariables + `\w*=` + formValue +
		`|\[ (?:-[nz] ` + formValue + `|` + formValue + ` != ` + formValue + `) \]` +
		`|export (?:` + formName + `="\$\{?` + agent.CodexVariables + `\w*\}?"|PATH='` + formDirs + `/codex-path'(?::"\$PATH")?|` + formName + `)` +
		`|(?:(?:builtin|command) )?unset(?: ` + formName + `)+(?: 2>/dev/null)?)` + formEnd + `)*`
	codexForm = `^` + codexQuiet + `if \. ` + codexSaved + `\.sh['"]? >/dev/null 2>&1; then :; fi` + formEnd + codexQuiet +
		`exec '?(?:/usr(?:/local)?)?/bin/(?:ba|da|k|z)?sh'? -l?c (` + formWord + `)$`
	codexTrial = `^set -e; \. ` + codexSaved + `\.tmp-[0-9]+['"]?$`
)

// geminiForm is Gemini's and Qwen's group around the command, which keeps its exit
// status and notes the processes left behind.
const geminiForm = `^(?:shopt -u promptvars nullglob extglob nocaseglob dotglob` + formEnd + `)?` +
	`(?:(?:_bgpids_file='?` + formDirs + `/bgpids\.tmp'?` + formEnd + `)\(\s*trap 'jobs -p > "\$_bgpids_file"' EXIT` + formEnd + `|[({]\s)((?s).*?)[;\s]*[)}]` + formEnd +
	`__code=\$\?` + formEnd + `(?:pgrep -g 0 >` + formDirs + `/shell_pgrep_[\w.-]* 2>&1` + formEnd + `)?exit \$__code;?$`

// cursorForm is the state read from descriptor 3, the command in $1, and the state
// written to descriptor 4.
const cursorForm = `^(?:(?:snap=\$\(command cat <&3\)|builtin shopt -s extglob|builtin setopt extendedglob|builtin eval (?:-- )?"\$snap") && )*\{\s` +
	`(?:(?:builtin set \+u 2>/dev/null \|\| true|builtin export PWD="\$\(builtin pwd\)"|builtin eval "\$\{__CURSOR_SANDBOX_ENV_RESTORE:-\}" 2>/dev/null` +
	`|builtin shopt -s expand_aliases 2>/dev/null|builtin setopt aliases 2>/dev/null)` + formEnd + `)*` +
	`builtin eval "\$1"(?: ?< ?/dev/null)?` + formEnd + `\}` + formEnd + `COMMAND_EXIT_CODE=\$\?` + formEnd +
	`dump_(?:bash|zsh)_state >&4` + formEnd + `builtin exit \$COMMAND_EXIT_CODE;?$`

// cursorHook matches CMD <<'CURSOR_HOOK_EOF' with the hook's event as its text.
func cursorHook(src string) (cmd string, ok bool) {
	const mark = agent.CursorHookEnd
	first, rest, found := strings.Cut(src, "\n")
	cmd, ok = strings.CutSuffix(strings.TrimRight(first, " "), "<<'"+mark+"'")
	if !found || !ok || strings.ContainsAny(cmd, "#<") {
		return "", false
	}
	lines := strings.Split(strings.TrimSuffix(rest, "\n"), "\n")
	if slices.Index(lines, mark) != len(lines)-1 {
		return "", false
	}
	if _, err := parse(cmd); err != nil {
		return "", false
	}
	return strings.TrimSpace(cmd), true
}

// savesClaude reports the run in which Claude Code saves the state of a login shell:
// nothing but printing it into the snapshot.
func savesClaude(src string) bool {
	s := Parse(src, Options{})
	if s.Err != nil || s.Limit != "" || len(s.Commands) < 2 || len(s.Commands[0].Assigns) != 1 {
		return false
	}
	first := s.Commands[0].Assigns[0]
	if first.Name != "SNAPSHOT_FILE" || !first.Value.Known() || !regexp.MustCompile(`^`+formDirsIn+claudeFile+`$`).MatchString(first.Value.Text) {
		return false
	}
	for _, c := range s.Commands {
		switch c.Name {
		case "", "source", ".", "unalias", "echo", "printf", "declare", "typeset", "shopt", "set", "setopt", "alias", "sed",
			"grep", "awk", "base64", "cut", "head", "cat", "read", "command", "[", "test", "true", "eval", "export", "tr", "exit":
		default:
			return false
		}
		for _, r := range c.Redirs {
			if (r.Op == RedirWrite || r.Op == RedirAppend) && r.Target.Text != first.Value.Text && r.Target.Text != "/dev/null" {
				return false
			}
		}
		if len(c.Argv) > 0 && c.Name == "" || c.Name == "sed" && len(c.Snippets) > 0 || c.Origin == Code {
			return false
		}
	}
	return true
}
