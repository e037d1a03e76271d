package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
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

	"restrain/wire/proxy"
)

// The hosts of the tests. They lead to a server on loopback, in a network of
// its own in which nothing else is reached.
var testHosts = []string{"api.heroku.com", "backboard.railway.app", "elsewhere.example.com"}

// Hosts that are not this machine to whoever asks: see farAway.
const farHosts = "198.51.100.7 prod-db.internal\n198.51.100.8 postgres\n198.51.100.9 api.render.com\n"

func init() {
	testPrograms["restrain-wire"] = wireMain
	testPrograms["network"] = networkMain
	testPrograms["call"] = callMain
	testConditions["namespaces"] = func() bool {
		cmd := exec.Command("true")
		cmd.SysProcAttr = ownNetwork()
		return cmd.Run() == nil
	}
}

// wireMain is cmd/restrain-wire.
func wireMain() {
	conn, err := net.FileConn(os.NewFile(3, "session"))
	if err == nil {
		err = proxy.Run(conn)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "restrain-wire: error:", err)
		os.Exit(1)
	}
}

func ownNetwork() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

// networkMain runs a program in such a network: network PROGRAM [ARGS…]. What its
// server is asked for is written to the file requests.
func networkMain() {
	if os.Getenv("NETWORK_INSIDE") == "" {
		cmd := exec.Command(os.Args[0], os.Args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		cmd.Env = append(os.Environ(), "NETWORK_INSIDE=1")
		cmd.SysProcAttr = ownNetwork()
		exitAs(cmd.Run())
	}
	dir, err := os.Getwd()
	if err == nil {
		err = errors.Join(loopbackUp(), farAway(), nameHosts(dir), serveHosts(dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "network:", err)
		os.Exit(125)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if name != "NETWORK_INSIDE" && !strings.HasSuffix(strings.ToLower(name), "_proxy") && !strings.Contains(name, "CERT") && !strings.Contains(name, "CA_BUNDLE") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+filepath.Join(dir, "ca.pem"))
	exitAs(cmd.Run())
}

func exitAs(err error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		os.Exit(0)
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		os.Exit(exit.ExitCode())
	}
	fmt.Fprintln(os.Stderr, "network:", err)
	os.Exit(125)
}

// loopbackUp sets the interface lo up: netdevice(7).
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// farAway has what is sent to 198.51.100.0/24 received here, though no interface has
// such an address: a route of type local (rtnetlink(7)).
func farAway() error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	var message []byte
	add := func(fields ...any) {
		for _, field := range fields {
			message, _ = binary.Append(message, binary.NativeEndian, field)
		}
	}
	const size = unix.SizeofNlMsghdr + unix.SizeofRtMsg + 2*(unix.SizeofRtAttr+4)
	add(unix.NlMsghdr{Len: size, Type: unix.RTM_NEWROUTE, Flags: unix.NLM_F_REQUEST | unix.NLM_F_CREATE | unix.NLM_F_ACK},
		unix.RtMsg{Family: unix.AF_INET, Dst_len: 24, Table: unix.RT_TABLE_LOCAL, Protocol: unix.RTPROT_BOOT, Scope: unix.RT_SCOPE_HOST, Type: unix.RTN_LOCAL},
		unix.RtAttr{Len: unix.SizeofRtAttr + 4, Type: unix.RTA_DST}, [4]byte{198, 51, 100, 0},
		unix.RtAttr{Len: unix.SizeofRtAttr + 4, Type: unix.RTA_OIF}, uint32(lo.Index))
	if err := unix.Sendto(fd, message, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	var answer [256]byte
	n, err := unix.Read(fd, answer[:])
	if err != nil || n < unix.SizeofNlMsghdr+4 {
		return errors.Join(err, io.ErrUnexpectedEOF)
	}
	if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); code != 0 {
		return fmt.Errorf("route: %w", unix.Errno(-code))
	}
	return nil
}

func nameHosts(dir string) error {
	path := filepath.Join(dir, "hosts")
	if err := os.WriteFile(path, []byte("127.0.0.1 localhost "+strings.Join(testHosts, " ")+"\n"+farHosts), 0o644); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return unix.Mount(path, "/etc/hosts", "", unix.MS_BIND, "")
}

// serveHosts answers for the hosts, with and without TLS.
func serveHosts(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: testHosts, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		return err
	}
	requests, err := os.OpenFile(filepath.Join(dir, "requests"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		op := ""
		if strings.Contains(string(body), "volumeDelete") {
			op = " volumeDelete"
		}
		fmt.Fprintf(requests, "%s %s%s %d%s\n", r.Method, r.Host, r.URL.Path, len(body), op)
		fmt.Fprintln(w, "ok")
	})}
	plain, err := net.Listen("tcp", "127.0.0.1:80")
	if err != nil {
		return err
	}
	secured, err := tls.Listen("tcp", "127.0.0.1:443", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		return err
	}
	go server.Serve(plain)
	go server.Serve(secured)
	return serveDatabase(requests)
}

// serveDatabase answers every line that is said to a database with the line.
func serveDatabase(requests io.Writer) error {
	server, err := net.Listen("tcp", ":5432")
	if err != nil {
		return err
	}
	go func() {
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				lines := bufio.NewScanner(conn)
				for lines.Scan() {
					fmt.Fprintln(requests, lines.Text())
					fmt.Fprintln(conn, lines.Text())
				}
			}()
		}
	}()
	return nil
}

// callMain is a client in Go: call METHOD URL [FILE], the method in a file.
func callMain() {
	method, err := os.ReadFile(os.Args[1])
	if err != nil {
		exitAs(err)
	}
	var body io.Reader
	if len(os.Args) > 3 {
		if body, err = os.Open(os.Args[3]); err != nil {
			exitAs(err)
		}
	}
	request, err := http.NewRequest(strings.TrimSpace(string(method)), os.Args[2], body)
	if err != nil {
		exitAs(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Println("call failed:", err)
		os.Exit(7)
	}
	text, _ := io.ReadAll(response.Body)
	fmt.Printf("call %d %s\n", response.StatusCode, strings.TrimSpace(string(text)))
}
