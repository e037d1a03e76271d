package main

import (
	"golang.org/x/sys/unix"

	"restrain/intercept"
)

// keepLink links a file that is about to go.
func keepLink(f *intercept.File, to string) error {
	return unix.Linkat(unix.AT_FDCWD, f.Handle(), unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW)
}
