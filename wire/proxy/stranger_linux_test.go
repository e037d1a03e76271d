package proxy

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A connection of which the kernel knows no socket on this machine, or that does
// not come from loopback, is nobody's to serve.
func TestStranger(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	theirs, err := net.Dial("tcp4", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	ours, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	if client, err := clientOf(ours); err != nil || client.PID != os.Getpid() {
		t.Errorf("the user's own: %+v %v", client, err)
	}
	if _, err := clientOf(elsewhere{ours}); !errors.Is(err, errStranger) {
		t.Errorf("from elsewhere: %v", err)
	}
	if _, err := clientOf(unknown{ours}); !errors.Is(err, errStranger) {
		t.Errorf("of which there is no socket: %v", err)
	}
	local, remote := netip.MustParseAddrPort(theirs.LocalAddr().String()), netip.MustParseAddrPort(theirs.RemoteAddr().String())
	if uid, inode, err := socketOf(local, remote); err != nil || int(uid) != os.Geteuid() || inode == 0 {
		t.Errorf("%d %d %v", uid, inode, err)
	}
	if _, _, err := socketOf(local, netip.AddrPortFrom(remote.Addr(), 1)); !errors.Is(err, unix.ENOENT) {
		t.Errorf("no socket: %v", err)
	}
}

type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1} }

type unknown struct{ net.Conn }

func (unknown) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
