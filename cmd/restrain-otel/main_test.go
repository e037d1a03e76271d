//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	"google.golang.org/protobuf/proto"

	"restrain/internal/slowtest"
)

// built is where programs has built, once it was called.
var built string

// programs builds restrain and restrain-otel side by side, as they are installed.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "restrain-otel-test-")
	if err != nil {
		return "", err
	}
	built = dir
	build := exec.Command("go", "build", "-o", dir, "restrain/cmd/restrain", "restrain/cmd/restrain-otel")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	return dir, build.Run()
})

func TestMain(m *testing.M) {
	status := m.Run()
	os.RemoveAll(built)
	os.Exit(status)
}

// A collector keeps the log records that are sent to it.
type collector struct {
	mu      sync.Mutex
	records []string
	came    chan struct{}
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var logs collogs.ExportLogsServiceRequest
	body, err := io.ReadAll(r.Body)
	if err != nil || r.URL.Path != "/v1/logs" || proto.Unmarshal(body, &logs) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range logs.ResourceLogs {
		for _, scope := range resource.ScopeLogs {
			for _, record := range scope.LogRecords {
				c.records = append(c.records, record.String())
			}
		}
	}
	select {
	case c.came <- struct{}{}:
	default:
	}
}

func (c *collector) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.records, "\n")
}

// restrain gives a command of restrain's with an empty home and, when there is
// one, a collector.
func restrain(t *testing.T, endpoint string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command(filepath.Join(dir, "restrain"), args...)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CONFIG_HOME="+home,
		"OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint, "OTEL_EXPORTER_OTLP_COMPRESSION=none")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	t.Cleanup(func() { endExporters(home) })
	return cmd, &stderr
}

// endExporters ends the exporters of a home that still linger.
func endExporters(home string) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		cmdline, _ := os.ReadFile(file)
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil && bytes.Contains(cmdline, []byte(home)) {
			_ = syscall.Kill(pid, syscall.SIGTERM)
		}
	}
}

func newCollector(t *testing.T) (*collector, string) {
	t.Helper()
	c := &collector{came: make(chan struct{}, 1)}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.URL
}

func TestSessionIsSent(t *testing.T) {
	slowtest.Long(t)
	c, endpoint := newCollector(t)
	cmd, stderr := restrain(t, endpoint, "--ci", "--", "sh", "-c", "PGPASSWORD=hunter2hunter2 psql -c 'DROP DATABASE shop'; exit 7")
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("%v, want exit status 3: %s", err, stderr)
	}
	sent := c.text()
	for _, want := range []string{"restrain.session.start", "restrain.step", "DROP DATABASE", "restrain.session.end"} {
		if !strings.Contains(sent, want) {
			t.Errorf("no %q in what was sent:\n%s", want, sent)
		}
	}
	if strings.Contains(sent, "hunter2") {
		t.Errorf("a secret was sent:\n%s", sent)
	}
}

// A door without a session leaves the sending to an exporter that outlives it.
func TestDoorIsSent(t *testing.T) {
	slowtest.Long(t)
	c, endpoint := newCollector(t)
	cmd, stderr := restrain(t, endpoint, "-c", "true")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	select {
	case <-c.came:
	case <-time.After(time.Minute):
		t.Fatal("nothing was sent")
	}
	if !strings.Contains(c.text(), "restrain.step") {
		t.Errorf("no step in what was sent:\n%s", c.text())
	}
}

func TestCollectorThatIsNotThere(t *testing.T) {
	slowtest.Long(t)
	cmd, stderr := restrain(t, "http://127.0.0.1:1", "--", "sh", "-c", "exit 7")
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 7 || !strings.Contains(stderr.String(), "restrain: warning: restrain-otel: ") {
		t.Errorf("%v, want the agent's status 7 and a warning: %s", err, stderr)
	}
}

func TestExporterThatIsNotThere(t *testing.T) {
	slowtest.Long(t)
	cmd, stderr := restrain(t, "http://127.0.0.1:1", "--", "sh", "-c", "exit 7")
	program, err := os.ReadFile(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Path = filepath.Join(t.TempDir(), "restrain")
	if err := os.WriteFile(cmd.Path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	err = cmd.Run()
	if cmd.ProcessState.ExitCode() != 7 || !strings.Contains(stderr.String(), "is not installed beside restrain") {
		t.Errorf("%v, want the agent's status 7 and a warning: %s", err, stderr)
	}
}

func TestUsage(t *testing.T) {
	slowtest.Long(t)
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"a", "b"}, {"--linger", "x", "a"}, {"journal.jsonl"}} {
		cmd := exec.Command(filepath.Join(dir, "restrain-otel"), args...)
		cmd.Env = []string{"HOME=" + t.TempDir()}
		if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 || len(out) == 0 {
			t.Errorf("%q: %v, %s; want exit status 2 and a word", args, err, out)
		}
	}
}
