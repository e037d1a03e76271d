package shellparse

import (
	"slices"
	"strings"
)

// A wrapper is a program that runs the command in its arguments. Where the
// command starts is told by its options (short and long list those that take a
// value) and by the number of operands in front of it.
type wrapper struct {
	name  string
	sub   string // subcommand words that must come first
	short string // letters of the options that take a value
	long  string // names of the long options that take a value
	bools string // when set: long options take a value unless named here
	inert string // letters of options with which it runs no command
	front string // options in front of sub that take a value, when they are others
	skip  int    // operands in front of the command
	kind  wrapKind
}

// A wrapKind says how a wrapper runs its command. The values are bits.
type wrapKind uint8

const (
	wrapAssigns wrapKind = 1 << iota // NAME=value may stand in front of the command
	wrapDetach                       // the command goes on in the background
	wrapLine                         // the arguments are joined and read by a shell
	wrapHost                         // the first operand is the machine or container it runs on
	wrapStays                        // it does more than to run the command
	wrapDashes                       // the command follows --, if that is there
	wrapWords                        // a command in one word is read by a shell
)

// wrappers is sorted by name; entries of one name are tried in order.
var wrappers = []wrapper{
	{name: "-"}, // zsh
	{name: "asdf", sub: "exec"},
	{name: "aws-vault", sub: "exec", short: "dnat", long: "duration mfa-token region prompt", skip: 1, kind: wrapDashes},
	{name: "builtin"},
	{name: "bun", sub: "x"},
	{name: "bundle", sub: "exec"},
	{name: "bunx", short: "p", long: "package"},
	{name: "busybox", inert: "l"},
	{name: "caffeinate", short: "tw"},
	{name: "catchsegv"},
	{name: "cgexec", short: "g"},
	{name: "chamber", sub: "exec", skip: 1, kind: wrapDashes},
	{name: "chronic"},
	{name: "chroot", long: "userspec groups", skip: 1},
	{name: "chrt", short: "TPD", inert: "pm", skip: 1},
	{name: "command", inert: "vV"},
	{name: "conda", sub: "run", short: "np", long: "name prefix cwd"},
	{name: "cross-env", kind: wrapAssigns},
	{name: "cross-env-shell", kind: wrapAssigns | wrapLine},
	{name: "dbus-run-session"},
	{name: "direnv", sub: "exec", skip: 1},
	{name: "distrobox", sub: "enter", short: "n", long: "name", kind: wrapDashes},
	{name: "doas", short: "uC", inert: "CL"},
	{name: "docker", sub: "compose exec", front: composeOptions, short: "euw", long: "env user workdir index", skip: 1, kind: wrapHost},
	{name: "docker", sub: "compose run", front: composeOptions, short: "evuwp", bools: "rm detach no-deps build service-ports quiet-pull", skip: 1, kind: wrapHost | wrapStays},
	{name: "docker", sub: "container exec", short: "euw", long: "env env-file user workdir detach-keys", skip: 1, kind: wrapHost},
	{name: "docker", sub: "container run", short: "evpwuhlcma", bools: dockerBools, skip: 1, kind: wrapHost | wrapStays},
	{name: "docker", sub: "exec", short: "euw", long: "env env-file user workdir detach-keys", skip: 1, kind: wrapHost},
	{name: "docker", sub: "run", short: "evpwuhlcma", bools: dockerBools, skip: 1, kind: wrapHost | wrapStays},
	{name: "docker-compose", sub: "exec", front: composeOptions, short: "euw", long: "env user workdir index", skip: 1, kind: wrapHost},
	{name: "docker-compose", sub: "run", front: composeOptions, short: "evuwp", bools: "rm detach no-deps build service-ports", skip: 1, kind: wrapHost | wrapStays},
	{name: "doppler", sub: "run", short: "pct", long: "project config token fallback passphrase mount", kind: wrapDashes},
	{name: "dotenv", sub: "run", short: "ecvpf", long: "file"},
	{name: "dotenv", short: "ecvpf", long: "file", kind: wrapDashes},
	{name: "dotenvx", sub: "run", short: "fe", long: "env-file env", kind: wrapDashes},
	{name: "dumb-init", kind: wrapDashes},
	{name: "entr", inert: "s"},
	{name: "env", short: "uC", long: "unset chdir", kind: wrapAssigns},
	{name: "env-cmd", short: "fe", long: "file environments"},
	{name: "envchain", skip: 1},
	{name: "exec", short: "a"},
	{name: "fakeroot", short: "lsib", long: "lib faked"},
	{name: "faketime", short: "f", skip: 1},
	{name: "firejail", kind: wrapDashes},
	{name: "flock", short: "wE", long: "timeout wait conflict-exit-code", inert: "c", skip: 1},
	{name: "fnm", sub: "exec", long: "using"},
	{name: "foreman", sub: "run", short: "epf"},
	{name: "gcloud", sub: "compute ssh", long: "zone project command ssh-flag ssh-key-file region", skip: 1, kind: wrapLine | wrapHost | wrapDashes},
	{name: "gosu", skip: 1},
	{name: "gtimeout", short: "ks", long: "kill-after signal", skip: 1},
	{name: "hatch", sub: "run"},
	{name: "heroku", sub: "run", short: "arsedx", long: "app remote size env", kind: wrapStays | wrapDashes | wrapWords},
	{name: "infisical", sub: "run", bools: "watch expand silent", kind: wrapDashes},
	{name: "ionice", short: "cn", long: "class classdata", inert: "pPu"},
	{name: "juju", sub: "exec", short: "mua", long: "model unit application machine", kind: wrapLine | wrapHost},
	{name: "juju", sub: "ssh", short: "m", long: "model", skip: 1, kind: wrapLine | wrapHost},
	{name: "kubectl", sub: "exec", short: "cnf", long: "container namespace filename context kubeconfig cluster user", skip: 1, kind: wrapHost | wrapDashes},
	{name: "kubectl", sub: "run", short: "nl", bools: "rm stdin tty attach quiet expose privileged command", skip: 1, kind: wrapHost | wrapStays | wrapDashes},
	{name: "linux32"},
	{name: "linux64"},
	{name: "ltrace", short: "aeolpsuS"},
	{name: "lxc", sub: "exec", short: "nt", long: "cwd env user group mode", skip: 1, kind: wrapHost | wrapDashes},
	{name: "micromamba", sub: "run", short: "np", long: "name prefix cwd"},
	{name: "mise", sub: "exec", short: "Cj", long: "cd jobs", kind: wrapDashes},
	{name: "mise", sub: "x", short: "Cj", long: "cd jobs", kind: wrapDashes},
	{name: "multipass", sub: "exec", short: "d", skip: 1, kind: wrapHost | wrapDashes},
	{name: "nerdctl", sub: "exec", short: "euw", long: "env env-file user workdir", skip: 1, kind: wrapHost},
	{name: "nerdctl", sub: "run", short: "evpwuhlcma", bools: dockerBools, skip: 1, kind: wrapHost | wrapStays},
	{name: "nice", short: "n", long: "adjustment"},
	{name: "nocorrect"},
	{name: "noglob"},
	{name: "nohup", kind: wrapDetach},
	{name: "npm", sub: "exec", short: "pcw", long: "package call workspace"},
	{name: "npm", sub: "x", short: "pcw", long: "package call workspace"},
	{name: "npx", short: "pcw", long: "package call workspace"},
	{name: "nsenter", short: "tSGrw", long: "target setuid setgid", kind: wrapDashes},
	{name: "numactl", short: "CmNip", long: "cpunodebind membind interleave physcpubind preferred"},
	{name: "nvm", sub: "exec", skip: 1},
	{name: "oc", sub: "exec", short: "cn", long: "container namespace context", skip: 1, kind: wrapHost | wrapDashes},
	{name: "oc", sub: "rsh", short: "cn", long: "container namespace shell", skip: 1, kind: wrapHost},
	{name: "op", sub: "run", long: "env-file account session", kind: wrapDashes},
	{name: "pdm", sub: "run", short: "p"},
	{name: "pipenv", sub: "run"},
	{name: "pipx", sub: "run", long: "spec python pip-args"},
	{name: "pixi", sub: "run", short: "e", long: "environment manifest-path"},
	{name: "pkexec", long: "user"},
	{name: "pnpm", sub: "dlx", long: "package"},
	{name: "pnpm", sub: "exec", short: "C", long: "filter dir"},
	{name: "podman", sub: "exec", short: "euw", long: "env env-file user workdir detach-keys", skip: 1, kind: wrapHost},
	{name: "podman", sub: "run", short: "evpwuhlcma", bools: dockerBools, skip: 1, kind: wrapHost | wrapStays},
	{name: "poetry", sub: "run", short: "CP"},
	{name: "prlimit", kind: wrapDashes, inert: "p"},
	{name: "proxychains", short: "f"},
	{name: "proxychains4", short: "f"},
	{name: "pyenv", sub: "exec"},
	{name: "railway", sub: "run", short: "sep", long: "service environment project"},
	{name: "rbenv", sub: "exec"},
	{name: "repeat", skip: 1},
	{name: "rlwrap", short: "aCDfHlmpPqst"},
	{name: "rtk"},
	{name: "runuser", short: "ugG", long: "user group supp-group", inert: "c"},
	{name: "rye", sub: "run"},
	{name: "setarch", skip: 1},
	{name: "setpriv", bools: "no-new-privs clear-groups keep-groups init-groups reset-env"},
	{name: "setsid", kind: wrapDetach},
	{name: "sops", sub: "exec-env", skip: 1, kind: wrapLine},
	{name: "ssh", short: "BbcDEeFIiJLlmOopQRSWw", inert: "GNQ", skip: 1, kind: wrapLine | wrapHost},
	{name: "stdbuf", short: "ioe", long: "input output error"},
	{name: "strace", short: "aeEIoOpPsSuUXb"},
	{name: "su-exec", skip: 1},
	{name: "sudo", short: "ugpCTRDrtUh", long: "user group prompt close-from command-timeout chroot chdir role type other-user host", inert: "elvkKV", kind: wrapAssigns},
	{name: "systemd-inhibit", bools: "list no-pager"},
	{name: "systemd-run", short: "puHME", bools: "user system scope wait pty pipe shell collect remain-after-exit quiet no-block no-ask-password same-dir", kind: wrapDetach},
	{name: "taskset", inert: "p", skip: 1},
	{name: "teller", sub: "run", kind: wrapDashes},
	{name: "time", short: "fo", long: "format output"},
	{name: "timeout", short: "ks", long: "kill-after signal", skip: 1},
	{name: "tini", short: "pe", kind: wrapDashes},
	{name: "toolbox", sub: "run", short: "cdr", long: "container distro release"},
	{name: "torsocks"},
	{name: "toybox"},
	{name: "tsocks"},
	{name: "unbuffer"},
	{name: "unshare", short: "SGRw", long: "root wd setuid setgid map-user map-group propagation"},
	{name: "uv", sub: "run", short: "pcwm", long: "python with with-editable with-requirements extra group env-file project directory package index-url"},
	{name: "uv", sub: "tool run", short: "pcw", long: "python with from index-url"},
	{name: "uvx", short: "pcw", long: "python with from index-url"},
	{name: "valgrind"},
	{name: "volta", sub: "run", long: "node npm yarn pnpm"},
	{name: "watch", short: "nq", long: "interval equexit", kind: wrapLine},
	{name: "watchexec", short: "ewifsd", long: "exts watch ignore filter signal debounce", kind: wrapDashes},
	{name: "xvfb-run", short: "enfpsw", long: "error-file server-num auth-file xauth-protocol server-args wait"},
	{name: "yarn", sub: "dlx", short: "p", long: "package"},
	{name: "yarn", sub: "exec"},
}

const dockerBools = "rm privileged init read-only interactive tty detach no-healthcheck oom-kill-disable publish-all sig-proxy quiet disable-content-trust help"

// composeOptions are the options of a composed project that take a value.
const composeOptions = "-f --file -p --project-name --profile --env-file --project-directory --ansi --parallel --context -c -H --host"

// A stripped is a wrapper's arguments, told apart.
type stripped struct {
	at      int // index of the command in argv
	host    Word
	assigns []Assign
	dir     Word
}

// unwrap takes one wrapper off c. done reports that c has been read to its end.
func (sh *shell) unwrap(c *Command) (out output, again, done bool) {
	name := baseName(c.Argv[0])
	i, found := slices.BinarySearchFunc(wrappers, name, func(w wrapper, name string) int {
		return strings.Compare(w.name, name)
	})
	if !found {
		return output{}, false, false
	}
	for ; i < len(wrappers) && wrappers[i].name == name; i++ {
		w := &wrappers[i]
		start, ok := w.subcommand(c.Argv)
		if !ok {
			continue
		}
		if name == "env" {
			splitString(c)
		}
		s, ok := w.strip(c.Argv, start)
		if !ok {
			continue
		}
		return sh.peel(c, w, s)
	}
	return output{}, false, false
}

// subcommand matches w.sub after the program's own options and returns where
// the wrapper's arguments start.
func (w *wrapper) subcommand(argv []Word) (start int, ok bool) {
	start = 1
	for want := range strings.FieldsSeq(w.sub) {
		for start < len(argv) && len(argv[start].Text) > 1 && argv[start].Text[0] == '-' {
			switch {
			case w.front == "":
				start += w.option(argv, start)
			case hasField(w.front, argv[start].Text):
				start += 2
			default:
				start++
			}
		}
		if start >= len(argv) || argv[start].Text != want {
			return 0, false
		}
		start++
	}
	return start, true
}

// strip finds the command in a wrapper's arguments.
func (w *wrapper) strip(argv []Word, start int) (s stripped, ok bool) {
	i, skip := start, w.skip
	for i < len(argv) {
		arg := argv[i].Text
		switch {
		case arg == "--":
			if i++; w.kind&wrapDashes != 0 {
				skip = 0
			}
			if skip == 0 && w.kind&wrapAssigns == 0 {
				s.at = i
				return s, i < len(argv)
			}
		case len(arg) > 1 && arg[0] == '-' && !strings.ContainsRune(arg, Hole):
			if w.stops(arg) {
				return s, false
			}
			n := w.option(argv, i)
			if isDir := arg == "-C" || arg == "-D" || arg == "--chdir" || arg == "-w" || arg == "--workdir"; isDir && n == 2 && i+1 < len(argv) {
				s.dir = argv[i+1]
			}
			i += n
		case w.kind&wrapAssigns != 0 && assignment(argv[i]):
			name, _, _ := strings.Cut(arg, "=")
			s.assigns = append(s.assigns, Assign{Name: name, Value: afterEqual(argv[i])})
			i++
		case skip > 0:
			if skip == w.skip {
				s.host = argv[i]
			}
			skip--
			i++
			if skip == 0 && w.kind&wrapHost != 0 && w.kind&(wrapDashes|wrapLine) == 0 {
				s.at = i // what follows the image is the container's
				return s, i < len(argv)
			}
		default:
			s.at = i
			return s, true
		}
	}
	s.at = i
	return s, false
}

// option returns how many words the option at i takes.
func (w *wrapper) option(argv []Word, i int) int {
	arg := argv[i].Text
	if name, isLong := strings.CutPrefix(arg, "--"); isLong {
		if strings.Contains(name, "=") {
			return 1
		}
		if w.bools != "" && !hasField(w.bools, name) || hasField(w.long, name) {
			return 2
		}
		return 1
	}
	for j := 1; j < len(arg); j++ {
		if strings.IndexByte(w.short, arg[j]) >= 0 {
			if j == len(arg)-1 {
				return 2
			}
			return 1
		}
	}
	return 1
}

// stops reports an option with which the wrapper runs no command.
func (w *wrapper) stops(arg string) bool {
	if w.inert == "" || strings.HasPrefix(arg, "--") {
		return w.name == "sudo" && (arg == "--edit" || arg == "--list" || arg == "--validate")
	}
	for j := 1; j < len(arg); j++ {
		if strings.IndexByte(w.inert, arg[j]) >= 0 {
			return true
		}
		if strings.IndexByte(w.short, arg[j]) >= 0 {
			return false
		}
	}
	return false
}

// peel takes the wrapper off c, or reads the line that it hands to a shell.
func (sh *shell) peel(c *Command, w *wrapper, s stripped) (out output, again, done bool) {
	layer := Wrapper{Name: w.name, Args: c.Argv[1:s.at]}
	host := ""
	if w.kind&wrapHost != 0 {
		if host = s.host.Text; host == "" {
			host = string(Hole)
		}
		host = host[strings.LastIndexByte(host, '@')+1:]
	}
	if w.kind&(wrapStays|wrapLine) != 0 {
		outer := *c
		outer.Carrier = w.kind&wrapStays == 0
		sh.emit(&outer)
		if w.name == "ssh" {
			sh.sshOptions(&outer)
		}
	}
	inner := *c
	inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], layer)
	inner.Argv = c.Argv[s.at:]
	if entry, ok := entrypoint(layer.Args); ok {
		inner.Argv = append([]Word{entry}, inner.Argv...)
	}
	inner.Assigns = append(c.Assigns[:len(c.Assigns):len(c.Assigns)], s.assigns...)
	inner.Background = c.Background || w.kind&wrapDetach != 0
	if host != "" {
		inner.Host, inner.Origin = host, Remote
	}
	if s.dir.Text != "" && host == "" {
		inner.Dir = sh.resolve(s.dir)
	}
	if w.kind&wrapWords != 0 && strings.Contains(inner.Argv[0].Text, " ") {
		return sh.code(&inner, inner.Argv[0], ShellCode), false, true
	}
	if w.kind&wrapLine != 0 {
		origin := ShellCode
		if host != "" {
			origin = Remote
		}
		return sh.code(&inner, sh.joinCode(inner.Argv), origin), false, true
	}
	if len(s.assigns) > 0 {
		sh.hooks(&Command{Assigns: s.assigns, Span: c.Span})
	}
	*c = inner
	return output{}, true, false
}

// entrypoint is the program that a container runs instead of its own, to which
// the command's words are arguments.
func entrypoint(args []Word) (program Word, ok bool) {
	for i, w := range args {
		if w.Text == "--entrypoint" && i+1 < len(args) {
			return args[i+1], true
		}
		if strings.HasPrefix(w.Text, "--entrypoint=") {
			return afterEqual(w), true
		}
	}
	return Word{}, false
}

// splitString replaces env -S 'a b' by the words it stands for.
func splitString(c *Command) {
	for i, w := range c.Argv {
		text, ok := strings.CutPrefix(w.Text, "-S")
		if !ok {
			text, ok = strings.CutPrefix(w.Text, "--split-string")
			text = strings.TrimPrefix(text, "=")
		}
		if !ok {
			continue
		}
		rest := c.Argv[i+1:]
		if text == "" && len(rest) > 0 {
			text, rest = rest[0].Text, rest[1:]
		}
		argv := append([]Word(nil), c.Argv[:i]...)
		for len(text) > 0 && len(argv) < maxFields {
			text = strings.TrimLeft(text, " \t\n")
			n, word := roughWord(text)
			if n == 0 {
				n = min(1, len(text))
			} else {
				argv = append(argv, Word{Text: word})
			}
			text = text[n:]
		}
		c.Argv = append(argv, rest...)
		return
	}
}

// assignment reports a word of the form NAME=value.
func assignment(w Word) bool {
	name, _, ok := strings.Cut(w.Text, "=")
	if !ok || name == "" || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// afterEqual is the value of NAME=value or --name=value.
func afterEqual(w Word) Word {
	_, w.Text, _ = strings.Cut(w.Text, "=")
	w.Span = Span{}
	return w
}

// hasField reports whether a list of names separated by spaces holds name.
func hasField(list, name string) bool {
	for list != "" {
		field, rest, _ := strings.Cut(list, " ")
		if field == name {
			return true
		}
		list = rest
	}
	return false
}
