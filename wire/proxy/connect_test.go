package proxy

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"restrain/wire"
)

func TestOthersAreTunnelled(t *testing.T) {
	r := newRig(t, echo, denyDelete)
	for _, addr := range []string{other, "shut.provider.test:443"} {
		conn, _ := r.dial(addr)
		secured := tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
		if err := secured.HandshakeContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := secured.ConnectionState().PeerCertificates[0]; !got.Equal(r.host.Certificate()) {
			t.Errorf("%s has the certificate of %s", addr, got.Subject)
		}
		fmt.Fprintf(secured, "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n")
		if response, err := http.ReadResponse(bufio.NewReader(secured), nil); err != nil || response.StatusCode != 200 {
			t.Errorf("%s: %v %v", addr, response, err)
		}
	}
	if calls := r.seen(); len(calls) > 0 {
		t.Errorf("judged: %+v", calls)
	}
}

func TestClientCertificates(t *testing.T) {
	r := newRig(t, echo, allow, func(s *httptest.Server) { s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert} })
	ca, _ := newAuthority()
	own, _ := ca.leafFor("client")
	conn, err := r.dialTLS(&tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{*own}})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || response.StatusCode != 200 {
		t.Errorf("%v %v", response, err)
	}
	r.await(func() bool { return len(r.unseen) == 1 })
	if u := r.unseen[0]; u.Host != "api.provider.test" || !strings.Contains(u.Why, "certificate of its clients") {
		t.Errorf("%+v", u)
	}
}

func TestRefusedCertificate(t *testing.T) {
	r := newRig(t, echo, denyDelete)
	for i, version := range []uint16{tls.VersionTLS13, tls.VersionTLS12} {
		r.proxy.hosts = newHosts(r.proxy.config.Open, nil)
		if _, err := r.dialTLS(&tls.Config{RootCAs: x509.NewCertPool(), MaxVersion: version}); err == nil {
			t.Fatal("the client accepted it")
		}
		r.await(func() bool { return len(r.unseen) == i+1 })
	}
	conn, err := r.dialTLS(&tls.Config{InsecureSkipVerify: true})
	if err != nil || !conn.ConnectionState().PeerCertificates[0].Equal(r.host.Certificate()) {
		t.Errorf("it is not tunnelled now: %v", err)
	}
}

// A connection that is closed without a request is no refusal, unless it happens
// again before there was any.

func TestSilentClients(t *testing.T) {
	h := newHosts([]string{"*.test"}, nil)
	if h.refused("a.test", "curl", false) || !h.opens("a.test", "curl") {
		t.Error("one silent connection is a refusal")
	}
	if !h.refused("a.test", "curl", false) || h.opens("a.test", "curl") || !h.opens("a.test", "git") || !h.opens("b.test", "curl") {
		t.Error("two are none, or one of another client or host")
	}
	h.spoke("a.test", "git")
	for range 3 {
		h.refused("a.test", "git", false)
	}
	if !h.opens("a.test", "git") {
		t.Error("a client that has spoken counts as refusing")
	}
	if !h.refused("a.test", "git", true) {
		t.Error("a reason that was given does not count")
	}
}

func TestProxyThatWasThere(t *testing.T) {
	asked := make(chan string, 8)
	r := newRig(t, echo, allow)
	corporate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		asked <- q.Host + " " + q.Header.Get("Proxy-Authorization")
		server, err := r.proxy.upstream.dialer.Dial("tcp", r.host.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		conn, _, _ := http.NewResponseController(w).Hijack()
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\n\r\n")
		pass(conn, server)
	}))
	defer corporate.Close()
	r.proxy.upstream.proxy = func(*url.URL) (*url.URL, error) {
		return url.Parse("http://me:word@" + corporate.Listener.Addr().String())
	}
	if response, _ := r.do(r.client(), "GET", "https://api.provider.test/", nil); response.StatusCode != 200 {
		t.Errorf("opened: %s", response.Status)
	}
	conn, _ := r.dial(other)
	if err := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(t.Context()); err != nil {
		t.Errorf("tunnelled: %v", err)
	}
	for _, want := range []string{listed, listed, other} { // the first one looks
		if got := <-asked; got != want+" Basic bWU6d29yZA==" {
			t.Errorf("the proxy was asked for %q", got)
		}
	}
}

func TestToldTunnels(t *testing.T) {
	r := newRig(t, echo, func(c *wire.Call) *wire.Answer {
		if c.Method == http.MethodConnect {
			return &wire.Answer{Message: "restrain: denied: no"}
		}
		return allow(c)
	})
	r.proxy.config.Tell = true
	r.dial("shut.provider.test:443")
	if calls := r.seen(); len(calls) > 0 {
		t.Errorf("a host that is never looked at is told: %+v", calls)
	}
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", other)
	if answer, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("the tunnel is open: %v %v", answer, err)
	}
	if calls := r.seen(); len(calls) != 1 || calls[0].URL != "https://elsewhere.test:443/" {
		t.Errorf("calls: %+v", calls)
	}
}
