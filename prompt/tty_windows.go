package prompt

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// open opens the process's own console to read keys from; a question is drawn on
// a handle of the device's own.
func (t TTY) open() (*os.File, error) {
	if t.File != nil || t.Path != "" {
		return nil, fmt.Errorf("%w: only its own console can be asked on here", ErrNoTerminal)
	}
	file, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w: run in a console", ErrNoTerminal, err)
	}
	return file, nil
}

// A device is the console, with keys as bytes.
type device struct {
	in      *os.File
	out     *os.File
	modes   *term.State
	outMode uint32
	// wake is set when the context is done.
	wake    windows.Handle
	unwatch func() bool
	now     func() time.Time
	// width and height are the size that ReadKeys knows.
	width, height int
}

// sizeTime is how often the size is looked at.
const sizeTime = 250 * time.Millisecond

func newDevice(ctx context.Context, in *os.File) (d *device, err error) {
	d = &device{in: in}
	if d.out, err = os.OpenFile("CONOUT$", os.O_RDWR, 0); err != nil {
		return nil, fmt.Errorf("%w: %w: run in a console", ErrNoTerminal, err)
	}
	out := windows.Handle(d.out.Fd())
	if err = windows.GetConsoleMode(out, &d.outMode); err == nil {
		err = windows.SetConsoleMode(out, d.outMode|windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	}
	if err == nil {
		d.wake, err = windows.CreateEvent(nil, 1, 0, nil)
	}
	if err == nil {
		if d.modes, err = term.MakeRaw(int(in.Fd())); err != nil {
			windows.CloseHandle(d.wake)
		}
	}
	if err != nil {
		d.out.Close()
		return nil, fmt.Errorf("%w: set the modes of the console: %w: run in another console", ErrNoTerminal, err)
	}
	d.width, d.height = d.Size()
	d.unwatch = context.AfterFunc(ctx, func() { windows.SetEvent(d.wake) })
	return d, nil
}

// close gives the console its modes back.
func (d *device) close() {
	// An event that is being set must be there still.
	if d.unwatch() {
		windows.CloseHandle(d.wake)
	}
	_ = term.Restore(int(d.in.Fd()), d.modes)
	_ = windows.SetConsoleMode(windows.Handle(d.out.Fd()), d.outMode)
	d.out.Close()
}

func (d *device) Write(p []byte) (int, error) { return d.out.Write(p) }

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
		handles := []windows.Handle{d.wake, windows.Handle(d.in.Fd())}
		event, err := windows.WaitForMultipleObjects(handles, false, uint32(wait/time.Millisecond)+1)
		if err != nil {
			return 0, err
		}
		if event != windows.WAIT_OBJECT_0+1 || !d.typed() {
			continue
		}
		n, err := d.in.Read(p)
		if n == 0 && err == nil {
			err = io.EOF
		}
		return n, err
	}
}

// An inputRecord is an INPUT_RECORD with a KEY_EVENT_RECORD.
type inputRecord struct {
	kind, _              uint16
	down                 int32
	repeat, key, scan, c uint16
	control              uint32
}

// typed reports that a key waits that gives bytes. It drops what else waits, such
// as a key let go or a change of focus: reading the console would not return.
func (d *device) typed() bool {
	const keyEvent = 1
	console := windows.NewLazySystemDLL("kernel32.dll")
	var record inputRecord
	var n uint32
	call := func(name string) bool {
		ok, _, _ := console.NewProc(name).Call(d.in.Fd(), uintptr(unsafe.Pointer(&record)), 1, uintptr(unsafe.Pointer(&n)))
		return ok != 0 && n == 1
	}
	for call("PeekConsoleInputW") {
		if record.kind == keyEvent && record.down != 0 && record.c != 0 {
			return true
		}
		if !call("ReadConsoleInputW") {
			return false
		}
	}
	return false
}

func (d *device) Flush() error { return windows.FlushConsoleInputBuffer(windows.Handle(d.in.Fd())) }

func (d *device) Size() (width, height int) {
	width, height, err := term.GetSize(int(d.out.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

func (d *device) Now() time.Time { return d.now() }
