package intercept

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// VerifyServer reports an error unless restrain itself, run by this user, serves
// the other end of a connection that was dialled: the path came from a place
// that an agent can write to, and a server of its own would say yes to all.
func VerifyServer(conn *net.UnixConn) error {
	pid, uid, err := peer(conn) // of who called listen(2)
	if err != nil {
		return fmt.Errorf("who serves the socket: %w; start the session again", err)
	}
	if uid != os.Getuid() {
		return fmt.Errorf("the socket is served by user %d; start the session as that user, or again", uid)
	}
	ours, err := os.Stat("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("own program file: %w; mount /proc", err)
	}
	theirs, err := os.Stat("/proc/" + strconv.Itoa(pid) + "/exe")
	if err != nil {
		return fmt.Errorf("the socket's server, process %d, cannot be seen: %w; start the session again", pid, err)
	}
	if !os.SameFile(ours, theirs) {
		return fmt.Errorf("the socket is served by process %d, which is not this restrain; start the session again", pid)
	}
	return nil
}
