package proxy

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/wire"
)

func TestLaidFiles(t *testing.T) {
	slowtest.Long(t)
	other, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	corporate, rc := filepath.Join(dir, "corporate.pem"), filepath.Join(dir, "wgetrc")
	if err := errors.Join(os.WriteFile(corporate, other.PEM(), 0o600), os.WriteFile(rc, []byte("tries = 1"), 0o600)); err != nil {
		t.Fatal(err)
	}
	ca, _ := newAuthority()
	ready := wire.Ready{}
	files, err := lay(&wire.Config{Dir: dir, Authorities: []string{corporate, "/nothing"}, WgetRC: rc}, ca, &ready)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(files.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info, err)
	}
	trusts := x509.NewCertPool()
	files.before().fill(trusts)
	if _, err := other.cert.Verify(x509.VerifyOptions{Roots: trusts, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Errorf("what was trusted before: %v", err)
	}
	if _, err := ca.cert.Verify(x509.VerifyOptions{Roots: trusts, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err == nil {
		t.Error("the proxy trusts its own authority for hosts")
	}
	for path, want := range map[string][]string{ready.Bundle: {string(other.PEM()), string(ca.PEM())}, ready.Extra: {string(other.PEM()), string(ca.PEM())}, ready.WgetRC: {"tries = 1\n", "ca_certificate = " + ready.Bundle}} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		for _, part := range want {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s lacks %q", path, part)
			}
		}
		if strings.Contains(string(text), "PRIVATE") {
			t.Errorf("%s has a key", path)
		}
	}
	if _, err := os.Stat(ready.KeyStore); err == nil {
		t.Error("the session waits for the key store")
	}
	if err := files.store(ca); err != nil {
		t.Error(err)
	}
	if keytool, err := exec.LookPath("keytool"); err == nil {
		out, err := exec.CommandContext(t.Context(), keytool, "-list", "-keystore", ready.KeyStore, "-storepass", wire.KeyStorePassword).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "trustedCertEntry") {
			t.Errorf("java reads it as %v %.300s", err, out)
		}
	}
}

// Clients that were told of a whole bundle go on trusting all of it.

func TestLaidBundle(t *testing.T) {
	dir := t.TempDir()
	var bundle []byte
	for range maxExtra + 1 {
		other, err := newAuthority()
		if err != nil {
			t.Fatal(err)
		}
		bundle = append(bundle, other.PEM()...)
	}
	path := filepath.Join(dir, "bundle.pem")
	if err := os.WriteFile(path, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	ca, _ := newAuthority()
	ready := wire.Ready{}
	if _, err := lay(&wire.Config{Dir: dir, Authorities: []string{path}}, ca, &ready); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(ready.Extra)
	if err != nil || !bytes.Contains(text, bundle) || !bytes.Contains(text, ca.PEM()) {
		t.Errorf("%d bytes of extra authorities, %v", len(text), err)
	}
}

// Where hosts are limited the session is told of tunnels too.
