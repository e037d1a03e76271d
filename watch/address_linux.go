package watch

import (
	"fmt"
	"net"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// SocketAddress is the address of a socket file, however long its path is: one
// in unix(7) has 108 bytes. It is good until done is called.
func SocketAddress(path string) (address *net.UnixAddr, done func(), err error) {
	dir, err := unix.Open(filepath.Dir(path), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	name := fmt.Sprintf("/proc/self/fd/%d/%s", dir, filepath.Base(path))
	return &net.UnixAddr{Name: name, Net: "unix"}, func() { _ = unix.Close(dir) }, nil
}
