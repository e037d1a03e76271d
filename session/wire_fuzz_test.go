package session

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"restrain/classify"
	"restrain/shellparse"
	"restrain/wire"
)

// FuzzCall holds that a request, as the command that would make it, is read as the
// one request that it is: whatever is in it, no word of it becomes an option.
func FuzzCall(f *testing.F) {
	f.Add("DELETE", "/v1/volumes/42", "a=1", "Authorization: Bearer x", []byte(`{"a":1}`), false)
	f.Add("POST", "/graphql", "", "X: -K/etc/passwd", []byte("@/etc/passwd"), true)
	f.Add("GET", "/-o/etc/passwd", "--next", "@/etc/passwd", []byte("--url http://other.example.com"), false)
	f.Add("PUT", "/{a,b}/[1-9]", "$(id)", "Cookie: a", []byte("\xff\x00\uFFFC"), false)
	f.Fuzz(func(t *testing.T, method, path, query, field string, body []byte, cut bool) {
		u := url.URL{Scheme: "https", Host: "api.example.com", Path: "/" + strings.TrimLeft(path, "/"), RawQuery: query}
		parsed, err := url.Parse(u.String())
		if err != nil || !isToken(method) || strings.Contains(query, "#") || !isField(field) || strings.Contains(query+string(body), "_method=") || len(body) > wire.MaxBody {
			return
		}
		c := wire.Call{Method: method, URL: u.String(), Header: []string{field}, Body: body, Cut: cut}
		step := classify.Shipped().Classify(shellparse.FromArgv(c.Command(), shellparse.Options{}), classify.Offline{})
		if len(step.Sent) != 1 {
			t.Fatalf("%q: %d requests: %+v", c.Command(), len(step.Sent), step.Sent)
		}
		s := step.Sent[0]
		if s.Method != strings.ToUpper(method) || s.Host != "api.example.com" {
			t.Errorf("%q: %+v", c.Command(), s)
		}
		if !strings.ContainsRune(parsed.EscapedPath(), '\uFFFC') && s.Path != parsed.EscapedPath() {
			t.Errorf("%q: path %q, want %q", c.Command(), s.Path, parsed.EscapedPath())
		}
		for i := range step.Losses {
			t.Errorf("%q takes away %+v", c.Command(), step.Losses[i])
		}
	})
}

// isToken reports a method that an HTTP server lets pass.
func isToken(method string) bool {
	_, err := http.NewRequest(method, "http://a/", nil)
	return method != "" && err == nil
}

// isField reports a header field that one lets pass, and that says nothing of the
// method.
func isField(line string) bool {
	name, value, found := strings.Cut(line, ":")
	return found && isToken(name) && !strings.ContainsAny(value, "\x00\r\n") && !strings.Contains(strings.ToLower(name), "method")
}
