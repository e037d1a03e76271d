//go:build unix

package supervise

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// An heir is this program, started again in the monitor's place once the agent
// has ended: it is then the parent of what the agent left behind.
type heir struct {
	argv []string
	// file is handed over; its number becomes the last argument.
	file *os.File
}

// maxHeir bounds an heir's arguments, in bytes.
const maxHeir = 16 << 10

// bequeath has the monitor become h. Nothing tells whether it did: a monitor that
// has gone leaves the file closed.
func bequeath(link *os.File, h heir) error {
	words := []byte(strings.Join(h.argv, "\x00"))
	if len(words) == 0 || len(words) > maxHeir {
		return fmt.Errorf("%d bytes of arguments for the monitor", len(words))
	}
	if err := (note{noteBecome, int32(len(words))}).send(link); err != nil {
		return err
	}
	raw, err := link.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		sent = unix.Sendmsg(int(fd), words, unix.UnixRights(int(h.file.Fd())), nil, 0)
		return sent != unix.EAGAIN
	})
	if err != nil {
		return err
	}
	return sent
}

// become is the monitor's side of bequeath. It returns when that fails.
func become(supervisor *os.File, size int) {
	if size <= 0 || size > maxHeir {
		return
	}
	words, rights := make([]byte, size), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := unix.Recvmsg(int(supervisor.Fd()), words, rights, 0)
	if err != nil || n != size { // one message, shorter than any socket's buffer
		return
	}
	messages, err := unix.ParseSocketControlMessage(rights[:oobn])
	if err != nil || len(messages) != 1 {
		return
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return
	}
	// The hang-up of a terminal that it has nothing to do with any more.
	signal.Ignore(unix.SIGHUP, unix.SIGINT, unix.SIGQUIT)
	_, _ = unix.Setsid() // a leader already, or it works
	program, err := self()
	if err != nil {
		return
	}
	keepOnly(fds[0])
	argv := append(strings.Split(string(words), "\x00"), strconv.Itoa(fds[0]))
	_ = unix.Exec(program, argv, os.Environ())
}
