package proxy

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"restrain/wire"
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

// The memory with the authority's key is nobody else's to read.
func TestHidden(t *testing.T) {
	const child = "RESTRAIN_TEST_HIDDEN"
	if os.Getenv(child) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHidden$")
		cmd.Env = append(os.Environ(), child+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	_, files, listener, err := start(&wire.Config{Dir: t.TempDir()}, &wire.Ready{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.remove()
	defer listener.Close()
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); dumpable != 0 || err != nil {
		t.Errorf("%d %v", dumpable, err)
	}
}
