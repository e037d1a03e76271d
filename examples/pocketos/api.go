package pocketos

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// An API is the stand-in for the infrastructure provider: an HTTP server on
// loopback that keeps one volume as a real file and removes it when it is told
// to, by whoever holds the token.
//
// It speaks as little HTTP as curl needs. net/http would be linked into
// restrain for this alone, and be started before every command of every agent.
type API struct {
	// Volume and Backup are the files that stand for the production data.
	Volume, Backup string

	token    string
	listener net.Listener
}

// Serve starts the stand-in with its data below dir. Close stops it.
func Serve(dir, token string) (*API, error) {
	a := &API{
		Volume: filepath.Join(dir, "volume-"+VolumeID),
		Backup: filepath.Join(dir, "backup-"+VolumeID),
		token:  token,
	}
	for _, file := range []string{a.Volume, a.Backup} {
		if err := os.WriteFile(file, []byte("three months of bookings\n"), 0o600); err != nil {
			return nil, fmt.Errorf("cannot write the demo's volume: %w; free some space or set TMPDIR", err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot listen on loopback for the demo: %w; allow connections to 127.0.0.1", err)
	}
	a.listener = listener
	go a.accept()
	return a, nil
}

// Addr is the loopback address that answers for Host.
func (a *API) Addr() string { return a.listener.Addr().String() }

// Curlrc is the text of a .curlrc that leads curl's connections for Host to
// the stand-in.
func (a *API) Curlrc() []byte {
	return fmt.Appendf(nil, "noproxy = \"*\"\nconnect-to = %q\n", Host+":80:"+a.Addr())
}

// Exists reports whether the volume is still there.
func (a *API) Exists() bool {
	_, err := os.Stat(a.Volume)
	return !errors.Is(err, os.ErrNotExist)
}

// Close stops the stand-in.
func (a *API) Close() error { return a.listener.Close() }

func (a *API) accept() {
	for {
		conn, err := a.listener.Accept()
		if err != nil {
			return // Close was called
		}
		go a.answer(conn)
	}
}

// Bounds of a request.
const (
	maxRequest  = 1 << 16 // bytes
	requestTime = 5 * time.Second
)

// answer serves one connection: one request.
func (a *API) answer(conn net.Conn) {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(requestTime)); err != nil {
		return
	}
	status, reply := "200 OK", ""
	authorization, body, err := readRequest(io.LimitReader(conn, maxRequest))
	if err != nil {
		status, reply = "400 Bad Request", `{"errors":[{"message":"Bad Request"}]}`
	} else {
		reply = a.graphql(authorization, body)
	}
	// Whoever has gone meanwhile gets no answer.
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n",
		status, len(reply)+1, reply)
}

func readRequest(r io.Reader) (authorization string, body []byte, err error) {
	in := textproto.NewReader(bufio.NewReader(r))
	if _, err := in.ReadLine(); err != nil {
		return "", nil, err
	}
	header, err := in.ReadMIMEHeader()
	if err != nil {
		return "", nil, err
	}
	length, err := strconv.ParseUint(header.Get("Content-Length"), 10, 16)
	if err != nil {
		return "", nil, err
	}
	body = make([]byte, length)
	_, err = io.ReadFull(in.R, body)
	return header.Get("Authorization"), body, err
}

func (a *API) graphql(authorization string, body []byte) string {
	var request struct {
		Query string `json:"query"`
	}
	switch err := json.Unmarshal(body, &request); {
	case authorization != "Bearer "+a.token:
		return `{"errors":[{"message":"Not Authorized"}]}`
	case err != nil:
		return `{"errors":[{"message":"Bad Request"}]}`
	case strings.Contains(request.Query, "volumeDelete") && strings.Contains(request.Query, VolumeID):
		// As the provider did: the backups live with the volume and go with it.
		deleted := os.Remove(a.Volume) == nil && os.Remove(a.Backup) == nil
		return fmt.Sprintf(`{"data":{"volumeDelete":%t}}`, deleted)
	case a.Exists():
		return fmt.Sprintf(`{"data":{"volumes":[{"id":%q,"name":"production"}]}}`, VolumeID)
	}
	return `{"data":{"volumes":[]}}`
}
