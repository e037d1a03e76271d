package intercept

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// A call is one exec as it was read from the process that waits in it.
type call struct {
	request Request
	// file is the identity of the file named; image is the one that will be
	// the process's program: the last interpreter of a script. Zero when they
	// could not be opened.
	file, image fileID
	// harmless reports a call that runs nothing: the kernel refuses it, or it
	// only checks.
	harmless bool
	process  *process
}

// Flags of execveat(2).
const (
	atEmptyPath   = 0x1000
	atExecveCheck = 0x10000
)

// maxChain bounds interpreters of interpreters (the kernel stops at 5) and
// loaders of loaders.
const maxChain = 5

// readCall reads what thread n.tid is about to exec. Everything that cannot be
// read is said in Exec.Opaque; the error is errGone alone.
func (s *ExecDoor) readCall(n *notification, a *abi) (*call, error) {
	p, err := openProcess(int(n.tid), s.home)
	if err != nil {
		return nil, err
	}
	c := &call{process: p}
	x := &Exec{PPID: p.ppid, Serial: p.serial}
	c.request = Request{Kind: KindArgv, Door: DoorExec, Dir: strings.TrimSuffix(p.cwd, " (deleted)"),
		PID: p.pid, PeerUID: p.uid, Exec: x}

	dirfd, flags, args := unix.AT_FDCWD, uint64(0), n.args[:3]
	if uint32(n.nr) == a.execveat {
		dirfd, flags, args = int(int32(n.args[0])), n.args[4], n.args[1:4]
	}
	m := openMemory(int(n.tid), a.pointer)
	defer m.close()
	_ = m.load(args[:2]) // both at once; what fails here fails again below
	name, err := m.string(args[0], maxPath)
	if err == nil {
		x.Raw, err = m.strings(args[1], maxArgvCount, maxArgvBytes, 0)
	}
	if errors.Is(err, errGone) {
		p.close()
		return nil, err
	}
	if err != nil {
		x.Opaque = err.Error()
	}
	x.masks = func() (values, forms bool) { return s.masksOutputOf(p.pid) }
	x.environ = sync.OnceValue(func() []string { return s.readEnv(n.id, int(n.tid), a.pointer, args[2]) })
	if flags&atExecveCheck != 0 || name == "" && flags&atEmptyPath == 0 && err == nil {
		c.harmless = true
		return c, nil
	}
	c.resolve(s.files, dirfd, name)
	return c, nil
}

// readEnv reads the environment that a call gives its program; nil when the
// process has left the call. What it says is a help in judging, and no part of
// what runs: a hole in it stops nothing. Most commands are judged without.
func (s *ExecDoor) readEnv(id uint64, tid, pointer int, addr uint64) []string {
	m := openMemory(tid, pointer)
	defer m.close()
	env, _ := m.strings(addr, maxEnvCount, maxEnvBytes, maxEnvValue)
	if !valid(s.listener, id) {
		return nil // it may have been another process's
	}
	return env
}

// resolve finds the file and what it is, and makes the request's argv plain.
func (c *call) resolve(known *files, dirfd int, name string) {
	x, p := c.request.Exec, c.process
	argv := x.Raw
	fd, abs, refused, err := p.open(dirfd, name)
	x.Path = abs
	if err != nil {
		c.harmless = refused && x.Opaque == ""
		c.request.Argv = plainName(argv, abs, "", nil)
		return
	}
	defer unix.Close(fd)
	id, mode, err := identify(fd)
	if err != nil || mode&unix.S_IFMT != unix.S_IFREG || mode&0o111 == 0 {
		// Directories, devices and what nobody may execute: EACCES, even for root.
		c.harmless = err == nil && x.Opaque == ""
		c.request.Argv = argv
		return
	}
	c.file, c.image = id, id
	k := known.facts(fd, id)
	x.Program = k.program
	argv = plainName(argv, abs, k.program, k.names)
	if k.script {
		x.Script, x.ScriptCut = readScript(fd)
		x.ScriptPath = abs
		argv = c.throughInterpreters(known, k, abs, argv)
	}
	argv = c.throughLoaders(known, argv)
	c.request.Argv = argv
	c.readShell(argv)
}

// throughInterpreters puts the interpreter of a `#!` file in front of it, as
// the kernel does without telling (pitfall 12).
func (c *call) throughInterpreters(known *files, k facts, script string, argv []string) []string {
	rest := argv[min(1, len(argv)):]
	for range maxChain {
		front := []string{k.interp}
		if k.interpArg != "" {
			front = append(front, k.interpArg)
		}
		argv = append(append(front, script), rest...)
		fd, abs, _, err := c.process.open(unix.AT_FDCWD, k.interp)
		if err != nil {
			c.image = fileID{}
			return argv
		}
		id, _, err := identify(fd)
		if err == nil {
			c.image = id
			k = known.facts(fd, id)
		}
		_ = unix.Close(fd)
		if err != nil || !k.script {
			return plainName(argv, abs, k.program, k.names)
		}
		script, rest = abs, argv[1:]
	}
	return argv
}

// throughLoaders takes `ld.so PROGRAM ARG…` for PROGRAM.
func (c *call) throughLoaders(known *files, argv []string) []string {
	for range maxChain {
		if len(argv) == 0 || !isLoader(filepath.Base(argv[0])) {
			return argv
		}
		program, run := loaded(argv)
		if program == "" {
			return argv
		}
		fd, abs, _, err := c.process.open(unix.AT_FDCWD, program)
		if err != nil {
			return run
		}
		var k facts
		if id, _, err := identify(fd); err == nil {
			k = known.facts(fd, id)
		}
		_ = unix.Close(fd)
		c.request.Exec.Program = k.program
		argv = plainName(run, abs, k.program, k.names)
	}
	return argv
}

// readShell fills in what a shell is given to run.
func (c *call) readShell(argv []string) {
	r, x := &c.request, c.request.Exec
	shell, args := shellOf(argv, x.Program)
	if shell == "" {
		return
	}
	sh, err := ParseShellArgs(shell, args)
	if err != nil {
		x.Opaque = err.Error()
		return
	}
	r.Shell, r.Params, r.Interactive = shell, sh.Params, sh.Interactive || sh.Stdin
	if sh.HasLine {
		r.Kind, r.Line = KindLine, sh.Line
		return
	}
	if sh.Stdin {
		c.readStdin()
		return
	}
	if sh.Script == "" || x.ScriptPath != "" {
		return
	}
	fd, abs, _, err := c.process.open(unix.AT_FDCWD, sh.Script)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if _, mode, err := identify(fd); err == nil && mode&unix.S_IFMT == unix.S_IFREG {
		x.Script, x.ScriptCut = readScript(fd)
		x.ScriptPath = abs
	}
}
