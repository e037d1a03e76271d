package intercept

import (
	"fmt"
	"net"
	"os"
)

// VerifyServer reports an error unless restrain itself, run by this user, serves
// the other end of a connection that was dialled.
func VerifyServer(conn *net.UnixConn) error {
	pid, _, err := peer(conn)
	if err != nil {
		return fmt.Errorf("who serves the socket: %w; start the session again", err)
	}
	program, err := programOf(pid)
	if err != nil {
		return fmt.Errorf("the socket's server, process %d, cannot be seen: %w; start the session again", pid, err)
	}
	own, err := os.Executable()
	if err != nil {
		return fmt.Errorf("own program file: %w; start restrain by its full path", err)
	}
	ours, err := os.Stat(own)
	if err != nil {
		return fmt.Errorf("own program file: %w; start restrain by its full path", err)
	}
	if theirs, err := os.Stat(program); err != nil || !os.SameFile(ours, theirs) {
		return fmt.Errorf("the socket is served by process %d, which is not this restrain; start the session again", pid)
	}
	return nil
}
