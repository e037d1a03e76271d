package intercept

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// This file is how an open shell asks before it does by itself what no exec
// shows: a redirection, a builtin. The shell's own part is typed.bash and
// typed.zsh.

// TypedVerb is the hidden verb by which an open shell asks: restrain VERB SHELL
// PID NUMBER TEXT $0 $1 …. A supervisor of execs judges the text in the place of
// this exec, so that a shell without its supervisor gets nothing run.
const TypedVerb = "__typed"

// A TypedLine says which line of which shell is asked about. It is what the
// shell claims.
type TypedLine struct {
	Shell  int // process id of the shell that reads commands
	Number int // of the line in that shell; 0 when it does not count
}

// ParseTyped reads the arguments after TypedVerb into what is asked.
func ParseTyped(args []string) (Request, error) {
	if len(args) < 4 {
		return Request{}, fmt.Errorf("%s: wrong number of arguments; it is not to be called by hand", TypedVerb)
	}
	shell, err := strconv.Atoi(args[1])
	number, err2 := strconv.Atoi(args[2])
	if err := errors.Join(err, err2); err != nil {
		return Request{}, fmt.Errorf("%s: %w; it is not to be called by hand", TypedVerb, err)
	}
	return Request{Kind: KindLine, Door: DoorTyped, Shell: args[0], Line: args[3], Params: args[4:],
		Interactive: true, Typed: TypedLine{shell, number}}, nil
}

// AskTyped carries out TypedVerb with the arguments after it, and returns the
// exit status: 0 when the shell may go on.
func AskTyped(args []string, getenv func(string) string, stderr io.Writer) int {
	if Supervised() {
		return 0 // judged before it was started
	}
	r, err := ParseTyped(args)
	if err != nil {
		return Conclude(Reply{}, err, stderr)
	}
	socket := getenv(SocketVariable)
	if socket == "" {
		return Denied // the shell says that its session is over
	}
	if r.Dir, err = os.Getwd(); err != nil {
		r.Dir = "/"
	}
	r.Env = os.Environ()
	reply, err := Call(socket, r)
	return Conclude(reply, err, stderr)
}

// hooksPrefix begins the name of a directory of ShellHooks.
const hooksPrefix = "restrain-session-"

// ShellHooks are the files by which the shells of a session ask.
type ShellHooks struct{ dir string }

// HookShells has the shells below l ask before they do by themselves what i,
// where that supervises execs, does not see. It comes before Prepare, and
// changes the environment, and for an interactive bash its arguments.
func HookShells(l *Launch, i Interceptor) (*ShellHooks, error) {
	if _, execs := i.(*ExecDoor); !execs {
		return &ShellHooks{}, nil // the shell door brings its own
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("own program file: %w; start restrain by its full path", err)
	}
	dir, err := os.MkdirTemp(hooksDir(), hooksPrefix)
	if err != nil {
		return nil, fmt.Errorf("session directory: %w; set TMPDIR to a directory that can be written to", err)
	}
	h := &ShellHooks{dir}
	files := shellFiles{dir: dir, ask: quote(program)}
	if err := files.write(); err != nil {
		return nil, errors.Join(fmt.Errorf("session directory %s: %w; free some space there", dir, err), h.Close())
	}
	env := environment(l.Env)
	files.prepare(&env)
	l.Env = env
	l.Argv = withInitFile(l.Argv, filepath.Join(dir, "bash_rc"))
	return h, nil
}

// hooksDir is where sessions have their directories: the user's own, if any.
func hooksDir() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return os.TempDir()
}

// withInitFile has an interactive bash read file in the place of ~/.bashrc,
// whose end no rc file can take back.
func withInitFile(argv []string, file string) []string {
	if len(argv) == 0 || shellName(argv[0]) != "bash" {
		return argv
	}
	args, err := ParseShellArgs("bash", argv[1:])
	if err != nil || !args.Interactive || args.HasLine || args.Login || args.InitFile != "" ||
		slices.Contains(argv, "--norc") || slices.Contains(argv, "--posix") {
		return argv
	}
	return append([]string{argv[0], "--rcfile", file}, argv[1:]...)
}

// Leave leaves the files to another process, which takes them over by the
// directory that it returns: see InheritShellHooks.
func (h *ShellHooks) Leave() (dir string) {
	dir, h.dir = h.dir, ""
	return dir
}

// InheritShellHooks takes over the files that another process has left. An empty
// directory stands for none.
func InheritShellHooks(dir string) (*ShellHooks, error) {
	if dir != "" && !strings.HasPrefix(filepath.Base(dir), hooksPrefix) {
		return nil, fmt.Errorf("%s is no session directory", dir)
	}
	return &ShellHooks{dir}, nil
}

// Close takes the files away. What a shell has read of them goes on to ask.
func (h *ShellHooks) Close() error {
	if h.dir == "" {
		return nil
	}
	if err := os.RemoveAll(h.dir); err != nil {
		return fmt.Errorf("session directory %s: %w; remove it by hand", h.dir, err)
	}
	return nil
}
