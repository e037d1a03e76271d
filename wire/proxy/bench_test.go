package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"
)

// BenchmarkRequests compares requests that go directly, through a tunnel and
// through an opened connection, on a kept connection and each on a new one.
func BenchmarkRequests(b *testing.B) {
	r := newRig(b, func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		if q.URL.Path == "/large" {
			w.Header().Set("Content-Length", fmt.Sprint(large))
			_, _ = io.CopyN(w, zeros{}, large)
		}
	}, allow, func(s *httptest.Server) { s.EnableHTTP2 = false })
	for _, way := range []struct{ name, host string }{{"direct", ""}, {"tunnelled", "elsewhere.test"}, {"opened", "api.provider.test"}} {
		for _, kept := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/kept=%t", way.name, kept), func(b *testing.B) {
				client, target := benchClient(r, way.host, kept)
				var times []time.Duration
				for b.Loop() {
					start := time.Now()
					get(b, client, target)
					times = append(times, time.Since(start))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
			})
		}
		b.Run(way.name+"/large", func(b *testing.B) {
			client, target := benchClient(r, way.host, true)
			b.SetBytes(large)
			for b.Loop() {
				get(b, client, target+"large")
			}
		})
	}
}

const large = 64 << 20

func benchClient(r *rig, host string, kept bool) (*http.Client, string) {
	roots := x509.NewCertPool()
	roots.AddCert(r.proxy.authority.cert)
	roots.AddCert(r.host.Certificate())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: !kept}
	r.t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	if host == "" {
		return client, r.host.URL + "/"
	}
	transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: r.addr})
	if !r.proxy.hosts.isListed(host) {
		transport.TLSClientConfig.ServerName = "example.com"
	}
	return client, "https://" + host + "/"
}

func get(b *testing.B, client *http.Client, target string) {
	response, err := client.Get(target)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		b.Fatal(response.Status, err)
	}
}
