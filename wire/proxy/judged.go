package proxy

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"restrain/wire"
)

// judged has a request judged by the session, and sends it on to where it is for
// when that lets it.
func (p *proxy) judged(w http.ResponseWriter, r *http.Request, origin string) {
	call := &wire.Call{Method: r.Method, URL: origin + r.URL.RequestURI(), Header: headerOf(r)}
	if client, err := peerOf(r).find(); err == nil {
		call.Client = client
	}
	if r.URL.IsAbs() {
		call.URL = origin + pathOf(r)
	}
	body := peek(r)
	call.Body, call.Cut = plainBody(r, body)
	id, answer := p.session.judge(r.Context(), call)
	switch {
	case r.Context().Err() != nil:
		p.session.clientGone(id) // a client that has gone is not followed by its call
	case !answer.Allow:
		if body.isComing() { // of which nobody wants more
			w.Header().Set("Connection", "close")
			_ = http.NewResponseController(w).SetReadDeadline(time.Now())
		}
		refuse(w, r, answer.Message)
	default:
		p.forward.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), originKey{}, origin)))
	}
}

// pathOf is what is asked for of a host.
func pathOf(r *http.Request) string {
	u := *r.URL
	u.Scheme, u.Host, u.User = "", "", nil
	return u.RequestURI()
}

// refuse answers in the place of a host.
func refuse(w http.ResponseWriter, r *http.Request, message string) {
	w.Header().Set("X-Restrain", "refused")
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", "7") // PERMISSION_DENIED
		w.Header().Set("Grpc-Message", strings.Map(printable, message))
		w.WriteHeader(http.StatusOK)
		return
	}
	if strings.Contains(r.Header.Get("Accept"), "json") || strings.Contains(r.Header.Get("Content-Type"), "json") {
		text, _ := json.Marshal(map[string]any{"error": message, "message": message}) // never fails: strings
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write(append(text, '\n'))
		return
	}
	if wantsXML(r) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<ErrorResponse><Error><Code>Refused</Code><Message>")
		_ = xml.EscapeText(w, []byte(message))
		_, _ = io.WriteString(w, "</Message></Error><RequestId>restrain</RequestId></ErrorResponse>\n")
		return
	}
	http.Error(w, message, http.StatusForbidden)
}

// wantsXML reports a client that reads nothing but XML, as those of AWS do where they
// do not speak JSON: of anything else they say that it is broken, and send it again.
func wantsXML(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-") || strings.Contains(accept, "xml") && !strings.Contains(accept, "html")
}

// printable leaves what may stand in a gRPC message unescaped.
func printable(c rune) rune {
	if c < ' ' || c > '~' || c == '%' {
		return '?'
	}
	return c
}

// maxHeaderText bounds what of a request's header is judged, in bytes.
const maxHeaderText = 16 << 10

// weighty are the fields that a verdict may hang on, which come first.
var weighty = [...]string{"Authorization", "Cookie", "X-Amz-Target", "X-Http-Method-Override", "X-Http-Method", "X-Method-Override"}

// dull are those that no verdict hangs on.
var dull = [...]string{"Accept", "Accept-Encoding", "Accept-Language", "User-Agent", "Content-Length", "Connection", "Proxy-Connection"}

// headerOf lists the fields of a request, as "Name: value".
func headerOf(r *http.Request) []string {
	var list []string
	size := 0
	add := func(name string) {
		for _, value := range r.Header[name] {
			if size += len(name) + len(value); size <= maxHeaderText {
				list = append(list, name+": "+value)
			}
		}
	}
	for _, name := range weighty {
		add(name)
	}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		if !slices.Contains(weighty[:], name) && !slices.Contains(dull[:], name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		add(name)
	}
	return list
}

// plainBody is a body as it would be written in a command, as far as it was read.
func plainBody(r *http.Request, b *peeked) (body []byte, cut bool) {
	if b == nil {
		return nil, false
	}
	body, whole := b.head()
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		return nil, true // its method is its path
	}
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		return body, !whole
	case "gzip", "deflate":
		return unpacked(body, encoding, whole)
	}
	return nil, true
}

// unpacked is what a packed body has in it, within the same bound.
func unpacked(body []byte, encoding string, whole bool) ([]byte, bool) {
	var in io.Reader
	var err error
	if encoding == "gzip" {
		in, err = gzip.NewReader(bytes.NewReader(body))
	} else {
		in, err = zlib.NewReader(bytes.NewReader(body))
	}
	if err != nil {
		return nil, true
	}
	text, err := io.ReadAll(io.LimitReader(in, wire.MaxBody+1))
	if len(text) > wire.MaxBody {
		return text[:wire.MaxBody], true
	}
	return text, err != nil || !whole
}
