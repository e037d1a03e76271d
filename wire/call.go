package wire

import (
	"crypto/sha256"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"
)

// A Call is a request on its way to a host that is looked into. All of it comes
// from a client and is hostile, except Client.
type Call struct {
	Method string
	URL    string // absolute, of the host that the client asked for
	Header []string
	Body   []byte
	// Cut reports a body of which more follows, or that cannot be read.
	Cut    bool
	Client Client
}

// A Client is the process at the other end of a connection, as the kernel tells.
// The zero Client is not known.
type Client struct {
	PID     int
	Program string // its file
}

// MaxBody bounds what is read of a body to judge a request, in bytes: what the
// rules read of a body in a command's text.
const MaxBody = 128 << 10

// unknown stands for what cannot be known, in the words of a command.
const unknown = "\uFFFC"

// methodConnect opens a tunnel: RFC 9110, 9.3.6.
const methodConnect = "CONNECT"

// Command is a command that makes the same request, for whoever reads commands.
func (c *Call) Command() []string {
	argv := []string{"curl", "-X", c.Method}
	if c.Method == methodConnect { // whatever is asked through it, the host is reached
		argv = argv[:1]
	}
	for _, line := range c.Header {
		argv = append(argv, "-H", line)
	}
	if len(c.Body) > 0 || c.Cut {
		argv = append(argv, "--data-raw", c.text())
	}
	return append(argv, "--url", c.URL)
}

// text is the body as far as it is known to be text.
func (c *Call) text() string {
	body := string(c.Body)
	if c.Cut {
		for i := 0; i < utf8.UTFMax && !utf8.ValidString(body) && body != ""; i++ {
			body = body[:len(body)-1] // a character may have been cut
		}
	}
	if !utf8.ValidString(body) || strings.ContainsRune(body, 0) {
		return unknown
	}
	if c.Cut {
		body += unknown
	}
	return body
}

// Name is how the request is called where people read of it: the method, the
// host and the path. What is asked with the path is left out, as the body is.
func (c *Call) Name() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return c.Method + " (a URL that cannot be read)"
	}
	name := c.Method + " " + u.Scheme + "://" + u.Host + u.EscapedPath()
	const longest = 400
	if len(name) > longest {
		name = strings.ToValidUTF8(name[:longest], "") + "…"
	}
	return name
}

// Host is the name of the host, without its port.
func (c *Call) Host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// A Key tells a request from others by its method, URL and body, and by the
// credential that it carries.
type Key [sha256.Size]byte

// Key is the request's.
func (c *Call) Key() Key {
	h := sha256.New()
	add := func(text string) {
		_, _ = io.WriteString(h, text)
		_, _ = h.Write([]byte{0})
	}
	add(c.Method)
	add(c.URL)
	_, _ = h.Write(c.Body)
	for _, line := range c.Header {
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Authorization") && !strings.Contains(value, "Signature=") {
			add(line) // a signature is another one each time
		}
	}
	return Key(h.Sum(nil))
}

// An Answer is what is to become of a Call.
type Answer struct {
	Allow bool
	// Message tells the client why not, and what to do. One line.
	Message string
}

// An Unseen host is tunnelled though it is to be looked into, or refused where that
// cannot be told.
type Unseen struct {
	Host    string
	Why     string
	Refused bool // one connection was
	Client  Client
}
