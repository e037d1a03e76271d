package intercept

import (
	"fmt"
	"net"
	"os"
)

// VerifyServer reports an error unless this user serves the other end of a
// connection that was dialled. Which program it is cannot be told here.
func VerifyServer(conn *net.UnixConn) error {
	_, uid, err := peer(conn)
	if err != nil {
		return fmt.Errorf("who serves the socket: %w; start the session again", err)
	}
	if uid != os.Getuid() {
		return fmt.Errorf("the socket is served by user %d; start the session as that user, or again", uid)
	}
	return nil
}
