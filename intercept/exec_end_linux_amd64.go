package intercept

import "golang.org/x/sys/unix"

// exitInstead makes a thread that is stopped at the end of a system call exit
// with its process when it goes on.
func exitInstead(tid int, status uint64) error {
	var r unix.PtraceRegs
	if err := unix.PtraceGetRegs(tid, &r); err != nil {
		return err
	}
	r.Rip -= 2 // the length of syscall
	r.Rax, r.Rdi = unix.SYS_EXIT_GROUP, status
	r.Orig_rax = ^uint64(0) // nothing to restart
	return unix.PtraceSetRegs(tid, &r)
}
