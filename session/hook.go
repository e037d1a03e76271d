package session

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"restrain/intercept"
	"restrain/shellparse"
)

// This file is the hook inside a session: how its steps reach a supervisor of
// execs, and how its own start is told from a step of the agent.

// stepVerb is the hidden verb by which a hook brings a step before the
// supervisor of execs: restrain VERB MILLISECONDS ARGV…. The kernel holds the
// exec while the step is judged; it carries out nothing.
const stepVerb = "__step"

// judgeByExec has what a tool does judged as if it were an exec.
func judgeByExec(ctx context.Context, r intercept.Request) (intercept.Reply, error) {
	self, err := os.Executable()
	if err != nil {
		return intercept.Reply{}, fmt.Errorf("own program file: %w; start restrain by its full path", err)
	}
	told, tell, err := os.Pipe()
	if err != nil {
		return intercept.Reply{}, fmt.Errorf("pipe: %w; close some files", err)
	}
	defer told.Close()
	deadline, _ := ctx.Deadline()
	left := strconv.FormatInt(time.Until(deadline).Milliseconds(), 10)
	cmd := exec.CommandContext(ctx, self, append([]string{stepVerb, left}, r.Argv...)...)
	cmd.Args[0], cmd.Dir, cmd.Env, cmd.Stderr = os.Args[0], r.Dir, r.Env, tell
	err = cmd.Run()
	tell.Close()
	reply := intercept.Reply{Allow: err == nil} // the supervisor's word
	if reply.Allow {
		return reply, nil
	}
	message, readErr := io.ReadAll(io.LimitReader(told, 8<<10))
	if message = bytes.TrimSpace(message); readErr != nil || len(message) == 0 {
		return intercept.Reply{}, fmt.Errorf("the session's supervisor: %w; tell the user", err)
	}
	reply.Message = string(message)
	return reply, nil
}

// unwrap makes the exec of a hook's step the step itself. The context ends
// when the hook has to answer.
func (j *judge) unwrap(ctx context.Context, r *intercept.Request) (context.Context, context.CancelFunc) {
	if r.Exec == nil || len(r.Exec.Raw) < 4 || r.Exec.Raw[1] != stepVerb || !isProgram(r.Exec.Path, j.program) {
		return ctx, func() {}
	}
	left, err := strconv.Atoi(r.Exec.Raw[2])
	if err != nil {
		left = 0 // its question is over before it is put
	}
	r.Env = r.Environ()
	r.Kind, r.Line, r.Argv, r.Door, r.Exec = intercept.KindArgv, "", r.Exec.Raw[3:], intercept.DoorHook, nil
	r.Masks = hookMasks(r)
	return context.WithTimeout(ctx, time.Duration(left)*time.Millisecond)
}

// isHook reports the start of restrain as a hook, by itself or through the
// shell that agents start it with: no step of the agent's.
func isHook(r *intercept.Request, program os.FileInfo) bool {
	if r.Exec != nil && len(r.Exec.Raw) > 1 && r.Exec.Raw[1] == "hook" && isProgram(r.Exec.Path, program) {
		return true
	}
	line := r.Line
	if command, ok := shellparse.Plumbing(line); ok {
		line = command // Cursor hands the event over as a here-document
	}
	return r.Door != intercept.DoorHook && isHookLine(line, r, program)
}

// isHookLine reports a line that starts restrain as a hook, with an event that
// comes from elsewhere, and does nothing else.
func isHookLine(line string, r *intercept.Request, program os.FileInfo) bool {
	line = strings.TrimSuffix(line, orBlock)
	if line == "" || strings.Trim(line, plainText) != "" {
		return false
	}
	words := strings.Split(line, " ")
	return len(words) > 2 && words[1] == "hook" && isProgram(lookPath(words[0], r), program)
}

// orBlock is what restrain init writes behind a hook's command: where restrain
// cannot be started, the agent is to block.
const orBlock = " || exit 2"

// plainText has no character that means anything to a shell. Trim with it leaves
// nothing of a text that has no other.
const plainText = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./ "

// lookPath finds the program that a shell would start by a name.
func lookPath(name string, r *intercept.Request) string {
	if strings.Contains(name, "/") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(r.Dir, name)
		}
		return name
	}
	path, _ := lookup(r.Environ)("PATH")
	for _, dir := range filepath.SplitList(path) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file
		}
	}
	return ""
}

func isProgram(path string, program os.FileInfo) bool {
	info, err := os.Stat(path)
	return err == nil && program != nil && os.SameFile(info, program)
}

func ownProgram() (os.FileInfo, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return os.Stat(path)
}
