package pocketos

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// An API is the stand-in for the infrastructure provider: an HTTPS server on
// loopback that keeps one volume as a real file and removes it when it is told
// to, by whoever holds the token.
type API struct {
	// Volume and Backup are the files that stand for the production data.
	Volume, Backup string
	// CA is the path of the certificate that clients must trust.
	CA string

	token    string
	server   *http.Server
	listener net.Listener
}

// Serve starts the stand-in with its data below dir. Close stops it.
func Serve(dir, token string) (*API, error) {
	a := &API{
		Volume: filepath.Join(dir, "volume-"+VolumeID),
		Backup: filepath.Join(dir, "backup-"+VolumeID),
		CA:     filepath.Join(dir, "ca.pem"),
		token:  token,
	}
	for _, file := range []string{a.Volume, a.Backup} {
		if err := os.WriteFile(file, []byte("three months of bookings\n"), 0o600); err != nil {
			return nil, fmt.Errorf("cannot write the demo's volume: %w; free some space or set TMPDIR", err)
		}
	}
	certificate, err := certify(a.CA)
	if err != nil {
		return nil, err
	}
	a.listener, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		return nil, fmt.Errorf("cannot listen on loopback for the demo: %w; allow connections to 127.0.0.1", err)
	}
	a.server = &http.Server{Handler: http.HandlerFunc(a.graphql), ReadHeaderTimeout: 5 * time.Second}
	go a.server.Serve(a.listener) // ends with Close
	return a, nil
}

// Addr is the loopback address that answers for Host.
func (a *API) Addr() string { return a.listener.Addr().String() }

// Exists reports whether the volume is still there.
func (a *API) Exists() bool {
	_, err := os.Stat(a.Volume)
	return !errors.Is(err, os.ErrNotExist)
}

// Close stops the stand-in.
func (a *API) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return a.server.Shutdown(ctx)
}

func (a *API) graphql(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("Authorization") != "Bearer "+a.token {
		fmt.Fprintln(w, `{"errors":[{"message":"Not Authorized"}]}`)
		return
	}
	var body struct {
		Query string `json:"query"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&body); err != nil {
		fmt.Fprintln(w, `{"errors":[{"message":"Bad Request"}]}`)
		return
	}
	switch {
	case strings.Contains(body.Query, "volumeDelete") && strings.Contains(body.Query, VolumeID):
		// As the provider did: the backups live with the volume and go with it.
		deleted := os.Remove(a.Volume) == nil && os.Remove(a.Backup) == nil
		fmt.Fprintf(w, `{"data":{"volumeDelete":%t}}`+"\n", deleted)
	case a.Exists():
		fmt.Fprintf(w, `{"data":{"volumes":[{"id":%q,"name":"production"}]}}`+"\n", VolumeID)
	default:
		fmt.Fprintln(w, `{"data":{"volumes":[]}}`)
	}
}

// certify makes a certificate for Host that lives as long as the demo, and
// writes its public half to path.
func certify(path string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot make the demo's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: Host},
		DNSNames:              []string{Host},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot make the demo's certificate: %w", err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(path, public, 0o600); err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot write the demo's certificate: %w; free some space or set TMPDIR", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// Curlrc is the text of a .curlrc that leads curl's connections for Host to
// the stand-in.
func Curlrc(a *API) []byte {
	return fmt.Appendf(nil, "noproxy = \"*\"\nconnect-to = %q\ncacert = %q\n", Host+":443:"+a.Addr(), a.CA)
}
