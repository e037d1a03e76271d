package watch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"restrain/intercept"
	"restrain/prompt"
)

// ErrNotHeld says that no step of that id is held.
var ErrNotHeld = errors.New("no such step is held")

// Send gives an answer to whichever session of dirs holds the step. It fails
// with [ErrNotHeld] when none does.
func Send(dirs []string, a Answer) error {
	refused := error(ErrNotHeld)
	for _, dir := range dirs {
		paths, err := sockets(dir)
		if err != nil {
			continue // it has been removed meanwhile
		}
		for _, path := range paths {
			reply, err := send(path, a)
			switch {
			case err != nil, reply.NotHeld:
				// It has ended, or has other steps.
			case reply.Done:
				return nil
			default:
				refused = errors.New(reply.Error)
			}
		}
	}
	return refused
}

// Outside fails when this process is inside one of the sessions of dirs, by the
// same check as for an answer, or cannot be told from one that is. Each session
// journals that as tamper.
func Outside(dirs []string) error {
	for _, dir := range dirs {
		paths, err := sockets(dir)
		if err != nil {
			continue // it has been removed meanwhile
		}
		for _, path := range paths {
			// Whoever serves it can only refuse here, so also one that is another
			// restrain is asked: the agent may have a copy.
			reply, err := ask(path, dialAny, fromClient{V: version, Outside: true})
			if err == nil && !reply.Done {
				return errors.New(reply.Error)
			}
		}
	}
	return nil
}

func send(path string, a Answer) (reply fromServer, err error) {
	return ask(path, dial, fromClient{V: version, Answer: &a})
}

// ask says one thing to the server of a control socket.
func ask(path string, dial func(string) (*net.UnixConn, error), said fromClient) (reply fromServer, err error) {
	conn, err := dial(path)
	if err != nil {
		return reply, err
	}
	defer conn.Close()
	// One that refuses us may have hung up already; what it said counts.
	_ = write(conn, said)
	err = read(bufio.NewReader(conn), maxFromServer, &reply)
	return reply, err
}

// errNotOurs says that a control socket is not served by this restrain.
var errNotOurs = errors.New("the session's control socket cannot be trusted")

// dial connects to a control socket that this restrain serves.
func dial(path string) (*net.UnixConn, error) {
	conn, err := dialAny(path)
	if err != nil {
		return nil, err
	}
	if err := intercept.VerifyServer(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: %w", errNotOurs, err)
	}
	return conn, nil
}

// dialAny connects to a control socket, whoever serves it.
func dialAny(path string) (*net.UnixConn, error) {
	address, done, err := SocketAddress(path)
	if err != nil {
		return nil, err
	}
	defer done()
	return net.DialUnix("unix", nil, address)
}

// Live reports whether questions of the session in dir can be answered now.
func Live(dir string) bool {
	paths, err := sockets(dir)
	if err != nil {
		return false
	}
	for _, path := range paths {
		if conn, err := dial(path); err == nil {
			conn.Close()
			return true
		}
	}
	return false
}

// A Link is a watcher's connection to one control socket.
type Link struct {
	conn *net.UnixConn
	in   *bufio.Reader
	mu   sync.Mutex // one write at a time
}

// Links connects to the control sockets of a session's directory that known does
// not have yet, by their paths. Those that do not answer are left out.
func Links(dir string, known func(path string) bool) (map[string]*Link, error) {
	paths, err := sockets(dir)
	if err != nil {
		return nil, err
	}
	links := map[string]*Link{}
	for _, path := range paths {
		if known(path) {
			continue
		}
		conn, err := dial(path)
		if errors.Is(err, errNotOurs) {
			return links, err
		}
		if err != nil {
			continue // a process that has ended left it
		}
		// One that refuses us may have hung up already; Next tells what it said.
		_ = write(conn, fromClient{V: version, Watch: true})
		links[path] = &Link{conn: conn, in: bufio.NewReader(conn)}
	}
	return links, nil
}

// An Event is what a link has to tell: one of its fields.
type Event struct {
	Held   *prompt.Request
	Closed *Closed
	// Refused says why an answer was not taken, or why nothing may be watched.
	Refused string
}

// Next waits for the next event. An error means that the link has ended.
func (l *Link) Next(ctx context.Context) (Event, error) {
	stop := context.AfterFunc(ctx, func() { l.conn.Close() })
	defer stop()
	for {
		var m fromServer
		if err := read(l.in, maxFromServer, &m); err != nil {
			return Event{}, err
		}
		if m.V != version {
			return Event{}, errors.New("the session runs another version of restrain; start it again")
		}
		if !m.Done {
			return Event{m.Held, m.Closed, m.Error}, nil
		}
	}
}

// Answer sends an answer.
func (l *Link) Answer(a Answer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return write(l.conn, fromClient{V: version, Answer: &a})
}

// Close ends the link.
func (l *Link) Close() error { return l.conn.Close() }
