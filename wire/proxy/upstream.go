package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// upstream is the way to the hosts themselves, through the proxy that was there
// before where there is one.
type upstream struct {
	dialer net.Dialer
	lead   map[string]string
	proxy  func(*url.URL) (*url.URL, error)
	roots  *x509.CertPool
	trust  func() // fills roots, the first time
	hosts  *hosts
	// any speaks HTTP/2 where the host does; one only HTTP/1.1, for WebSocket.
	any, one *http.Transport
}

const dialTime = 30 * time.Second

func newUpstream(trust func(*x509.CertPool), lead map[string]string, hosts *hosts) *upstream {
	roots := x509.NewCertPool()
	u := &upstream{dialer: net.Dialer{Timeout: dialTime}, lead: lead, proxy: httpproxy.FromEnvironment().ProxyFunc(), roots: roots, trust: sync.OnceFunc(func() { trust(roots) }), hosts: hosts}
	transport := func() *http.Transport {
		return &http.Transport{
			Proxy: func(r *http.Request) (*url.URL, error) { return u.proxy(r.URL) }, DialContext: u.dialHost, DisableCompression: true,
			MaxIdleConnsPerHost: 32, IdleConnTimeout: idleTime / 2, TLSHandshakeTimeout: handshakeTime,
			TLSClientConfig: &tls.Config{RootCAs: roots}, MaxResponseHeaderBytes: maxHeader, ReadBufferSize: 32 << 10, WriteBufferSize: 32 << 10,
		}
	}
	u.any, u.one = transport(), transport()
	u.any.ForceAttemptHTTP2 = true
	u.one.Protocols = plain()
	return u
}

// RoundTrip sends a request on.
func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Upgrade") != "" {
		return u.one.RoundTrip(r)
	}
	return u.any.RoundTrip(r)
}

// dial connects to an address, or to what stands in for it.
func (u *upstream) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if to, ok := u.lead[addr]; ok {
		addr = to
	}
	return u.dialer.DialContext(ctx, network, addr)
}

// dialHost connects to whoever is then checked. Reading the authorities takes longer
// than a session can wait with its start, and no longer than most connections do.
func (u *upstream) dialHost(ctx context.Context, network, addr string) (net.Conn, error) {
	go u.trust()
	defer u.trust()
	return u.dial(ctx, network, addr)
}

// tunnel connects to HOST:PORT, through the proxy that was there before where
// that is for the host.
func (u *upstream) tunnel(ctx context.Context, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	via, err := u.proxy(&url.URL{Scheme: "https", Host: addr})
	if err != nil {
		return nil, fmt.Errorf("the proxy of this machine: %w", err)
	}
	if via == nil {
		return u.dial(ctx, "tcp", addr)
	}
	return u.tunnelVia(ctx, via, addr)
}

// tunnelVia asks a proxy for a tunnel.
func (u *upstream) tunnelVia(ctx context.Context, via *url.URL, addr string) (net.Conn, error) {
	at := via.Host
	if via.Port() == "" {
		at = net.JoinHostPort(via.Hostname(), map[string]string{"https": "443"}[via.Scheme]+map[string]string{"http": "80"}[via.Scheme])
	}
	if via.Scheme != "http" && via.Scheme != "https" {
		return nil, fmt.Errorf("the proxy %s is not one for HTTP: set HTTPS_PROXY to one that is", via.Host)
	}
	conn, err := u.dialer.DialContext(ctx, "tcp", at)
	if err != nil {
		return nil, err
	}
	if via.Scheme == "https" {
		u.trust()
		secured := tls.Client(conn, &tls.Config{RootCAs: u.roots, ServerName: via.Hostname()})
		if err := secured.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, fmt.Errorf("the proxy %s: %w", via.Host, err)
		}
		conn = secured
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	read, err := askTunnel(conn, via, addr)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &read2{Conn: conn, Reader: read}, conn.SetDeadline(time.Time{})
}

func askTunnel(conn net.Conn, via *url.URL, addr string) (*bufio.Reader, error) {
	ask := "CONNECT " + addr + " HTTP/1.1\r\nHost: " + addr + "\r\n"
	if via.User != nil {
		password, _ := via.User.Password()
		ask += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(via.User.Username()+":"+password)) + "\r\n"
	}
	if _, err := conn.Write([]byte(ask + "\r\n")); err != nil {
		return nil, err
	}
	read := bufio.NewReader(conn)
	response, err := http.ReadResponse(read, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, fmt.Errorf("the proxy %s: %w", via.Host, err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the proxy %s says: %s", via.Host, strings.TrimSpace(response.Status))
	}
	return read, nil
}

// probe reports a host that wants a certificate of its clients, which is found
// out once: such a host can only be tunnelled.
func (u *upstream) probe(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	go u.trust()
	conn, err := u.tunnel(ctx, addr)
	if err != nil {
		return false // the request itself will say so
	}
	defer conn.Close()
	asked := false
	host, _, _ := net.SplitHostPort(addr)
	// Whoever it is, nothing is said to it.
	err = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ServerName: host, NextProtos: []string{"h2", "http/1.1"},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked = true
			return nil, errAsked
		}}).HandshakeContext(ctx)
	return asked && err != nil
}

var errAsked = errors.New("a certificate is asked for")

// A read2 is a connection of which some was read already.
type read2 struct {
	net.Conn
	*bufio.Reader
}

func (r *read2) Read(p []byte) (int, error) { return r.Reader.Read(p) }

// CloseWrite ends what is sent, where that can be said by itself.
func (r *read2) CloseWrite() error { return closeWrite(r.Conn) }

func closeWrite(conn net.Conn) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return conn.Close()
}
