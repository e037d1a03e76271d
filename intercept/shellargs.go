package intercept

import (
	"errors"
	"fmt"
	"strings"
)

// ShellArgs is what a shell's command line asks for.
type ShellArgs struct {
	Line    string // the text of -c
	HasLine bool
	// Params are $0, $1 … as far as the command line gives them: after -c's
	// line, or the script and its arguments, or what follows -s.
	Params []string
	// Script is the file whose commands run; empty without one.
	Script string
	// Stdin reports commands that come from standard input: -s, or nothing
	// else to run. Dash goes on with them after -c's line.
	Stdin       bool
	Interactive bool // -i; a shell may also find so by its terminal
	Login       bool // -l, or a name that starts with "-" (which is not in args)
	// InitFile is the file that an interactive bash runs first (--rcfile).
	InitFile string
}

// ParseShellArgs reads the arguments after the shell's name as bash 5, dash or
// zsh would ("sh" as dash). It fails on what the shell would refuse, and on what
// it does not know; such a call must not run, for it could not be judged.
func ParseShellArgs(shell string, args []string) (ShellArgs, error) {
	p := argParser{shell: shell, rest: args}
	if shell == "bash" {
		if err := p.longOptions(); err != nil {
			return ShellArgs{}, err
		}
	}
	for len(p.rest) > 0 && !p.ended {
		word := p.rest[0]
		if len(word) == 0 || word[0] != '-' && word[0] != '+' {
			break
		}
		p.rest = p.rest[1:]
		if err := p.option(word); err != nil {
			return ShellArgs{}, err
		}
	}
	return p.operands()
}

type argParser struct {
	shell string
	rest  []string
	out   ShellArgs

	line, stdin bool // -c and -s were given
	ended       bool // by "-" or "--"
}

var errArgs = errors.New("cannot be judged; call the shell with -c and a line")

func (p *argParser) fail(word string) error {
	return fmt.Errorf("%s: option %q of the shell %w", p.shell, word, errArgs)
}

// next takes the argument of an option.
func (p *argParser) next(option string) (string, error) {
	if len(p.rest) == 0 {
		return "", fmt.Errorf("%s: option %q needs an argument and %w", p.shell, option, errArgs)
	}
	word := p.rest[0]
	p.rest = p.rest[1:]
	return word, nil
}

// longOptions reads bash's long options. They stand in front of all others, with
// one dash or two.
func (p *argParser) longOptions() error {
	for len(p.rest) > 0 && strings.HasPrefix(p.rest[0], "-") {
		word := p.rest[0]
		name := strings.TrimPrefix(word[1:], "-")
		switch name {
		case "login":
			p.out.Login = true
		case "init-file", "rcfile":
			if len(p.rest) < 2 {
				return p.fail(word)
			}
			p.out.InitFile = p.rest[1]
			p.rest = p.rest[1:]
		case "debug", "debugger", "dump-po-strings", "dump-strings", "help", "noediting", "noprofile",
			"norc", "posix", "pretty-print", "restricted", "verbose", "version":
		default:
			if strings.HasPrefix(word, "--") && word != "--" {
				return p.fail(word)
			}
			return nil
		}
		p.rest = p.rest[1:]
	}
	return nil
}

// option reads one word of bundled letters, and the arguments they take.
func (p *argParser) option(word string) error {
	if word == "-" || word == "--" {
		p.ended = true
		return nil
	}
	letters := word[1:]
	if p.shell == "zsh" && strings.HasPrefix(letters, "-") {
		return p.zshLong(word)
	}
	for i, letter := range letters {
		switch {
		case letter == 'c':
			p.line = true
		case letter == 's':
			p.stdin = word[0] == '-' || p.shell == "bash"
		case letter == 'i':
			p.out.Interactive = word[0] == '-'
		case letter == 'l':
			p.out.Login = word[0] == '-' || p.shell == "bash"
		case letter == 'o' && p.shell == "zsh":
			// The name may follow in the same word, and ends it.
			if name := letters[i+1:]; name != "" {
				return nil
			}
			_, err := p.next(word)
			return err
		case letter == 'b' && p.shell == "zsh":
			p.ended = true
		case letter == 'o', letter == 'O' && p.shell == "bash":
			// At the end of the line it lists the options, and goes on.
			if len(p.rest) > 0 {
				p.rest = p.rest[1:]
			}
		case !p.knows(letter):
			return p.fail(word)
		}
	}
	return nil
}

// knows reports whether the shell takes the letter as an option of its own.
func (p *argParser) knows(letter rune) bool {
	switch p.shell {
	case "bash":
		return strings.ContainsRune("abefhkmnprtuvxBCDEHPT", letter)
	case "zsh":
		return letter >= '0' && letter <= '9' || letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z'
	}
	return strings.ContainsRune("abefmnuvxCEIV", letter)
}

// zshLong reads a long option of zsh, which names an option of "set".
func (p *argParser) zshLong(word string) error {
	name := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(word))
	switch name {
	case "emulate":
		_, err := p.next(word)
		return err
	case "login":
		p.out.Login = true
	case "interactive":
		p.out.Interactive = true
	case "shinstdin":
		p.stdin = true
	}
	return nil
}

// operands reads what is left after the options.
func (p *argParser) operands() (ShellArgs, error) {
	out := p.out
	switch {
	case p.line && len(p.rest) == 0:
		return ShellArgs{}, fmt.Errorf("%s: option \"-c\" needs a line and %w", p.shell, errArgs)
	case p.line:
		out.HasLine, out.Line, out.Params = true, p.rest[0], p.rest[1:]
		if p.stdin && p.shell == "zsh" {
			out.Params = append([]string{p.shell}, out.Params...) // $0 stays
		}
		out.Stdin = p.stdin && p.shell != "bash" && p.shell != "zsh"
	case p.stdin || len(p.rest) == 0:
		out.Stdin, out.Params = true, p.rest
	default:
		out.Script, out.Params = p.rest[0], p.rest
	}
	return out, nil
}
