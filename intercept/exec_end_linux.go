package intercept

import (
	"bytes"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// deny refuses a call. A process that is there for nothing but to become a
// shell, or what starts one, ends, with the status that a shell gives for a command that may not be
// run: runtimes report an exec that fails as an error of their own, which loses
// what was written to the agent, and agents have crashed on it.
func (s *ExecDoor) deny(n *notification, c *call) {
	if c.request.PID != s.agent && n.arch == auditArchNative && c.process.only(s.files) &&
		(c.request.Kind == KindLine || c.process.forked() && leadsToShell(c.request.Argv)) && s.end(n, c.process.tid) {
		return
	}
	refuse(s.listener, n.id, unix.EACCES)
}

// leadsToShell reports a shell, or a program that is told of one: setsid, timeout.
func leadsToShell(argv []string) bool {
	for i, word := range argv[:min(len(argv), maxLauncher)] {
		if shell, _ := shellOf(argv[i:], word); shell != "" {
			return true
		}
	}
	return false
}

// maxLauncher bounds the words in front of a shell.
const maxLauncher = 12

// endWithin is how long a process that was let out of its call takes at most to
// stop for us.
const endWithin = time.Second

// end refuses the call of thread tid and has it exit instead of going on, by
// ptrace(2): the thread stops on its way out of the kernel, and is put before
// the same system call instruction with exit_group(2) as the number. done is
// false when nothing was done; a thread that does not stop is killed.
func (s *ExecDoor) end(n *notification, tid int) (done bool) {
	runtime.LockOSThread() // a tracer is a thread
	defer runtime.UnlockOSThread()
	if unix.PtraceSeize(tid) != nil {
		return false
	}
	if unix.PtraceInterrupt(tid) != nil || !valid(s.listener, n.id) {
		_ = unix.PtraceDetach(tid)
		return false
	}
	refuse(s.listener, n.id, unix.EACCES)
	for start := time.Now(); time.Since(start) < endWithin; time.Sleep(50 * time.Microsecond) {
		var status unix.WaitStatus
		switch pid, err := unix.Wait4(tid, &status, unix.WALL|unix.WNOHANG, nil); {
		case err == unix.EINTR || err == nil && pid == 0:
			continue
		case err != nil || !status.Stopped():
			return true // it has gone by itself
		}
		if exitInstead(tid, Denied) == nil && unix.PtraceDetach(tid) == nil {
			return true
		}
		break
	}
	_ = unix.Kill(tid, unix.SIGKILL)
	return true
}

// only reports a process that is there only to run what it is about to: a fork
// of a program that is no shell, or a helper that came with the agent. Shells,
// env(1) and the like know what to say of a command that cannot be run.
func (p *process) only(known *files) bool {
	fd, err := unix.Openat(p.dir, "exe", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil || p.tid != p.pid {
		return false
	}
	defer unix.Close(fd)
	id, _, err := identify(fd)
	if err != nil {
		return false
	}
	program := known.facts(fd, id).program
	if program == "" {
		return true
	}
	shell, _ := shellOf([]string{program}, program)
	return shell == "" && !isMulticall(filepath.Base(program)) && p.forked()
}

// forkedOnly is PF_FORKNOEXEC of the kernel's sched.h.
const forkedOnly = 0x40

// forked reports a process that has run no program since it was made.
func (p *process) forked() bool {
	var buf [1024]byte
	b := readAt(p.dir, "stat", buf[:])
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 7 {
		return false
	}
	flags, err := strconv.ParseUint(f[6], 10, 64) // field 9 of proc_pid_stat(5)
	return err == nil && flags&forkedOnly != 0
}
