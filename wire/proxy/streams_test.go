package proxy

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/wire"
)

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
