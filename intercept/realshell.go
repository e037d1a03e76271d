package intercept

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// DoorName returns which shell a program called by the name argv0 stands in for,
// and whether that is a login shell. It is no door when shell is empty.
func DoorName(argv0 string) (shell string, login bool) {
	name, login := strings.CutPrefix(argv0, "-")
	switch name := shellName(name); name {
	case "bash", "dash", "sh", "zsh":
		return name, login
	}
	return "", false
}

// shellName is the name of a shell without its directory and our prefix.
func shellName(path string) string {
	return strings.TrimPrefix(filepath.Base(path), "restrain-")
}

// RealShell finds the program of a shell by its name: "bash", "zsh", "sh",
// "dash", also with "restrain-" before it. An empty or another name is the user's
// own shell. It is never this program, under whatever name that stands in PATH.
func RealShell(name string, env []string) (string, error) {
	if err := ShellDoorSupported(); err != nil {
		return "", err
	}
	self := ownProgram()
	e := environment(env)
	name = shellName(name)
	if shell, _ := DoorName(name); shell == "" {
		for _, path := range []string{e.get(RealShellVariable), e.get("SHELL"), "/bin/bash", "/bin/sh"} {
			if shell, _ := DoorName(path); shell != "" && runnable(path, self) {
				return path, nil
			}
		}
		return "", fmt.Errorf("no shell found; set SHELL to one of bash, zsh, dash or sh")
	}
	if path := e.get(RealShellVariable); shellName(path) == name && runnable(path, self) {
		return path, nil
	}
	dirs := append(filepath.SplitList(e.get("PATH")), "/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if filepath.IsAbs(path) && runnable(path, self) {
			return path, nil
		}
	}
	return "", fmt.Errorf("no %s found in PATH; install it, or set SHELL to a shell that is there", name)
}

// ownProgram identifies this program's file; nil when it cannot be told.
func ownProgram() os.FileInfo {
	path, err := os.Executable()
	if err != nil {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// Runnable reports an executable file at an absolute path that is not this program.
func Runnable(path string) bool { return runnable(path, ownProgram()) }

// runnable reports an executable file at an absolute path that is not self.
func runnable(path string, self os.FileInfo) bool {
	if !filepath.IsAbs(path) {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 && (self == nil || !os.SameFile(info, self))
}

// ExecShell becomes the shell at path, with exactly these arguments. Descriptors
// that this process was given stay open. Argv0 is the name that the door was
// called by; the shell gets its own in the same form: with or without directory,
// and with the "-" of a login shell. It returns only on failure.
func ExecShell(path, argv0 string, args, env []string) error {
	argv := append([]string{shellArgv0(path, argv0)}, args...)
	if err := syscall.Exec(path, argv, env); err != nil {
		return fmt.Errorf("%s: %w; check that it can be run", path, err)
	}
	return nil
}

func shellArgv0(path, argv0 string) string {
	name, login := strings.CutPrefix(argv0, "-")
	if shell, _ := DoorName(name); shell == "" || strings.Contains(name, "/") {
		name = path
	} else {
		name = shell
	}
	if login {
		return "-" + name
	}
	return name
}
