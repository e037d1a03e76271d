package intercept

import (
	"encoding/binary"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// evaluate runs a filter on one struct seccomp_data, as the kernel does.
func evaluate(t *testing.T, filter []unix.SockFilter, nr int32, arch uint32, args ...uint64) uint32 {
	t.Helper()
	var data [64]byte
	binary.LittleEndian.PutUint32(data[0:], uint32(nr))
	binary.LittleEndian.PutUint32(data[4:], arch)
	for i, arg := range args {
		binary.LittleEndian.PutUint64(data[16+8*i:], arg)
	}
	var acc uint32
	for pc := 0; pc < len(filter); pc++ {
		in := filter[pc]
		jump := func(yes bool) {
			if yes {
				pc += int(in.Jt)
			} else {
				pc += int(in.Jf)
			}
		}
		switch in.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			acc = binary.LittleEndian.Uint32(data[in.K:])
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			jump(acc == in.K)
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			jump(acc >= in.K)
		case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
			jump(acc&in.K != 0)
		case unix.BPF_RET | unix.BPF_K:
			return in.K
		default:
			t.Fatalf("instruction %d has code %#x", pc, in.Code)
		}
	}
	t.Fatal("the filter ends without an answer")
	return 0
}

func TestFilter(t *testing.T) {
	const (
		notify = unix.SECCOMP_RET_USER_NOTIF
		allow  = unix.SECCOMP_RET_ALLOW
		enosys = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
		eperm  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	)
	amd64 := []abi{
		{arch: unix.AUDIT_ARCH_X86_64, execve: 59, execveat: 322, limit: 0x40000000, prctl: 158, ioctl: 16, pointer: 8},
		{arch: unix.AUDIT_ARCH_I386, execve: 11, execveat: 358, ioctl: 54, pointer: 4},
	}
	arm64 := []abi{
		{arch: unix.AUDIT_ARCH_AARCH64, execve: 221, execveat: 281, ioctl: 29, pointer: 8},
		{arch: unix.AUDIT_ARCH_ARM, execve: 11, execveat: 387, ioctl: 54, pointer: 4},
	}
	for _, test := range []struct {
		name   string
		abis   []abi
		verify bool
		arch   uint32
		nr     int32
		arg0   uint64
		want   uint32
	}{
		{"execve", amd64, false, unix.AUDIT_ARCH_X86_64, 59, 0, notify},
		{"execveat", amd64, false, unix.AUDIT_ARCH_X86_64, 322, 0, notify},
		{"read", amd64, false, unix.AUDIT_ARCH_X86_64, 0, 0, allow},
		{"munmap, which is execve elsewhere", amd64, false, unix.AUDIT_ARCH_X86_64, 11, 0, allow},
		{"i386 execve", amd64, false, unix.AUDIT_ARCH_I386, 11, 0, notify},
		{"i386 execveat", amd64, true, unix.AUDIT_ARCH_I386, 358, 0, notify},
		{"i386 number 59", amd64, true, unix.AUDIT_ARCH_I386, 59, 0, allow},
		{"i386 number 158", amd64, true, unix.AUDIT_ARCH_I386, 158, archSetFS, allow},
		{"x32 execve", amd64, false, unix.AUDIT_ARCH_X86_64, 0x40000000 + 520, 0, enosys},
		{"x32 read", amd64, true, unix.AUDIT_ARCH_X86_64, 0x40000000, 0, enosys},
		{"negative number", amd64, false, unix.AUDIT_ARCH_X86_64, -1, 0, enosys},
		{"unknown architecture", amd64, true, unix.AUDIT_ARCH_S390X, 11, 0, enosys},
		{"thread pointer", amd64, true, unix.AUDIT_ARCH_X86_64, 158, archSetFS, notify},
		{"thread pointer, high bits set", amd64, true, unix.AUDIT_ARCH_X86_64, 158, 0xffff<<32 | archSetFS, notify},
		{"other arch_prctl", amd64, true, unix.AUDIT_ARCH_X86_64, 158, 0x1001, allow},
		{"thread pointer without verify", amd64, false, unix.AUDIT_ARCH_X86_64, 158, archSetFS, allow},
		{"arm64 execve", arm64, true, unix.AUDIT_ARCH_AARCH64, 221, 0, notify},
		{"arm64 execveat", arm64, false, unix.AUDIT_ARCH_AARCH64, 281, 0, notify},
		{"arm execve", arm64, false, unix.AUDIT_ARCH_ARM, 11, 0, notify},
		{"arm64 read", arm64, true, unix.AUDIT_ARCH_AARCH64, 63, 0, allow},
		{"amd64 on arm64", arm64, false, unix.AUDIT_ARCH_X86_64, 59, 0, enosys},
	} {
		if got := evaluate(t, execFilter(test.abis, watched{verify: test.verify}), test.nr, test.arch, test.arg0); got != test.want {
			t.Errorf("%s: %#x, want %#x", test.name, got, test.want)
		}
	}
	for _, test := range []struct {
		arch uint32
		nr   int32
		cmd  uint64
		want uint32
	}{
		{unix.AUDIT_ARCH_X86_64, 16, unix.TIOCSTI, eperm},
		{unix.AUDIT_ARCH_X86_64, 16, 1<<32 | unix.TIOCSTI, eperm},
		{unix.AUDIT_ARCH_X86_64, 16, unix.TIOCLINUX, eperm},
		{unix.AUDIT_ARCH_X86_64, 16, unix.TCGETS, allow},
		{unix.AUDIT_ARCH_X86_64, 54, unix.TIOCSTI, allow},
		{unix.AUDIT_ARCH_I386, 54, unix.TIOCSTI, eperm},
		{unix.AUDIT_ARCH_AARCH64, 29, unix.TIOCSTI, eperm},
	} {
		abis := amd64
		if test.arch == unix.AUDIT_ARCH_AARCH64 {
			abis = arm64
		}
		if got := evaluate(t, execFilter(abis, watched{verify: true}), test.nr, test.arch, 0, test.cmd); got != test.want {
			t.Errorf("call %d of %#x with %#x: %#x, want %#x", test.nr, test.arch, test.cmd, got, test.want)
		}
	}
	if runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64" {
		if abiOf(auditArchNative) == nil || abiOf(unix.AUDIT_ARCH_S390X) != nil {
			t.Error("the native ABI is not known, or a foreign one is")
		}
	}
}
