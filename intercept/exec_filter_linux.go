package intercept

import "golang.org/x/sys/unix"

// An abi is one system-call numbering that a process here can use. A filter
// that knows only the native one lets `int 0x80` through (pitfall 8).
type abi struct {
	arch             uint32 // AUDIT_ARCH_*
	execve, execveat uint32
	limit            uint32 // numbers from here on fail; x32 shares AUDIT_ARCH_X86_64 and sets bit 30
	prctl            uint32 // arch_prctl, told about after an exec; 0 for none
	ioctl            uint32
	pointer          int // bytes of a pointer in argv
	files            []fileNumber
	connects         []connectNumber
}

// Offsets in struct seccomp_data (seccomp(2)); low halves on little-endian.
const (
	dataNr   = 0
	dataArch = 4
	dataArg0 = 16
	dataArg1 = 24
	dataArg2 = 32
	dataArg3 = 40
)

// archSetFS is ARCH_SET_FS of arch_prctl(2): what the loader or a static
// program does first of all with a thread pointer, once after each exec.
const archSetFS = 0x1002

// What types into a terminal, and would so answer a question on it (ioctl_tty(2),
// ioctl_console(2)): nobody below an agent needs these.
const (
	typeByte  = unix.TIOCSTI
	typePaste = unix.TIOCLINUX
)

// Instructions of classic BPF, as seccomp(2) takes them.
const (
	bpfLoad  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	bpfEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	bpfAbove = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	bpfSome  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	bpfLeave = unix.BPF_RET | unix.BPF_K
)

// ringSetup is io_uring_setup(2): the same number in every ABI.
const ringSetup = 425

var (
	retNotify = unix.SockFilter{Code: bpfLeave, K: unix.SECCOMP_RET_USER_NOTIF}
	retENOSYS = unix.SockFilter{Code: bpfLeave, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)}
	retEPERM  = unix.SockFilter{Code: bpfLeave, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}
	retAllow  = unix.SockFilter{Code: bpfLeave, K: unix.SECCOMP_RET_ALLOW}
)

// A watched says which calls a filter notifies besides those of exec(3).
type watched struct {
	verify   bool // the thread pointer's setting
	files    bool // what takes files away
	connects bool // what opens connections
}

// Letters of the stub's flags.
const (
	flagVerify, flagFiles, flagConnects, flagInterruptible = "v", "f", "c", "i"
)

// execFilter assembles the classic BPF program: execve and execveat of every
// known ABI are notified, and what is watched; what types into a terminal
// fails; ABIs that are not known fail with ENOSYS; all else is allowed.
func execFilter(abis []abi, w watched) []unix.SockFilter {
	p := []unix.SockFilter{{Code: bpfLoad, K: dataArch}}
	for _, a := range abis {
		block := []unix.SockFilter{{Code: bpfLoad, K: dataNr}}
		if a.limit != 0 {
			block = append(block, unix.SockFilter{Code: bpfAbove, K: a.limit, Jf: 1}, retENOSYS)
		}
		block = append(block,
			unix.SockFilter{Code: bpfEqual, K: a.execve, Jt: 1},
			unix.SockFilter{Code: bpfEqual, K: a.execveat, Jf: 1},
			retNotify,
			unix.SockFilter{Code: bpfEqual, K: a.ioctl, Jf: 5},
			unix.SockFilter{Code: bpfLoad, K: dataArg1},
			unix.SockFilter{Code: bpfEqual, K: typeByte, Jt: 1},
			unix.SockFilter{Code: bpfEqual, K: typePaste, Jf: 1},
			retEPERM, retAllow)
		if w.verify && a.prctl != 0 {
			block = append(block,
				unix.SockFilter{Code: bpfEqual, K: a.prctl, Jf: 4},
				unix.SockFilter{Code: bpfLoad, K: dataArg0},
				unix.SockFilter{Code: bpfEqual, K: archSetFS, Jf: 1},
				retNotify, retAllow)
		}
		if w.files {
			block = append(block, fileFilter(a.files)...)
		}
		if w.connects {
			block = append(block, connectFilter(a.connects)...)
		}
		if w.files || w.connects { // a ring does all of it unseen
			block = append(block, unix.SockFilter{Code: bpfEqual, K: ringSetup, Jf: 1}, retENOSYS)
		}
		block = append(block, retAllow)
		p = append(p, unix.SockFilter{Code: bpfEqual, K: a.arch, Jf: uint8(len(block))})
		p = append(p, block...)
	}
	return append(p, retENOSYS)
}

// abiOf returns the ABI of a notification; nil for one that the filter does not
// let through.
func abiOf(arch uint32) *abi {
	for i := range abis {
		if abis[i].arch == arch {
			return &abis[i]
		}
	}
	return nil
}
