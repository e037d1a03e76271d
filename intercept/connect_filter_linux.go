package intercept

import "golang.org/x/sys/unix"

// A connectKind is a system call that can open a connection, by its arguments.
type connectKind uint8

const (
	callConnect    connectKind = iota // socket, address, its size
	callSocketcall                    // which call, its arguments in memory
	callSendto                        // flags are the fourth argument
	callSendmsg                       // flags are the third
)

// A connectNumber is the number of such a call in an ABI.
type connectNumber struct {
	nr   uint32
	kind connectKind
}

// The numbers of each ABI; sendmmsg(2) has its flags where sendto(2) does.
var (
	amd64Connects = []connectNumber{{42, callConnect}, {44, callSendto}, {46, callSendmsg}, {307, callSendto}}
	i386Connects  = []connectNumber{{362, callConnect}, {102, callSocketcall}, {369, callSendto}, {370, callSendmsg}, {345, callSendto}}
	arm64Connects = []connectNumber{{203, callConnect}, {206, callSendto}, {211, callSendmsg}, {269, callSendto}}
	armConnects   = []connectNumber{{283, callConnect}, {290, callSendto}, {296, callSendmsg}, {374, callSendto}}
)

// socketcallConnect is SYS_CONNECT of socketcall(2).
const socketcallConnect = 3

var retNoFastOpen = unix.SockFilter{Code: bpfLeave, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EOPNOTSUPP)}

// connectFilter is the part of the filter for these calls, with the call's number
// loaded. What connects and sends in one call (MSG_FASTOPEN) fails as where the
// system has that switched off, and programs connect first.
func connectFilter(numbers []connectNumber) (p []unix.SockFilter) {
	for _, n := range numbers {
		is := unix.SockFilter{Code: bpfEqual, K: n.nr, Jf: 4}
		switch n.kind {
		case callConnect:
			is.Jf = 1
			p = append(p, is, retNotify)
		case callSocketcall:
			p = append(p, is, unix.SockFilter{Code: bpfLoad, K: dataArg0}, unix.SockFilter{Code: bpfEqual, K: socketcallConnect, Jf: 1}, retNotify, retAllow)
		default:
			flags := uint32(dataArg3)
			if n.kind == callSendmsg {
				flags = dataArg2
			}
			p = append(p, is, unix.SockFilter{Code: bpfLoad, K: flags}, unix.SockFilter{Code: bpfSome, K: unix.MSG_FASTOPEN, Jf: 1}, retNoFastOpen, retAllow)
		}
	}
	return p
}

// connectCallOf tells which of these calls a notification is about.
func (a *abi) connectCallOf(nr uint32) (kind connectKind, ok bool) {
	for _, n := range a.connects {
		if n.nr == nr && n.kind <= callSocketcall {
			return n.kind, true
		}
	}
	return 0, false
}
