package session

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"restrain/platform"
)

// This file starts restrain-otel, which sends a session to an OpenTelemetry
// collector. It reads the journal, so no verdict waits for it.

const (
	otelProgram  = "restrain-otel"
	OTelEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
	// otelLinger is how long an exporter that a door started waits for another
	// command of its agent.
	otelLinger = "30s"
	// otelEnd bounds what the end of a session waits for the collector.
	otelEnd = 6 * time.Second
)

// otelCommand is the exporter of a session's journal, or nil where telemetry is
// not asked for.
func (h *Host) otelCommand(journal string, options ...string) (*exec.Cmd, error) {
	if h.Getenv(OTelEndpoint) == "" || strings.EqualFold(h.Getenv("OTEL_SDK_DISABLED"), "true") {
		return nil, nil
	}
	path, err := SiblingProgram(otelProgram)
	if err != nil {
		return nil, fmt.Errorf("%s is set, and %s is not installed beside restrain: nothing is exported; install it there, or unset the variable", OTelEndpoint, otelProgram)
	}
	return exec.Command(path, append(options, journal)...), nil
}

// SiblingProgram finds a program that is installed beside restrain.
func SiblingProgram(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("own program file: %w; start restrain by its full path", err)
	}
	if resolved, err := filepath.EvalSymlinks(self); err == nil {
		self = resolved
	}
	return exec.LookPath(filepath.Join(filepath.Dir(self), name))
}

// export sends the session while it runs. The function that it returns is
// called when the journal is complete.
func (h *Host) export(journal string) (end func()) {
	cmd, err := h.otelCommand(journal)
	if cmd == nil {
		h.warn(err)
		return func() {}
	}
	var said bytes.Buffer
	cmd.Stderr = &said // the terminal is the agent's
	cmd.SysProcAttr = platform.OwnGroup()
	running, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		h.warn(fmt.Errorf("%s: %w: nothing is exported; check the file", otelProgram, err))
		return func() {}
	}
	return func() {
		running.Close()
		late := time.AfterFunc(otelEnd, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		if !late.Stop() {
			h.warn(fmt.Errorf("%s: the collector did not answer within %v; check %s", otelProgram, otelEnd, OTelEndpoint))
		} else if err != nil {
			// Of what it said several times the first is enough.
			line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
			line = strings.TrimPrefix(line, otelProgram+": error: ")
			h.warn(fmt.Errorf("%s: %s", otelProgram, cmp.Or(line, err.Error())))
		}
	}
}

// exportAlone sends the session of a door that no supervisor is around, unless
// an exporter is at it already.
func (h *Host) exportAlone(journal string) {
	if h.Getenv(OTelEndpoint) == "" || locked(filepath.Join(filepath.Dir(journal), "otel.position")) {
		return
	}
	cmd, err := h.otelCommand(journal, "--linger", otelLinger)
	if cmd == nil || err != nil {
		return // a session says it; at each command it would be noise
	}
	cmd.SysProcAttr = platform.OwnSession()
	if cmd.Start() == nil {
		_ = cmd.Process.Release()
	}
}

// locked reports whether another process holds the lock of the file at path.
func locked(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	return platform.TryShare(file) != nil
}

// warn says what goes wrong without being in the way of the agent.
func (h *Host) warn(err error) {
	if err != nil {
		fmt.Fprintf(h.Stderr, "restrain: warning: %v\n", err)
	}
}
