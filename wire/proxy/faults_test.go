package proxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"restrain/wire"
)

// A tunnel to an address, or to another name, is opened when the client greets a
// host that is to be looked into.
func TestServerNameUnlikeTheTunnel(t *testing.T) {
	for _, to := range []string{"192.0.2.7:443", other} {
		r := newRig(t, echo, denyDelete)
		r.proxy.config.Lead["192.0.2.7:443"] = r.host.Listener.Addr().String()
		roots := x509.NewCertPool()
		roots.AddCert(r.proxy.authority.cert)
		conn, _ := r.dial(to)
		secured := tls.Client(conn, &tls.Config{RootCAs: roots, ServerName: nameOf(listed)})
		if err := secured.HandshakeContext(t.Context()); err != nil {
			t.Errorf("%s: %v", to, err)
			continue
		}
		fmt.Fprintf(secured, "DELETE /apps/shop HTTP/1.1\r\nHost: %s\r\n\r\n", nameOf(listed))
		answer, err := http.ReadResponse(bufio.NewReader(secured), nil)
		if err != nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %v %v", to, answer, err)
		}
		if seen := r.seen(); len(seen) != 1 || seen[0].URL != "https://api.provider.test/apps/shop" {
			t.Errorf("%s: told %+v", to, seen)
		}
	}
}

// What greets no listed host goes through as it came, whoever speaks first.
func TestTunnelIsUntouched(t *testing.T) {
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	go func() {
		conn, err := first.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "SSH-2.0-server\r\n")
		said, _ := io.ReadAll(conn)
		fmt.Fprintf(conn, "heard %q", said)
	}()
	r := newRig(t, echo, allow)
	r.proxy.config.Lead["192.0.2.7:22"] = first.Addr().String()
	conn, read := r.dial("192.0.2.7:22")
	if line, err := read.ReadString('\n'); err != nil || line != "SSH-2.0-server\r\n" {
		t.Errorf("%q %v", line, err)
	}
	long := strings.Repeat("\x16\x03\x01\xff", 5000)
	_, _ = io.WriteString(conn, long)
	_ = conn.(*net.TCPConn).CloseWrite()
	if rest, err := io.ReadAll(read); err != nil || string(rest) != fmt.Sprintf("heard %q", long) {
		t.Errorf("%.60q %v", rest, err)
	}
}

// A server that takes its time is waited for, and one that stops in the middle is no
// whole answer.
func TestSlowServer(t *testing.T) {
	next := make(chan struct{})
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		<-next
		fmt.Fprint(w, "one ")
		_ = http.NewResponseController(w).Flush()
		<-next
		fmt.Fprint(w, "two")
	}, allow)
	response := make(chan string, 1)
	go func() {
		_, text := r.do(r.client(), "GET", "https://api.provider.test/", nil)
		response <- text
	}()
	next <- struct{}{}
	next <- struct{}{}
	if text := <-response; text != "one two" {
		t.Errorf("%q", text)
	}
}

// A call of gRPC streams both ways, with its trailers, and is refused in its own way.
func TestGRPC(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Trailer", "Grpc-Status")
		_, _ = io.Copy(w, q.Body)
		w.Header().Set("Grpc-Status", "0")
	}, func(c *wire.Call) *wire.Answer {
		if strings.HasSuffix(c.URL, "/Delete") {
			return &wire.Answer{Message: "restrain: denied: no"}
		}
		return allow(c)
	})
	for path, want := range map[string]string{"/shop.Shop/List": "0", "/shop.Shop/Delete": "7"} {
		request, _ := http.NewRequestWithContext(t.Context(), "POST", "https://api.provider.test"+path, bytes.NewReader([]byte("\x00\x00\x00\x00\x01x")))
		request.Header.Set("Content-Type", "application/grpc")
		request.Header.Set("TE", "trailers")
		response, err := r.client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.ReadAll(response.Body)
		response.Body.Close()
		status := response.Trailer.Get("Grpc-Status") + response.Header.Get("Grpc-Status")
		if response.StatusCode != 200 || status != want || response.ProtoMajor != 2 {
			t.Errorf("%s: %s %s, status %q", path, response.Proto, response.Status, status)
		}
	}
}

// A request without TLS is judged by the host of its URL, whatever its Host says.
func TestPlainHost(t *testing.T) {
	r := newRig(t, echo, denyDelete)
	for _, raw := range []string{
		"DELETE http://api.provider.test/a HTTP/1.1\r\nHost: elsewhere.test\r\n\r\n",
		"DELETE http://API.provider.test.:80/a HTTP/1.1\r\nHost: elsewhere.test\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, raw)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("%q: %v %v", raw, answer, err)
		}
		conn.Close()
	}
}

// FuzzRequests holds that whatever a client says, nothing reaches the host that was
// not judged, and nothing that was denied.
func FuzzRequests(f *testing.F) {
	reached, deleted := atomic.Int64{}, atomic.Int64{}
	r := newRig(f, func(w http.ResponseWriter, q *http.Request) {
		reached.Add(1)
		if q.Method == http.MethodDelete || q.Header.Get("X-Http-Method-Override") == "DELETE" {
			deleted.Add(1)
		}
		_, _ = io.Copy(io.Discard, q.Body)
	}, func(c *wire.Call) *wire.Answer {
		for _, line := range c.Header {
			if strings.EqualFold(line, "X-Http-Method-Override: DELETE") {
				return &wire.Answer{Message: "restrain: denied: no"}
			}
		}
		return denyDelete(c)
	}, func(s *httptest.Server) { s.EnableHTTP2 = false })
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: api.provider.test\r\n\r\n", "DELETE / HTTP/1.1\r\nHost: api.provider.test\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: api.provider.test\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nDELETE / HTTP/1.1\r\nHost: api.provider.test\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: api.provider.test\r\nX-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: api.provider.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nDELETE / HTTP/1.1\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: api.provider.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
		"GET https://elsewhere.test/ HTTP/1.1\r\nHost: api.provider.test\r\n\r\n", "CONNECT elsewhere.test:443 HTTP/1.1\r\nHost: api.provider.test\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", r.addr)
		if err != nil {
			t.Skip(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", listed, listed)
		if answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect}); err != nil || answer.StatusCode != 200 {
			t.Fatalf("CONNECT: %v %v", answer, err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(r.proxy.authority.cert)
		secured := tls.Client(conn, &tls.Config{RootCAs: roots, ServerName: nameOf(listed)})
		if err := secured.HandshakeContext(ctx); err != nil {
			t.Fatal(err)
		}
		_, _ = secured.Write(said)
		_ = secured.CloseWrite()
		_, _ = io.Copy(io.Discard, secured)
		if judged := int64(len(r.seen())); reached.Load() > judged || deleted.Load() > 0 {
			t.Errorf("%q: %d reached the host, %d of them to delete; %d were judged", said, reached.Load(), deleted.Load(), judged)
		}
	})
}
