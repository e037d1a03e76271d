package intercept

import "golang.org/x/sys/unix"

const auditArchNative = unix.AUDIT_ARCH_X86_64

var abis = []abi{
	{arch: unix.AUDIT_ARCH_X86_64, execve: 59, execveat: 322, limit: 0x40000000, prctl: 158, ioctl: 16, pointer: 8, files: amd64Files, connects: amd64Connects},
	{arch: unix.AUDIT_ARCH_I386, execve: 11, execveat: 358, ioctl: 54, pointer: 4, files: i386Files, connects: i386Connects},
}
