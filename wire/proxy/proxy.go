package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"time"

	"restrain/wire"
)

// Bounds of what is taken from clients.
const (
	maxHeader     = 256 << 10 // bytes
	headerTime    = 30 * time.Second
	handshakeTime = 10 * time.Second
	idleTime      = 5 * time.Minute
	// answerTime is after what a request is refused that the session has not
	// answered for: clients give up and send it again.
	answerTime = 4 * time.Second
)

// A proxy serves the clients of one session.
type proxy struct {
	config    wire.Config
	hosts     *hosts
	authority *authority
	upstream  *upstream
	session   *session
	forward   *httputil.ReverseProxy
	opened    *connListener // connections that are looked into
}

// Run serves a session at the other end of conn until that ends.
func Run(conn io.ReadWriteCloser) error {
	decode := json.NewDecoder(conn)
	var config wire.Config
	if err := decode.Decode(&config); err != nil {
		return fmt.Errorf("configuration: %w; restrain starts this program", err)
	}
	ready := wire.Ready{}
	ca, files, listener, err := start(&config, &ready)
	if err != nil {
		ready.Error = err.Error()
	}
	failed := json.NewEncoder(conn).Encode(ready)
	if err != nil {
		return errors.Join(err, failed)
	}
	defer files.remove()
	defer listener.Close()
	if failed != nil {
		return failed
	}
	p := newProxy(config, ca, func(pool *x509.CertPool) { files.before().fill(pool) }, conn)
	p.serve(listener)
	stored := make(chan error, 1)
	go func() { stored <- files.store(ca) }()
	p.session.listen(decode) // until the session ends
	if err := <-stored; err != nil {
		return fmt.Errorf("what Java is to trust: %w; make room on the disk", err)
	}
	return nil
}

// start makes what clients are told of.
func start(config *wire.Config, ready *wire.Ready) (ca *authority, files *laid, listener net.Listener, err error) {
	if err := hide(); err != nil {
		return nil, nil, nil, fmt.Errorf("the proxy's memory: %w", err)
	}
	if ca, err = newAuthority(); err != nil {
		return nil, nil, nil, err
	}
	if listener, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
		return nil, nil, nil, fmt.Errorf("the proxy cannot listen on loopback: %w", err)
	}
	if files, err = lay(config, ca, ready); err != nil {
		listener.Close()
		return nil, nil, nil, err
	}
	ready.Addr = listener.Addr().String()
	return ca, files, listener, nil
}

func newProxy(config wire.Config, ca *authority, trust func(*x509.CertPool), conn io.Writer) *proxy {
	p := &proxy{config: config, authority: ca, hosts: newHosts(config.Open, config.Shut), session: newSession(conn), opened: newConnListener()}
	p.upstream = newUpstream(trust, config.Lead, p.hosts)
	p.forward = &httputil.ReverseProxy{
		Rewrite: p.rewrite, ModifyResponse: answered, Transport: p.upstream, ErrorHandler: unreachable, BufferPool: &buffers{}, ErrorLog: log.New(io.Discard, "", 0),
	}
	return p
}

// serve begins to serve clients.
func (p *proxy) serve(listener net.Listener) {
	silent := log.New(io.Discard, "", 0)
	go (&http.Server{
		Handler: http.HandlerFunc(p.accept), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader, ErrorLog: silent,
		Protocols: plain(), ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, newPeer(c))
		},
	}).Serve(listener)
	go (&http.Server{
		Handler: http.HandlerFunc(p.inside), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader, ErrorLog: silent,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, c.(*tls.Conn).NetConn().(*inner).peer)
		},
	}).Serve(p.opened)
}

// plain is HTTP/1.1 alone: what clients speak to a proxy.
func plain() *http.Protocols {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &protocols
}

// A peer is the client of one connection, looked for when it is first asked for.
type peer struct {
	host string // of the host that was asked for, with its port; empty for none yet
	find func() (wire.Client, error)
}

type peerKey struct{}

func newPeer(c net.Conn) *peer {
	return &peer{find: sync.OnceValues(func() (wire.Client, error) { return clientOf(c) })}
}

func peerOf(r *http.Request) *peer { return r.Context().Value(peerKey{}).(*peer) }

// accept answers what is said to the proxy itself: CONNECT, and requests without
// TLS.
func (p *proxy) accept(w http.ResponseWriter, r *http.Request) {
	peer := peerOf(r)
	client, err := peer.find()
	switch {
	case err != nil:
		w.Header().Set("Connection", "close")
		refuse(w, r, err.Error())
	case r.Method == http.MethodConnect:
		p.connect(w, r, peer, client)
	case r.URL.Scheme != "http" || r.URL.Host == "":
		http.Error(w, "restrain: this is the proxy of a guarded session", http.StatusBadRequest)
	case !p.hosts.isListed(nameOf(r.URL.Host)) && !p.tells(nameOf(r.URL.Host)):
		p.forward.ServeHTTP(w, r)
	default:
		p.judged(w, r, "http://"+r.URL.Host)
	}
}

// inside answers what comes on an opened connection.
func (p *proxy) inside(w http.ResponseWriter, r *http.Request) {
	peer := peerOf(r)
	host, _, _ := net.SplitHostPort(peer.host)
	if client, err := peer.find(); err == nil {
		p.hosts.spoke(nameOf(peer.host), client.Program)
	}
	if !strings.EqualFold(nameOf(r.Host), nameOf(peer.host)) {
		http.Error(w, "restrain: the connection is to "+host, http.StatusMisdirectedRequest)
		return
	}
	p.judged(w, r, "https://"+strings.TrimSuffix(peer.host, ":443"))
}

// nameOf is a host's name, in lower case and without its port.
func nameOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// originKey is where a request goes, in its context.
type originKey struct{}

// rewrite sends a request on as it came.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	if origin, ok := r.In.Context().Value(originKey{}).(string); ok {
		scheme, host, _ := strings.Cut(origin, "://")
		r.Out.URL.Scheme, r.Out.URL.Host = scheme, host
	}
	r.Out.URL.RawQuery = r.In.URL.RawQuery
	r.Out.Host = r.In.Host
	r.Out.Header.Del("Expect") // the client has been told to go on
	for _, name := range [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, ok := r.In.Header[name]; ok {
			r.Out.Header[name] = values
		}
	}
}

// answered has what a host sends read ahead; what comes after an upgrade is sent both
// ways.
func answered(r *http.Response) error {
	if r.StatusCode != http.StatusSwitchingProtocols {
		r.Body = readAhead(r.Body)
	}
	return nil
}

// unreachable answers for a host that does not.
func unreachable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client has gone
	}
	w.Header().Set("X-Restrain", "unreachable")
	http.Error(w, "restrain: the host cannot be reached: "+err.Error(), http.StatusBadGateway)
}

// buffers are what responses are copied through.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte {
	if buffer, ok := b.pool.Get().(*[]byte); ok {
		return *buffer
	}
	return make([]byte, 64<<10)
}

func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }
