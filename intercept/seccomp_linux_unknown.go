//go:build linux && !amd64 && !arm64

package intercept

const auditArchNative = 0

var abis []abi
