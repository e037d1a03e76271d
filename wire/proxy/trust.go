package proxy

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"unicode/utf16"

	"restrain/wire"
)

// systemBundles are where systems keep the authorities that they trust, as
// crypto/x509 has them.
var systemBundles = [...]string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
}

// maxBundle bounds a file of certificates, in bytes.
const maxBundle = 8 << 20

// trusted are authorities, each once, in the order in which they were met.
type trusted struct {
	certs [][]byte
	known map[string]bool
}

// read adds the certificates of a file.
func (t *trusted) read(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxBundle))
	if err != nil {
		return err
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" || block.Type == "TRUSTED CERTIFICATE" {
			t.add(block.Bytes)
		}
	}
	return nil
}

func (t *trusted) add(der []byte) {
	if t.known == nil {
		t.known = map[string]bool{}
	}
	if !t.known[string(der)] {
		t.known[string(der)] = true
		t.certs = append(t.certs, der)
	}
}

// pool is what the hosts themselves are checked with.
func (t *trusted) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, der := range t.certs {
		if cert, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(cert) // else it is one that Go does not read, and vouches for nothing
		}
	}
	return pool
}

func (t *trusted) pem() []byte {
	var text bytes.Buffer
	for _, der := range t.certs {
		_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer takes all
	}
	return text.Bytes()
}

// lay writes what clients are to trust: what they trusted before, and the
// session's own authority. It gives what they trusted before, as the proxy does.
func lay(config *wire.Config, ca *authority, ready *wire.Ready) (dir string, roots *trusted, err error) {
	if dir, err = os.MkdirTemp(config.Dir, "restrain-wire-"); err != nil { // mode 0700
		return "", nil, fmt.Errorf("no directory for the proxy: %w; set TMPDIR", err)
	}
	var all, extra trusted
	found := false
	for _, path := range systemBundles {
		if !found {
			found = all.read(path) == nil && len(all.certs) > 0
		}
	}
	for _, path := range config.Authorities {
		// What cannot be read no client could, either.
		_ = all.read(path)
		_ = extra.read(path)
	}
	roots = &trusted{certs: slices.Clip(all.certs)}
	all.add(ca.cert.Raw)
	whole := len(extra.certs) > maxExtra // a bundle, and in the other file
	extra.add(ca.cert.Raw)
	files := []struct {
		name string
		text []byte
		path *string
	}{{"authorities.pem", all.pem(), &ready.Bundle}, {"extra.pem", extra.pem(), &ready.Extra}, {"trust.jks", keyStore(all.certs), &ready.KeyStore}}
	for _, f := range files {
		*f.path = filepath.Join(dir, f.name)
		err = errors.Join(err, os.WriteFile(*f.path, f.text, 0o600))
	}
	if whole {
		ready.Extra = ready.Bundle
	}
	wget, _ := os.ReadFile(config.WgetRC) // without one, wget has none
	ready.WgetRC = filepath.Join(dir, "wgetrc")
	err = errors.Join(err, os.WriteFile(ready.WgetRC, append(wget, "\nca_certificate = "+ready.Bundle+"\n"...), 0o600))
	if err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("the proxy's files: %w; make room on the disk", err)
	}
	return dir, roots, nil
}

// maxExtra is how many authorities besides the system's are few enough for each
// start of node to read them again.
const maxExtra = 40

// keyStore writes certificates as a JKS, which Java reads in all versions: magic,
// version, entries, and a SHA-1 over the password and all of it.
func keyStore(certs [][]byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, 0xfeedfeed)
	b = binary.BigEndian.AppendUint32(b, 2)
	b = binary.BigEndian.AppendUint32(b, uint32(len(certs)))
	text := func(s string) {
		b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
		b = append(b, s...)
	}
	for i, der := range certs {
		b = binary.BigEndian.AppendUint32(b, 2) // a trusted certificate
		text("authority-" + strconv.Itoa(i))
		b = binary.BigEndian.AppendUint64(b, 0) // when it was added
		text("X.509")
		b = binary.BigEndian.AppendUint32(b, uint32(len(der)))
		b = append(b, der...)
	}
	var salted []byte
	for _, c := range utf16.Encode([]rune(wire.KeyStorePassword)) {
		salted = binary.BigEndian.AppendUint16(salted, c)
	}
	sum := sha1.Sum(append(append(salted, "Mighty Aphrodite"...), b...)) // #nosec: the format's own
	return append(b, sum[:]...)
}
