package main

import (
	"errors"
	"io"
	"os/exec"
)

// startScreen has nothing to start: sessions, which the screen shows, are on Linux
// and macOS only.
func (h *host) startScreen() (conn io.ReadWriteCloser, drawer *exec.Cmd, err error) {
	return nil, nil, errors.New("there is none on Windows")
}
