package shellparse

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

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
	r := newReader(src, Options{})
	p := plumber{sh: r.shell(src), params: params}
	r.guard(p.sh, func() {
		file, err := parse(src)
		if err != nil {
			return
		}
		p.stmts = file.Stmts
		for _, form := range [...]func(*plumber) (string, bool){(*plumber).claude, (*plumber).codex, (*plumber).codexSave, (*plumber).codexTry, (*plumber).gemini, (*plumber).cursor, (*plumber).dump} {
			if cmd, ok = form(&p); ok {
				return
			}
		}
	})
	return cmd, ok
}

// mayBePlumbing is a cheap test that saves ordinary commands from a second parse.
func mayBePlumbing(src string) bool {
	for _, mark := range [...]string{agent.ClaudeSnapshots, agent.CodexSnapshots, "__codex_snapshot_command()", "__code=$?", "COMMAND_EXIT_CODE=$?", agent.CursorHookEnd, "setopt NO_EXTENDED_GLOB"} {
		if strings.Contains(src, mark) {
			return true
		}
	}
	return false
}

// A plumber matches the statements of a text, mostly by how they are written:
// what a runner generates does not vary.
type plumber struct {
	sh     *shell
	stmts  []*syntax.Stmt
	params []string
}

// text is a statement as written, without its terminator.
func (p *plumber) text(st *syntax.Stmt) string {
	return strings.TrimRight(p.sh.text(st), "; \n")
}

// literal is the value of a word without expansions.
func (p *plumber) literal(w *syntax.Word) (value string, ok bool) {
	for _, part := range w.Parts {
		switch part := part.(type) {
		case *syntax.Lit, *syntax.SglQuoted:
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				if _, isLit := inner.(*syntax.Lit); !isLit {
					return "", false
				}
			}
		default:
			return "", false
		}
	}
	return p.sh.word(w, tildeNever).Text, true
}

// words are the literal words of a simple command without assignments.
func (p *plumber) words(st *syntax.Stmt) (words []string, ok bool) {
	call, isCall := st.Cmd.(*syntax.CallExpr)
	if !isCall || len(call.Assigns) > 0 || st.Background || st.Negated {
		return nil, false
	}
	for _, w := range call.Args {
		text, ok := p.literal(w)
		if !ok {
			return nil, false
		}
		words = append(words, text)
	}
	return words, len(words) > 0
}

// claude matches source SNAPSHOT && … && eval 'CMD' < /dev/null && pwd -P >| FILE.
func (p *plumber) claude() (cmd string, ok bool) {
	if len(p.stmts) != 1 {
		return "", false
	}
	links, _ := chain(p.stmts[0], false)
	found := false
	for i, st := range links {
		words, plain := p.words(st)
		switch {
		case !found && p.claudeSetup(st):
		case !found && plain && words[0] == "eval" && quiet(st):
			if len(words) == 4 && words[2] == "<" && words[3] == "/dev/null" {
				words = words[:2]
			}
			if len(words) != 2 {
				return "", false
			}
			cmd, found = words[1], true
		case found && i == len(links)-1 && plain && slices.Equal(words, []string{"pwd", "-P"}) && p.cwdFile(st):
		default:
			return "", false
		}
	}
	return cmd, found
}

func (p *plumber) claudeSetup(st *syntax.Stmt) bool {
	switch p.text(st) {
	case "true", "shopt -u extglob 2>/dev/null", `\builtin shopt -u extglob 2>/dev/null`, "setopt NO_EXTENDED_GLOB 2>/dev/null",
		"setopt NO_EXTENDED_GLOB NO_BARE_GLOB_QUAL 2>/dev/null", `\builtin setopt NO_EXTENDED_GLOB NO_BARE_GLOB_QUAL 2>/dev/null`,
		"{ shopt -u extglob || setopt NO_EXTENDED_GLOB; } >/dev/null 2>&1":
		return true
	}
	if p.claudeUnset(st) {
		return true
	}
	words, ok := p.words(st)
	return ok && len(words) == 2 && words[0] == "source" && snapshot(words[1], agent.ClaudeSnapshots) && quiet(st)
}

// claudeUnset matches { unalias -- 'X'; unset -f -- 'X'; } >/dev/null 2>&1.
func (p *plumber) claudeUnset(st *syntax.Stmt) bool {
	block, ok := st.Cmd.(*syntax.Block)
	if !ok || len(block.Stmts) != 2 || !quiet(st) {
		return false
	}
	name, ok := strings.CutPrefix(p.text(block.Stmts[0]), `\builtin unalias -- '`)
	name, closed := strings.CutSuffix(name, "'")
	return ok && closed && syntax.ValidName(name) && p.text(block.Stmts[1]) == `\builtin unset -f -- '`+name+`'`
}

// snapshot reports the path of a file in which a runner keeps a shell's state.
func snapshot(file, dir string) bool {
	return strings.HasPrefix(file, "/") && strings.HasSuffix(file, ".sh") && path.Clean(file) == file && strings.Contains(file, dir)
}

// quiet reports redirections from or to /dev/null only.
func quiet(st *syntax.Stmt) bool {
	for _, r := range st.Redirs {
		if r.Op == syntax.DplOut && r.Word.Lit() == "1" {
			continue
		}
		if (r.Op != syntax.RdrIn && r.Op != syntax.RdrOut) || r.Word.Lit() != "/dev/null" {
			return false
		}
	}
	return true
}

// cwdFile reports that a statement's one redirection writes the file from
// which Claude Code reads the directory back.
func (p *plumber) cwdFile(st *syntax.Stmt) bool {
	if len(st.Redirs) != 1 || st.Redirs[0].Op != syntax.RdrClob {
		return false
	}
	file, ok := p.literal(st.Redirs[0].Word)
	base := path.Base(file)
	return ok && strings.HasPrefix(file, "/") && strings.HasPrefix(base, "claude-") && strings.HasSuffix(base, "-cwd")
}

// gemini matches Gemini's and Qwen's group around the command, which keeps its
// exit status and notes the processes left behind:
//
//	shopt -u …; _bgpids_file=FILE; ( trap 'jobs -p > "$_bgpids_file"' EXIT; CMD ); __code=$?; exit $__code
//	{ CMD; }; __code=$?; pgrep -g 0 >FILE 2>&1; exit $__code;
func (p *plumber) gemini() (cmd string, ok bool) {
	stmts := p.stmts
	if len(stmts) > 0 && p.text(stmts[0]) == "shopt -u promptvars nullglob extglob nocaseglob dotglob" {
		stmts = stmts[1:]
	}
	traps := false
	if len(stmts) > 0 {
		file, isFile := strings.CutPrefix(p.text(stmts[0]), "_bgpids_file=")
		file = strings.Trim(file, "'")
		if isFile && plain(file) && strings.HasSuffix(file, "/bgpids.tmp") {
			traps, stmts = true, stmts[1:]
		}
	}
	if len(stmts) < 3 || len(stmts) > 4 || p.text(stmts[1]) != "__code=$?" || p.text(stmts[len(stmts)-1]) != "exit $__code" {
		return "", false
	}
	if len(stmts) == 4 {
		file, ok := strings.CutPrefix(p.text(stmts[2]), "pgrep -g 0 >")
		file, ok2 := strings.CutSuffix(file, " 2>&1")
		if !ok || !ok2 || !plain(file) || !strings.HasPrefix(path.Base(file), "shell_pgrep_") {
			return "", false
		}
	}
	return p.group(stmts[0], traps)
}

// group returns the text inside { … } or ( trap …; … ).
func (p *plumber) group(st *syntax.Stmt, traps bool) (cmd string, ok bool) {
	if len(st.Redirs) > 0 || st.Background || st.Negated {
		return "", false
	}
	var inner []*syntax.Stmt
	var end syntax.Pos
	switch x := st.Cmd.(type) {
	case *syntax.Block:
		inner, end = x.Stmts, x.Rbrace
	case *syntax.Subshell:
		inner, end = x.Stmts, x.Rparen
	default:
		return "", false
	}
	if traps {
		if len(inner) == 0 || p.text(inner[0]) != `trap 'jobs -p > "$_bgpids_file"' EXIT` {
			return "", false
		}
		inner = inner[1:]
	}
	if len(inner) == 0 {
		return "", true
	}
	return strings.TrimRight(p.sh.src[inner[0].Pos().Offset():end.Offset()], "; \n\t"), true
}

// cursor matches the state read from descriptor 3, the command in $1, and the
// state written to descriptor 4.
func (p *plumber) cursor() (cmd string, ok bool) {
	if len(p.stmts) != 4 || len(p.params) < 2 || p.text(p.stmts[1]) != "COMMAND_EXIT_CODE=$?" ||
		p.text(p.stmts[2]) != "dump_bash_state >&4" && p.text(p.stmts[2]) != "dump_zsh_state >&4" ||
		p.text(p.stmts[3]) != "builtin exit $COMMAND_EXIT_CODE" {
		return "", false
	}
	links, _ := chain(p.stmts[0], false)
	body := links[len(links)-1]
	for _, st := range links[:len(links)-1] {
		switch p.text(st) {
		case "snap=$(command cat <&3)", "builtin shopt -s extglob", "builtin setopt extendedglob",
			`builtin eval -- "$snap"`, `builtin eval "$snap"`:
		default:
			return "", false
		}
	}
	block, isBlock := body.Cmd.(*syntax.Block)
	if !isBlock || len(body.Redirs) > 0 || len(block.Stmts) == 0 {
		return "", false
	}
	last := len(block.Stmts) - 1
	for _, st := range block.Stmts[:last] {
		switch p.text(st) {
		case "builtin set +u 2>/dev/null || true", `builtin export PWD="$(builtin pwd)"`,
			`builtin eval "${__CURSOR_SANDBOX_ENV_RESTORE:-}" 2>/dev/null`,
			"builtin shopt -s expand_aliases 2>/dev/null", "builtin setopt aliases 2>/dev/null":
		default:
			return "", false
		}
	}
	switch p.text(block.Stmts[last]) {
	case `builtin eval "$1"`, `builtin eval "$1" < /dev/null`, `builtin eval "$1" </dev/null`:
		return p.params[1], true
	}
	return "", false
}

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

// dump matches the run in which Claude Code saves the state of a login shell:
// nothing but printing it into the snapshot.
func (p *plumber) dump() (cmd string, ok bool) {
	s := Parse(p.sh.src, Options{})
	if s.Err != nil || s.Limit != "" || len(s.Commands) < 2 || len(s.Commands[0].Assigns) != 1 {
		return "", false
	}
	first := s.Commands[0].Assigns[0]
	if first.Name != "SNAPSHOT_FILE" || !first.Value.Known() || !snapshot(first.Value.Text, agent.ClaudeSnapshots) {
		return "", false
	}
	for _, c := range s.Commands {
		switch c.Name {
		case "", "source", ".", "unalias", "echo", "printf", "declare", "typeset", "shopt", "set", "setopt", "alias", "sed",
			"grep", "awk", "base64", "cut", "head", "cat", "read", "command", "[", "test", "true", "eval", "export", "tr", "exit":
		default:
			return "", false
		}
		for _, r := range c.Redirs {
			if (r.Op == RedirWrite || r.Op == RedirAppend) && r.Target.Text != first.Value.Text && r.Target.Text != "/dev/null" {
				return "", false
			}
		}
		if len(c.Argv) > 0 && c.Name == "" || c.Name == "sed" && len(c.Snippets) > 0 || c.Origin == Code {
			return "", false
		}
	}
	return "", true
}
