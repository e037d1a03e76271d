package intercept

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"
)

//go:embed typed.bash
var typedBash string

//go:embed typed.zsh
var typedZsh string

// shells are the names that the door stands in for in PATH.
var shells = [...]string{"bash", "dash", "sh", "zsh"}

// writeFiles fills the session's directory: links to this program under the
// names of the shells that there are, and the files that real shells read first.
func (d *ShellDoor) writeFiles(env []string) error {
	if err := os.Mkdir(d.path(shimName), 0o700); err != nil {
		return err
	}
	names := []string{"restrain-bash", "restrain-zsh"}
	for _, name := range shells {
		if path, err := RealShell(name, env); err == nil && shellName(path) == name {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if err := os.Symlink(d.program, d.path(shimName, name)); err != nil {
			return err
		}
	}
	return shellFiles{dir: d.dir, ask: SocketVariable + "=" + quote(d.path(socketName)) + " " + quote(d.program), lines: true}.write()
}

// shellFiles are the files that real shells read first, in a directory of their
// own.
type shellFiles struct {
	dir string
	ask string // starts restrain, as shells read it
	// lines has the files ask about a shell's -c, and about all that is typed:
	// where the kernel does not tell of execs.
	lines bool
}

// asksTyped are the builtins about which an open shell asks, as an alternation
// of regular expressions: those that read or write files, become or undo
// something, or stop other processes. Redirections are asked about anyway.
const asksTyped = `exec|kill|source|\.|eval|enable|trap|history|coproc|zmodload|sysopen|zsystem|syswrite`

func (f shellFiles) write() error {
	if err := os.MkdirAll(filepath.Join(f.dir, "zsh"), 0o700); err != nil {
		return err
	}
	lines, all := "", "false"
	if f.lines {
		lines, all = f.ask+" "+EnvVerb, "true"
	}
	replace := strings.NewReplacer(
		"@ASKLINE@", lines,
		"@ASK@", f.ask+" "+TypedVerb,
		"@ALL@", all,
		"@BUILTINS@", asksTyped,
		"@GONE@", quote("restrain: error: the guarded session is over: nothing that could do harm runs in this shell any more; start a new one"),
		"@FILE@", quote(filepath.Join(f.dir, "typed.bash")),
		"@PS0@", quote(f.ps0()),
		"@ZSHFILE@", quote(filepath.Join(f.dir, "typed.zsh")),
		"@ZSH@", quote(filepath.Join(f.dir, "zsh")),
	).Replace
	env, zenv := bashEnv, zshEnv
	if f.lines {
		env, zenv = bashLine+env, zshLine+zenv
	}
	for name, text := range map[string]string{
		"bash_env": env, "bash_rc": bashRC, "typed.bash": typedBash, "typed.zsh": typedZsh,
		"zsh/.zshenv": zenv + zshFile("zshenv") + zshStdin, "zsh/.zprofile": zshFile("zprofile"),
		"zsh/.zshrc": zshFile("zshrc") + "source @ZSHFILE@\n", "zsh/.zlogin": zshFile("zlogin"),
	} {
		if err := os.WriteFile(filepath.Join(f.dir, filepath.FromSlash(name)), []byte(replace(text)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// prepare leads the shells of an environment to the files.
func (f shellFiles) prepare(env *environment) {
	env.keep("BASH_ENV", realBashEnv)
	env.keep("ZDOTDIR", realZdotdir)
	env.set("BASH_ENV", filepath.Join(f.dir, "bash_env"))
	env.set("ZDOTDIR", filepath.Join(f.dir, "zsh"))
	prompt := f.prompt(quote(filepath.Join(f.dir, "typed.bash")))
	if theirs := env.get("PROMPT_COMMAND"); theirs != "" {
		prompt += "\n" + theirs
	}
	env.set("PROMPT_COMMAND", prompt)
	env.set("PS0", f.ps0()+env.get("PS0"))
}

// prompt is a command for bash's PROMPT_COMMAND, which reads the file that a
// shell asks by.
func (f shellFiles) prompt(file string) string {
	return "if declare -F __restrain_prompt >/dev/null; then __restrain_prompt; elif test -r " + file + "; then set -T; . " + file + "; fi"
}

// ps0 is a prompt that bash 4.4 and later expand when a line was typed, before it
// runs. It shows nothing. In a shell that has not read the file yet because its own
// files have set PROMPT_COMMAND it adds an element to that: an expansion can do no
// more in the shell itself, and bash 5.1 and later run all elements. Then it asks,
// in a subshell, and leaves what it found in variables.
func (f shellFiles) ps0() string {
	path := filepath.Join(f.dir, "typed.bash")
	file, text := quote(path), ""
	if !strings.ContainsFunc(path, notPlain) {
		const unset = "$( (PROMPT_COMMAND=) 2>/dev/null && echo 99 || echo 0)" // 0 where PROMPT_COMMAND is read-only
		text = "${__restrain_here-${-//[${BASH_VERSINFO[" + unset + "]-${PROMPT_COMMAND[99]:=" + f.prompt(path) + "}}a-zA-Z]/}}"
	}
	ask := "trap -- - DEBUG; if declare -F __restrain_typed >/dev/null; then __restrain_typed \\#; elif test -r " + file +
		"; then . " + file + "; trap -- - DEBUG; __restrain_line=0; __restrain_typed \\#; else echo 0; fi"
	return text + "${-:$((__restrain_at=\\#,__restrain_line=$(" + ask + "),99))}"
}

// notPlain reports a character that may mean something to a shell or its patterns.
func notPlain(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-+,", r))
}

// quote makes one word of s for any shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// bashLine and zshLine stand first where a shell's line is not judged at its exec.
const (
	bashLine = `# Written by restrain for one session: asks before this bash runs its line.
if [ -n "${BASH_EXECUTION_STRING+set}" ]; then
	@ASKLINE@ bash "$BASH_EXECUTION_STRING" "$0" "$@" || exit 126
fi
`
	zshLine = `# Written by restrain for one session: asks before this zsh runs its line.
if (( ${+ZSH_EXECUTION_STRING} )); then
	@ASKLINE@ zsh "$ZSH_EXECUTION_STRING" "$0" "$@" || exit 126
fi
`
)

// bashEnv is read by every bash that is not interactive, before its line. Bash
// expands BASH_ENV itself, hence the eval of the user's own. Where commands come
// from standard input, each is asked about as it comes.
const bashEnv = `# Written by restrain for one session.
if [ -n "${` + realBashEnv + `-}" ]; then
	eval "__restrain_file=\"$` + realBashEnv + `\""
	[ -r "$__restrain_file" ] && . "$__restrain_file"
	unset __restrain_file
fi
if [ -z "${BASH_EXECUTION_STRING+set}" ]; then
	__restrain_file=@FILE@
	# Only with its first command does bash know whether it reads a script.
	trap 'trap - DEBUG; case $- in *s*) . "$__restrain_file"; __restrain_step "$0" "$@" "$_" ;; esac' DEBUG
fi
`

// bashRC takes the place of ~/.bashrc in the shell that a session is.
const bashRC = `# Written by restrain for one session.
[ ! -r ~/.bashrc ] || . ~/.bashrc
set -T # the file is to see a trap of the user's
. @FILE@
`

// zshEnv is read by every zsh. Interactive and login shells go on to read more
// files from ZDOTDIR, so all of them are there and lead to the user's own.
const zshEnv = `# Written by restrain for one session.
`

// zshStdin is for a zsh that reads commands from standard input, and for one that
// reads no file after this.
const zshStdin = `if [[ ! -o interactive || ! -o rcs ]] && (( ! ${+ZSH_EXECUTION_STRING} && ! ${+ZSH_SCRIPT} )); then
	source @ZSHFILE@
fi
`

func zshFile(name string) string {
	return `# The user's own file, which finds ZDOTDIR as the user has it.
ZDOTDIR=${` + realZdotdir + `:-$HOME}
[[ -r $ZDOTDIR/.` + name + ` ]] && source $ZDOTDIR/.` + name + `
` + realZdotdir + `=${ZDOTDIR:-$HOME}
ZDOTDIR=@ZSH@
`
}
