package shellparse

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"restrain/agent"
)

// This file knows what Codex puts around a command, and how it saves the state
// of a shell.

// codex matches variables saved, if . SNAPSHOT; then :; fi, the variables put
// back, and exec SHELL -c 'CMD'.
func (p *plumber) codex() (cmd string, ok bool) {
	if len(p.stmts) < 2 {
		return "", false
	}
	last := len(p.stmts) - 1
	sourced := false
	for _, st := range p.stmts[:last] {
		if x, isIf := st.Cmd.(*syntax.IfClause); isIf && p.codexSource(x) {
			sourced = true
		} else if !p.codexQuiet(st) {
			return "", false
		}
	}
	words, plain := p.words(p.stmts[last])
	if !sourced || !plain || len(p.stmts[last].Redirs) > 0 || len(words) != 4 || words[0] != "exec" ||
		!IsShell(path.Base(words[1])) || !systemPath(words[1]) || words[2] != "-c" && words[2] != "-lc" {
		return "", false
	}
	return words[3], true
}

// codexSource matches if . 'SNAPSHOT' >/dev/null 2>&1; then :; fi.
func (p *plumber) codexSource(x *syntax.IfClause) bool {
	if len(x.Cond) != 1 || len(x.Then) != 1 || x.Else != nil || p.text(x.Then[0]) != ":" {
		return false
	}
	words, ok := p.words(x.Cond[0])
	return ok && len(words) == 2 && words[0] == "." && snapshot(words[1], agent.CodexSnapshots) && quiet(x.Cond[0])
}

// codexQuiet matches a statement that does nothing but keep a variable, test
// one, put one back or take one away.
func (p *plumber) codexQuiet(st *syntax.Stmt) bool {
	if st.Background || st.Negated || st.Coprocess || !quiet(st) {
		return false
	}
	switch x := st.Cmd.(type) {
	case *syntax.CallExpr:
		return codexAssign(p, x) || p.codexTest(x) || p.codexUnset(st)
	case *syntax.BinaryCmd:
		return (x.Op == syntax.OrStmt || x.Op == syntax.AndStmt) && p.codexQuiet(x.X) && p.codexQuiet(x.Y)
	case *syntax.DeclClause:
		return p.codexExport(x)
	case *syntax.IfClause:
		for ; x != nil; x = x.Else {
			for _, st := range append(slices.Clip(x.Cond), x.Then...) {
				if !p.codexQuiet(st) {
					return false
				}
			}
		}
		return true
	}
	return false
}

// codexAssign matches __CODEX_SNAPSHOT_X="${NAME+x}" and "${NAME-}".
func codexAssign(p *plumber, call *syntax.CallExpr) bool {
	for _, a := range call.Assigns {
		if a.Name == nil || a.Value == nil || a.Append || a.Index != nil || !strings.HasPrefix(a.Name.Value, agent.CodexVariables) {
			return false
		}
		if !codexParam(p.sh.text(a.Value)) {
			return false
		}
	}
	return len(call.Assigns) > 0 && len(call.Args) == 0
}

// codexParam matches the expansion of one variable, and no more, in quotes.
func codexParam(text string) bool {
	text, opened := strings.CutPrefix(text, `"$`)
	name, closed := strings.CutSuffix(text, `"`)
	if inner, braces := strings.CutPrefix(name, "{"); braces {
		if name, braces = strings.CutSuffix(inner, "}"); !braces {
			return false
		}
		name = strings.TrimRight(strings.TrimSuffix(name, "+x"), ":-")
	}
	return opened && closed && syntax.ValidName(name)
}

// codexTest matches [ -n X ], [ -z X ] and [ X != Y ] of variables.
func (p *plumber) codexTest(x *syntax.CallExpr) bool {
	if len(x.Assigns) > 0 || len(x.Args) < 4 || p.sh.text(x.Args[0]) != "[" || p.sh.text(x.Args[len(x.Args)-1]) != "]" {
		return false
	}
	for _, w := range x.Args[1 : len(x.Args)-1] {
		switch text := p.sh.text(w); text {
		case "-n", "-z", "!=":
		default:
			if !codexParam(text) {
				return false
			}
		}
	}
	return true
}

// codexUnset matches unset NAME…, also as builtin and command.
func (p *plumber) codexUnset(st *syntax.Stmt) bool {
	words, ok := p.words(st)
	if ok && (words[0] == "builtin" || words[0] == "command") {
		words = words[1:]
	}
	if !ok || len(words) < 2 || words[0] != "unset" {
		return false
	}
	for _, name := range words[1:] {
		if !syntax.ValidName(name) {
			return false
		}
	}
	return true
}

// codexExport matches export X, export X="$__CODEX_SNAPSHOT_…" and the
// directory of Codex's own tools put in front of PATH.
func (p *plumber) codexExport(x *syntax.DeclClause) bool {
	if x.Variant.Value != "export" || len(x.Args) != 1 || x.Args[0].Name == nil || x.Args[0].Append || x.Args[0].Index != nil {
		return false
	}
	if x.Args[0].Value == nil {
		return true
	}
	text := p.sh.text(x.Args[0].Value)
	if x.Args[0].Name.Value == "PATH" && strings.HasPrefix(text, "'/") {
		dir, _, _ := strings.Cut(text[1:], "'")
		rest := text[len(dir)+1:]
		return path.Clean(dir) == dir && strings.HasSuffix(dir, "/codex-path") && (rest == "'" || rest == `':"$PATH"`)
	}
	return strings.HasPrefix(strings.TrimLeft(text, `"${`), agent.CodexVariables) && codexParam(text)
}

// codexTry matches set -e; . "SNAPSHOT": the trial of a new one.
func (p *plumber) codexTry() (cmd string, ok bool) {
	if len(p.stmts) != 2 || p.text(p.stmts[0]) != "set -e" || len(p.stmts[1].Redirs) > 0 {
		return "", false
	}
	words, ok := p.words(p.stmts[1])
	if !ok || len(words) != 2 || words[0] != "." {
		return "", false
	}
	file, number, made := strings.Cut(words[1], ".tmp-")
	return "", made && strings.Trim(number, "0123456789") == "" && snapshot(file+".sh", agent.CodexSnapshots)
}

// codexSave matches the run in which Codex prints the state of a login shell.
func (p *plumber) codexSave() (cmd string, ok bool) {
	return "", strings.TrimSpace(p.sh.src) == codexSaveText
}

// codexSaveText is what Codex 0.171.0 runs; only whole is it plumbing.
const codexSaveText = `if [ -z "${BASH_ENV-}" ] && [ -n "${HOME-}" ] && [ -r "$HOME/.bashrc" ]; then
  . "$HOME/.bashrc"
fi
echo '# Snapshot file'
echo '# Unset all aliases to avoid conflicts with functions'
echo 'unalias -a 2>/dev/null || true'
shopt -p || true
echo '# Functions'
declare -f
echo ''

__codex_snapshot_command() {
  if command -v "$1" >/dev/null 2>&1; then
    "$@"
  else
    command -p "$@"
  fi
}
bash_opts=$(set -o | __codex_snapshot_command awk '$2=="on"{print $1}')
bash_opt_count=$(printf '%s\n' "$bash_opts" | __codex_snapshot_command sed '/^$/d' | __codex_snapshot_command wc -l | __codex_snapshot_command tr -d ' ')
echo "# setopts $bash_opt_count"
if [ -n "$bash_opts" ]; then
  printf 'set -o %s\n' $bash_opts
fi
echo ''
printf '\0'
alias_count=$(\alias -p | __codex_snapshot_command wc -l | __codex_snapshot_command tr -d ' ')
echo "# aliases $alias_count"
\alias -p
echo ''

printf '\0'
(
  while IFS= read -r __codex_snapshot_export_name; do
    case "$__codex_snapshot_export_name" in
      ""|[0-9]*|*[!A-Za-z0-9_]*|PWD|OLDPWD) continue ;;
    esac
    printf '%s\0' "$__codex_snapshot_export_name"
    declare -xp "$__codex_snapshot_export_name" 2>/dev/null || true
    printf '\0'
  done < <(compgen -e)
)

printf '\0'`
