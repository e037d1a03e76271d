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

// shellOf returns which shell argv starts, as ParseShellArgs knows them, and its
// arguments; an empty name for a program that is no shell. program is the
// well-known path of the file, which tells which shell "sh" is.
func shellOf(argv []string, program string) (shell string, args []string) {
	if len(argv) == 0 {
		return "", nil
	}
	if isMulticall(path.Base(argv[0])) {
		if argv = argv[1:]; len(argv) == 0 {
			return "", nil
		}
	}
	shell = path.Base(argv[0])
	switch shell {
	case "bash", "zsh", "dash":
	case "sh":
		if base := path.Base(program); base == "bash" || base == "zsh" {
			shell = base
		}
	case "rbash":
		shell = "bash"
	case "ash", "ksh", "ksh93", "mksh", "yash":
		// Read as dash: -c and a script stand where they do there, and an
		// option that dash does not have makes the exec opaque.
		shell = "dash"
	default:
		return "", nil
	}
	return shell, argv[1:]
}
