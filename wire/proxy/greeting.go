package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"path"
	"slices"
	"strings"
)

// A greeting is the first that a client says in a tunnel.
type greeting struct {
	said    []byte // all that it has said by then
	name    string // of the host that it greets in TLS, empty where it says none
	secured bool   // it speaks TLS
	sealed  bool   // it sends an encrypted greeting as well (RFC 9849), or pretends to
}

const extensionECH = 0xfe0d // encrypted_client_hello: RFC 9849, 11.1

// listenTo reads how a client greets a host.
func listenTo(client net.Conn) (g greeting) {
	listens := &overheard{Conn: client}
	_ = tls.Server(listens, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		g.secured, g.name, g.sealed = true, nameOf(hello.ServerName), slices.Contains(hello.Extensions, extensionECH)
		return nil, errHeard
	}}).Handshake()
	g.said = listens.said
	return g
}

var errHeard = errors.New("it has said whom it greets")

// An overheard connection keeps what is read of it, and has nothing said back.
type overheard struct {
	net.Conn
	said []byte
}

func (o *overheard) Read(p []byte) (int, error) {
	n, err := o.Conn.Read(p)
	o.said = append(o.said, p[:n]...)
	return n, err
}

func (o *overheard) Write(p []byte) (int, error) { return len(p), nil }

// Close leaves it open.
func (o *overheard) Close() error { return nil }

// hidden says why a client in a tunnel to HOST:PORT may be talking to a host that is
// to be looked into, or nothing. Browsers pretend to send an encrypted greeting with
// each one, and then say in the open the name that they asked the proxy for.
func (p *proxy) hidden(g *greeting, addr string) (why string) {
	host := nameOf(addr)
	switch {
	case !g.secured || isNearAddress(host):
		return ""
	case g.sealed && g.name != host:
		return "it encrypts whom it greets; have it do without Encrypted Client Hello"
	case g.name != "":
		return ""
	}
	names, err := p.upstream.namesAt(addr)
	if err != nil {
		return "it does not say whom it greets, and neither does the host; use the host's name"
	}
	for _, name := range names {
		if p.hosts.mayList(nameOf(name)) {
			return "it does not say whom it greets, and " + name + " is there; use the host's name"
		}
	}
	return ""
}

// isNearAddress reports an address of this machine or its own networks, where no
// provider is.
func isNearAddress(host string) bool {
	at, err := netip.ParseAddr(host)
	return err == nil && (at.IsPrivate() || at.IsLoopback() || at.IsLinkLocalUnicast())
}

// namesAt are the names of whoever answers at HOST:PORT when nobody is asked for, as
// its certificate has them. Nothing is said to it.
func (u *upstream) namesAt(addr string) (names []string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	conn, err := u.tunnel(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	shown := false
	err = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: func(chain [][]byte, _ [][]*x509.Certificate) error {
		leaf, err := x509.ParseCertificate(chain[0]) // a server always sends one
		if err == nil {
			names, shown = append(leaf.DNSNames, leaf.Subject.CommonName), true
		}
		return errHeard
	}}).HandshakeContext(ctx)
	if !shown {
		return nil, err
	}
	return names, nil
}

// mayList reports a name in a certificate, which may have a star, of a host that is
// to be looked into.
func (h *hosts) mayList(name string) bool {
	if h.isListed(strings.ReplaceAll(name, "*", "x")) {
		return true
	}
	return slices.ContainsFunc(h.open, func(glob string) bool {
		host := strings.ReplaceAll(glob, "*", "x")
		ok, _ := path.Match(name, host) // a name that is no pattern is no host's
		return ok && !fits(h.shut, host)
	})
}
