package intercept

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// helperFile makes one call on files that no usual program makes, and prints
// what it gives.
func helperFile(args []string) {
	var err error
	switch args[0] {
	case "openat2":
		_, err = unix.Openat2(unix.AT_FDCWD, args[1], &unix.OpenHow{Flags: unix.O_WRONLY | unix.O_TRUNC, Resolve: unix.RESOLVE_BENEATH})
	case "read2":
		_, err = unix.Openat2(unix.AT_FDCWD, args[1], &unix.OpenHow{Flags: unix.O_RDONLY})
	case "exchange":
		err = unix.Renameat2(unix.AT_FDCWD, args[1], unix.AT_FDCWD, args[2], unix.RENAME_EXCHANGE)
	case "noreplace":
		err = unix.Renameat2(unix.AT_FDCWD, args[1], unix.AT_FDCWD, args[2], unix.RENAME_NOREPLACE)
	case "creat":
		_, err = unix.Creat(args[1], 0o644)
	case "truncate":
		err = unix.Truncate(args[1], 1)
	case "badpath":
		_, _, errno := unix.Syscall(unix.SYS_UNLINKAT, ^uintptr(99), 16, 0)
		err = errno
	case "undumpable":
		if err = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err == nil {
			err = unix.Unlink(args[1])
		}
	case "ring":
		var params [120]byte
		_, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&params)), 0)
		err = errno
	}
	fmt.Println(err)
}

// helperUnlinks removes the files 0 … n-1 of a directory.
func helperUnlinks(args []string) {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		fatal(err)
	}
	for i := range n {
		if err := unix.Unlink(filepath.Join(args[0], strconv.Itoa(i))); err != nil {
			fatal(err)
		}
	}
}

// helperFileSupervisor supervises args[1:] with a witness that prints what is
// told, and then answers no, or never as args[0] is "hold".
func helperFileSupervisor(args []string) {
	hold, args := args[0] == "hold", args[1:]
	door, err := NewExecDoor(ExecOptions{Files: printer{hold}})
	if err != nil {
		fatal(err)
	}
	l := &Launch{Argv: args, Env: os.Environ()}
	if err := door.Prepare(l); err != nil {
		fatal(err)
	}
	cmd := exec.Command(l.Argv[0], l.Argv[1:]...)
	cmd.ExtraFiles = l.Files
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fatal(err)
	}
	for _, f := range l.Files {
		_ = f.Close()
	}
	if err := door.Serve(context.Background(), allowAll{}); err != nil {
		fatal(err)
	}
	_ = cmd.Wait()
}

type printer struct{ hold bool }

func (printer) Began() time.Time                 { return time.Now() }
func (printer) Spares(string, Process, int) bool { return false }
func (printer) Guards(string) bool               { return false }
func (p printer) File(ctx context.Context, c FileCall) FileReply {
	fmt.Println("told:", c.Op, c.Unknown)
	if p.hold {
		<-ctx.Done()
	}
	return FileReply{}
}
