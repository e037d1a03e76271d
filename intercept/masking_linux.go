package intercept

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// endsWithParent has a child killed when the thread that started it ends.
func endsWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

const kcmpFile = 0

// sameOutput reports descriptors of this process that are one description, so
// that what is written to both keeps its order.
func sameOutput(a, b int) bool {
	pid := uintptr(unix.Getpid())
	order, _, errno := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpFile, uintptr(a), uintptr(b), 0)
	if errno != 0 {
		return sameFile(a, b)
	}
	return order == 0
}

// widen has a pipe take more at once. What it has will do.
func widen(pipe *os.File) { _, _ = unix.FcntlInt(pipe.Fd(), unix.F_SETPIPE_SZ, pipeSize) }
