package intercept

import (
	"path"
	"slices"
	"strings"
)

// This file reads argv: which program it names, what a loader or a shell in
// front of it is about to run. It opens nothing.

// shebang reads the first line of a `#!` file as execve(2) does: the rest of
// the line after the interpreter is one argument.
func shebang(head string) (interp, arg string, ok bool) {
	line, ok := strings.CutPrefix(head, "#!")
	if !ok {
		return "", "", false
	}
	line, _, _ = strings.Cut(line, "\n")
	line = strings.Trim(line, " \t")
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i], strings.TrimLeft(line[i:], " \t"), true
	}
	return line, "", true
}

// plainName returns argv with argv[0] telling what runs: argv[0] as given when
// it agrees with the file, else the file's path, and for a renamed copy or link
// the path of the program that it is. names are the base names under which that
// program is installed.
func plainName(argv []string, file, program string, names []string) []string {
	name := file
	switch base := path.Base(file); {
	case program != "" && isMulticall(path.Base(program)):
		if len(argv) > 0 && slices.Contains(names, base) && path.Base(argv[0]) == base {
			return argv
		}
		if len(argv) > 0 && argv[0] != "" {
			// busybox goes by argv[0], whatever the file is called.
			applet := path.Base(argv[0])
			return append([]string{program, applet}, argv[1:]...)
		}
		name = program
	case program != "" && !slices.Contains(names, base):
		name = program
	case len(argv) > 0 && path.Base(argv[0]) == base:
		return argv
	}
	if len(argv) == 0 {
		return []string{name}
	}
	return append([]string{name}, argv[1:]...)
}

func isMulticall(base string) bool {
	switch base {
	case "busybox", "toybox", "coreutils":
		return true
	}
	return false
}

// isLoader reports a name of the dynamic loader, ld.so(8).
func isLoader(base string) bool {
	return base == "ld.so" || strings.HasPrefix(base, "ld-linux") && strings.Contains(base, ".so") ||
		strings.HasPrefix(base, "ld-musl-") || strings.HasPrefix(base, "ld-") && strings.HasSuffix(base, ".so")
}

// loaded returns what `ld.so [options] PROGRAM ARG…` runs; nil when it runs
// nothing. argv0 is the name that the program is given.
func loaded(argv []string) (program string, run []string) {
	argv0 := ""
	for i := 1; i < len(argv); i++ {
		switch a := argv[i]; a {
		case "--list", "--verify", "--help", "--version", "--list-tunables", "--list-diagnostics":
			return "", nil
		case "--inhibit-cache":
		case "--argv0":
			if i+1 < len(argv) {
				argv0 = argv[i+1]
			}
			i++
		case "--library-path", "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask", "--inhibit-rpath", "--audit", "--preload":
			i++
		default:
			if strings.HasPrefix(a, "--") && strings.Contains(a, "=") { // musl
				continue
			}
			if argv0 == "" {
				argv0 = a
			}
			return a, append([]string{argv0}, argv[i+1:]...)
		}
	}
	return "", nil
}

// A shellCall is how a shell is started.
type shellCall struct {
	shell       string   // "bash"
	line        string   // of -c
	hasLine     bool     // there was a -c
	params      []string // $0, $1 … of the line or script
	script      string   // operand: the file that it reads
	interactive bool     // reads commands from standard input or a terminal
}

// readShell reads a shell's argv as sh(1) and bash(1) do; ok is false for
// programs that are no shell.
func readShell(argv []string) (c shellCall, ok bool) {
	if len(argv) == 0 {
		return c, false
	}
	c.shell = strings.TrimPrefix(path.Base(argv[0]), "-")
	if isMulticall(c.shell) && len(argv) > 1 {
		argv = argv[1:]
		c.shell = path.Base(argv[0])
	}
	switch c.shell {
	case "sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "fish", "yash":
	default:
		return c, false
	}
	i, command, stdin := 1, false, false
options:
	for ; i < len(argv); i++ {
		a := argv[i]
		switch {
		case a == "--" || a == "-":
			i++
			break options
		case a == "--command" && i+1 < len(argv):
			command = true
		case strings.HasPrefix(a, "--command="):
			c.line, c.hasLine = strings.TrimPrefix(a, "--command="), true
			c.params = append([]string{argv[0]}, argv[i+1:]...)
			return c, true
		case a == "--rcfile" || a == "--init-file" || a == "--init-command":
			i++
		case strings.HasPrefix(a, "--"):
		case len(a) > 1 && (a[0] == '-' || a[0] == '+'):
			command = command || a[0] == '-' && strings.Contains(a, "c")
			stdin = stdin || a[0] == '-' && strings.Contains(a, "s")
			// Each o or O of a cluster takes a word after it.
			i += strings.Count(a[1:], "o") + strings.Count(a[1:], "O")
		default:
			break options
		}
	}
	rest := argv[min(i, len(argv)):]
	switch {
	case command && len(rest) > 0:
		c.line, c.hasLine = rest[0], true
		if c.params = rest[1:]; len(c.params) == 0 {
			c.params = []string{argv[0]}
		}
	case command: // -c without a line is an error of the shell's own
	case len(rest) > 0 && !stdin:
		c.script, c.params = rest[0], rest
	default:
		c.interactive = true
	}
	return c, true
}
