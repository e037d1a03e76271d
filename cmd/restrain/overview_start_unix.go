//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"restrain/frame"
	"restrain/session"
)

// startScreen starts the program that draws, at our terminal.
func (h *host) startScreen() (conn io.ReadWriteCloser, drawer *exec.Cmd, err error) {
	path, err := session.SiblingProgram(frame.Program)
	if err != nil {
		return nil, nil, err
	}
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, err
	}
	unix.CloseOnExec(ends[0])
	unix.CloseOnExec(ends[1])
	if err := unix.SetNonblock(ends[0], true); err != nil { // closing it ends a read
		return nil, nil, err
	}
	theirs := os.NewFile(uintptr(ends[1]), frame.Program)
	defer theirs.Close()
	ours := os.NewFile(uintptr(ends[0]), frame.Program)
	drawer = exec.Command(path)
	drawer.Stdin, drawer.Stdout, drawer.Stderr = h.Stdin, h.Stdout, h.Stderr
	drawer.ExtraFiles = []*os.File{theirs}
	if err := drawer.Start(); err != nil {
		_ = ours.Close()
		return nil, nil, err
	}
	return ours, drawer, nil
}
