package shellparse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const claudeHead = `source /home/u/.claude/shell-snapshots/snapshot-bash-17-abc.sh 2>/dev/null || true && shopt -u extglob 2>/dev/null || true && `
const claudeTail = ` < /dev/null && pwd -P >| /tmp/claude-12ab-cwd`

const cursorText = `snap=$(command cat <&3) && builtin shopt -s extglob && builtin eval -- "$snap" && { builtin set +u 2>/dev/null || true; builtin export PWD="$(builtin pwd)"; builtin shopt -s expand_aliases 2>/dev/null; builtin eval "$1" < /dev/null; }; COMMAND_EXIT_CODE=$?; dump_bash_state >&4; builtin exit $COMMAND_EXIT_CODE`

const codexText = `__CODEX_SNAPSHOT_OVERRIDE_SET_0="${PATH+x}"
__CODEX_SNAPSHOT_OVERRIDE_0="${PATH-}"

if . '/home/u/.codex/shell_snapshots/1.sh' >/dev/null 2>&1; then :; fi

if [ -n "${__CODEX_SNAPSHOT_OVERRIDE_SET_0}" ]; then export PATH="${__CODEX_SNAPSHOT_OVERRIDE_0}"; else unset PATH; fi

exec '/bin/bash' -c 'ls -la'`

const codexNewer = `__CODEX_SNAPSHOT_PROXY_ENV_SET="${CODEX_NETWORK_PROXY_ACTIVE+x}"
if . '/home/u/.codex/shell_snapshots/1.2.sh' >/dev/null 2>&1; then :; fi
if [ -n "$__CODEX_SNAPSHOT_PROXY_ENV_SET" ] || [ -n "${CODEX_NETWORK_PROXY_ACTIVE+x}" ]; then
if [ -n "${__CODEX_SNAPSHOT_OVERRIDE_SET_0}" ]; then
  if [ -z "${A+x}" ] || [ "${A-}" != "${__CODEX_SNAPSHOT_OVERRIDE_0}" ]; then export A="${__CODEX_SNAPSHOT_OVERRIDE_0}"; else export A; fi
else builtin unset A 2>/dev/null || command unset A; fi
builtin unset __CODEX_SNAPSHOT_OVERRIDE_SET_0 __CODEX_SNAPSHOT_OVERRIDE_0 2>/dev/null || command unset __CODEX_SNAPSHOT_OVERRIDE_0
fi
if [ -n "${PATH:-}" ]; then export PATH='/opt/codex/codex-path':"$PATH"; else export PATH='/opt/codex/codex-path'; fi

exec '/bin/bash' -c 'ls -la'`

var plumbing = []struct {
	name, src string
	params    []string
	cmd       string
	ok        bool
}{
	{"claude", claudeHead + `eval 'ls -la'` + claudeTail, nil, "ls -la", true},
	{"claude with the functions reset", claudeHead + `{ \builtin unalias -- 'unsetenv'; \builtin unset -f -- 'unsetenv'; } >/dev/null 2>&1 || true && eval 'ls' < /dev/null && pwd -P >| /tmp/claude-1-cwd`, nil, "ls", true},
	{"claude with builtins and functions reset", `source /h/.claude/shell-snapshots/snapshot-bash-1-a.sh 2>/dev/null || true && \builtin shopt -u extglob 2>/dev/null || true && { \builtin unalias -- 'which'; \builtin unset -f -- 'which'; } >/dev/null 2>&1 || true && eval 'ls'` + claudeTail, nil, "ls", true},
	{"claude with more in the reset", claudeHead + `{ \builtin unalias -- 'a'; rm x; } >/dev/null 2>&1 || true && eval 'ls'` + claudeTail, nil, "", false},
	{"claude, older", claudeHead + `eval 'ls -la' \< /dev/null && pwd -P >| /tmp/claude-12ab-cwd`, nil, "ls -la", true},
	{"claude with quotes", claudeHead + `eval 'echo '"'"'hi'"'"' && ls'` + claudeTail, nil, "echo 'hi' && ls", true},
	{"claude and more", claudeHead + `eval 'ls'` + claudeTail + ` && rm -rf x`, nil, "", false},
	{"claude and more before", `rm -rf x && ` + claudeHead + `eval 'ls'` + claudeTail, nil, "", false},
	{"claude and a second statement", claudeHead + `eval 'ls'` + claudeTail + `; rm x`, nil, "", false},
	{"claude with two evals", claudeHead + `eval 'ls' && eval 'rm x'` + claudeTail, nil, "", false},
	{"claude with a substitution", claudeHead + `eval "ls $(rm x)"` + claudeTail, nil, "", false},
	{"claude with another file", claudeHead + `eval 'ls' < /dev/null && pwd -P >| /etc/passwd`, nil, "", false},
	{"claude with another snapshot", `source /tmp/x.sh && eval 'ls' && pwd -P >| /tmp/claude-1-cwd`, nil, "", false},
	{"claude with a climbing snapshot", `source /h/shell-snapshots/snapshot-/../../tmp/x.sh && eval 'ls'`, nil, "", false},
	{"codex", codexText, nil, "ls -la", true},
	{"codex, newer", codexNewer, nil, "ls -la", true},
	{"codex with another export", strings.Replace(codexNewer, "else export A; fi", "else export A=/tmp/x; fi", 1), nil, "", false},
	{"codex with an assignment", strings.Replace(codexNewer, "else export A; fi", "else LD_PRELOAD=/tmp/x; fi", 1), nil, "", false},
	{"codex with a substitution in a test", strings.Replace(codexNewer, "${A-}", "${A-$(rm x)}", 1), nil, "", false},
	{"codex with a write", strings.Replace(codexNewer, "command unset A", "command unset A >/tmp/x", 1), nil, "", false},
	{"codex with another PATH", strings.Replace(codexNewer, "'/opt/codex/codex-path':", "'/tmp/x':", 1), nil, "", false},
	{"codex's trial of a snapshot", `set -e; . "/h/.codex/shell_snapshots/1.tmp-17"`, nil, "", true},
	{"codex's trial of another file", `set -e; . "/tmp/x.tmp-17"`, nil, "", false},
	{"codex saves a shell", "\n" + codexSaveText + "\n\n", nil, "", true},
	{"codex saves a shell and more", codexSaveText + "\nrm x", nil, "", false},
	{"codex and more", codexText + "; rm x", nil, "", false},
	{"codex with a command between", "if . '/h/shell_snapshots/1.sh' >/dev/null 2>&1; then :; fi\nrm x\nexec '/bin/bash' -c 'ls'", nil, "", false},
	{"codex with a substitution", "__CODEX_SNAPSHOT_X=\"$(rm x)\"\nif . '/h/shell_snapshots/1.sh' >/dev/null 2>&1; then :; fi\nexec '/bin/bash' -c 'ls'", nil, "", false},
	{"codex with another shell", "if . '/h/shell_snapshots/1.sh' >/dev/null 2>&1; then :; fi\nexec /tmp/bash -c 'ls'", nil, "", false},
	{"gemini", "shopt -u promptvars nullglob extglob nocaseglob dotglob; _bgpids_file=/tmp/gemini-shell-x/bgpids.tmp\n(\n  trap 'jobs -p > \"$_bgpids_file\"' EXIT\nls -la\n)\n__code=$?\nexit $__code", nil, "ls -la", true},
	{"gemini with another trap", "_bgpids_file=/tmp/g/bgpids.tmp\n(\n  trap 'rm x' EXIT\nls\n)\n__code=$?\nexit $__code", nil, "", false},
	{"gemini, older", "shopt -u promptvars nullglob extglob nocaseglob dotglob; { ls -la; }; __code=$?; pgrep -g 0 >/tmp/shell_pgrep_ab.tmp 2>&1; exit $__code;", nil, "ls -la", true},
	{"gemini and more", "{ ls; }; __code=$?; rm x; exit $__code;", nil, "", false},
	{"gemini with two groups", "{ ls; }; rm x; { ls; }; __code=$?; exit $__code;", nil, "", false},
	{"claude with a directory that is not quoted", `source /tmp/x /h/shell-snapshots/snapshot-1.sh && eval 'ls'`, nil, "", false},
	{"gemini with two commands", "{ ls; rm x; }; __code=$?; pgrep -g 0 >/tmp/shell_pgrep_ab.tmp 2>&1; exit $__code;", nil, "ls; rm x", true},
	{"cursor", cursorText, []string{"--", "ls -la"}, "ls -la", true},
	{"cursor without a command", cursorText, nil, "", false},
	{"cursor and more", cursorText + "; rm x", []string{"--", "ls"}, "", false},
	{"cursor with another eval", `snap=$(command cat <&3) && builtin eval "$snap" && { builtin eval "$2"; builtin eval "$1"; }; COMMAND_EXIT_CODE=$?; dump_bash_state >&4; builtin exit $COMMAND_EXIT_CODE`, []string{"--", "ls", "rm x"}, "", false},
	{"cursor hook", "restrain hook cursor <<'CURSOR_HOOK_EOF'\n{\"command\":\"rm -rf /\"}\nCURSOR_HOOK_EOF", nil, "restrain hook cursor", true},
	{"cursor hook and more", "true <<'CURSOR_HOOK_EOF'\n{}\nCURSOR_HOOK_EOF\nrm x", nil, "", false},
	{"cursor hook ended early", "true <<'CURSOR_HOOK_EOF'\nCURSOR_HOOK_EOF\nrm x\nCURSOR_HOOK_EOF", nil, "", false},
	{"snapshot dump", "SNAPSHOT_FILE=/home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh\nsource \"/home/u/.bashrc\" < /dev/null\necho '# Shell Options' >> \"$SNAPSHOT_FILE\"\nshopt -p | head -n 1000 >> \"$SNAPSHOT_FILE\"", nil, "", true},
	{"snapshot dump that reports", "SNAPSHOT_FILE=/home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh\necho x >| \"$SNAPSHOT_FILE\"\nif [ ! -f \"$SNAPSHOT_FILE\" ]; then echo no >&2; exit 1; fi", nil, "", true},
	{"snapshot dump and more", "SNAPSHOT_FILE=/home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh\necho x >> \"$SNAPSHOT_FILE\"\nrm x", nil, "", false},
	{"snapshot dump to another file", "SNAPSHOT_FILE=/home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh\necho x >> /etc/passwd", nil, "", false},
	{"nothing", "", nil, "", false},
	{"a command", "ls -la", nil, "", false},
}

func TestPlumbing(t *testing.T) {
	for _, tt := range plumbing {
		cmd, ok := PlumbingArgs(tt.src, tt.params)
		if cmd != tt.cmd || ok != tt.ok {
			t.Errorf("%s: got %q, %v; want %q, %v", tt.name, cmd, ok, tt.cmd, tt.ok)
		}
	}
}

// What was observed of an agent's version is taken off whole, in a file of its own:
// NAME-VERSION-command around ls -a, others around nothing.
func TestPlumbingObserved(t *testing.T) {
	files, err := filepath.Glob("testdata/plumbing/*.sh")
	if err != nil || len(files) == 0 {
		t.Fatal("nothing observed", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if strings.HasSuffix(file, "-command.sh") {
			want = "ls -a"
		}
		if got, ok := PlumbingArgs(string(text), nil); !ok || got != want {
			t.Errorf("%s: got %q, %t; want %q", file, got, ok, want)
		}
		if got, ok := PlumbingArgs(string(text)+"\nrm x", nil); ok {
			t.Errorf("%s with more behind it: taken off, around %q", file, got)
		}
	}
}
