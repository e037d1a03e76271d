package pocketos

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The stand-in must really lose the volume, or a demo that ends with "the
// volume is still there" would show nothing.
func TestUnguardedAgentLosesTheVolume(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the scripted agent calls curl, which is not installed")
	}
	api, out := runAgent(t, "demo-token", "demo-token")
	if api.Exists() {
		t.Errorf("the volume is still there after the agent deleted it; it said:\n%s", out)
	}
}

func TestAPIWantsTheToken(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the scripted agent calls curl, which is not installed")
	}
	api, out := runAgent(t, "demo-token", "another-token")
	if !api.Exists() || !bytes.Contains(out, []byte("Not Authorized")) {
		t.Errorf("a wrong token was taken; the agent said:\n%s", out)
	}
}

func runAgent(t *testing.T, apiToken, projectToken string) (*API, []byte) {
	t.Helper()
	dir := t.TempDir()
	api, err := Serve(dir, apiToken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { api.Close() })
	project, agent, err := Lay(dir, projectToken, false)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), agent)
	cmd.Dir = project
	cmd.Env = append(os.Environ(), "SHELL=/bin/bash", "HOME="+dir)
	if err := os.WriteFile(filepath.Join(dir, ".curlrc"), api.Curlrc(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the agent failed: %v\n%s", err, out)
	}
	if _, port, _ := net.SplitHostPort(api.Addr()); port == "" {
		t.Fatalf("the stand-in has no port: %s", api.Addr())
	}
	return api, out
}
