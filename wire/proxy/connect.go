package proxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"restrain/wire"
)

// connect answers CONNECT: the connection is opened, or is a tunnel.
func (p *proxy) connect(w http.ResponseWriter, r *http.Request, peer *peer, client wire.Client) {
	addr := strings.ToLower(r.Host)
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host == "" || port == "" {
		http.Error(w, "restrain: CONNECT wants HOST:PORT", http.StatusBadRequest)
		return
	}
	name := nameOf(addr)
	open := p.hosts.opens(name, client.Program)
	if open && p.hosts.isNew(name) && p.upstream.probe(r.Context(), addr) {
		if p.hosts.asksClients(name) {
			p.session.unseen(wire.Unseen{Host: name, Why: "the host wants a certificate of its clients", Client: client})
		}
		open = false
	}
	var server net.Conn
	if !open && p.tells(name) {
		id, answer := p.session.judge(r.Context(), &wire.Call{Method: http.MethodConnect, URL: "https://" + addr + "/", Client: client})
		switch {
		case r.Context().Err() != nil:
			p.session.clientGone(id)
			return
		case !answer.Allow:
			refuse(w, r, answer.Message)
			return
		}
	}
	if !open {
		if server, err = p.upstream.tunnel(r.Context(), addr); err != nil {
			unreachable(w, r, err)
			return
		}
		defer server.Close()
	}
	conn, err := take(w)
	if err != nil {
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	if !open {
		var named string
		if conn, named = p.tunnel(conn, server, addr, client); named == "" {
			return
		}
		name = named
	}
	peer.host = net.JoinHostPort(name, port)
	p.open(conn, peer, name, client)
}

// tells reports a host that the session is told of though nothing is looked into.
func (p *proxy) tells(name string) bool { return p.config.Tell && !fits(p.hosts.shut, name) }

// take takes the connection of a request over.
func take(w http.ResponseWriter) (net.Conn, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	if buffered.Reader.Buffered() > 0 {
		return &read2{Conn: conn, Reader: bufio.NewReader(io.MultiReader(io.LimitReader(buffered.Reader, int64(buffered.Reader.Buffered())), conn))}, nil
	}
	return conn, nil
}

// tunnel passes a connection on until both sides have ended; one may end what it
// sends and go on reading. A client that was let through to an address, or to another
// name, and then greets a host that is to be looked into is given back instead, with
// the host's name. One that hides whom it greets is refused.
func (p *proxy) tunnel(client, server net.Conn, addr string, who wire.Client) (rest net.Conn, name string) {
	var back sync.WaitGroup
	var opened atomic.Bool
	back.Go(func() {
		_, err := io.Copy(client, server)
		switch {
		case opened.Load():
		case err != nil:
			client.Close()
			server.Close()
		case closeWrite(client) != nil:
			client.Close()
		}
	})
	greeted := listenTo(client)
	if greeted.name != "" && p.hosts.opens(greeted.name, who.Program) {
		opened.Store(true)
		server.Close()
		back.Wait()
		return &read2{Conn: client, Reader: bufio.NewReader(io.MultiReader(bytes.NewReader(greeted.said), client))}, greeted.name
	}
	defer client.Close()
	if why := p.hidden(&greeted, addr); why != "" {
		p.session.unseen(wire.Unseen{Host: addr, Why: why, Refused: true, Client: who})
		server.Close()
		back.Wait()
		return nil, ""
	}
	_, err := server.Write(greeted.said)
	if err == nil {
		_, err = io.Copy(server, client)
	}
	if err != nil || closeWrite(server) != nil {
		server.Close()
	}
	if err != nil {
		client.Close()
	}
	back.Wait()
	return nil, ""
}

// inner is an opened connection below its TLS.
type inner struct {
	net.Conn
	peer *peer
	once sync.Once
	gone func() // it has been closed
}

// Close closes the connection.
func (c *inner) Close() error {
	c.once.Do(c.gone)
	return c.Conn.Close()
}

// open answers a client in the host's place. One that refuses is told apart from
// one that only goes.
func (p *proxy) open(conn net.Conn, peer *peer, name string, client wire.Client) {
	below := &inner{Conn: conn, peer: peer, gone: func() {}}
	secured := tls.Server(below, &tls.Config{
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.authority.leafFor(name) },
	})
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		var other tls.RecordHeaderError
		if !errors.As(err, &other) || other.Conn == nil { // else its first word was not TLS
			p.refused(name, client, isReason(err))
		}
		return
	}
	below.gone = func() { p.refused(name, client, false) }
	p.opened.hand(secured)
}

func (p *proxy) refused(name string, client wire.Client, sure bool) {
	if p.hosts.refused(name, client.Program, sure) {
		p.session.unseen(wire.Unseen{Host: name, Why: "the client does not accept the session's certificate", Client: client})
	}
}

// isReason reports a handshake that failed because the two do not get along, and
// not because the client went. What tells why is an alert; OpenSSL sends one in
// plain text where Go expects it encrypted, which is then a bad record.
func isReason(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return true // an alert is a net.Error as well
	}
	var lost net.Error
	return !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) &&
		!errors.Is(err, net.ErrClosed) && !errors.Is(err, context.DeadlineExceeded) && !(errors.As(err, &lost) && lost.Timeout())
}

// connListener is a listener of the connections that it is handed.
type connListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newConnListener() *connListener {
	return &connListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (h *connListener) hand(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		c.Close()
	}
}

// Accept gives the next connection.
func (h *connListener) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close ends it.
func (h *connListener) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

// Addr is none.
func (h *connListener) Addr() net.Addr { return &net.UnixAddr{} }
