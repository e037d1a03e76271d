package intercept

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// stubVerb is the hidden verb under which restrain re-executes itself between
// its own life and the agent's.
const stubVerb = "__exec-stub"

// Words of the stub to the supervisor, the listener coming along with the
// first, and of the supervisor to the stub.
const (
	stubReady  = 'r'
	stubNested = 'n'
	stubFailed = 'e'
	stubGo     = 'g'
)

// stubArgs is the stub's command line: verb, descriptor of the socket, flags,
// path of the agent, and the agent's argv.
func stubArgs(fd int, flags, path string, argv []string) []string {
	return append([]string{"/proc/self/exe", stubVerb, strconv.Itoa(fd), flags, path}, argv...)
}

// StubMain is called first thing in main with os.Args. It returns at once
// unless this process is the stub of an exec supervisor; then it puts the
// filter on itself, hands the listener over, waits for the word, and becomes
// the agent. It does not return from that.
func StubMain(args []string) {
	if len(args) < 6 || args[1] != stubVerb {
		return
	}
	// Filter and no_new_privs belong to a thread; the exec must be that thread's.
	runtime.LockOSThread()
	err := runStub(args[2], args[3], args[4], args[5:])
	fmt.Fprintf(os.Stderr, "restrain: error: start %s: %v\n", args[4], err)
	os.Exit(Denied)
}

func runStub(socket, flags, path string, argv []string) error {
	fd, err := strconv.Atoi(socket)
	if err != nil {
		return fmt.Errorf("descriptor %q: %w", socket, err)
	}
	if kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_SEQPACKET {
		return errors.New("no supervisor; this verb is restrain's own")
	}
	unix.CloseOnExec(fd)
	if err := handOver(fd, flags); err != nil {
		word := stubFailed
		if errors.Is(err, ErrNested) {
			word = stubNested
		}
		_ = unix.Sendmsg(fd, append([]byte{byte(word)}, err.Error()...), nil, nil, 0)
		return err
	}
	var word [1]byte
	if n, err := unix.Read(fd, word[:]); err != nil || n != 1 || word[0] != stubGo {
		return errors.New("the supervisor has gone")
	}
	return unix.Exec(path, argv, os.Environ())
}

// handOver installs the filter and sends the listener away. No copy of it stays
// here: when the supervisor dies, every held and later exec must fail.
func handOver(fd int, flags string) error {
	has := func(flag string) bool { return strings.Contains(flags, flag) }
	filter := execFilter(abis, watched{verify: has(flagVerify), files: has(flagFiles), connects: has(flagConnects)})
	listener, err := supervised(filter, KeepsSetuid(), !has(flagInterruptible))
	if err != nil {
		return err
	}
	hello := append([]byte{stubReady}, strconv.Itoa(os.Getpid())...)
	err = unix.Sendmsg(fd, hello, unix.UnixRights(listener), nil, 0)
	_ = unix.Close(listener)
	if err != nil {
		return fmt.Errorf("hand the listener over: %w", err)
	}
	return nil
}

// Prepare puts the stub in front of the agent. Whoever starts the agent closes
// the files it was given once it runs.
func (s *ExecDoor) Prepare(l *Launch) error {
	go s.files.index() // the first exec needs it, and the agent takes as long to come
	if len(l.Argv) == 0 {
		return errors.New("no program to start")
	}
	path, err := lookPath(l)
	if err != nil {
		return err
	}
	// Orphans of the session become ours rather than init's: they stay in our
	// tree, and Yama lets us read them.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become the session's reaper: %w", err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket to the stub: %w", err)
	}
	s.socket = os.NewFile(uintptr(pair[0]), "supervisor")
	child := os.NewFile(uintptr(pair[1]), "stub")
	l.Argv = stubArgs(3+len(l.Files), s.flags(), path, l.Argv)
	l.Files = append(l.Files, child)
	return nil
}

// flags say to the stub what is watched.
func (s *ExecDoor) flags() string {
	flags := "-"
	for flag, on := range map[string]bool{
		flagVerify: s.options.Verify, flagInterruptible: s.options.Interruptible, flagFiles: s.options.Files != nil, flagConnects: s.options.Connects != nil,
	} {
		if on {
			flags += flag
		}
	}
	return flags
}

// lookPath finds the agent as a shell would, before there is a filter
// (pitfall 16): with the PATH and in the directory of the launch.
func lookPath(l *Launch) (string, error) {
	name := l.Argv[0]
	if strings.Contains(name, "/") {
		if !filepath.IsAbs(name) && l.Dir != "" {
			name = filepath.Join(l.Dir, name)
		}
		return exec.LookPath(name)
	}
	list := os.Getenv("PATH")
	for _, v := range l.Env {
		if p, ok := strings.CutPrefix(v, "PATH="); ok {
			list = p
		}
	}
	for _, dir := range filepath.SplitList(list) {
		if dir == "" {
			dir = "."
		}
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(l.Dir, dir)
		}
		path := filepath.Join(dir, name)
		if !strings.Contains(path, "/") {
			path = "./" + path
		}
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

// acceptListener waits for the stub and takes its listener and pid.
func acceptListener(socket int) (listener, pid int, err error) {
	buf, oob := make([]byte, 512), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := unix.Recvmsg(socket, buf, oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return -1, 0, fmt.Errorf("wait for the stub: %w", err)
	}
	if n == 0 {
		return -1, 0, errors.New("the stub ended before it was supervised")
	}
	word, rest := buf[0], string(buf[1:n])
	switch word {
	case stubNested:
		return -1, 0, ErrNested
	case stubFailed:
		return -1, 0, errors.New(rest)
	}
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(messages) != 1 {
		return -1, 0, errors.New("the stub sent no listener")
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return -1, 0, errors.New("the stub sent no listener")
	}
	if pid, err = strconv.Atoi(rest); err != nil {
		_ = unix.Close(fds[0])
		return -1, 0, fmt.Errorf("the stub's pid: %w", err)
	}
	return fds[0], pid, nil
}
