package proxy

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"restrain/internal/slowtest"
	"restrain/wire"
)

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %s %d", r.Method, r.Host, r.URL.RequestURI(), len(body))
}

func TestRequestsAreJudged(t *testing.T) {
	r := newRig(t, echo, denyDelete)
	client := r.client()
	if response, text := r.do(client, "GET", "https://api.provider.test/v1/x%2Fy?a=1;b", nil); response.StatusCode != 200 || text != "GET api.provider.test /v1/x%2Fy?a=1;b 0" {
		t.Errorf("GET: %s %q", response.Status, text)
	}
	if response, text := r.do(client, "POST", "https://api.provider.test/v1", strings.NewReader(`{"a":1}`), "Authorization", "Bearer x"); text != "POST api.provider.test /v1 7" {
		t.Errorf("POST: %s %q", response.Status, text)
	}
	response, text := r.do(client, "DELETE", "https://api.provider.test/v1/volumes/42", nil, "Accept", "application/json")
	if response.StatusCode != 403 || !strings.Contains(text, `"message":"restrain: denied: no"`) {
		t.Errorf("DELETE: %s %q", response.Status, text)
	}
	calls := r.seen()
	if len(calls) != 3 {
		t.Fatalf("calls: %+v", calls)
	}
	post := calls[1]
	if post.URL != "https://api.provider.test/v1" || string(post.Body) != `{"a":1}` || post.Cut || post.Header[0] != "Authorization: Bearer x" {
		t.Errorf("POST is told as %+v", post)
	}
	if calls[2].Client.PID == 0 || !strings.Contains(calls[2].Client.Program, "proxy.test") {
		t.Errorf("the client is told as %+v", calls[2].Client)
	}
}

func TestPlainRequests(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(echo))
	defer plain.Close()
	r := newRig(t, echo, denyDelete)
	r.proxy.upstream.lead["api.provider.test:80"] = plain.Listener.Addr().String()
	if response, text := r.do(r.client(), "GET", "http://api.provider.test/a?b", nil); text != "GET api.provider.test /a?b 0" {
		t.Errorf("GET: %s %q", response.Status, text)
	}
	if response, _ := r.do(r.client(), "DELETE", "http://api.provider.test/a", nil); response.StatusCode != 403 {
		t.Errorf("DELETE: %s", response.Status)
	}
	if calls := r.seen(); len(calls) != 2 || calls[0].URL != "http://api.provider.test/a?b" {
		t.Errorf("calls: %+v", calls)
	}
}

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

func TestAnotherHostOnTheConnection(t *testing.T) {
	reached := atomic.Int32{}
	r := newRig(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) }, allow)
	conn, err := r.dialTLS(nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "DELETE / HTTP/1.1\r\nHost: other.provider.test\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || response.StatusCode != http.StatusMisdirectedRequest || reached.Load() != 0 {
		t.Errorf("%v %v, reached %d", response, err, reached.Load())
	}
}

func TestNobodyAnswers(t *testing.T) {
	reached := atomic.Int32{}
	r := newRig(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) }, func(*wire.Call) *wire.Answer { return nil })
	r.proxy.session.patience = 20 * time.Millisecond
	if response, text := r.do(r.client(), "GET", "https://api.provider.test/", nil); response.StatusCode != 403 || !strings.Contains(text, "did not answer") {
		t.Errorf("late: %s %q", response.Status, text)
	}
	r.conn.Close()
	<-r.proxy.session.over
	if response, text := r.do(r.client(), "GET", "https://api.provider.test/", nil); response.StatusCode != 403 || !strings.Contains(text, "has ended") {
		t.Errorf("over: %s %q", response.Status, text)
	}
	if reached.Load() != 0 {
		t.Errorf("%d requests passed", reached.Load())
	}
}

// A client that has gone is not followed by its call.
func TestClientHasLeft(t *testing.T) {
	reached := atomic.Int32{}
	ctx, leave := context.WithCancel(t.Context())
	r := newRig(t, func(_ http.ResponseWriter, q *http.Request) {
		if q.Method == "DELETE" {
			reached.Add(1)
		}
	}, func(c *wire.Call) *wire.Answer {
		if c.Method == "DELETE" {
			leave()
			return nil
		}
		return allow(c)
	})
	client := r.client()
	r.do(client, "GET", "https://api.provider.test/", nil)
	request, _ := http.NewRequestWithContext(ctx, "DELETE", "https://api.provider.test/", nil)
	if response, err := client.Do(request); err == nil {
		t.Fatalf("it was answered: %s", response.Status)
	}
	r.await(func() bool { return len(r.left) == 1 })
	if reached.Load() != 0 {
		t.Error("its call went on")
	}
}

func TestLargeBodies(t *testing.T) {
	slowtest.Long(t)
	const size = 5 << 20 // more than is read ahead anywhere
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		n, _ := io.Copy(io.Discard, q.Body)
		w.Header().Set("Got", fmt.Sprint(n))
		_, _ = io.CopyN(w, zeros{}, size)
	}, allow)
	request, _ := http.NewRequestWithContext(t.Context(), "PUT", "https://api.provider.test/o", io.LimitReader(zeros{}, size))
	request.ContentLength = size
	response, err := r.client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if n, err := io.Copy(io.Discard, response.Body); n != size || err != nil || response.Header.Get("Got") != fmt.Sprint(size) {
		t.Errorf("down %d, up %s: %v", n, response.Header.Get("Got"), err)
	}
	if c := r.seen()[0]; len(c.Body) != wire.MaxBody || !c.Cut {
		t.Errorf("%d bytes were told, cut: %t", len(c.Body), c.Cut)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A server's events come one by one, and a client may answer each.
func TestStreams(t *testing.T) {
	next := make(chan struct{})
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n", i)
			_ = http.NewResponseController(w).Flush()
			<-next
		}
	}, allow)
	response, err := r.client().Get("https://api.provider.test/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read := bufio.NewReader(response.Body)
	for i := range 3 {
		if line, err := read.ReadString('\n'); err != nil || line != fmt.Sprintf("data: %d\n", i) {
			t.Errorf("%q %v", line, err)
		}
		next <- struct{}{}
	}
}

func TestUpgrade(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		conn, both, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(both, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		both.Flush()
		line, _ := both.ReadString('\n')
		fmt.Fprintf(both, "you said %s", line)
		both.Flush()
	}, allow)
	conn, err := r.dialTLS(nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /ws HTTP/1.1\r\nHost: api.provider.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n")
	read := bufio.NewReader(conn)
	response, err := http.ReadResponse(read, nil)
	if err != nil || response.StatusCode != 101 {
		t.Fatalf("%v %v", response, err)
	}
	fmt.Fprintf(conn, "hello\n")
	if line, err := read.ReadString('\n'); err != nil || line != "you said hello\n" {
		t.Errorf("%q %v", line, err)
	}
}

// As gRPC does: HTTP/2, both sides at once, trailers.
func TestBothWays(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Trailer", "Grpc-Status")
		_ = http.NewResponseController(w).Flush()
		read := bufio.NewReader(q.Body)
		for line, err := read.ReadString('\n'); err == nil; line, err = read.ReadString('\n') {
			fmt.Fprintf(w, "%s %s", q.Proto, line)
			_ = http.NewResponseController(w).Flush()
		}
		w.Header().Set("Grpc-Status", "0")
	}, allow)
	in, out := io.Pipe()
	request, _ := http.NewRequestWithContext(t.Context(), "POST", "https://api.provider.test/shop.Shop/List", in)
	request.Header.Set("Content-Type", "application/grpc+proto")
	response, err := r.client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read := bufio.NewReader(response.Body)
	for _, word := range []string{"a\n", "b\n"} {
		_, _ = io.WriteString(out, word)
		if line, err := read.ReadString('\n'); err != nil || line != "HTTP/2.0 "+word {
			t.Errorf("%q %v", line, err)
		}
	}
	out.Close()
	if _, err := io.ReadAll(read); err != nil || response.Trailer.Get("Grpc-Status") != "0" || response.ProtoMajor != 2 {
		t.Errorf("%s, trailer %v, %v", response.Proto, response.Trailer, err)
	}
}

func TestContinue(t *testing.T) {
	r := newRig(t, echo, allow)
	conn, err := r.dialTLS(nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: api.provider.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
	read := bufio.NewReader(conn)
	if line, err := read.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("%q %v", line, err)
	}
	_, _ = read.ReadString('\n')
	fmt.Fprintf(conn, "hello")
	response, err := http.ReadResponse(read, nil)
	if err != nil || response.StatusCode != 200 {
		t.Errorf("%v %v", response, err)
	}
}

func TestPackedBody(t *testing.T) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	fmt.Fprint(zip, "mutation { x }")
	zip.Close()
	r := newRig(t, echo, allow)
	r.do(r.client(), "POST", "https://api.provider.test/graphql", bytes.NewReader(packed.Bytes()), "Content-Encoding", "gzip")
	r.do(r.client(), "POST", "https://api.provider.test/graphql", strings.NewReader("no gzip"), "Content-Encoding", "gzip")
	r.do(r.client(), "POST", "https://api.provider.test/graphql", strings.NewReader("zstd"), "Content-Encoding", "zstd")
	calls := r.seen()
	if string(calls[0].Body) != "mutation { x }" || calls[0].Cut || !calls[1].Cut || !calls[2].Cut || len(calls[2].Body) > 0 {
		t.Errorf("told as %+v", calls)
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

func TestFaults(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case "/half":
			conn, both, _ := http.NewResponseController(w).Hijack()
			fmt.Fprintf(both, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			both.Flush()
			conn.Close()
		case "/none":
			conn, _, _ := http.NewResponseController(w).Hijack()
			conn.Close()
		default:
			echo(w, q)
		}
	}, denyDelete, func(s *httptest.Server) { s.EnableHTTP2 = false })
	client := r.client()
	if response, text := r.do(client, "GET", "https://api.provider.test/none", nil); response.StatusCode != 502 || !strings.Contains(text, "cannot be reached") {
		t.Errorf("none: %s %q", response.Status, text)
	}
	response, err := client.Get("https://api.provider.test/half")
	if err == nil {
		if _, err = io.ReadAll(response.Body); err == nil {
			t.Error("half an answer is a whole one")
		}
		response.Body.Close()
	}
	// A body that never ends is refused all the same, and the connection with it.
	conn, err := r.dialTLS(nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "DELETE / HTTP/1.1\r\nHost: api.provider.test\r\nContent-Length: 99999\r\n\r\n{")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != 403 {
		t.Errorf("endless: %v %v", answer, err)
	}
	if last := r.seen()[len(r.seen())-1]; !last.Cut || string(last.Body) != "{" {
		t.Errorf("endless: told as %+v", last)
	}
	for _, bad := range []string{"GET / HTTP/1.1\r\nHost: api.provider.test\r\nX: a\x00b\r\n\r\n", "GET /\r\n\r\n", "\x16\x03\x01", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: api.provider.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "GET / HTTP/1.1\r\nHost: api.provider.test\r\nX: " + strings.Repeat("a", 2*maxHeader) + "\r\n\r\n"} {
		before := len(r.seen())
		conn, err := r.dialTLS(nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, bad)
		_ = conn.CloseWrite()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil && answer.StatusCode < 400 || len(r.seen()) != before {
			t.Errorf("%.30q: %v", bad, answer)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	slowtest.Long(t)
	passed := atomic.Int32{}
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if q.Method == "DELETE" {
			passed.Add(1)
		}
		echo(w, q)
	}, denyDelete)
	r.proxy.session.patience = time.Minute // a machine at work may take its time
	send := func(client *http.Client, i int) {
		method, want := "GET", 200
		if i%2 == 0 {
			method, want = "DELETE", 403
		}
		request, _ := http.NewRequestWithContext(t.Context(), method, fmt.Sprintf("https://api.provider.test/%d", i), nil)
		response, err := client.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %s", method, response.Status)
		}
	}
	// A client that knows no host yet opens a connection for each request.
	var clients [10]*http.Client
	for i := range clients {
		clients[i] = r.client()
		send(clients[i], i)
	}
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() { send(clients[i%len(clients)], i) })
	}
	all.Wait()
	if passed.Load() != 0 || len(r.seen()) != 200+len(clients) {
		t.Errorf("%d passed of %d", passed.Load(), len(r.seen()))
	}
}

func TestLaidFiles(t *testing.T) {
	slowtest.Long(t)
	other, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	corporate, rc := filepath.Join(dir, "corporate.pem"), filepath.Join(dir, "wgetrc")
	if err := errors.Join(os.WriteFile(corporate, other.PEM(), 0o600), os.WriteFile(rc, []byte("tries = 1"), 0o600)); err != nil {
		t.Fatal(err)
	}
	ca, _ := newAuthority()
	ready := wire.Ready{}
	files, err := lay(&wire.Config{Dir: dir, Authorities: []string{corporate, "/nothing"}, WgetRC: rc}, ca, &ready)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(files.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info, err)
	}
	trusts := x509.NewCertPool()
	files.before().fill(trusts)
	if _, err := other.cert.Verify(x509.VerifyOptions{Roots: trusts, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Errorf("what was trusted before: %v", err)
	}
	if _, err := ca.cert.Verify(x509.VerifyOptions{Roots: trusts, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err == nil {
		t.Error("the proxy trusts its own authority for hosts")
	}
	for path, want := range map[string][]string{ready.Bundle: {string(other.PEM()), string(ca.PEM())}, ready.Extra: {string(other.PEM()), string(ca.PEM())}, ready.WgetRC: {"tries = 1\n", "ca_certificate = " + ready.Bundle}} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		for _, part := range want {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s lacks %q", path, part)
			}
		}
		if strings.Contains(string(text), "PRIVATE") {
			t.Errorf("%s has a key", path)
		}
	}
	if _, err := os.Stat(ready.KeyStore); err == nil {
		t.Error("the session waits for the key store")
	}
	if err := files.store(ca); err != nil {
		t.Error(err)
	}
	if keytool, err := exec.LookPath("keytool"); err == nil {
		out, err := exec.CommandContext(t.Context(), keytool, "-list", "-keystore", ready.KeyStore, "-storepass", wire.KeyStorePassword).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "trustedCertEntry") {
			t.Errorf("java reads it as %v %.300s", err, out)
		}
	}
}

// Clients that were told of a whole bundle go on trusting all of it.
func TestLaidBundle(t *testing.T) {
	dir := t.TempDir()
	var bundle []byte
	for range maxExtra + 1 {
		other, err := newAuthority()
		if err != nil {
			t.Fatal(err)
		}
		bundle = append(bundle, other.PEM()...)
	}
	path := filepath.Join(dir, "bundle.pem")
	if err := os.WriteFile(path, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	ca, _ := newAuthority()
	ready := wire.Ready{}
	if _, err := lay(&wire.Config{Dir: dir, Authorities: []string{path}}, ca, &ready); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(ready.Extra)
	if err != nil || !bytes.Contains(text, bundle) || !bytes.Contains(text, ca.PEM()) {
		t.Errorf("%d bytes of extra authorities, %v", len(text), err)
	}
}

// Where hosts are limited the session is told of tunnels too.
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
