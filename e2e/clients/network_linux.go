package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The hosts, at an address that no interface has, so that it is not this machine to
// whoever looks.
const far = "198.51.100.7"

var hosts = []string{"api.heroku.com", "ec2.us-east-1.amazonaws.com", "api.github.com"}

// enter runs this program again in a network of its own.
func enter() error {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return cmd.Run()
}

// inside is set in that network.
const inside = "CLIENTS_INSIDE"

// network readies it, and serves the hosts in it.
func network(dir string) (*server, error) {
	names := filepath.Join(dir, "hosts")
	if err := os.WriteFile(names, []byte("127.0.0.1 localhost\n"+far+" "+strings.Join(hosts, " ")+"\n"), 0o644); err != nil {
		return nil, err
	}
	for _, words := range [][]string{
		{"ip", "link", "set", "lo", "up"}, {"ip", "route", "add", "local", far + "/32", "dev", "lo"}, {"mount", "--make-rprivate", "/"}, {"mount", "--bind", names, "/etc/hosts"},
	} {
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, out)
		}
	}
	return serve(dir)
}

// A server answers for the hosts, and remembers what it deleted.
type server struct {
	mu      sync.Mutex
	deleted []string
	size    int64
}

func serve(dir string) (*server, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "clients"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: hosts, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), ca, 0o644); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", ":443")
	if err != nil {
		return nil, err
	}
	s := &server{}
	secured := &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0), TLSConfig: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}}
	go secured.ServeTLS(listener, "", "")
	return s, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	form := ""
	if r.URL.Path == "/" {
		text, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		form = string(text)
	}
	n, err := io.Copy(io.Discard, r.Body)
	switch {
	case err != nil, r.URL.Path == "/up" && n != s.size:
		http.Error(w, "cut short", http.StatusBadRequest)
		return
	case r.URL.Path == "/down":
		w.Header().Set("Content-Length", fmt.Sprint(s.size))
		_, _ = io.Copy(w, io.LimitReader(zeros{}, s.size))
		return
	case r.Method == http.MethodDelete, strings.Contains(form, "TerminateInstances"):
		s.mu.Lock()
		s.deleted = append(s.deleted, r.URL.Path+form)
		s.mu.Unlock()
	}
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintln(w, "<ok/>")
}

// has reports that something with this name was deleted.
func (s *server) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(strings.Join(s.deleted, "\n"), name)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// sparse makes a file of a size.
func sparse(path string, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Truncate(size), file.Close())
}
