package intercept

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func fatal(v ...any) {
	fmt.Fprintln(os.Stderr, v...)
	os.Exit(1)
}

// execveat calls execveat(2) on an open descriptor, with an empty path.
func execveat(fd int, argv []string) unix.Errno {
	empty, _ := unix.BytePtrFromString("")
	args, _ := syscall.SlicePtrFromStrings(argv)
	env, _ := syscall.SlicePtrFromStrings(os.Environ())
	_, _, errno := unix.Syscall6(unix.SYS_EXECVEAT, uintptr(fd), uintptr(unsafe.Pointer(empty)),
		uintptr(unsafe.Pointer(&args[0])), uintptr(unsafe.Pointer(&env[0])), unix.AT_EMPTY_PATH, 0)
	return errno
}

// helperExecveat runs args[0] by descriptor: its own, or that of a memfd with
// a copy of it.
func helperExecveat(verb string, args []string) {
	fd, err := unix.Open(args[0], unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		fatal(err)
	}
	if verb == "memfd" {
		content, err := os.ReadFile(args[0])
		if err != nil {
			fatal(err)
		}
		if fd, err = unix.MemfdCreate("payload", unix.MFD_CLOEXEC); err != nil {
			fatal(err)
		}
		if _, err := unix.Write(fd, content); err != nil {
			fatal(err)
		}
	}
	fatal(execveat(fd, args).Error())
}

// helperUndumpable becomes unreadable to other users and then execs.
func helperUndumpable(args []string) {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		fatal(err)
	}
	fatal(unix.Exec(args[0], args, os.Environ()))
}

// helperSpawner reads counts and answers with the nanoseconds a spawn took.
func helperSpawner(args []string) {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		n, err := strconv.Atoi(in.Text())
		if err != nil {
			fatal(err)
		}
		var took []string
		for range n {
			began := time.Now()
			pid, err := syscall.ForkExec(args[0], args, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}, Env: os.Environ()})
			if err != nil {
				fatal(err)
			}
			var ws syscall.WaitStatus
			if _, err := syscall.Wait4(pid, &ws, 0, nil); err != nil {
				fatal(err)
			}
			took = append(took, strconv.FormatInt(time.Since(began).Nanoseconds(), 10))
		}
		fmt.Println(strings.Join(took, " "))
	}
}

// helperSupervisor supervises args[1:] and denies all that names args[0].
func helperSupervisor(args []string) {
	door, err := NewExecDoor(ExecOptions{})
	if err != nil {
		fatal(err)
	}
	l := &Launch{Argv: args[1:], Env: os.Environ()}
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
	if err := door.Serve(context.Background(), deny(args[0])); err != nil {
		fatal(err)
	}
	_ = cmd.Wait()
}
