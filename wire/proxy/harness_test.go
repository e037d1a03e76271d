package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"restrain/wire"
)

// A rig is a proxy between a client and a host, all on loopback, and the session
// that judges.
type rig struct {
	t     testing.TB
	proxy *proxy
	addr  string
	host  *httptest.Server // behind every name that the rig leads to it
	conn  net.Conn         // the session's end

	mu      sync.Mutex
	calls   []wire.Call
	left    []uint64
	unseen  []wire.Unseen
	verdict func(*wire.Call) *wire.Answer // nil does not answer
	told    chan struct{}                 // a call came, or something was told
}

// allow lets everything pass.
func allow(*wire.Call) *wire.Answer { return &wire.Answer{Allow: true} }

// denyDelete refuses DELETE.
func denyDelete(c *wire.Call) *wire.Answer {
	if c.Method == http.MethodDelete {
		return &wire.Answer{Message: "restrain: denied: no"}
	}
	return allow(c)
}

// listed and other are the names of the host: one is looked into.
const (
	listed = "api.provider.test:443"
	other  = "elsewhere.test:443"
)

func newRig(t testing.TB, handler http.HandlerFunc, verdict func(*wire.Call) *wire.Answer, change ...func(*httptest.Server)) *rig {
	t.Helper()
	for _, name := range [...]string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"} {
		t.Setenv(name, "")
	}
	r := &rig{t: t, verdict: verdict, told: make(chan struct{}, 4096)}
	r.host = httptest.NewUnstartedServer(handler)
	r.host.EnableHTTP2 = true
	r.host.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, f := range change {
		f(r.host)
	}
	r.host.StartTLS()
	t.Cleanup(r.host.Close)
	at := r.host.Listener.Addr().String()
	config := wire.Config{Open: []string{"*.provider.test"}, Shut: []string{"shut.provider.test"}, Lead: map[string]string{listed: at, other: at, "shut.provider.test:443": at}}
	ca, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	r.conn = theirs
	r.proxy = newProxy(config, ca, func(pool *x509.CertPool) { pool.AddCert(r.host.Certificate()) }, ours)
	// The host's certificate is for example.com.
	r.proxy.upstream.any.TLSClientConfig.ServerName, r.proxy.upstream.one.TLSClientConfig.ServerName = "example.com", "example.com"
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = listener.Addr().String()
	r.proxy.serve(listener)
	go r.proxy.session.listen(json.NewDecoder(ours))
	go r.judge()
	t.Cleanup(func() {
		listener.Close()
		theirs.Close()
		ours.Close()
		r.proxy.opened.Close()
		r.proxy.upstream.any.CloseIdleConnections()
		r.proxy.upstream.one.CloseIdleConnections()
	})
	return r
}

// judge answers as the session.
func (r *rig) judge() {
	decode, out := json.NewDecoder(r.conn), make(chan wire.ToProxy, 1024)
	go func() {
		encode := json.NewEncoder(r.conn)
		for m := range out {
			if encode.Encode(m) != nil {
				return
			}
		}
	}()
	for {
		var m wire.FromProxy
		if decode.Decode(&m) != nil {
			close(out)
			return
		}
		r.mu.Lock()
		switch {
		case m.Call != nil:
			r.calls = append(r.calls, *m.Call)
			if a := r.verdict(m.Call); a != nil {
				out <- wire.ToProxy{ID: m.ID, Answer: *a}
			}
		case m.Left:
			r.left = append(r.left, m.ID)
		case m.Unseen != nil:
			r.unseen = append(r.unseen, *m.Unseen)
		}
		r.mu.Unlock()
		select {
		case r.told <- struct{}{}:
		default:
		}
	}
}

// seen are the calls so far.
func (r *rig) seen() []wire.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]wire.Call(nil), r.calls...)
}

// await waits until something that is told makes done true.
func (r *rig) await(done func() bool) {
	r.t.Helper()
	late := time.After(10 * time.Second)
	for {
		r.mu.Lock()
		ok := done()
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-r.told:
		case <-late:
			r.t.Fatal("it was not told")
		}
	}
}

// client trusts the session's authority, and the host's own.
func (r *rig) client() *http.Client {
	roots := x509.NewCertPool()
	roots.AddCert(r.proxy.authority.cert)
	transport := &http.Transport{
		Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: r.addr}), TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true, DisableCompression: true,
	}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// do makes a request and reads the answer.
func (r *rig) do(client *http.Client, method, target string, body io.Reader, fields ...string) (*http.Response, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, target, body)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		request.Header.Set(fields[i], fields[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, target, err)
	}
	return response, string(text)
}

// dial opens a connection through CONNECT, without TLS.
func (r *rig) dial(addr string) (net.Conn, *bufio.Reader) {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, "CONNECT "+addr+" HTTP/1.1\r\nHost: "+addr+"\r\n\r\n"); err != nil {
		r.t.Fatal(err)
	}
	read := bufio.NewReader(conn)
	response, err := http.ReadResponse(read, &http.Request{Method: http.MethodConnect})
	if err != nil || response.StatusCode != http.StatusOK {
		r.t.Fatalf("CONNECT %s: %v %v", addr, response, err)
	}
	return conn, read
}

// dialTLS opens a connection to the listed host that speaks HTTP/1.1.
func (r *rig) dialTLS(config *tls.Config) (*tls.Conn, error) {
	conn, _ := r.dial(listed)
	if config == nil {
		roots := x509.NewCertPool()
		roots.AddCert(r.proxy.authority.cert)
		config = &tls.Config{RootCAs: roots}
	}
	config.ServerName = nameOf(listed)
	secured := tls.Client(conn, config)
	return secured, secured.HandshakeContext(context.Background())
}

// pass copies both ways, as another proxy does.
func pass(a, b net.Conn) {
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(a, b); _ = closeWrite(a) })
	_, _ = io.Copy(b, a)
	_ = closeWrite(b)
	both.Wait()
}
