package intercept

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// SocketVariable names the environment variable that leads a door to its
// session's judge.
const SocketVariable = "RESTRAIN_SOCKET"

// Socket returns the path of the judge's socket for a program called by the name
// argv0, or "" outside a session. The environment comes first; without it, a door
// called by its path knows its session by where it stands.
func Socket(argv0 string, getenv func(string) string) string {
	if path := getenv(SocketVariable); path != "" {
		return path
	}
	if dir := filepath.Dir(strings.TrimPrefix(argv0, "-")); filepath.IsAbs(dir) {
		path := filepath.Join(filepath.Dir(dir), socketName)
		if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
			return path
		}
	}
	return ""
}

// Call asks the judge at a socket about one command, and waits as long as it
// takes. On an error, nobody has allowed anything. PID and PeerUID of the request
// are not sent: the kernel tells them.
func Call(socket string, r Request) (Reply, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return Reply{}, fmt.Errorf("the session's supervisor cannot be reached: %w; start the session again", err)
	}
	defer conn.Close()
	if err := VerifyServer(conn); err != nil {
		return Reply{}, fmt.Errorf("the session's supervisor: %w", err)
	}
	if err := writeMessage(conn, encodeRequest(r)); err != nil {
		return Reply{}, fmt.Errorf("ask the session's supervisor: %w", err)
	}
	body, err := readMessage(conn)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Reply{}, errors.New("the session's supervisor has ended without an answer; start the session again")
	case err != nil:
		return Reply{}, fmt.Errorf("answer of the session's supervisor: %w", err)
	}
	return decodeReply(body)
}

// EnvVerb is the hidden verb by which the files that a real shell reads first ask
// about the shell's line: restrain VERB SHELL LINE $0 $1 ….
const EnvVerb = "__line"

// AskForShell carries out EnvVerb with the arguments after it, and returns the
// exit status: 0 when the shell may go on.
func AskForShell(args []string, getenv func(string) string, stderr io.Writer) int {
	if len(args) < 2 {
		fmt.Fprintf(stderr, "restrain: error: %s: wrong number of arguments; it is not to be called by hand\n", EnvVerb)
		return Denied
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = "/"
	}
	reply, err := Call(getenv(SocketVariable), Request{
		Kind: KindLine, Door: DoorEnv, Shell: args[0], Line: args[1], Params: args[2:],
		Dir: dir, Env: os.Environ(),
	})
	return Conclude(reply, err, stderr)
}

// Conclude tells the agent what was decided, and returns the exit status for a
// command that was not allowed, or 0.
func Conclude(reply Reply, err error, stderr io.Writer) int {
	if err != nil {
		fmt.Fprintf(stderr, "restrain: error: nothing ran: %v\n", err)
		return Denied
	}
	if reply.Message != "" {
		fmt.Fprintln(stderr, reply.Message)
	}
	switch {
	case reply.Allow:
		return 0
	case reply.Status != 0:
		return reply.Status
	}
	return Denied
}
