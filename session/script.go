package session

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"restrain/journal"
	"restrain/platform"
)

// This file finds the script that an agent is, for reports to point at.

const (
	// scriptResource is in front of its path in a session's first entry.
	scriptResource = "script "
	// maxScriptRead is the longest script that is searched for lines, in bytes.
	maxScriptRead = 1 << 20
)

// scriptOf is the script that an agent is started from, as a path with slashes
// below the root of its project; empty when there is none.
func scriptOf(argv []string, dir string) string {
	for i, arg := range argv {
		if strings.HasPrefix(arg, "-") || i == 0 && !strings.Contains(arg, "/") {
			continue
		}
		path := arg
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, arg)
		}
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		rel, err := filepath.Rel(ProjectRoot(dir), path)
		if err != nil || !filepath.IsLocal(rel) {
			return ""
		}
		return filepath.ToSlash(rel)
	}
	return ""
}

// StartedScript is the script that a session's first entry names, and its text.
func StartedScript(e *journal.Entry) (string, ScriptText) {
	for _, resource := range e.Resources {
		if script, ok := strings.CutPrefix(resource, scriptResource); ok {
			return script, readScript(e.Dir, script)
		}
	}
	return "", nil
}

// ProjectRoot is the directory that git's metadata is in, or dir itself.
func ProjectRoot(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

// A ScriptText finds commands in the script that an agent is.
type ScriptText []string

// readScript reads a script below the root of the project around dir. One that
// cannot be read has no lines, nor has a link: the agent may have put it there.
func readScript(dir, script string) ScriptText {
	path := filepath.Join(ProjectRoot(dir), filepath.FromSlash(script))
	file, err := platform.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxScriptRead {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(file, maxScriptRead))
	if err != nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}

// Line is the number of the only line that has a command, 0 when there is none.
func (s ScriptText) Line(command string) int {
	command = strings.TrimSpace(command)
	found := 0
	for i, line := range s {
		if command != "" && strings.Contains(line, command) {
			if found > 0 {
				return 0
			}
			found = i + 1
		}
	}
	return found
}
