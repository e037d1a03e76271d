//go:build !linux

package watch

import "net"

// SocketAddress is the address of a socket file, whose path may have at most
// 104 bytes here.
func SocketAddress(path string) (address *net.UnixAddr, done func(), err error) {
	return &net.UnixAddr{Name: path, Net: "unix"}, func() {}, nil
}
