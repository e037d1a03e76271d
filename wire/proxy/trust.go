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
	"sync"
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

// readBundle is the text of a file of certificates, empty where it cannot be read.
func readBundle(path string) []byte {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxBundle))
	if err != nil {
		return nil
	}
	return text
}

// systemBundle is the text of what the system trusts.
func systemBundle() []byte {
	for _, path := range systemBundles {
		if text := readBundle(path); bytes.Contains(text, []byte("-----BEGIN CERTIFICATE-----")) {
			return text
		}
	}
	return nil
}

// read adds the certificates of a file's text.
func (t *trusted) read(text []byte) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" || block.Type == "TRUSTED CERTIFICATE" {
			t.add(block.Bytes)
		}
	}
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

// fill adds them to what the hosts themselves are checked with.
func (t *trusted) fill(pool *x509.CertPool) {
	for _, der := range t.certs {
		if cert, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(cert) // else it is one that Go does not read, and vouches for nothing
		}
	}
}

func (t *trusted) pem() []byte {
	var text bytes.Buffer
	for _, der := range t.certs {
		_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer takes all
	}
	return text.Bytes()
}

// laid is what clients are to trust, as files in a directory.
type laid struct {
	dir string
	// before is what they trusted before, as the proxy does. To read it takes as long
	// as all else, so it is read when it is asked for.
	before func() *trusted
	keys   string // where the key store is to be
}

// lay writes what clients are to trust: what they trusted before, and the
// session's own authority. The key store is left for later.
func lay(config *wire.Config, ca *authority, ready *wire.Ready) (*laid, error) {
	dir, err := os.MkdirTemp(config.Dir, "restrain-wire-") // mode 0700
	if err != nil {
		return nil, fmt.Errorf("no directory for the proxy: %w; set TMPDIR", err)
	}
	var extra trusted
	system := systemBundle()
	for _, path := range config.Authorities {
		// What cannot be read no client could, either.
		if text := readBundle(path); !bytes.Equal(text, system) {
			extra.read(text)
		}
	}
	more := slices.Clip(extra.certs)
	l := &laid{dir: dir, keys: filepath.Join(dir, "trust.jks"), before: sync.OnceValue(func() *trusted {
		var all trusted
		all.read(system)
		for _, der := range more {
			all.add(der)
		}
		return &all
	})}
	bundle := system
	if len(more) > 0 {
		bundle = l.before().pem()
	}
	extra.add(ca.cert.Raw)
	ready.Bundle, ready.Extra, ready.WgetRC, ready.KeyStore = filepath.Join(dir, "authorities.pem"), filepath.Join(dir, "extra.pem"), filepath.Join(dir, "wgetrc"), l.keys
	wget, _ := os.ReadFile(config.WgetRC) // without one, wget has none
	err = errors.Join(
		os.WriteFile(ready.Bundle, slices.Concat(bundle, []byte("\n"), ca.PEM()), 0o600), os.WriteFile(ready.Extra, extra.pem(), 0o600),
		os.WriteFile(ready.WgetRC, append(wget, "\nca_certificate = "+ready.Bundle+"\n"...), 0o600),
	)
	if len(more) > maxExtra { // a bundle, and in the other file
		ready.Extra = ready.Bundle
	}
	if err != nil {
		l.remove()
		return nil, fmt.Errorf("the proxy's files: %w; make room on the disk", err)
	}
	return l, nil
}

// store writes the key store, which nothing can need before Java has started. Without
// one, requests of Java's fail.
func (l *laid) store(ca *authority) error {
	half := l.keys + "~"
	err := os.WriteFile(half, keyStore(append(slices.Clip(l.before().certs), ca.cert.Raw)), 0o600)
	return errors.Join(err, os.Rename(half, l.keys))
}

// remove takes the files away.
func (l *laid) remove() { _ = os.RemoveAll(l.dir) }

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
