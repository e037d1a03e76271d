package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A server's events come one by one, and a client may answer each.

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
