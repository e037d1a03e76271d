package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"

	"restrain/intercept"
)

// paged has f write to stdout, at a terminal through a pager where that is
// longer than the screen. PAGER names another, or cat for none.
func (h *host) paged(f func(io.Writer) error) error {
	pager := h.pager()
	if pager == "" {
		return f(h.Stdout)
	}
	var text bytes.Buffer
	failed := f(&text)
	if bytes.Count(text.Bytes(), []byte{'\n'}) < h.outputCaps().Height {
		_, err := h.Stdout.Write(text.Bytes())
		return errors.Join(failed, err)
	}
	cmd := exec.Command("/bin/sh", "-c", pager)
	cmd.Env = append(os.Environ(), "LESSSECURE=1") // what is shown is an agent's text
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &text, h.Stdout, h.Stderr
	return errors.Join(failed, cmd.Run())
}

// pager is the command of the pager, empty where none is to be used.
func (h *host) pager() string {
	if !h.atTerminal() || intercept.Supervised() || h.outputCaps().Dumb {
		return ""
	}
	if pager := h.Getenv("PAGER"); pager != "" {
		return pager
	}
	if _, err := exec.LookPath("less"); err != nil {
		return ""
	}
	return "less -FRX"
}
