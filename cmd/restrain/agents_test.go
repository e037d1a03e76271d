//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"restrain/intercept"
	"restrain/internal/slowtest"
	"restrain/journal"
)

// A standIn spawns shell commands in the way of an agent.
type standIn struct {
	name    string
	program string // an interpreter
	text    string // spawns each of its arguments, and prints what came of it
}

// python runs CMD with the argv that the expression gives, as most do.
func python(name, argv string) standIn {
	return standIn{name: name, program: "python3", text: `
import os, subprocess, sys
os.makedirs('.claude/shell-snapshots', exist_ok=True); os.makedirs('.codex/shell_snapshots', exist_ok=True)
claude, codex = os.path.abspath('.claude/shell-snapshots/snapshot-bash-1-a.sh'), os.path.abspath('.codex/shell_snapshots/1.sh')
for path in (claude, codex): open(path, 'w').close()
subprocess.run(['git', 'rev-parse', '--show-toplevel'], capture_output=True)
for cmd in sys.argv[1:]:
    quoted = "'" + cmd.replace("'", "'\"'\"'") + "'"
    r = subprocess.run(` + argv + `, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    print(r.stdout, r.stderr, 'status', r.returncode)
`}
}

var standIns = []standIn{
	python("Claude Code", `[os.environ['SHELL'], '-c', "source " + claude + " 2>/dev/null || true && \\builtin shopt -u extglob 2>/dev/null || true && { \\builtin unalias -- 'which'; \\builtin unset -f -- 'which'; } >/dev/null 2>&1 || true && eval " + quoted + " < /dev/null && pwd -P >| " + os.path.abspath('claude-1-cwd')]`),
	python("Codex", `['/bin/bash', '-c', '__CODEX_SNAPSHOT_OVERRIDE_0="${PATH-}"\n\nif . ' + "'" + codex + "'" + ' >/dev/null 2>&1; then :; fi\n\n' + "exec '/bin/bash' -c " + quoted]`),
	python("Gemini CLI", `['bash', '-c', "shopt -u promptvars nullglob extglob nocaseglob dotglob; _bgpids_file=" + os.path.abspath('bgpids.tmp') + "\n(\n  trap 'jobs -p > \"$_bgpids_file\"' EXIT\n" + cmd + "\n)\n__code=$?\nexit $__code"]`),
	python("OpenCode", `[os.environ['SHELL'], '-c', cmd]`),
	python("Copilot CLI", `['/bin/bash', '--norc', '--noprofile', '-c', cmd]`),
	{name: "Qwen Code", program: "python3", text: `
import os, pty, sys
for cmd in sys.argv[1:]:
    pid, fd = pty.fork()
    if pid == 0: os.execvp('bash', ['bash', '-c', cmd])
    try:
        while data := os.read(fd, 4096): print(data.decode(), end='')
    except OSError: pass
    print('status', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`},
	python("pi", `['/bin/bash', '-c', cmd]`),
	{name: "pi, on node", program: "node", text: `
const { spawn } = require('child_process')
const next = (cmds) => {
  if (!cmds.length) return
  const child = spawn('/bin/bash', ['-c', cmds[0]], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  for (const s of [child.stdout, child.stderr]) s.on('data', (d) => { out += d })
  child.on('close', (status) => { console.log(out, 'status', status); next(cmds.slice(1)) })
}
next(process.argv.slice(2))
`},
	{name: "Cline", program: "python3", text: `
import os, subprocess, sys
r, w = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for cmd in sys.argv[1:]:
            p = subprocess.run(['/bin/bash', '-c', cmd], capture_output=True, text=True)
            os.write(w, (p.stdout + p.stderr + ' status %d\n' % p.returncode).encode())
    os._exit(0)
os.close(w)
while data := os.read(r, 4096): print(data.decode(), end='')
`},
	{name: "Cursor", program: "python3", text: `
import os, subprocess, sys
text = 'snap=$(command cat <&3) && builtin shopt -s extglob && builtin eval -- "$snap" && { builtin set +u 2>/dev/null || true; builtin export PWD="$(builtin pwd)"; builtin eval "$1" < /dev/null; }; COMMAND_EXIT_CODE=$?; dump_bash_state >&4; builtin exit $COMMAND_EXIT_CODE'
for cmd in sys.argv[1:]:
    with open('state', 'w') as f: f.write('dump_bash_state() { :; }')
    os.dup2(os.open('state', os.O_RDONLY), 23); os.dup2(os.open('dump', os.O_WRONLY | os.O_CREAT), 24)
    def fds(): os.dup2(23, 3); os.dup2(24, 4)
    r = subprocess.run([os.environ['SHELL'], '-O', 'extglob', '-c', text, '--', cmd], stdin=subprocess.DEVNULL, capture_output=True, text=True, close_fds=False, preexec_fn=fds)
    print(r.stdout, r.stderr, 'status', r.returncode)
`},
}

// Every row of the table of how agents spawn: under restrain -- AGENT a DELETE
// that goes to the world never arrives, what is harmless runs as it would, and
// each command is one step, called by what the model asked for.
func TestAgents(t *testing.T) {
	slowtest.Long(t)
	if err := intercept.ExecSupported(); err != nil {
		t.Skip(err)
	}
	for _, agent := range standIns {
		t.Run(agent.name, func(t *testing.T) {
			t.Parallel()
			agent.try(t)
		})
	}
}

func (a *standIn) try(t *testing.T) {
	for _, program := range []string{a.program, "curl", "git", "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	var arrived atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { arrived.Add(1) }))
	defer server.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	// The name is public, and nothing leaves this machine.
	request := "curl -sS -m 5 --noproxy '*' --connect-to ::127.0.0.1:" + at.Port() + " -X DELETE http://api.acme.example/v1/databases/prod"
	commands := []string{"echo fine | tr f F", request, "echo after"}

	dir := t.TempDir()
	agentFile := filepath.Join(dir, "agent")
	if err := os.WriteFile(agentFile, []byte(a.text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(prefix ...string) string {
		argv := append(append(prefix, interpreter(t, a.program), agentFile), commands...)
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_STATE_HOME=" + dir, "SHELL=/bin/bash", "LANG=C.UTF-8", quickExit}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}

	run()
	if arrived.Swap(0) != 1 {
		t.Fatal("without restrain the request did not arrive: the test shows nothing")
	}
	out := run(restrainProgram(t), "--")
	if arrived.Load() != 0 {
		t.Error("the DELETE arrived")
	}
	for _, want := range []string{"Fine", "restrain: denied: ", "after", "status 0"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in the output %q", want, out)
		}
	}
	if got := journalled(t, dir); !slices.Equal(got, commands) {
		t.Errorf("steps\n%q\nwant\n%q", got, commands)
	}
}

// interpreter is the program behind a name that may be a script of a version
// manager, whose commands would be steps as well.
func interpreter(t *testing.T, name string) string {
	t.Helper()
	script := []string{"-c", "import sys; print(sys.executable)"}
	if name == "node" {
		script = []string{"-p", "process.execPath"}
	}
	out, err := exec.Command(name, script...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// restrainProgram is the test binary under the name of restrain.
func restrainProgram(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "restrain")
	if err := os.Symlink(mustExecutable(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// journalled lists the commands of the steps below a state directory.
func journalled(t *testing.T, state string) (commands []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(state, "restrain", "sessions", "*", "journal.jsonl"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("journals %q, %v; want one", paths, err)
	}
	text, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var entry journal.Entry
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Kind == journal.Step {
			commands = append(commands, entry.Command)
		}
	}
	return commands
}
