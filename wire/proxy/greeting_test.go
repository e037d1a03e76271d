package proxy

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// far is an address that is nobody's here: the rig leads it to its host.
const far = "192.0.2.7:443"

// Behind a greeting that does not say whom it is for no listed host is reached.
func TestGreetingsThatHide(t *testing.T) {
	authority, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	private, config := sealedHost(t, "front.test")
	for name, test := range map[string]struct {
		to      string
		host    string // whose certificate the server has
		greets  string
		sealed  bool
		refused string
	}{
		"encrypted, to an address":       {far, nameOf(listed), nameOf(listed), true, "encrypts"},
		"encrypted, to the front":        {other, nameOf(listed), nameOf(listed), true, "encrypts"},
		"no name, at a listed host":      {far, nameOf(listed), "", false, "api.provider.test is there"},
		"no name, at several":            {far, "*.provider.test", "", false, "*.provider.test is there"},
		"no name, to a name":             {other, nameOf(listed), "", false, "api.provider.test is there"},
		"no name, at some host":          {far, nameOf(other), "", false, ""},
		"the name of some host":          {far, nameOf(other), nameOf(other), false, ""},
		"encrypted, in this own network": {"192.168.0.7:443", nameOf(other), nameOf(other), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			leaf, err := authority.leafFor(test.host)
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t, echo, allow, func(s *httptest.Server) {
				s.TLS = &tls.Config{Certificates: []tls.Certificate{*leaf}, EncryptedClientHelloKeys: []tls.EncryptedClientHelloKey{private}}
			})
			for _, addr := range []string{far, "192.168.0.7:443"} {
				r.proxy.config.Lead[addr] = r.host.Listener.Addr().String()
			}
			client := &tls.Config{ServerName: test.greets, InsecureSkipVerify: true}
			if test.sealed {
				client.EncryptedClientHelloConfigList, client.MinVersion = config, tls.VersionTLS13
				client.InsecureSkipVerify, client.RootCAs = false, x509.NewCertPool()
				client.RootCAs.AddCert(authority.cert)
			}
			conn, _ := r.dial(test.to)
			secured := tls.Client(conn, client)
			err = secured.HandshakeContext(t.Context())
			if test.refused == "" {
				if err != nil || secured.ConnectionState().ECHAccepted != test.sealed {
					t.Fatalf("it did not pass: %v", err)
				}
				return
			}
			if err == nil {
				t.Fatal("it passed")
			}
			r.await(func() bool { return len(r.unseen) == 1 })
			if u := r.unseen[0]; !u.Refused || u.Host != test.to || !strings.Contains(u.Why, test.refused) {
				t.Errorf("told %+v", u)
			}
		})
	}
}

// A greeting to a listed host by its name is answered in its place, whatever it says.
func TestListedHostWhateverTheGreeting(t *testing.T) {
	_, config := sealedHost(t, "front.test")
	r := newRig(t, echo, denyDelete)
	conn, _ := r.dial(listed)
	secured := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // says no name
	if err := secured.HandshakeContext(t.Context()); err != nil || secured.ConnectionState().PeerCertificates[0].Issuer.CommonName != r.proxy.authority.cert.Subject.CommonName {
		t.Errorf("without a name: %v", err)
	}
	conn, _ = r.dial(listed)
	sealed := tls.Client(conn, &tls.Config{ServerName: nameOf(listed), EncryptedClientHelloConfigList: config, MinVersion: tls.VersionTLS13})
	if err := sealed.HandshakeContext(t.Context()); err == nil {
		t.Error("an encrypted greeting passed")
	}
	r.await(func() bool { return len(r.unseen) == 1 }) // as of any client that does not accept the certificate
}

// What is said to a listed host in a tunnel, and is not TLS, does not pass, and says
// nothing about certificates.
func TestPlainTextToListedHost(t *testing.T) {
	r := newRig(t, echo, allow)
	for range maxSilent + 1 {
		conn, read := r.dial(listed)
		if _, err := io.WriteString(conn, "DELETE /apps/shop HTTP/1.1\r\nHost: api.provider.test\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if said, _ := io.ReadAll(read); strings.Contains(string(said), "HTTP/") {
			t.Fatalf("it was answered: %q", said)
		}
	}
	if !r.proxy.hosts.opens(nameOf(listed), "") || len(r.unseen) > 0 {
		t.Error("the host is a tunnel from now on")
	}
}

// sealedHost makes a key for encrypted greetings, and what a client is told of it
// (RFC 9849, 4).
func sealedHost(t *testing.T, public string) (tls.EncryptedClientHelloKey, []byte) {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sized := func(content []byte) []byte {
		return append(binary.BigEndian.AppendUint16(nil, uint16(len(content))), content...)
	}
	content := slices.Concat(
		[]byte{1},          // its id
		[]byte{0x00, 0x20}, // DHKEM(X25519, HKDF-SHA256)
		sized(key.PublicKey().Bytes()),
		sized([]byte{0x00, 0x01, 0x00, 0x01}), // HKDF-SHA256, AES-128-GCM
		[]byte{0, byte(len(public))}, []byte(public),
		sized(nil), // no extensions
	)
	config := append([]byte{extensionECH >> 8, extensionECH & 0xff}, sized(content)...)
	return tls.EncryptedClientHelloKey{Config: config, PrivateKey: key.Bytes(), SendAsRetry: true}, sized(config)
}

// Whatever a client says first, no more of it is taken than came, and all of it goes on.
func FuzzGreeting(f *testing.F) {
	ours, theirs := net.Pipe()
	go func() {
		_ = tls.Client(theirs, &tls.Config{ServerName: nameOf(listed)}).Handshake()
		theirs.Close()
	}()
	hello := listenTo(ours)
	ours.Close()
	if hello.name != nameOf(listed) {
		f.Fatalf("greeted %q", hello.name)
	}
	f.Add(hello.said)
	f.Add([]byte("SSH-2.0-client\r\n"))
	f.Add([]byte{0x16, 3, 1, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, said []byte) {
		client, end := net.Pipe()
		go func() {
			_, _ = client.Write(said) // it may not be read to its end
			client.Close()
		}()
		g := listenTo(end)
		rest, _ := io.ReadAll(end)
		if got := append(g.said, rest...); !bytes.Equal(got, said) {
			t.Errorf("%d bytes of %d", len(got), len(said))
		}
		if !g.secured && (g.name != "" || g.sealed) {
			t.Errorf("not TLS, and greets %q", g.name)
		}
	})
}
