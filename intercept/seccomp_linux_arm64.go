package intercept

import "golang.org/x/sys/unix"

const auditArchNative = unix.AUDIT_ARCH_AARCH64

var abis = []abi{
	{arch: unix.AUDIT_ARCH_AARCH64, execve: 221, execveat: 281, ioctl: 29, pointer: 8, files: arm64Files, connects: arm64Connects},
	{arch: unix.AUDIT_ARCH_ARM, execve: 11, execveat: 387, ioctl: 54, pointer: 4, files: armFiles, connects: armConnects},
}
