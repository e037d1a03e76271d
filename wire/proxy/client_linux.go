package proxy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"restrain/wire"
)

// errStranger says that a connection is another user's.
var errStranger = errors.New("the proxy is for its own user only")

// clientOf finds the process at the other end of a connection from loopback. An
// error says that it must not be served; a client may be served and not known.
func clientOf(conn net.Conn) (wire.Client, error) {
	theirs, err1 := netip.ParseAddrPort(conn.RemoteAddr().String())
	ours, err2 := netip.ParseAddrPort(conn.LocalAddr().String())
	if err1 != nil || err2 != nil || !theirs.Addr().IsLoopback() {
		return wire.Client{}, errStranger
	}
	uid, inode, err := socketOf(theirs, ours)
	switch {
	case errors.Is(err, unix.ENOENT):
		return wire.Client{}, errStranger // it has gone, or is not on this machine
	case err != nil:
		return wire.Client{}, nil // the kernel tells nothing here
	case int(uid) != os.Geteuid() && uid != 0:
		return wire.Client{}, errStranger
	}
	pid := holderOf(inode)
	program, _ := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe") // what has gone is not known
	return wire.Client{PID: pid, Program: program}, nil
}

// Of linux/sock_diag.h and linux/inet_diag.h.
const (
	sockDiagByFamily = 20
	sizeOfHeader     = 16
	sizeOfRequest    = 56
	uidAt            = sizeOfHeader + 64
	inodeAt          = uidAt + 4
)

// socketOf asks the kernel for the owner and the inode of a TCP socket: sock_diag(7).
func socketOf(local, remote netip.AddrPort) (uid uint32, inode uint64, err error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return 0, 0, fmt.Errorf("sock_diag: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}); err != nil {
		return 0, 0, fmt.Errorf("sock_diag: %w", err)
	}
	ask := make([]byte, sizeOfHeader+sizeOfRequest)
	native := binary.NativeEndian
	native.PutUint32(ask[0:], uint32(len(ask)))
	native.PutUint16(ask[4:], sockDiagByFamily)
	native.PutUint16(ask[6:], unix.NLM_F_REQUEST)
	r := ask[sizeOfHeader:]
	r[0], r[1] = unix.AF_INET, unix.IPPROTO_TCP
	from, to := local.Addr().Unmap(), remote.Addr().Unmap()
	if from.Is6() {
		r[0] = unix.AF_INET6
	}
	native.PutUint32(r[4:], ^uint32(0)) // in any state
	binary.BigEndian.PutUint16(r[8:], local.Port())
	binary.BigEndian.PutUint16(r[10:], remote.Port())
	copy(r[12:], from.AsSlice())
	copy(r[28:], to.AsSlice())
	native.PutUint32(r[48:], ^uint32(0)) // INET_DIAG_NOCOOKIE
	native.PutUint32(r[52:], ^uint32(0))
	if err := unix.Sendto(fd, ask, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, 0, fmt.Errorf("sock_diag: %w", err)
	}
	answer := make([]byte, 1024)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil || n < sizeOfHeader+4 {
		return 0, 0, fmt.Errorf("sock_diag: %w", err)
	}
	if native.Uint16(answer[4:]) == unix.NLMSG_ERROR {
		return 0, 0, unix.Errno(-int32(native.Uint32(answer[sizeOfHeader:])))
	}
	if n < inodeAt+4 {
		return 0, 0, errors.New("sock_diag: a short answer")
	}
	return native.Uint32(answer[uidAt:]), uint64(native.Uint32(answer[inodeAt:])), nil
}

// holderOf is a process that has a socket, 0 where none can be found. Clients are
// young, so the youngest are looked at first.
func holderOf(inode uint64) int {
	proc, err := os.Open("/proc")
	if err != nil || inode == 0 {
		return 0
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1) // as far as it could be read
	pids := make([]int, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	slices.Reverse(pids)
	want := "socket:[" + strconv.FormatUint(inode, 10) + "]"
	if pid := int(latest.Load()); pid > 0 && holds(pid, want) {
		return pid
	}
	for _, pid := range pids {
		if holds(pid, want) {
			latest.Store(int64(pid))
			return pid
		}
	}
	return 0
}

// latest is the process that was found last, which often comes again.
var latest atomic.Int64

func holds(pid int, want string) bool {
	path := "/proc/" + strconv.Itoa(pid) + "/fd"
	dir, err := os.Open(path)
	if err != nil {
		return false
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	buffer := make([]byte, 64)
	for _, name := range names {
		if n, err := unix.Readlinkat(int(dir.Fd()), name, buffer); err == nil && string(buffer[:n]) == want {
			return true
		}
	}
	return false
}

// hide keeps other processes of the user from reading this one's memory, where
// the authority's key is: PR_SET_DUMPABLE of prctl(2).
func hide() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
