//go:build unix

package classify

import "golang.org/x/sys/unix"

// writable reports a file or directory that this process may write to.
func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }
