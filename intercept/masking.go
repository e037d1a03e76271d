//go:build unix

package intercept

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"restrain/secret"
)

// A shell whose output is masked is a child of the door, which copies what it
// prints from pipes of its own to where the door's output goes.

const (
	// promptTime is how long the end of what was printed is held back while it may
	// be the beginning of a secret.
	promptTime = 50 * time.Millisecond
	// remainTime is how long what the shell has left behind may go on printing
	// when it has ended.
	remainTime = time.Second
	// maxInherited bounds the descriptors that the shell is handed on.
	maxInherited = 1 << 12
)

// MasksOutput reports whether what this process prints goes through pipes or
// sockets only, or nowhere. A terminal would be one no more, and a file is read
// later, by whomever.
func MasksOutput() bool { return masksOutput(1) && masksOutput(2) }

// GathersOutput reports that what this process prints goes to files: an agent may
// gather it there, or mean to keep it as it is.
func GathersOutput() bool { return (masksOutput(1) || isFile(1)) && (masksOutput(2) || isFile(2)) }

func isFile(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG
}

func masksOutput(fd int) bool {
	_, ok := outputOf(fd)
	return ok
}

// outputOf reports whether what is printed to a descriptor is seen, and whether
// that can be masked.
func outputOf(fd int) (seen, ok bool) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return false, errors.Is(err, unix.EBADF)
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFIFO, unix.S_IFSOCK:
		return true, true
	case unix.S_IFCHR:
		null, err := os.Stat(os.DevNull)
		if err != nil {
			return true, false
		}
		device, is := null.Sys().(*syscall.Stat_t)
		return false, is && uint64(device.Rdev) == uint64(st.Rdev) //nolint:unconvert // differs between systems
	}
	return true, false
}

// RunMasked runs the shell at path as ExecShell does, but as a child, with values
// withheld from what it prints. It gives the shell's end, to be passed on by
// Imitate, and what was withheld. On an error nothing ran.
func RunMasked(path, argv0 string, args, env []string, values []secret.Value) (end syscall.WaitStatus, withheld []secret.Withheld, err error) {
	files, err := inherited()
	if err != nil {
		return 0, nil, err
	}
	relay, ends, err := newRelay(values, [2]int{1, 2})
	if err == nil {
		relay.ended, relay.wake, err = os.Pipe()
	}
	if err != nil {
		return 0, nil, fmt.Errorf("pipes for masked output: %w; close some files", err)
	}
	for fd, end := range ends {
		files[fd] = end.Fd()
	}
	runtime.LockOSThread() // the child is to end with this thread
	pid, err := syscall.ForkExec(path, append([]string{shellArgv0(path, argv0)}, args...), &syscall.ProcAttr{Env: env, Files: files, Sys: endsWithParent()})
	for _, end := range ends {
		end.Close()
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w; check that it can be run", path, err)
	}
	defer passSignals(pid)()
	done := make(chan syscall.WaitStatus, 1)
	go func() {
		var status syscall.WaitStatus
		for {
			if _, err := syscall.Wait4(pid, &status, 0, nil); !errors.Is(err, syscall.EINTR) {
				break
			}
		}
		done <- status
		relay.wake.Close()
	}()
	relay.run()
	return <-done, relay.withheld(), nil
}

// inherited are the descriptors that this process was given, by their number.
func inherited() ([]uintptr, error) {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return nil, fmt.Errorf("own descriptors: %w; mount /dev/fd", err)
	}
	files := []uintptr{^uintptr(0), ^uintptr(0), ^uintptr(0)}
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC != 0 {
			continue
		}
		if fd >= maxInherited {
			return nil, fmt.Errorf("descriptor %d is open: too many for masked output; close some files", fd)
		}
		for len(files) <= fd {
			files = append(files, ^uintptr(0))
		}
		files[fd] = uintptr(fd)
	}
	return files, nil
}

// passSignals has the child get what this process gets, until the function that
// it returns is called. What a terminal sends reaches both by itself.
func passSignals(pid int) (stop func()) {
	signals := make(chan os.Signal, 16)
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	go func() {
		for s := range signals {
			if s != syscall.SIGINT && s != syscall.SIGQUIT || !inForeground() {
				_ = syscall.Kill(pid, s.(syscall.Signal))
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// inForeground reports a process to which its terminal sends its keys.
func inForeground() bool {
	fd, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// Imitate ends this process as another has ended: by the same signal where it was
// one. It returns the exit status that is left otherwise.
func Imitate(end syscall.WaitStatus) int {
	if !end.Signaled() {
		return end.ExitStatus()
	}
	s := end.Signal()
	signal.Reset(s)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = syscall.Kill(os.Getpid(), s)
	time.Sleep(remainTime) // it comes any moment, if at all
	return 128 + int(s)
}
