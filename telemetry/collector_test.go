package telemetry

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// A collector is an OTLP receiver on loopback that keeps what it gets.
type collector struct {
	collogs.UnimplementedLogsServiceServer
	colmetrics.UnimplementedMetricsServiceServer

	mu      sync.Mutex
	down    bool
	records []*logs.LogRecord
	counts  map[string]int64 // by metric name; the last sum
	bodies  bytes.Buffer     // all that came, as text
}

func (c *collector) setDown(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

// keep keeps the text that is in a message.
func (c *collector) keep(m proto.Message) {
	text, _ := proto.Marshal(m) // it has just been read
	c.bodies.Write(text)
}

func (c *collector) takeLogs(r *collogs.ExportLogsServiceRequest) {
	for _, resource := range r.ResourceLogs {
		for _, scope := range resource.ScopeLogs {
			c.records = append(c.records, scope.LogRecords...)
		}
	}
	c.keep(r)
}

func (c *collector) takeMetrics(r *colmetrics.ExportMetricsServiceRequest) {
	for _, resource := range r.ResourceMetrics {
		for _, scope := range resource.ScopeMetrics {
			for _, m := range scope.Metrics {
				c.counts[m.Name] = 0
				for _, point := range m.GetSum().GetDataPoints() {
					c.counts[m.Name] += point.GetAsInt()
				}
				for _, point := range m.GetHistogram().GetDataPoints() {
					c.counts[m.Name] += int64(point.GetCount())
				}
			}
		}
	}
	c.keep(r)
}

// ServeHTTP is OTLP over HTTP with protobuf.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		http.Error(w, "down", http.StatusBadRequest) // a status that the SDK does not try again by itself
		return
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	text, err := io.ReadAll(body)
	var l collogs.ExportLogsServiceRequest
	var m colmetrics.ExportMetricsServiceRequest
	switch {
	case err != nil:
	case r.URL.Path == "/v1/logs":
		if err = proto.Unmarshal(text, &l); err == nil {
			c.takeLogs(&l)
		}
	case r.URL.Path == "/v1/metrics":
		if err = proto.Unmarshal(text, &m); err == nil {
			c.takeMetrics(&m)
		}
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// httpCollector gives a collector and the environment that leads to it.
func httpCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{counts: map[string]int64{}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	t.Setenv(Endpoint, server.URL)
	return c
}

// A grpcCollector is the same over gRPC, whose two services share method names.
type grpcCollector struct{ *collector }

func (c grpcCollector) Export(_ context.Context, r *collogs.ExportLogsServiceRequest) (*collogs.ExportLogsServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.takeLogs(r)
	return &collogs.ExportLogsServiceResponse{}, nil
}

type grpcMetrics struct{ *collector }

func (c grpcMetrics) Export(_ context.Context, r *colmetrics.ExportMetricsServiceRequest) (*colmetrics.ExportMetricsServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.takeMetrics(r)
	return &colmetrics.ExportMetricsServiceResponse{}, nil
}

func newGRPCCollector(t *testing.T) *collector {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{counts: map[string]int64{}}
	server := grpc.NewServer()
	collogs.RegisterLogsServiceServer(server, grpcCollector{c})
	colmetrics.RegisterMetricsServiceServer(server, grpcMetrics{c})
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	t.Setenv(Endpoint, "http://"+listener.Addr().String())
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	return c
}
