package intercept

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestFileFilter(t *testing.T) {
	const (
		notify = unix.SECCOMP_RET_USER_NOTIF
		allow  = unix.SECCOMP_RET_ALLOW
		enosys = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
		amd64  = unix.AUDIT_ARCH_X86_64
		i386   = unix.AUDIT_ARCH_I386
		arm64  = unix.AUDIT_ARCH_AARCH64
		arm    = unix.AUDIT_ARCH_ARM
		trunc  = unix.O_TRUNC | unix.O_WRONLY
		high   = 1 << 32
	)
	all := []abi{
		{arch: amd64, execve: 59, execveat: 322, limit: 0x40000000, prctl: 158, files: amd64Files},
		{arch: i386, execve: 11, execveat: 358, files: i386Files},
		{arch: arm64, execve: 221, execveat: 281, files: arm64Files},
		{arch: arm, execve: 11, execveat: 387, files: armFiles},
	}
	for _, test := range []struct {
		name string
		arch uint32
		nr   int32
		args []uint64
		want uint32
	}{
		{"open", amd64, 2, []uint64{0, trunc}, notify},
		{"open to read", amd64, 2, []uint64{trunc, unix.O_RDWR}, allow},
		{"open, only high bits", amd64, 2, []uint64{0, unix.O_TRUNC * high}, allow},
		{"open, high bits too", amd64, 2, []uint64{0, high | unix.O_TRUNC}, notify},
		{"openat", amd64, 257, []uint64{0, 0, trunc}, notify},
		{"openat to read", amd64, 257, []uint64{0, trunc, 0}, allow},
		{"i386 open", i386, 5, []uint64{0, trunc}, notify},
		{"i386 openat", i386, 295, []uint64{0, 0, trunc}, notify},
		{"i386 open to read", i386, 5, []uint64{0, 0, trunc}, allow},
		{"arm64 openat", arm64, 56, []uint64{0, 0, trunc}, notify},
		{"arm64 openat to read", arm64, 56, []uint64{0, trunc, 0}, allow},
		{"arm open", arm, 5, []uint64{0, trunc}, notify},
		{"arm openat", arm, 322, []uint64{0, 0, trunc}, notify},
		{"ring", amd64, 425, nil, enosys},
		{"i386 ring", i386, 425, nil, enosys},
		{"arm64 ring", arm64, 425, nil, enosys},
		{"arm ring", arm, 425, nil, enosys},
		{"ring enter", amd64, 426, nil, allow},
		{"execve", amd64, 59, nil, notify},
		{"thread pointer", amd64, 158, []uint64{archSetFS}, notify},
		{"other arch_prctl", amd64, 158, []uint64{0x1001}, allow},
		{"arch_prctl with a number of ours", amd64, 158, []uint64{87}, allow},
		{"x32 unlink", amd64, 0x40000000 + 87, nil, enosys},
		{"read", amd64, 0, nil, allow},
		{"link", amd64, 86, nil, allow},
	} {
		if got := evaluate(t, execFilter(all, watched{verify: true, files: true}), test.nr, test.arch, test.args...); got != test.want {
			t.Errorf("%s: %#x, want %#x", test.name, got, test.want)
		}
	}
	// By number, on every ABI, and known again when it comes.
	for arch, numbers := range map[uint32][]int32{
		// openat2, creat, truncate, ftruncate, unlink, unlinkat, rmdir, rename, renameat, renameat2
		amd64: {437, 85, 76, 77, 87, 263, 84, 82, 264, 316},
		i386:  {437, 8, 92, 193, 93, 194, 10, 301, 40, 38, 302, 353},
		arm64: {437, 45, 46, 35, 38, 276},
		arm:   {437, 8, 92, 193, 93, 194, 10, 328, 40, 38, 329, 382},
	} {
		for _, nr := range numbers {
			if got := evaluate(t, execFilter(all, watched{files: true}), nr, arch); got != notify {
				t.Errorf("architecture %#x, number %d: %#x, want a notification", arch, nr, got)
			}
			if got := evaluate(t, execFilter(all, watched{verify: true, connects: true}), nr, arch); got != allow {
				t.Errorf("architecture %#x, number %d without a witness: %#x", arch, nr, got)
			}
		}
	}
}

// The numbers of this machine's own ABI are the kernel's.
func TestFileNumbers(t *testing.T) {
	native := abiOf(auditArchNative)
	if native == nil {
		t.Skip("no filter for this processor")
	}
	for nr, want := range map[uint32]fileCallKind{
		unix.SYS_OPENAT: callOpenat, unix.SYS_OPENAT2: callOpenat2, unix.SYS_TRUNCATE: callTruncate,
		unix.SYS_FTRUNCATE: callFtruncate, unix.SYS_UNLINKAT: callUnlinkat, unix.SYS_RENAMEAT: callRenameat,
		unix.SYS_RENAMEAT2: callRenameat2,
	} {
		if kind, ok := native.fileCallOf(nr); !ok || kind != want {
			t.Errorf("number %d is %d, %v; want %d", nr, kind, ok, want)
		}
	}
	for _, nr := range []uint32{unix.SYS_IO_URING_SETUP, unix.SYS_READ} {
		if _, ok := native.fileCallOf(nr); ok {
			t.Errorf("number %d counts as a call on files", nr)
		}
	}
}
