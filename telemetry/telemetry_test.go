package telemetry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/internal/slowtest"
	"restrain/journal"
)

// session gives a journal with a start, n steps, one of them held, and an
// attempt on restrain.
func session(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "7f3a", "journal.jsonl")
	entries := []journal.Entry{{Kind: journal.SessionStart, Reason: "agent"}}
	for range n - 1 {
		entries = append(entries, journal.Entry{Kind: journal.Step, Command: "ls", Severity: "none", Verdict: "allow", Ran: true, Level: "calm"})
	}
	add(t, path, append(entries, journal.Entry{Kind: journal.Step, Command: "terraform destroy", Severity: "critical", Verdict: "ask",
		Rules: []string{"terraform-destroy"}, Level: "elevated", Answer: &journal.Answer{By: "terminal", Reason: "no"}},
		journal.Entry{Kind: journal.Tamper, Reason: "the session tried to answer"})...)
	return path
}

func add(t *testing.T, path string, entries ...journal.Entry) {
	t.Helper()
	log, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for _, e := range entries {
		e.Session, e.Time = "7f3a", time.Unix(1767225600, 0)
		if _, err := log.Append(e); err != nil {
			t.Fatal(err)
		}
	}
}

// export runs an exporter over what the journal has, as a session that is over.
func export(t *testing.T, path string) error {
	t.Helper()
	source, err := Open(path)
	if err != nil {
		return err
	}
	defer source.Close()
	exporter, err := New(context.Background(), os.Getenv, "7f3a", "test")
	if err != nil {
		return err
	}
	done := make(chan struct{})
	close(done)
	err = source.Follow(context.Background(), exporter, done, 0, func(error) {})
	return errors.Join(err, exporter.Close(context.Background()))
}

func TestExport(t *testing.T) {
	slowtest.Long(t)
	for name, start := range map[string]func(*testing.T) *collector{"http": httpCollector, "grpc": newGRPCCollector} {
		t.Run(name, func(t *testing.T) {
			c := start(t)
			if err := export(t, session(t, 600)); err != nil { // more than one batch
				t.Fatal(err)
			}
			if len(c.records) != 602 {
				t.Errorf("%d records, want 602", len(c.records))
			}
			for metric, want := range map[string]int64{"restrain.steps": 600, "restrain.tamper": 1, "restrain.step.contribution": 600} {
				if c.counts[metric] != want {
					t.Errorf("%s is %d, want %d", metric, c.counts[metric], want)
				}
			}
			held := c.records[len(c.records)-2]
			if held.EventName != "restrain.step" || held.SeverityText != "ERROR" || held.Body.GetStringValue() != "terraform destroy" {
				t.Errorf("the held step came as %v", held)
			}
			for _, want := range []string{"terraform-destroy", "service.name", "host.name", "elevated"} {
				if !strings.Contains(c.bodies.String(), want) {
					t.Errorf("nothing that was sent has %q", want)
				}
			}
		})
	}
}

// What was sent is not sent again by the next exporter of the session.
func TestExportGoesOn(t *testing.T) {
	c := httpCollector(t)
	path := session(t, 3)
	for _, want := range []int{5, 5, 6} {
		if want == 6 {
			add(t, path, journal.Entry{Kind: journal.SessionEnd})
		}
		if err := export(t, path); err != nil {
			t.Fatal(err)
		}
		if len(c.records) != want {
			t.Errorf("%d records, want %d", len(c.records), want)
		}
	}
}

func TestDamagedPositionSendsAll(t *testing.T) {
	for _, position := range []string{"x", "-1", "99999999", ""} {
		c := httpCollector(t)
		path := session(t, 3)
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), positionFile), []byte(position), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := export(t, path); err != nil || len(c.records) != 5 {
			t.Errorf("position %q: %d records, %v; want 5", position, len(c.records), err)
		}
	}
}

func TestOneExporter(t *testing.T) {
	path := session(t, 1)
	first, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrTaken) {
		t.Errorf("a second exporter: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// A collector that is down loses nothing, and no step is counted twice.
func TestCollectorComesBack(t *testing.T) {
	c := httpCollector(t)
	c.setDown(true)
	source, err := Open(session(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	exporter, err := New(t.Context(), os.Getenv, "7f3a", "test")
	if err != nil {
		t.Fatal(err)
	}
	reported, done := make(chan error, 1), make(chan struct{})
	followed := make(chan error)
	go func() {
		followed <- source.Follow(t.Context(), exporter, done, 0, func(err error) { reported <- err })
	}()
	if err := <-reported; !strings.Contains(err.Error(), Endpoint) {
		t.Errorf("error %v does not say what to check", err)
	}
	c.setDown(false)
	close(done)
	if err := <-followed; err != nil {
		t.Fatal(err)
	}
	if err := exporter.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.records) != 5 || c.counts["restrain.steps"] != 3 {
		t.Errorf("%d records, %d steps; want 5 and 3", len(c.records), c.counts["restrain.steps"])
	}
}

func TestLinger(t *testing.T) {
	c := httpCollector(t)
	source, err := Open(session(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	exporter, err := New(t.Context(), os.Getenv, "7f3a", "test")
	if err != nil {
		t.Fatal(err)
	}
	defer exporter.Close(t.Context())
	if err := source.Follow(t.Context(), exporter, nil, time.Millisecond, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	if len(c.records) != 3 {
		t.Errorf("%d records, want 3", len(c.records))
	}
}

func TestWrongSettings(t *testing.T) {
	t.Setenv(Endpoint, "http://127.0.0.1:1")
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon")
	if _, err := New(t.Context(), os.Getenv, "7f3a", "test"); err == nil || !strings.Contains(err.Error(), "http/protobuf or grpc") {
		t.Errorf("error %v", err)
	}
}

func TestEnabled(t *testing.T) {
	for _, test := range []struct {
		endpoint, disabled string
		want               bool
	}{{"", "", false}, {"http://127.0.0.1:4318", "", true}, {"http://127.0.0.1:4318", "TRUE", false}, {"http://127.0.0.1:4318", "false", true}} {
		got := Enabled(func(key string) string {
			return map[string]string{Endpoint: test.endpoint, "OTEL_SDK_DISABLED": test.disabled}[key]
		})
		if got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// An agent's record comes as a log record of its own, and as gauges.
func TestExportOfARecord(t *testing.T) {
	c := httpCollector(t)
	path := session(t, 2)
	add(t, path, journal.Entry{Kind: journal.AgentRecord, Agent: "an-agent", Record: &journal.Record{Steps: 400, Denied: 3, Poor: 0.25}})
	if err := export(t, path); err != nil {
		t.Fatal(err)
	}
	last := c.records[len(c.records)-1]
	if last.EventName != "restrain.record" || !strings.Contains(last.String(), "restrain.record.denied") {
		t.Errorf("the record came as %v", last)
	}
	for _, metric := range []string{"restrain.record", "restrain.record.poor"} {
		if _, ok := c.counts[metric]; !ok {
			t.Errorf("%s did not come", metric)
		}
	}
}

// A request comes as what it is: judged on the wire, sent by a step that came before;
// what is noted of it names the step too.
func TestExportOfARequest(t *testing.T) {
	c := httpCollector(t)
	path := session(t, 2)
	add(t, path, journal.Entry{Kind: journal.Step, Door: "wire", Command: "DELETE https://api.heroku.com/apps/shop", Verdict: "ask", Severity: "critical", Of: 2},
		journal.Entry{Kind: journal.Note, Reason: "requests of curl to api.heroku.com are not seen from now on", Of: 2})
	if err := export(t, path); err != nil {
		t.Fatal(err)
	}
	const seq, of, door = "restrain.journal.seq", "restrain.journal.of", "restrain.door"
	said := func(i int, name string) string {
		for _, a := range c.records[i].Attributes {
			if a.Key == name {
				return fmt.Sprint(a.Value.GetIntValue(), a.Value.GetStringValue())
			}
		}
		return ""
	}
	request, note := len(c.records)-2, len(c.records)-1
	if step := said(1, seq); step != "2" || said(1, of) != "" || said(request, of) != step || said(note, of) != step || said(request, door) != "0wire" {
		t.Errorf("the step %q; the request is of %q by %q, the note of %q", step, said(request, of), said(request, door), said(note, of))
	}
}
