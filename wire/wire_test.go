package wire

import (
	"slices"
	"strings"
	"testing"
)

func TestCommand(t *testing.T) {
	for _, test := range []struct {
		call Call
		want []string
	}{
		{Call{Method: "GET", URL: "https://a.test/x?y=1"}, []string{"curl", "-X", "GET", "--url", "https://a.test/x?y=1"}},
		{Call{Method: "POST", URL: "https://a.test/", Header: []string{"Authorization: Bearer x"}, Body: []byte("@/etc/passwd")},
			[]string{"curl", "-X", "POST", "-H", "Authorization: Bearer x", "--data-raw", "@/etc/passwd", "--url", "https://a.test/"}},
		{Call{Method: "POST", URL: "https://a.test/", Body: []byte("{\"a\":\"\xe2\x82"), Cut: true}, []string{"curl", "-X", "POST", "--data-raw", "{\"a\":\"" + unknown, "--url", "https://a.test/"}},
		{Call{Method: "PUT", URL: "https://a.test/", Body: []byte("\xff\xfe")}, []string{"curl", "-X", "PUT", "--data-raw", unknown, "--url", "https://a.test/"}},
		{Call{Method: "CONNECT", URL: "https://a.test:443/"}, []string{"curl", "--url", "https://a.test:443/"}},
		{Call{Method: "POST", URL: "https://a.test/", Cut: true}, []string{"curl", "-X", "POST", "--data-raw", unknown, "--url", "https://a.test/"}},
	} {
		if got := test.call.Command(); !slices.Equal(got, test.want) {
			t.Errorf("%+v\n got %q\nwant %q", test.call, got, test.want)
		}
	}
}

func TestNameHasNoSecrets(t *testing.T) {
	c := Call{Method: "POST", URL: "https://me:word@a.test/v1/x%2Fy?token=hush#z", Body: []byte("hush")}
	if got := c.Name(); got != "POST https://a.test/v1/x%2Fy" {
		t.Errorf("%q", got)
	}
	c.URL = "https://a.test/" + strings.Repeat("x", 4000)
	if got := c.Name(); len(got) > 500 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestKeys(t *testing.T) {
	base := Call{Method: "POST", URL: "https://a.test/x", Body: []byte("b"), Header: []string{"Authorization: Bearer x"}}
	same := base
	same.Header = []string{"Authorization: Bearer x", "X-Request-Id: 7"}
	if base.Key() != same.Key() {
		t.Error("a header tells requests apart")
	}
	for _, other := range []Call{
		{Method: "PUT", URL: base.URL, Body: base.Body, Header: base.Header}, {Method: "POST", URL: "https://a.test/y", Body: base.Body, Header: base.Header},
		{Method: "POST", URL: base.URL, Body: []byte("c"), Header: base.Header}, {Method: "POST", URL: base.URL, Body: base.Body, Header: []string{"Authorization: Bearer y"}},
	} {
		if other.Key() == base.Key() {
			t.Errorf("%+v has the key of another", other)
		}
	}
	signed := func(signature string) Key {
		c := base
		c.Header = []string{"Authorization: AWS4-HMAC-SHA256 Credential=k, Signature=" + signature}
		return c.Key()
	}
	if signed("1") != signed("2") {
		t.Error("a signature tells requests apart")
	}
}

func TestEnvironment(t *testing.T) {
	r := Ready{Addr: "127.0.0.1:1", Bundle: "/b", Extra: "/e", WgetRC: "/w", KeyStore: "/k"}
	before := []string{"PATH=/bin", "HTTPS_PROXY=http://corp:3128", "NO_PROXY=*", "NODE_EXTRA_CA_CERTS=/corp.pem", "npm_config_cafile=/corp.pem", "JAVA_TOOL_OPTIONS=-Xmx1g"}
	env := r.Environment(before)
	for name, want := range map[string]string{
		"PATH": "/bin", "HTTPS_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1", "NO_PROXY": noProxy, "NODE_EXTRA_CA_CERTS": "/e",
		"SSL_CERT_FILE": "/b", "AWS_CA_BUNDLE": "/b", "npm_config_cafile": "/b", "NIX_SSL_CERT_FILE": "", "WGETRC": "/w", "NODE_USE_ENV_PROXY": "1",
	} {
		if got := ValueOf(env, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if java := ValueOf(env, "JAVA_TOOL_OPTIONS"); !strings.HasPrefix(java, "-Xmx1g -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1 ") {
		t.Errorf("JAVA_TOOL_OPTIONS is %q", java)
	}
	names := map[string]bool{}
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if names[name] {
			t.Errorf("%s is there twice", name)
		}
		names[name] = true
	}
	if got := Authorities(before); !slices.Equal(got, []string{"/corp.pem"}) {
		t.Errorf("authorities: %q", got)
	}
}
