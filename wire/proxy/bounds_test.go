package proxy

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"restrain/wire"
)

// Whose connection it is not is answered nothing else.
func TestStrangerIsRefused(t *testing.T) {
	r := newRig(t, echo, allow)
	for _, method := range []string{http.MethodGet, http.MethodConnect} {
		request := httptest.NewRequest(method, "http://elsewhere.test/", nil)
		stranger := &peer{find: func() (wire.Client, error) { return wire.Client{}, errors.New("a stranger") }}
		answer := httptest.NewRecorder()
		r.proxy.accept(answer, request.WithContext(context.WithValue(request.Context(), peerKey{}, stranger)))
		if answer.Code != http.StatusForbidden || !strings.Contains(answer.Body.String(), "a stranger") {
			t.Errorf("%s: %d %s", method, answer.Code, answer.Body)
		}
	}
}

// A session is asked about so many requests at once, and about none once it is over.
func TestSessionBounds(t *testing.T) {
	s := newSession(io.Discard)
	for id := range uint64(maxWaiting) {
		s.waiting[1<<32+id] = make(chan wire.Answer)
	}
	if _, answer := s.judge(t.Context(), &wire.Call{}); answer.Allow || answer.Message != manyMessage {
		t.Errorf("too many: %+v", answer)
	}
	clear(s.waiting)
	close(s.over)
	if _, answer := s.judge(t.Context(), &wire.Call{}); answer.Allow || answer.Message != overMessage {
		t.Errorf("over: %+v", answer)
	}
}

// Of an endless body no more is kept than is judged.
func TestPeekBounds(t *testing.T) {
	request := httptest.NewRequest(http.MethodPost, "http://elsewhere.test/", zeros{})
	body := peek(request)
	if text, whole := body.head(); len(text) != wire.MaxBody || whole || len(body.buffer) > wire.MaxBody+16<<10 {
		t.Errorf("%d bytes of %d, whole: %t", len(text), len(body.buffer), whole)
	}
}

// Nor is more unpacked, however much is packed in it.
func TestUnpackedBounds(t *testing.T) {
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	_, _ = io.CopyN(pack, zeros{}, 16<<20)
	pack.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	text, cut := unpacked(packed.Bytes(), "gzip", true)
	runtime.ReadMemStats(&after)
	if made := after.TotalAlloc - before.TotalAlloc; len(text) != wire.MaxBody || !cut || made > 2<<20 {
		t.Errorf("%d bytes, cut: %t; %d bytes were made for them", len(text), cut, made)
	}
}

// A refusal is in the form that its client reads.
func TestRefusals(t *testing.T) {
	for _, test := range []struct{ name, field, value, kind, body string }{
		{"a page", "Accept", "text/html,application/xml;q=0.9,*/*", "text/plain; charset=utf-8", "no <b>\n"},
		{"JSON", "Content-Type", "application/x-amz-json-1.1", "application/json", `{"error":"no \u003cb\u003e","message":"no \u003cb\u003e"}` + "\n"},
		{"AWS", "Authorization", "AWS4-HMAC-SHA256 Credential=x", "text/xml", "<ErrorResponse><Error><Code>Refused</Code><Message>no &lt;b&gt;</Message></Error><RequestId>restrain</RequestId></ErrorResponse>\n"},
	} {
		request, answer := httptest.NewRequest(http.MethodPost, "http://elsewhere.test/", nil), httptest.NewRecorder()
		request.Header.Set(test.field, test.value)
		refuse(answer, request, "no <b>")
		if answer.Code != http.StatusForbidden || answer.Header().Get("Content-Type") != test.kind || answer.Body.String() != test.body {
			t.Errorf("%s: %d %s %q", test.name, answer.Code, answer.Header().Get("Content-Type"), answer.Body)
		}
	}
}
