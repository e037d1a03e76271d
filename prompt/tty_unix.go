//go:build unix

package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

func (t TTY) open() (*os.File, error) {
	file := t.File
	if file == nil {
		path := t.Path
		if path == "" {
			path = "/dev/tty"
		}
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
		if err != nil {
			return nil, fmt.Errorf("%w: open %s: %w: run in a terminal", ErrNoTerminal, path, err)
		}
		file = os.NewFile(uintptr(fd), path)
	}
	err := usable(int(file.Fd()), file.Name())
	if err != nil && t.File == nil {
		file.Close()
	}
	return file, err
}

// usable reports why a descriptor cannot be asked on.
func usable(fd int, name string) error {
	if !term.IsTerminal(fd) {
		return fmt.Errorf("%w: %s is no terminal: run in a terminal", ErrNoTerminal, name)
	}
	// A background process that touches its terminal is stopped by the kernel.
	// Where it is not our controlling terminal there is no such rule.
	if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && group != unix.Getpgrp() {
		return fmt.Errorf("%w: in the background of %s: bring it to the foreground", ErrNoTerminal, name)
	}
	return nil
}

// A device is a terminal device in raw mode.
type device struct {
	fd    int
	modes *term.State
	// wake becomes readable when the context is done.
	wake, waker *os.File
	unwatch     func() bool
	now         func() time.Time
	// width and height are the size that ReadKeys knows.
	width, height int
}

// sizeTime is how often the size is looked at: a process in another group than
// the terminal's is sent no SIGWINCH.
const sizeTime = 250 * time.Millisecond

func newDevice(ctx context.Context, file *os.File) (*device, error) {
	wake, waker, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("%w: pipe: %w: close some files", ErrNoTerminal, err)
	}
	d := &device{fd: int(file.Fd()), wake: wake, waker: waker}
	if d.modes, err = term.MakeRaw(d.fd); err != nil {
		wake.Close()
		waker.Close()
		return nil, fmt.Errorf("%w: set the modes of %s: %w: run in another terminal", ErrNoTerminal, file.Name(), err)
	}
	d.width, d.height = d.Size()
	d.unwatch = context.AfterFunc(ctx, func() { waker.Write([]byte{0}) })
	return d, nil
}

// close gives the terminal its modes back.
func (d *device) close() {
	d.unwatch()
	// Nothing can be done when this fails: the terminal is gone.
	_ = term.Restore(d.fd, d.modes)
	d.wake.Close()
	d.waker.Close()
}

func (d *device) Write(p []byte) (int, error) {
	for done := 0; ; {
		n, err := unix.Write(d.fd, p[done:])
		if done += max(0, n); done == len(p) {
			return done, nil
		}
		if err != nil && !errors.Is(err, unix.EINTR) {
			return done, err
		}
	}
}

func (d *device) ReadKeys(ctx context.Context, p []byte, deadline time.Time) (int, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		wait := sizeTime
		if !deadline.IsZero() {
			left := deadline.Sub(d.now())
			if left <= 0 {
				return 0, os.ErrDeadlineExceeded
			}
			wait = min(left, wait)
		}
		if width, height := d.Size(); width != d.width || height != d.height {
			d.width, d.height = width, height
			return 0, nil
		}
		fds := []unix.PollFd{
			{Fd: int32(d.fd), Events: unix.POLLIN},
			{Fd: int32(d.wake.Fd()), Events: unix.POLLIN},
		}
		if _, err := unix.Poll(fds, int(wait/time.Millisecond)+1); err != nil && !errors.Is(err, unix.EINTR) {
			return 0, err
		}
		if fds[0].Revents == 0 || fds[1].Revents != 0 {
			continue
		}
		n, err := unix.Read(d.fd, p)
		switch {
		case n > 0:
			return n, nil
		case err == nil:
			return 0, io.EOF
		case !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN):
			return 0, err
		}
	}
}

func (d *device) Flush() error { return flushInput(d.fd) }

func (d *device) Size() (width, height int) {
	width, height, err := term.GetSize(d.fd)
	if err != nil {
		return 0, 0
	}
	return width, height
}

func (d *device) Now() time.Time { return d.now() }
