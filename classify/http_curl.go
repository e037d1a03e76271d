package classify

import (
	"sort"
	"strings"
)

// readCurl reads the words of curl as curl does: --next separates requests, and
// the options of one count for all of its URLs (curl 8.16, tool_getparam.c).
func (r *reader) readCurl() {
	c := curl{r: r}
	w := words{list: r.cmd.Argv[1:]}
	for text, ok := w.next(); ok; text, ok = w.next() {
		c.word(text, &w)
	}
	c.finish()
}

// curl collects what the options say about the requests up to --next.
type curl struct {
	r    *reader
	req  request
	urls []string
	// get and head are -G and -I; upload is -T.
	get, head, upload bool
	queries           []string
	connect           string // the host that --connect-to or --resolve leads to
	depth             int    // of config files
}

// word reads one word and the values that belong to it.
func (c *curl) word(text string, w *words) {
	switch {
	case len(text) < 2 || text[0] != '-':
		c.urls = append(c.urls, text)
	case text == "--next" || text == "-:":
		c.finish()
	case text[1] == '-':
		name, value, attached := strings.Cut(text[2:], "=")
		if name = curlLongFlag(name); name == "" {
			return
		}
		if short := curlShortOf(name); short != 0 {
			c.short(short, func() string { return w.value(value, attached) })
			return
		}
		c.long(name, w.value(value, attached))
	default:
		c.bundle(text, w)
	}
}

// bundle reads -sSXDELETE.
func (c *curl) bundle(text string, w *words) {
	for i := 1; i < len(text); i++ {
		takes := strings.IndexByte(curlShortValues, text[i]) >= 0
		rest := text[i+1:]
		c.short(text[i], func() string { return w.value(rest, rest != "") })
		if takes {
			return
		}
		if text[i] == ':' {
			c.finish()
		}
	}
}

// curlShortValues are the short options that take a value.
const curlShortValues = "AbcCdDeEFhHKmMoPQrtTuUwxXyYz"

// short reads a short option; value is asked for only by those that take one.
func (c *curl) short(flag byte, value func() string) {
	q := &c.req
	switch flag {
	case 'X':
		q.method = value()
	case 'd':
		c.data(value(), "&")
	case 'F':
		c.form(value())
	case 'T':
		c.upload = true
		c.r.attach(q, value(), "")
	case 'G':
		c.get = true
	case 'I':
		c.head = true
	case 'H':
		c.header(value())
	case 'u':
		value()
		q.authorize("user")
	case 'b':
		value()
		q.authorize("cookie")
	case 'n':
		q.authorize("netrc")
	case 'E':
		value()
		q.authorize("client")
	case 'K':
		c.config(value())
	default:
		if strings.IndexByte(curlShortValues, flag) >= 0 {
			value()
		}
	}
}

// long reads a long option that has a value and no short form.
func (c *curl) long(name, value string) {
	q := &c.req
	if strings.HasPrefix(name, "expand-") {
		name, value = name[len("expand-"):], expandHoles(value)
		if short := curlShortOf(name); short != 0 {
			c.short(short, func() string { return value })
			return
		}
	}
	switch name {
	case "url":
		c.urls = append(c.urls, value)
	case "url-query":
		c.queries = append(c.queries, value)
	case "data-raw", "form-string":
		q.addData(value, "&")
	case "data-ascii", "data-binary":
		c.data(value, "&")
	case "data-urlencode":
		c.urlencoded(value)
	case "json":
		c.data(value, "")
	case "oauth2-bearer":
		q.authorize("header")
	case "aws-sigv4":
		q.authorize("user")
	case "netrc-file":
		q.authorize("netrc")
	case "request-target":
		q.target = value
	case "proto-default":
		q.scheme = value
	case "unix-socket", "abstract-unix-socket":
		c.connect = value[strings.LastIndexByte(value, '/')+1:]
	case "connect-to":
		if parts := strings.Split(value, ":"); len(parts) >= 3 && parts[2] != "" {
			c.connect = parts[2]
		}
	case "resolve":
		if parts := strings.SplitN(value, ":", 3); len(parts) == 3 {
			c.connect = strings.Trim(parts[2], "[]")
		}
	}
}

// header reads -H, also from a file.
func (c *curl) header(value string) {
	path, fromFile := strings.CutPrefix(value, "@")
	if !fromFile {
		c.req.header(value)
		return
	}
	text, ok := c.r.readText(path)
	if !ok {
		c.req.authorize("header") // what is kept in a file is most often a token
		return
	}
	for line := range strings.Lines(text) {
		c.req.header(line)
	}
}

// data reads -d: text, or @file.
func (c *curl) data(value, separator string) {
	if path, fromFile := strings.CutPrefix(value, "@"); fromFile {
		c.r.attach(&c.req, path, separator)
		return
	}
	c.req.addData(value, separator)
}

// urlencoded reads --data-urlencode: content, =content, name=content, @file or
// name@file.
func (c *curl) urlencoded(value string) {
	i := strings.IndexAny(value, "=@")
	if i < 0 || value[i] == '=' {
		c.req.addData(strings.TrimPrefix(value, "="), "&")
		return
	}
	if i > 0 {
		c.req.addData(value[:i]+"=", "&")
		c.r.attach(&c.req, value[i+1:], "")
		return
	}
	c.r.attach(&c.req, value[1:], "&")
}

// form reads -F: name=content, name=@file or name=<file, with ;type= behind.
func (c *curl) form(value string) {
	name, content, _ := strings.Cut(value, "=")
	if content == "" || content[0] != '@' && content[0] != '<' {
		c.req.addData(name+"="+content, "&")
		return
	}
	files, _, _ := strings.Cut(content[1:], ";")
	for _, path := range strings.Split(files, ",") {
		c.r.attach(&c.req, strings.Trim(path, `"`), "&")
	}
}

// finish makes the requests of the options so far, one for each URL.
func (c *curl) finish() {
	q := &c.req
	if c.get && q.sent {
		c.queries = append(c.queries, q.data.String())
		q.sent = false
		q.data.Reset()
	}
	if q.method == "" {
		switch {
		case c.head:
			q.method = "HEAD"
		case c.upload:
			q.method = "PUT"
		case c.get:
			q.method = "GET"
		}
	}
	for _, url := range c.urls {
		q.url = addQuery(url, c.queries)
		before := len(c.r.facts.https)
		c.r.addRequest(q)
		if c.connect != "" && len(c.r.facts.https) > before {
			c.r.facts.https[before].connectTo(c.connect)
		}
	}
	*c = curl{r: c.r, depth: c.depth}
}

// connectTo takes over where a connection really goes. A name is believed over
// an address: the server acts on the Host header.
func (f *httpFact) connectTo(host string) {
	host = strings.ToLower(host)
	scope := hostScope(host)
	switch {
	case strings.HasSuffix(host, ".sock"):
		f.host, f.scope = host, scopeLoopback
	case scope == scopePublic && f.scope != scopePublic:
		f.host, f.scope = host, scope
	case scope == scopeUnknown && f.scope != scopePublic:
		f.scope = scope
	}
}

func addQuery(url string, queries []string) string {
	for _, query := range queries[:min(len(queries), maxRequests)] {
		separator := "?"
		if strings.Contains(url, "?") {
			separator = "&"
		}
		url += separator + strings.TrimPrefix(query, "+")
	}
	return url
}

// config reads -K: a file of options, one a line: url = "x", -X DELETE,
// request: DELETE.
func (c *curl) config(path string) {
	const maxDepth = 4
	if c.depth == maxDepth {
		return
	}
	text, ok := c.r.readText(path)
	if !ok {
		c.urls = append(c.urls, hole) // whatever it asks for
		return
	}
	c.depth++
	for line := range strings.Lines(text) {
		c.configLine(strings.TrimSpace(line))
	}
	c.depth--
}

func (c *curl) configLine(line string) {
	if line == "" || line[0] == '#' {
		return
	}
	name, value := line, ""
	if i := strings.IndexAny(line, " \t=:"); i > 0 {
		name = line[:i]
		value = strings.TrimLeft(line[i:], " \t=:")
		if strings.HasPrefix(value, `"`) {
			value, _ = unescapeString(value[1:], '"')
		}
	}
	if !strings.HasPrefix(name, "-") {
		name = "--" + name
	}
	var w words
	if value != "" {
		w.list = append(w.list, knownWord(value))
	}
	c.word(name, &w)
}

// expandHoles replaces curl's own {{variables}} by holes.
func expandHoles(text string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "{{")
		_, rest, closed := strings.Cut(after, "}}")
		if !found || !closed {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(before + hole)
		text = rest
	}
}

// curlLongValues are the long options that take a value, sorted, without those
// that have a short form below. Options not listed take none.
var curlLongValues = [...]string{
	"abstract-unix-socket", "alt-svc", "aws-sigv4", "cacert", "capath", "cert-type", "ciphers", "connect-timeout",
	"connect-to", "create-file-mode", "crlfile", "curves", "data-ascii", "data-binary", "data-raw", "data-urlencode",
	"delegation", "dns-interface", "dns-ipv4-addr", "dns-ipv6-addr", "dns-servers", "doh-url", "ech", "egd-file",
	"engine", "etag-compare", "etag-save", "expect100-timeout", "form-string", "ftp-account",
	"ftp-alternative-to-user", "ftp-method", "ftp-port", "ftp-ssl-ccc-mode", "happy-eyeballs-timeout-ms",
	"haproxy-clientip", "hostpubmd5", "hostpubsha256", "hsts", "interface", "ip-tos", "ipfs-gateway", "json",
	"keepalive-cnt", "keepalive-time", "key", "key-type", "krb", "libcurl", "limit-rate", "local-port", "login-options",
	"mail-auth", "mail-from", "mail-rcpt", "max-filesize", "max-redirs", "netrc-file", "noproxy", "oauth2-bearer",
	"output-dir", "parallel-max", "parallel-max-host", "pass", "pinnedpubkey", "preproxy", "proto", "proto-default",
	"proto-redir", "proxy-cacert", "proxy-capath", "proxy-cert", "proxy-cert-type", "proxy-ciphers", "proxy-crlfile",
	"proxy-header", "proxy-key", "proxy-key-type", "proxy-pass", "proxy-pinnedpubkey", "proxy-service-name",
	"proxy-tls13-ciphers", "proxy-tlsauthtype", "proxy-tlspassword", "proxy-tlsuser", "proxy1.0", "pubkey",
	"random-file", "rate", "request-target", "resolve", "retry", "retry-delay", "retry-max-time", "sasl-authzid",
	"service-name", "socks4", "socks4a", "socks5", "socks5-gssapi-service", "socks5-hostname", "ssl-sessions", "stderr",
	"tftp-blksize", "tls-max", "tls13-ciphers", "tlsauthtype", "tlspassword", "tlsuser", "trace", "trace-ascii",
	"trace-config", "unix-socket", "upload-flags", "url", "url-query", "variable", "vlan-priority",
}

// curlLongFlag completes an option as older versions of curl do, which take any
// prefix that only one option has. It gives "" for one that takes no value and
// changes nothing.
func curlLongFlag(name string) string {
	if strings.HasPrefix(name, "expand-") || curlShortOf(name) != 0 {
		return name
	}
	i := sort.SearchStrings(curlLongValues[:], name)
	if i < len(curlLongValues) && curlLongValues[i] == name {
		return name
	}
	switch {
	case len(name) < 3:
		return ""
	case strings.HasPrefix("request", name):
		return "request"
	case strings.HasPrefix("header", name):
		return "header"
	case strings.HasPrefix("upload-file", name):
		return "upload-file"
	}
	return ""
}

// curlShortOf gives the short form of a long option, 0 when it has none that
// matters.
func curlShortOf(name string) byte {
	switch name {
	case "request":
		return 'X'
	case "data":
		return 'd'
	case "form":
		return 'F'
	case "upload-file":
		return 'T'
	case "get":
		return 'G'
	case "head":
		return 'I'
	case "header":
		return 'H'
	case "user":
		return 'u'
	case "cookie":
		return 'b'
	case "netrc", "netrc-optional":
		return 'n'
	case "cert":
		return 'E'
	case "config":
		return 'K'
	case "user-agent":
		return 'A'
	case "cookie-jar":
		return 'c'
	case "continue-at":
		return 'C'
	case "dump-header":
		return 'D'
	case "referer":
		return 'e'
	case "help":
		return 'h'
	case "max-time":
		return 'm'
	case "output":
		return 'o'
	case "quote":
		return 'Q'
	case "range":
		return 'r'
	case "telnet-option":
		return 't'
	case "proxy-user":
		return 'U'
	case "write-out":
		return 'w'
	case "proxy":
		return 'x'
	case "speed-time":
		return 'y'
	case "speed-limit":
		return 'Y'
	case "time-cond":
		return 'z'
	}
	return 0
}
