package shellparse

import (
	"slices"
	"strings"
)

// A codeOption is an option of a program whose value is a line for a shell, or
// the start of one.
type codeOption struct {
	name    string
	sub     string // subcommand the option belongs to
	options string // the options, or words in their place, separated by spaces
	origin  Origin
	carrier bool // the program does nothing else
	rest    bool // the line goes on to the end of the words
	each    bool // every word up to the next option is a line
}

// codeOptions is sorted by name.
var codeOptions = []codeOption{
	{name: "ansible", options: "-a --args", origin: Remote},
	{name: "aws", sub: "ecs execute-command", options: "--command", origin: Remote, carrier: true},
	{name: "az", sub: "container exec", options: "--exec-command", origin: Remote, carrier: true},
	{name: "az", sub: "containerapp exec", options: "--command", origin: Remote, carrier: true},
	{name: "az", sub: "run-command", options: "--scripts --script", origin: Remote, each: true},
	{name: "bind", options: "-x", origin: Deferred},
	{name: "cargo", sub: "watch", options: "-s --shell", origin: ShellCode},
	{name: "cf", sub: "run-task", options: "-c --command", origin: Remote},
	{name: "cf", sub: "ssh", options: "-c --command", origin: Remote, carrier: true},
	{name: "complete", options: "-C", origin: Deferred},
	{name: "conda", sub: "run", options: "-c", origin: ShellCode},
	{name: "doctl", sub: "compute ssh", options: "--ssh-command", origin: Remote, carrier: true},
	{name: "doppler", sub: "run", options: "--command", origin: ShellCode, carrier: true},
	{name: "eb", sub: "ssh", options: "-c --command", origin: Remote, carrier: true},
	{name: "entr", options: "-s", origin: ShellCode},
	{name: "flock", options: "-c --command", origin: ShellCode, carrier: true},
	{name: "fly", sub: "ssh console", options: "-C --command", origin: Remote, carrier: true},
	{name: "fly", sub: "console", options: "-C --command", origin: Remote, carrier: true},
	{name: "flyctl", sub: "ssh console", options: "-C --command", origin: Remote, carrier: true},
	{name: "flyctl", sub: "console", options: "-C --command", origin: Remote, carrier: true},
	{name: "gcloud", sub: "compute ssh", options: "--command", origin: Remote, carrier: true},
	{name: "gcloud", sub: "cloud-shell ssh", options: "--command", origin: Remote, carrier: true},
	{name: "git", sub: "filter-branch", options: "--env-filter --tree-filter --index-filter --parent-filter --msg-filter --commit-filter --tag-name-filter --setup", origin: ShellCode},
	{name: "git", sub: "grep", options: "-O --open-files-in-pager", origin: ShellCode},
	{name: "git", sub: "rebase", options: "-x --exec", origin: ShellCode},
	{name: "hyperfine", options: "-p --prepare -s --setup -c --cleanup --conclude", origin: ShellCode},
	{name: "infisical", sub: "run", options: "-c --command", origin: ShellCode, carrier: true},
	{name: "kitty", sub: "@", options: "send-text", origin: ShellCode},
	{name: "lando", sub: "ssh", options: "-c --command", origin: Remote, carrier: true},
	{name: "man", options: "-P --pager", origin: ShellCode},
	{name: "modal", sub: "shell", options: "-c --cmd", origin: Remote, carrier: true},
	{name: "nc", options: "-e -c", origin: ShellCode},
	{name: "ncat", options: "-e -c --exec --sh-exec", origin: ShellCode},
	{name: "netcat", options: "-e -c", origin: ShellCode},
	{name: "nix", sub: "develop", options: "-c --command", origin: ShellCode, carrier: true, rest: true},
	{name: "nix", sub: "shell", options: "-c --command", origin: ShellCode, carrier: true, rest: true},
	{name: "nix-shell", options: "--run --command", origin: ShellCode, carrier: true},
	{name: "nodemon", options: "-x --exec", origin: ShellCode},
	{name: "northflank", sub: "exec", options: "--cmd", origin: Remote, carrier: true},
	{name: "npm", sub: "exec", options: "-c --call", origin: ShellCode, carrier: true},
	{name: "npx", options: "-c --call", origin: ShellCode, carrier: true},
	{name: "rsync", options: "-e --rsh", origin: ShellCode},
	{name: "runuser", options: "-c --command --session-command", origin: ShellCode, carrier: true},
	{name: "salt", options: "cmd.run cmd.shell cmd.run_all", origin: Remote},
	{name: "salt-call", options: "cmd.run cmd.shell cmd.run_all", origin: ShellCode},
	{name: "sbatch", options: "--wrap", origin: ShellCode, carrier: true},
	{name: "scp", options: "-S", origin: ShellCode},
	{name: "script", options: "-c --command", origin: ShellCode, carrier: true},
	{name: "sg", options: "-c", origin: ShellCode, carrier: true},
	{name: "sort", options: "--compress-program", origin: ShellCode},
	{name: "split", options: "--filter", origin: ShellCode},
	{name: "su", options: "-c --command --session-command", origin: ShellCode, carrier: true},
	{name: "tar", options: "--to-command -I --use-compress-program -F --info-script --new-volume-script --rsh-command --rmt-command", origin: ShellCode},
	{name: "tcpdump", options: "-z", origin: ShellCode},
	{name: "vagrant", sub: "ssh", options: "-c --command", origin: Remote, carrier: true},
	{name: "wezterm", sub: "cli", options: "send-text", origin: ShellCode},
	{name: "xdotool", options: "type", origin: ShellCode},
	{name: "xterm", options: "-e", origin: ShellCode, carrier: true},
	{name: "zellij", sub: "action", options: "write-chars", origin: ShellCode},
	{name: "zip", options: "-TT --unzip-command", origin: ShellCode},
}

// codeOptions reads the lines that options of c hold.
func (sh *shell) codeOptions(c *Command) {
	i, found := slices.BinarySearchFunc(codeOptions, c.Name, func(o codeOption, name string) int {
		return strings.Compare(o.name, name)
	})
	if !found {
		return
	}
	for ; i < len(codeOptions) && codeOptions[i].name == c.Name; i++ {
		if o := &codeOptions[i]; hasWords(c.Argv, o.sub) {
			sh.codeOption(c, o)
		}
	}
}

// codeOption reads the line of the first of o's options in c.
func (sh *shell) codeOption(c *Command, o *codeOption) {
	for j := 1; j < len(c.Argv); j++ {
		text, ok := o.value(c.Argv, j)
		if !ok {
			continue
		}
		if o.carrier {
			sh.r.script.Commands[len(sh.r.script.Commands)-1].Carrier = true
		}
		layer := Wrapper{Name: c.Name, Args: c.Argv[1:j]}
		if o.rest && j+2 < len(c.Argv) {
			sh.runWith(c, c.Argv[j+1:], "", Word{}, layer)
			return
		}
		if o.name == "bind" { // "KEYS": LINE
			_, text.Text, _ = strings.Cut(text.Text, ":")
			text.Span = Span{}
		}
		if o.each {
			text = joinWords(valuesOf(c.Argv, j, text), "\n")
		}
		inner := *c
		inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], layer)
		if o.origin == Remote {
			inner.Host = string(Hole)
		}
		sh.code(&inner, text, o.origin)
		return
	}
}

// valuesOf gives the words of the option at argv[j], the first of which is
// known, up to the next option.
func valuesOf(argv []Word, j int, first Word) []Word {
	words := []Word{first}
	if strings.Contains(argv[j].Text, "=") {
		j--
	}
	for j += 2; j < len(argv) && !strings.HasPrefix(argv[j].Text, "-"); j++ {
		words = append(words, argv[j])
	}
	return words
}

// value is the line that the option at argv[j] holds. Options of one letter
// may end a bundle: script -qc LINE.
func (o *codeOption) value(argv []Word, j int) (text Word, ok bool) {
	arg := argv[j].Text
	if len(arg) < 2 {
		return Word{}, false
	}
	for name := range strings.FieldsSeq(o.options) {
		if strings.HasPrefix(name, "--") && strings.HasPrefix(arg, name+"=") {
			return afterEqual(argv[j]), true
		}
		bundled := len(name) == 2 && arg[0] == '-' && arg[1] != '-' && strings.HasSuffix(arg, name[1:])
		if (arg == name || bundled) && j+1 < len(argv) {
			return argv[j+1], true
		}
	}
	return Word{}, false
}

// hasWords reports whether the words of sub appear in argv in order.
func hasWords(argv []Word, sub string) bool {
	i := 1
	for want := range strings.FieldsSeq(sub) {
		for i < len(argv) && argv[i].Text != want {
			i++
		}
		if i == len(argv) {
			return false
		}
		i++
	}
	return true
}
