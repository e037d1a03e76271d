package main

import (
	"runtime"
	"unsafe"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"restrain/intercept"
)

func init() {
	scriptCommands["ordinary"] = confined(dropAdmin)
	scriptCommands["forbidden"] = confined(forbidSeccomp)
}

// confined makes a command of scripts that runs a program as exec does, with
// less than this process may do.
func confined(give func() error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) == 0 {
			ts.Fatalf("no program to run")
		}
		ran := make(chan error)
		go func() {
			runtime.LockOSThread() // never unlocked: what was given up goes with the thread
			if err := give(); err != nil {
				ran <- err
				return
			}
			ran <- ts.Exec(args[0], args[1:]...)
		}()
		if err := <-ran; (err == nil) == neg {
			ts.Fatalf("%q: %v", args, err)
		}
	}
}

// dropAdmin makes of root what an ordinary user is to seccomp(2).
func dropAdmin() error {
	if !intercept.KeepsSetuid() {
		return nil
	}
	return unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_ADMIN, 0, 0, 0)
}

// forbidSeccomp forbids the call seccomp(2), as containers do.
func forbidSeccomp() error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_SECCOMP, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}
