package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"

	"restrain/platform"
)

// Config is what a proxy is started with.
type Config struct {
	// Open are the hosts that are looked into, as globs of their names, and Shut
	// those that are not all the same.
	Open, Shut []string
	// Tell has connections that are tunnelled told as well, as CONNECT, but for those
	// to hosts in Shut.
	Tell bool
	// Dir is where the proxy makes its directory.
	Dir string
	// Authorities are files of certificates that clients were told to trust.
	Authorities []string
	// WgetRC is the file that wget would read.
	WgetRC string
	// Lead leads connections for HOST:PORT to another address, for a stand-in of
	// the host.
	Lead map[string]string
}

// Ready is where a proxy is found.
type Ready struct {
	Addr string // HOST:PORT
	// Bundle has all authorities, Extra those that the system lacks; WgetRC is for
	// wget, and KeyStore for Java. An empty one could not be made.
	Bundle, Extra, WgetRC, KeyStore string
	Error                           string
}

// A ToProxy is one message to the proxy, a FromProxy one from it.
type (
	ToProxy struct {
		ID     uint64
		Answer Answer
	}
	FromProxy struct {
		ID     uint64
		Call   *Call
		Left   bool // the client of the call went before it had its answer
		Unseen *Unseen
	}
)

// A Judge decides about the requests that a proxy sees.
type Judge interface {
	// Call is answered in a few seconds, whatever happens.
	Call(id uint64, c *Call) Answer
	// Left says that the client of a call has gone, so that it does not go on.
	Left(id uint64)
	// Unseen says that a host is not looked into any more.
	Unseen(u *Unseen)
}

// Proxy is a running proxy, as its session holds it.
type Proxy struct {
	Ready
	cmd    *exec.Cmd
	conn   net.Conn
	decode *json.Decoder
	mu     sync.Mutex // held while an answer is written
}

// startTime bounds what a proxy takes to be ready.
const startTime = 10 * time.Second

// Start starts the proxy program at path, which is not ready yet.
func Start(path string, config Config) (*Proxy, error) {
	conn, theirs, err := pair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	p := &Proxy{conn: conn, decode: json.NewDecoder(conn), cmd: exec.Command(path)}
	p.cmd.Stderr = os.Stderr
	p.cmd.ExtraFiles = []*os.File{theirs}
	p.cmd.SysProcAttr = platform.OwnSession() // Ctrl-C is the agent's
	if err := p.cmd.Start(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("%s: %w; check the file", path, err)
	}
	_ = conn.SetDeadline(time.Now().Add(startTime))
	if err := json.NewEncoder(conn).Encode(config); err != nil {
		p.Close()
		return nil, fmt.Errorf("the proxy did not start: %w", err)
	}
	return p, nil
}

// Await waits until the proxy is ready. It is called once.
func (p *Proxy) Await() error {
	err := p.decode.Decode(&p.Ready)
	if err == nil && p.Error != "" {
		err = errors.New(p.Error)
	}
	if err != nil {
		return fmt.Errorf("the proxy did not start: %w", err)
	}
	return p.conn.SetDeadline(time.Time{})
}

// Serve has calls judged until the proxy ends. It is called once.
func (p *Proxy) Serve(judge Judge) error {
	for {
		var m FromProxy
		if err := p.decode.Decode(&m); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("the proxy: %w", err)
		}
		switch {
		case m.Call != nil:
			go p.answer(judge, m.ID, m.Call)
		case m.Left:
			judge.Left(m.ID)
		case m.Unseen != nil:
			judge.Unseen(m.Unseen)
		}
	}
}

func (p *Proxy) answer(judge Judge, id uint64, c *Call) {
	answer := judge.Call(id, c)
	p.mu.Lock()
	defer p.mu.Unlock()
	// A proxy that is gone refuses by itself.
	_ = json.NewEncoder(p.conn).Encode(ToProxy{id, answer})
}

// PID is the proxy's process.
func (p *Proxy) PID() int { return p.cmd.Process.Pid }

// End has the proxy end, which takes its directory with it.
func (p *Proxy) End() { p.conn.Close() }

// Close ends the proxy and waits for it.
func (p *Proxy) Close() {
	p.End()
	late := time.AfterFunc(2*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	_ = p.cmd.Wait() // how it ended changes nothing any more
}
