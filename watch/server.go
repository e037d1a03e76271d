package watch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"restrain/intercept"
)

const (
	// socketPrefix is before the process id in the name of a control socket: a
	// session of separate shell doors may have several.
	socketPrefix = "control-"
	maxClients   = 64
	// helloTime is how long a client may take to say what it wants.
	helloTime = 5 * time.Second
)

// A Server takes answers for a board on a control socket.
type Server struct {
	// Board has the questions.
	Board *Board
	// Tree tells who is inside the session.
	Tree *intercept.Tree
	// Tamper is told of each attempt from inside, before it is refused.
	Tamper func(pid int, what string)

	path     string
	listener *net.UnixListener
	clients  sync.WaitGroup
	slots    chan struct{}
}

// Listen makes the control socket in a session's directory, which only its user
// can enter.
func (s *Server) Listen(dir string) error {
	name := socketPrefix + strconv.Itoa(os.Getpid())
	s.path = filepath.Join(dir, name)
	// One that is there is of a process that has ended.
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("control socket: %w; check the state directory", err)
	}
	address, done, err := SocketAddress(s.path)
	if err != nil {
		return fmt.Errorf("control socket: %w; check the state directory", err)
	}
	defer done()
	if s.listener, err = net.ListenUnix("unix", address); err != nil {
		return fmt.Errorf("control socket: %w; check the state directory", err)
	}
	s.listener.SetUnlinkOnClose(false)
	s.slots = make(chan struct{}, maxClients)
	return nil
}

// Serve answers clients until ctx ends.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer s.clients.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer stop()
	defer os.Remove(s.path) // when it fails, the next server here does it
	for {
		conn, err := s.listener.AcceptUnix()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			return fmt.Errorf("control socket: %w; raise the limit of open files", err)
		}
		s.slots <- struct{}{}
		s.clients.Go(func() {
			defer func() { <-s.slots }()
			defer conn.Close()
			hangUp := context.AfterFunc(ctx, func() { conn.Close() })
			defer hangUp()
			s.serve(conn)
		})
	}
}

// serve sees to one client. Whoever is not certainly outside is refused before
// anything it says is read.
func (s *Server) serve(conn *net.UnixConn) {
	conn.SetDeadline(time.Now().Add(helloTime))
	if pid, err := s.Tree.Outsider(conn); err != nil {
		s.Tamper(pid, "an attempt on the control socket: "+err.Error())
		_ = write(conn, fromServer{V: version, Error: err.Error()})
		return
	}
	in := bufio.NewReader(conn)
	var hello fromClient
	if err := read(in, maxFromClient, &hello); err != nil || hello.V != version {
		_ = write(conn, fromServer{V: version, Error: "no message of this restrain; use the same version for both"})
		return
	}
	if hello.Answer != nil {
		_ = write(conn, s.take(hello.Answer))
		return
	}
	if hello.Outside {
		_ = write(conn, fromServer{V: version, Done: true})
		return
	}
	if hello.Watch {
		conn.SetDeadline(time.Time{})
		s.watch(conn, in)
	}
}

func (s *Server) take(a *Answer) fromServer {
	if err := s.Board.answer(*a); err != nil {
		return fromServer{V: version, Error: err.Error(), NotHeld: errors.Is(err, ErrNotHeld)}
	}
	return fromServer{V: version, Done: true}
}

// watch tells a client of questions, and takes its answers, until it goes.
func (s *Server) watch(conn *net.UnixConn, in *bufio.Reader) {
	w := &watcher{send: make(chan fromServer, 4*maxOpen), drop: func() { conn.Close() }}
	s.Board.join(w)
	defer s.Board.leave(w)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			var said fromClient
			if err := read(in, maxFromClient, &said); err != nil || said.Answer == nil {
				return
			}
			w.tell(s.take(said.Answer))
		}
	}()
	for {
		select {
		case message := <-w.send:
			if err := write(conn, message); err != nil {
				conn.Close()
				<-gone
				return
			}
		case <-gone:
			return
		}
	}
}

// sockets lists the control sockets of a session's directory.
func sockets(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("session directory: %w; check the state directory", err)
	}
	var paths []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), socketPrefix) && entry.Type() == fs.ModeSocket {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	return paths, nil
}
