//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"restrain/intercept"
)

// typist is somebody at an interactive shell, in a home of their own.
type typist struct {
	*seat
	home string
}

// rc is a user's own: prompt, trap and function must go on as they are.
const rc = `PS1='<$?>'
PROMPT_COMMAND='prompts=$((prompts + 1))'
trap 'last=$BASH_COMMAND' DEBUG
greet() { echo "hello $1"; return 3; }
`

const zrc = `PS1='<%?>'
unsetopt zle prompt_cr
precmd() { (( ++prompts )) }
greet() { echo "hello $1"; return 3; }
`

// sitAtShell starts the shell, guarded or not, and waits for its prompt.
func sitAtShell(t *testing.T, shell string, guarded bool) *typist {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skipf("no %s here", shell)
	}
	if err := intercept.ExecSupported(); err != nil {
		t.Skip(err)
	}
	home := t.TempDir()
	for name, text := range map[string]string{
		".bashrc": rc, ".zshrc": zrc, ".zshenv": "", ".ssh/authorized_keys": "mine\n", ".ssh/id_rsa": "a fake key\n", "file": "kept\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"HOME=" + home, "XDG_STATE_HOME=" + home + "/state", "TMPDIR=" + home, "TERM=dumb", "LC_ALL=C.UTF-8", quickExit,
		"PATH=/usr/bin:/bin", "SHELL=" + path, "HISTFILE=/dev/null", "INPUTRC=/dev/null"}
	cmd := exec.Command(path, "-i")
	if guarded {
		cmd = exec.Command(mustExecutable(), "--ci")
		cmd.Args[0] = "restrain"
	}
	cmd.Env, cmd.Dir = env, home
	s := &typist{seatAt(t, cmd), home}
	s.sees("<0>")
	return s
}

// does types a line and returns what came of it and the status at the next prompt.
func (s *typist) does(line string) (out, status string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(line + "\n"); err != nil {
		s.t.Fatal(err)
	}
	all := s.until(regexp.MustCompile(`<\d+>$`))
	i := strings.LastIndexByte(all, '<')
	out = strings.ReplaceAll(strings.TrimPrefix(all[:i], line), "\r", "")
	return strings.Trim(out, "\n"), strings.Trim(all[i:], "<>")
}

func (s *typist) read(name string) string {
	b, err := os.ReadFile(filepath.Join(s.home, name))
	if err != nil {
		return ""
	}
	return string(b)
}

// ordinary is work that must look as without restrain, line for line.
var ordinary = []string{
	"echo one two", "echo $_", "false", "echo $?", "greet you", "echo $?", "greet you | tr a-z A-Z", "true | false | true",
	"x=$(echo sub; exit 4); echo $x $?", "(exit 5)", "for i in 1 2; do echo $i; done", "{ echo a; echo b; } > out", "cat out",
	"echo more >> out; wc -l < out", "while read l; do echo \"[$l]\"; done < out", "cat <<X\nhere $x\nX", "set -- p q; echo $2 $#; set --",
	"[ $prompts -gt 3 ] && echo counted", "sleep 100 &", "kill %1; wait 2>/dev/null; echo $?", "set -u; echo set; set +u", "ls file nofile 2>/dev/null",
	"exec 4>out4; echo four >&4; exec 4>&-; cat out4", "printf 'r\\n' > in; read v < in; echo $v", "(echo sub > out5; cat out5)",
	"f() { echo \"$1\" > out6; return 6; }; f six", "cat out6", "source ./nothing 2>/dev/null || echo none", "eval 'echo ev > out7'; cat out7",
	"trap 'echo bye' EXIT; trap - EXIT", "n=3; while [ $n -gt 0 ]; do echo $n > out8; n=$((n-1)); done; cat out8", "no-such-program",
}

func TestTypedOrdinary(t *testing.T) {
	for _, shell := range []string{"bash", "zsh"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			plain, guarded := sitAtShell(t, shell, false), sitAtShell(t, shell, true)
			lines := ordinary
			if shell == "bash" {
				lines = append(lines, `echo "$last"`, "shopt -s nullglob; shopt -u nullglob", "set -e; echo e; set +e", "echo ${PIPESTATUS[@]}", "type -t greet")
			}
			pids := regexp.MustCompile(`(?m)^\[\d\].*\n?`) // jobs
			for _, line := range lines {
				out, status := plain.does(line)
				got, gotStatus := guarded.does(line)
				out, got = pids.ReplaceAllString(out, ""), pids.ReplaceAllString(got, "")
				if got != out || gotStatus != status {
					t.Errorf("%s\n%q, status %s; without restrain %q, status %s", line, got, gotStatus, out, status)
				}
			}
			for _, s := range []*typist{plain, guarded} {
				// Ctrl-C, a job stopped and brought back, the end. What runs
				// says so: a key that is typed before is the shell's.
				s.types("sh -c 'echo u\"\"p; exec sleep 100'\n")
				s.sees("up\r\n")
				s.types("\x03")
				s.sees("<130>")
				s.types("sh -c 'echo u\"\"p; read word'\n")
				s.sees("up\r\n")
				s.types("\x1a")
				s.sees("<148>")
				s.types("fg\n")
				s.sees("read word")
				s.types("go\n")
				s.sees("<0>")
				s.types("exit 7\n")
				if status := s.ends(); status != 7 {
					t.Errorf("exit status %d", status)
				}
			}
		})
	}
}

// Nobody is there to answer, so what is asked about is denied, and does nothing.
func TestTypedDenied(t *testing.T) {
	for _, shell := range []string{"bash", "zsh"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			s := sitAtShell(t, shell, true)
			s.does("f=~/.ssh/authorized_keys")
			for _, line := range []string{
				"echo x > ~/.ssh/authorized_keys",
				"> ~/.ssh/authorized_keys",
				"{ echo x; } > ~/.ssh/authorized_keys",
				"for i in 1; do echo x; done > ~/.ssh/authorized_keys",
				"[[ a == a ]] > ~/.ssh/authorized_keys",
				"echo x | cat > ~/.ssh/authorized_keys && echo and-then",
				": > $f; echo and-then",
				"(: > $f; echo and-then)",
				"echo x | cat | { : > $f; echo and-then; }",
				"g() { : > $f; echo and-then; }; g",
				"printf ': > %s\\necho and-then\\n' ~/.ssh/authorized_keys > s; source ./s",
				"eval ': > $f; echo and-then'",
				"while : > $f; do echo and-then; done",
				"echo x | while read l; do : > $f; echo and-then; done",
				"kill -9 -1",
			} {
				out, _ := s.does(line)
				if !strings.Contains(out, "restrain: denied: ") {
					t.Errorf("%s\nwas not denied: %q", line, out)
				}
				if strings.Contains(strings.ReplaceAll(out, line, ""), "and-then\n") {
					t.Errorf("%s\nwent on: %q", line, out)
				}
				if got := s.read(".ssh/authorized_keys"); got != "mine\n" {
					t.Fatalf("%s\nran: the file is %q", line, got)
				}
			}
			if out, _ := s.does("exec 3< ~/.ssh/id_rsa; cat <&3"); strings.Contains(out, "a fake key") {
				t.Errorf("a key was read: %q", out)
			}
			if shell == "bash" { // a trap that is replaced is back at the next prompt, and the other one goes on
				s.does(`install() { trap 'other=$((other + 1))' DEBUG; }; install`)
				if out, _ := s.does(": > $f; echo and-then"); !strings.Contains(out, "restrain: denied: ") {
					t.Errorf("after another trap: %q", out)
				}
				if out, _ := s.does("[ $other -gt 1 ] && echo counted"); out != "counted" {
					t.Errorf("the other trap does not run: %q", out)
				}
			}
			// The shell itself is as it was.
			if out, status := s.does("echo still here"); out != "still here" || status != "0" {
				t.Errorf("afterwards: %q, status %s", out, status)
			}
		})
	}
}

// A refusal that ends no line at once, inside a function or among other commands
// of a pipeline's line, still shows in the status.
func TestTypedDeniedStatus(t *testing.T) {
	s := sitAtShell(t, "bash", true)
	s.does("f=~/.ssh/authorized_keys; g() { : > $f; }")
	for _, line := range []string{": > $f", "g", "g; echo and-then", "true | true; : > $f", "if g; then :; fi", "source <(echo ': > $f')", "(: > $f)", "true | (: > $f)"} {
		out, status := s.does(line)
		if !strings.Contains(out, "restrain: denied: ") || status == "0" || strings.Contains(strings.ReplaceAll(out, line, ""), "and-then\n") {
			t.Errorf("%s\nstatus %s: %q", line, status, out)
		}
		if out, status := s.does("echo next"); out != "next" || status != "0" {
			t.Errorf("after %s: %q, status %s", line, out, status)
		}
	}
	if got := s.read(".ssh/authorized_keys"); got != "mine\n" {
		t.Errorf("the file is %q", got)
	}
}

// A bash whose own files set what the environment says is guarded all the same:
// the first line as it was typed, later ones also where functions make it plainer.
func TestTypedOwnPrompt(t *testing.T) {
	for name, own := range map[string]string{
		"a command": "PROMPT_COMMAND='n=$((n + 1))'", "exported": "export PROMPT_COMMAND=true", "none": "unset PROMPT_COMMAND",
		"a list": "PROMPT_COMMAND=(true 'n=$((n + 1))')", "read-only": "readonly PROMPT_COMMAND=true",
		"a trap": "trap 'last=$BASH_COMMAND' DEBUG; PROMPT_COMMAND='history -a'; HISTCONTROL=ignoreboth", "strict": "set -u; PROMPT_COMMAND=true",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitAtShell(t, "bash", true)
			if err := os.WriteFile(filepath.Join(s.home, ".bashrc"), []byte("PS1='<$?>'\n"+own+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, status := s.does("bash -i"); out != "" || status != "0" {
				t.Fatalf("the start: %q, status %s", out, status)
			}
			lines := []string{"echo x > ~/.ssh/authorized_keys"}
			if name != "read-only" { // the trap cannot come into that one
				lines = append(lines, "f=~/.ssh/authorized_keys; g() { : > $f; }", "g")
			}
			for _, line := range lines {
				out, status := s.does(line)
				if denied := strings.Contains(out, "restrain: denied: "); denied != !strings.HasPrefix(line, "f=") || denied == (status == "0") {
					t.Errorf("%s\nstatus %s: %q", line, status, out)
				}
			}
			if out, status := s.does("true > out; echo $?"); out != "0" || status != "0" {
				t.Errorf("ordinary work: %q, status %s", out, status)
			}
			if got := s.read(".ssh/authorized_keys"); got != "mine\n" {
				t.Errorf("the file is %q", got)
			}
		})
	}
}

// So is a zsh that reads no file behind its first.
func TestTypedOwnOptions(t *testing.T) {
	s := sitAtShell(t, "zsh", true)
	if err := os.WriteFile(filepath.Join(s.home, ".zshenv"), []byte("setopt norcs; unsetopt zle prompt_cr; PS1='<%?>'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := s.does("zsh"); out != "" || status != "0" {
		t.Fatalf("the start: %q, status %s", out, status)
	}
	for _, line := range []string{"echo x > ~/.ssh/authorized_keys", "g() { : > ~/.ssh/authorized_keys; }; g"} {
		if out, status := s.does(line); !strings.Contains(out, "restrain: denied: ") || status == "0" {
			t.Errorf("%s\nstatus %s: %q", line, status, out)
		}
	}
	if got := s.read(".ssh/authorized_keys"); got != "mine\n" {
		t.Errorf("the file is %q", got)
	}
}

// A shell that cannot ask is the user's own all the same: what it starts is
// judged, and what is not seen is said.
func TestOwnShell(t *testing.T) {
	if err := intercept.ExecSupported(); err != nil {
		t.Skip(err)
	}
	dash, err := exec.LookPath("dash")
	if err != nil {
		t.Skip("no dash here")
	}
	home := t.TempDir()
	fish := filepath.Join(home, "fish") // by its name
	if err := os.Symlink(dash, fish); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ shell, flag, note, dollar0 string }{
		{fish, "--require-exec", "fish does not ask as bash and zsh do: what it does itself", fish},
		{dash, "--require-exec", "dash does not ask as bash and zsh do: what it does itself", "dash"},
		{dash, "--shell-only", "dash does not ask as bash and zsh do: nothing that is typed", "dash"},
		{fish, "--shell-only", "fish cannot be guarded here; another shell is started", "bash"},
	} {
		cmd := exec.Command(mustExecutable(), "--ci", tt.flag)
		cmd.Args[0] = "restrain"
		cmd.Env = []string{"HOME=" + home, "XDG_STATE_HOME=" + home + "/state", "TMPDIR=" + home, "TERM=dumb", quickExit,
			"PATH=/usr/bin:/bin", "SHELL=" + tt.shell, "HISTFILE=/dev/null", "PS1=<$?>"}
		cmd.Dir = home
		s := &typist{seatAt(t, cmd), home}
		s.sees("restrain: note: ")
		s.sees(tt.note)
		s.types("echo \"<$0>\"\n")
		s.until(regexp.MustCompile(`<\S*` + regexp.QuoteMeta(tt.dollar0) + `>`))
		s.types("exit 5\n")
		if status := s.ends(); status != 5 {
			t.Errorf("%s %s: exit status %d", tt.shell, tt.flag, status)
		}
	}
}

// A line that has a redirection and starts a program is one step.
func TestTypedIsOneStep(t *testing.T) {
	s := sitAtShell(t, "bash", true)
	s.does("ls -a > out")
	s.does("ls -A")
	s.types("exit\n")
	s.ends()
	var list []string
	for line := range strings.Lines(s.journal()) {
		for _, word := range []string{`"ls -a > out"`, `"ls -a"`, `"ls -A"`} {
			if strings.Contains(line, `"command":`+strings.ReplaceAll(word, ">", `\u003e`)) || strings.Contains(line, `"command":`+word) {
				list = append(list, word)
			}
		}
	}
	if got := strings.Join(list, " "); got != `"ls -a > out" "ls -A"` {
		t.Errorf("steps: %s", got)
	}
}

func (s *typist) journal() string {
	files, err := filepath.Glob(s.home + "/state/restrain/sessions/*/journal.jsonl")
	if err != nil || len(files) != 1 {
		s.t.Fatalf("journals: %q, %v", files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}
