//go:build unix

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
	"syscall"
	"testing"
	"time"
)

// BenchmarkRequests compares requests that go directly, through a tunnel and
// through an opened connection, on a kept connection and each on a new one.
func BenchmarkRequests(b *testing.B) {
	r := newRig(b, func(http.ResponseWriter, *http.Request) {}, allow, func(s *httptest.Server) { s.EnableHTTP2 = false })
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
	}
}

const large = 64 << 20

// BenchmarkLarge compares large bodies that go directly, through a tunnel and
// through an opened connection, one after the other in each round: the medians of
// the rounds' ratios to the direct one, of time and of the processors' time that
// all three ends take together.
func BenchmarkLarge(b *testing.B) {
	for _, protocol := range [...]string{"1.1", "2"} {
		for _, up := range [...]bool{false, true} {
			b.Run(fmt.Sprintf("HTTP=%s/up=%t", protocol, up), func(b *testing.B) {
				r := newRig(b, largeBodies, allow, func(s *httptest.Server) { s.EnableHTTP2 = protocol == "2" })
				ways := make([]func(), 3)
				for i, host := range [...]string{"", "elsewhere.test", "api.provider.test"} {
					client, target := benchClient(r, host, true)
					client.Transport.(*http.Transport).ForceAttemptHTTP2 = protocol == "2"
					ways[i] = func() { transfer(b, client, target, up) }
				}
				times, works := make([][]float64, 3), make([][]float64, 3)
				for b.Loop() {
					var took, work [3]time.Duration
					for i, way := range ways {
						start, before := time.Now(), worked()
						way()
						took[i], work[i] = time.Since(start), worked()-before
						times[i] = append(times[i], float64(took[0])/float64(took[i]))
						works[i] = append(works[i], float64(work[0])/float64(work[i]))
					}
				}
				for i, name := range [...]string{"", "tunnelled", "opened"} {
					if i > 0 {
						b.ReportMetric(median(times[i]), name+"/direct")
						b.ReportMetric(median(works[i]), name+"-cpu/direct")
					}
				}
			})
		}
	}
}

func largeBodies(w http.ResponseWriter, q *http.Request) {
	_, _ = io.Copy(io.Discard, q.Body)
	if q.Method == http.MethodGet {
		w.Header().Set("Content-Length", fmt.Sprint(large))
		_, _ = io.CopyN(w, zeros{}, large)
	}
}

func transfer(b *testing.B, client *http.Client, target string, up bool) {
	if !up {
		get(b, client, target)
		return
	}
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPut, target, io.LimitReader(zeros{}, large))
	if err != nil {
		b.Fatal(err)
	}
	request.ContentLength = large
	response, err := client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	response.Body.Close()
}

// worked is the processors' time that this process has taken.
func worked() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

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
