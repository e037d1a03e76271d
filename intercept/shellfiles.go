package intercept

import (
	"os"
	"path/filepath"
	"strings"
)

// shells are the names that the door stands in for in PATH.
var shells = [...]string{"bash", "dash", "sh", "zsh"}

// writeFiles fills the session's directory: links to this program under the
// names of the shells that there are, and the files that real shells read first.
func (d *ShellDoor) writeFiles(env []string) error {
	for _, dir := range []string{shimName, "zsh"} {
		if err := os.Mkdir(d.path(dir), 0o700); err != nil {
			return err
		}
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
	replace := strings.NewReplacer(
		"@ASK@", SocketVariable+"="+quote(d.path(socketName))+" "+quote(d.program)+" "+EnvVerb,
		"@ZSH@", quote(d.path("zsh")),
	).Replace
	for name, text := range map[string]string{
		"bash_env": bashEnv, "zsh/.zshenv": zshEnv + zshFile("zshenv"), "zsh/.zprofile": zshFile("zprofile"),
		"zsh/.zshrc": zshFile("zshrc"), "zsh/.zlogin": zshFile("zlogin"),
	} {
		if err := os.WriteFile(d.path(filepath.FromSlash(name)), []byte(replace(text)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// quote makes one word of s for any shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// bashEnv is read by every bash that is not interactive, before its line. Bash
// expands BASH_ENV itself, hence the eval of the user's own.
const bashEnv = `# Written by restrain for one session: asks before this bash runs its line.
if [ -n "${BASH_EXECUTION_STRING+set}" ]; then
	@ASK@ bash "$BASH_EXECUTION_STRING" "$0" "$@" || exit 126
fi
if [ -n "${` + realBashEnv + `-}" ]; then
	eval "__restrain_file=\"$` + realBashEnv + `\""
	[ -r "$__restrain_file" ] && . "$__restrain_file"
	unset __restrain_file
fi
`

// zshEnv is read by every zsh. Interactive and login shells go on to read more
// files from ZDOTDIR, so all of them are there and lead to the user's own.
const zshEnv = `# Written by restrain for one session: asks before this zsh runs its line.
if (( ${+ZSH_EXECUTION_STRING} )); then
	@ASK@ zsh "$ZSH_EXECUTION_STRING" "$0" "$@" || exit 126
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
