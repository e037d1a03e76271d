package intercept

import (
	"context"
	"encoding/binary"
	"net/netip"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// answerConnect has a connection looked at that is about to be opened. Without a
// witness it goes on: the filter may be another door's that had one.
func (s *ExecDoor) answerConnect(ctx context.Context, n *notification, kind connectKind, a *abi) {
	w := s.options.Connects
	if w == nil {
		resume(s.listener, n.id)
		return
	}
	var address Address
	socket, seen := readConnect(n, kind, a, &address)
	if seen && (w.Ignores(&address) || !connects(int(n.tid), socket, &address)) || s.witnessConnect(ctx, n, &address, seen) {
		resume(s.listener, n.id)
		return
	}
	refuse(s.listener, n.id, unix.EHOSTUNREACH)
}

// witnessConnect puts a connection to the witness, and reports that it may be
// opened.
func (s *ExecDoor) witnessConnect(ctx context.Context, n *notification, a *Address, seen bool) bool {
	p, err := s.callers.identify(int(n.tid))
	if err != nil {
		return false
	}
	defer p.close()
	if s.decisions.allow && p.enter() != nil { // to see its end by
		return false
	}
	if a.Path != "" && a.Path[0] != '@' && a.Path[0] != '/' {
		dir, _ := unixLink("/proc/" + strconv.Itoa(p.pid) + "/cwd")
		a.Path = filepath.Join(dir, a.Path)
	}
	if !valid(s.listener, n.id) {
		return false // what was read may have been another process's
	}
	call := ConnectCall{Address: *a, Process: Process{p.pid, p.serial}, PPID: p.ppid}
	if !seen {
		call.Unknown = errUnreadable.Error()
	}
	reply := s.whileWaiting(ctx, n, p, func(ctx context.Context) Reply {
		said := s.options.Connects.Connect(ctx, call)
		if !said.Allow {
			deliver(p.pid, said.Message)
		}
		return Reply{Allow: said.Allow}
	})
	return reply.Allow
}

func unixLink(path string) (string, error) {
	var buf [maxPath]byte
	n, err := unix.Readlink(path, buf[:])
	return string(buf[:max(n, 0)]), err
}

// maxAddress is the size of struct sockaddr_un.
const maxAddress = 110

// readConnect reads which socket a call connects to what. It is not seen where
// the memory cannot be read.
func readConnect(n *notification, kind connectKind, a *abi, to *Address) (socket int, seen bool) {
	m := openMemory(int(n.tid), a.pointer)
	defer m.close()
	args := n.args
	if kind == callSocketcall { // unsigned longs of 32 bits
		at := args[1]
		for i := range 3 {
			word, err := m.word(at+uint64(4*i), 4)
			if err != nil {
				return -1, false
			}
			args[i] = word
		}
	}
	size := min(int(int32(args[2])), maxAddress)
	if size < 2 {
		return -1, true // it fails
	}
	var raw [maxAddress]byte
	for have := 0; have < size; {
		b, err := m.from(args[1] + uint64(have))
		if err != nil {
			return -1, false
		}
		have += copy(raw[have:size], b)
	}
	to.read(raw[:size])
	return int(int32(args[0])), true
}

// read takes a struct sockaddr apart; of another family nothing is known.
func (a *Address) read(raw []byte) {
	port := func() uint16 { return binary.BigEndian.Uint16(raw[2:]) }
	switch family := binary.NativeEndian.Uint16(raw); {
	case family == unix.AF_INET && len(raw) >= 8:
		a.AddrPort = netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port())
	case family == unix.AF_INET6 && len(raw) >= 24:
		a.AddrPort = netip.AddrPortFrom(netip.AddrFrom16([16]byte(raw[8:24])).Unmap(), port())
	case family == unix.AF_UNIX && len(raw) > 3 && raw[2] == 0:
		a.Path = "@" + string(raw[3:])
	case family == unix.AF_UNIX:
		a.Path = unix.ByteSliceToString(raw[2:])
	}
}

// connects reports a socket by which something is said to the other side: one of
// datagrams is connected to find a way, or for a name to be asked for.
func connects(tid, socket int, a *Address) bool {
	if a.Path != "" {
		return true
	}
	pidfd, err := unix.PidfdOpen(tid, pidfdThread)
	if err != nil {
		if pidfd, err = unix.PidfdOpen(tid, 0); err != nil {
			return true
		}
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, socket, 0)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	return err != nil || kind != unix.SOCK_DGRAM
}
