package intercept

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A ShellDoor is the Interceptor that stands in the place of the agent's shell.
// It reaches agents that honour SHELL, or look up their shell in PATH, or whose
// shell reads BASH_ENV or .zshenv; an agent that execs programs itself passes by.
type ShellDoor struct {
	dir      string // the session's private directory
	program  string // this program, the door's target
	listener *net.UnixListener
	allowed  *shellLines
	slots    chan struct{}
}

const (
	socketName = "socket"
	shimName   = "bin"

	// maxCalls is how many commands may be in hand at once; more wait to be
	// received.
	maxCalls = 1024
	// sendTime bounds how long a caller may take over its question.
	sendTime = 10 * time.Second
)

// Variables of the agent's environment in which the door finds what it replaced.
const (
	RealShellVariable = "RESTRAIN_REAL_SHELL"
	realBashEnv       = "RESTRAIN_REAL_BASH_ENV"
	realZdotdir       = "RESTRAIN_REAL_ZDOTDIR"
)

// NewShellDoor makes the session's private directory and listens in it.
func NewShellDoor() (*ShellDoor, error) {
	if err := ShellDoorSupported(); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("own program file: %w; start restrain by its full path", err)
	}
	d := &ShellDoor{program: program, allowed: newShellLines(), slots: make(chan struct{}, maxCalls)}
	for _, parent := range []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"} {
		if err = d.settle(parent); err == nil {
			return d, nil
		}
	}
	return nil, fmt.Errorf("session directory: %w; set TMPDIR to a directory that can be written to", err)
}

// settle makes the directory below parent, with mode 0700, and the socket in it.
func (d *ShellDoor) settle(parent string) error {
	if parent == "" {
		return errors.New("no directory")
	}
	dir, err := os.MkdirTemp(parent, "restrain-session-")
	if err != nil {
		return err
	}
	// Fails also for a path longer than a socket's may be (108 bytes on Linux).
	d.listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, socketName), Net: "unix"})
	if err != nil {
		os.RemoveAll(dir)
		return err
	}
	d.dir = dir
	return nil
}

// Prepare puts the door in the place of the agent's shells. Inside another
// session it leaves everything as it is: the doors lead to that session's judge.
func (d *ShellDoor) Prepare(l *Launch) error {
	env := environment(l.Env)
	if outer := env.get(SocketVariable); outer != "" && answers(outer) {
		return nil
	}
	real, err := RealShell(filepath.Base(env.get("SHELL")), l.Env)
	if err != nil {
		return err
	}
	if err := d.writeFiles(l.Env); err != nil {
		return fmt.Errorf("session directory %s: %w; free some space there", d.dir, err)
	}
	// Some agents take no shell without "bash" or "zsh" in its name.
	shell := d.path(shimName, "restrain-bash")
	if shellName(real) == "zsh" {
		shell = d.path(shimName, "restrain-zsh")
	}
	shellFiles{dir: d.dir}.prepare(&env)
	env.set(RealShellVariable, real)
	env.set(SocketVariable, d.path(socketName))
	env.set("SHELL", shell)
	env.set("CLAUDE_CODE_SHELL", shell)
	if path := env.get("PATH"); path != "" {
		env.set("PATH", d.path(shimName)+string(os.PathListSeparator)+path)
	} else {
		env.set("PATH", d.path(shimName)+string(os.PathListSeparator)+"/usr/bin:/bin")
	}
	if env.get("SHLVL") == "" {
		env.set("SHLVL", "1") // bash takes a shell at level 0 for one of a remote login
	}
	l.Env = env
	return nil
}

func answers(socket string) bool {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func (d *ShellDoor) path(elem ...string) string {
	return filepath.Join(append([]string{d.dir}, elem...)...)
}

// Serve answers the doors of the session.
func (d *ShellDoor) Serve(ctx context.Context, j Judge) error {
	ctx, cancel := context.WithCancel(ctx)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { d.listener.Close() })
	defer stop()
	for {
		conn, err := d.listener.AcceptUnix()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			// Out of descriptors or memory; the caller sees a closed door.
			return fmt.Errorf("session socket: %w; raise the limit of open files", err)
		}
		d.slots <- struct{}{}
		calls.Go(func() {
			defer func() { <-d.slots }()
			defer conn.Close()
			d.answer(ctx, conn, j)
		})
	}
}

// Close ends the door for good and takes its directory away. Commands that come
// later fail.
func (d *ShellDoor) Close() error {
	d.listener.Close()
	if err := os.RemoveAll(d.dir); err != nil {
		return fmt.Errorf("session directory %s: %w; remove it by hand", d.dir, err)
	}
	return nil
}

// answer serves one connection: one question. An error on the way closes it
// without an answer, which denies.
func (d *ShellDoor) answer(ctx context.Context, conn *net.UnixConn, j Judge) {
	pid, uid, err := peer(conn)
	if err != nil || uid != os.Getuid() {
		return
	}
	conn.SetReadDeadline(time.Now().Add(sendTime))
	body, err := readMessage(conn)
	if err != nil {
		return
	}
	conn.SetReadDeadline(time.Time{})
	r, err := decodeRequest(body)
	if err != nil {
		_ = writeMessage(conn, encodeReply(Reply{Message: "restrain: error: nothing ran: " + err.Error()}))
		return
	}
	r.PID, r.PeerUID = pid, uid
	if r.Door == DoorEnv || r.Door == DoorTyped {
		// The shell asks through a child. Where it cannot be told whose, the
		// child stands for it, and an allowed line is judged again.
		if p, err := readProcess(pid); err == nil {
			r.PID = p.parent
		}
	}
	reply := d.judge(ctx, conn, j, r)
	// A caller that has gone runs nothing.
	_ = writeMessage(conn, encodeReply(reply))
}

func (d *ShellDoor) judge(ctx context.Context, conn *net.UnixConn, j Judge, r Request) Reply {
	r.Repeat = r.Door == DoorEnv && (d.allowed.use(r.PID, r.Line) || d.maskedLine(&r))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		// The caller has nothing more to say: this returns when it has gone, or
		// when the connection is closed behind the answer.
		conn.Read(make([]byte, 1))
		cancel()
	}()
	reply := j.Judge(ctx, r)
	if reply.Allow && r.Door == DoorShell && r.Kind == KindLine {
		line := r.Line
		if len(reply.Mask) > 0 {
			line = maskedMark + line
		}
		d.allowed.add(r.PID, line)
	}
	return reply
}

// maskedMark tells the lines that are run by a child of the door, for their output
// is masked. No line has a NUL.
const maskedMark = "masked\x00"

// maskedLine reports a line whose shell is the child of a door that was allowed it.
func (d *ShellDoor) maskedLine(r *Request) bool {
	p, err := readProcess(r.PID)
	return err == nil && d.allowed.use(p.parent, maskedMark+r.Line)
}

// environment is a list of NAME=VALUE.
type environment []string

func (e environment) get(name string) string {
	for _, entry := range e {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

func (e *environment) set(name, value string) {
	// A copy: the caller's list may have other users.
	kept := make(environment, 0, len(*e)+1)
	for _, entry := range *e {
		if !strings.HasPrefix(entry, name+"=") {
			kept = append(kept, entry)
		}
	}
	*e = append(kept, name+"="+value)
}

// keep saves a variable under another name, if there is one.
func (e *environment) keep(name, as string) {
	if value := e.get(name); value != "" {
		e.set(as, value)
	}
}
