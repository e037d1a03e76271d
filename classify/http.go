package classify

import (
	"strings"

	"restrain/secret"
)

// Bounds of what is read from an agent.
const (
	maxBody     = 128 << 10 // bytes of a body, a query or a script
	maxRequests = 64        // of one command
)

// readHTTP finds the requests that the command makes.
func (r *reader) readHTTP() {
	switch r.cmd.Name {
	case "curl", "curl.exe", "curlie":
		r.readClient(r.cmd.Argv[1:], curlOptions[:]).transfer()
	case "wget", "wget2":
		r.readClient(r.cmd.Argv[1:], wgetOptions[:]).transfer()
	case "http", "https", "httpie", "xh", "xhs":
		r.readHTTPie()
	case "gh", "glab", "pscale", "vercel", "vc":
		r.readForgeAPI()
	case "az":
		r.readAzRest()
	case "nc", "ncat", "netcat", "telnet", "openssl", "socat":
		r.readRawHTTP()
	default:
		if isWebCmdlet(r.cmd.Name) {
			r.readWebCmdlet(r.cmd.Argv[1:])
		}
	}
}

// A request is what the words of a client say about one transfer.
type request struct {
	method   string // as given; empty for the default
	override string // of X-HTTP-Method-Override and its like
	url      string
	data     strings.Builder // what of the body is known
	// sent reports that there is a body; bodyKind says from where.
	sent       bool
	bodyKind   string
	bodyFiles  []string
	credential string
	// action is the operation that a header names, as in AWS's JSON protocols.
	action string
}

// addData takes over literal text of a body.
func (q *request) addData(text, separator string) {
	if q.data.Len() > 0 {
		q.data.WriteString(separator)
	}
	if q.data.Len()+len(text) <= maxBody {
		q.data.WriteString(text)
	}
	q.sent = true
	switch {
	case q.bodyKind != "":
	case text == hole:
		q.bodyKind = bodyUnknown
	default:
		q.bodyKind = bodyText
	}
}

// attach takes over a file as a body, or "-" for standard input, and reads it
// where it can be read.
func (r *reader) attach(q *request, path, separator string) {
	q.sent = true
	if isInput(path) {
		r.attachInput(q, separator)
		return
	}
	q.bodyKind = bodyFile
	if len(q.bodyFiles) == maxRequests {
		return
	}
	q.bodyFiles = append(q.bodyFiles, path)
	if text, ok := r.readText(path); ok {
		q.addData(text, separator)
	}
}

// attachInput takes over standard input as a body. What stands in the line is
// text; all else may hold more than the line shows.
func (r *reader) attachInput(q *request, separator string) {
	q.sent, q.bodyKind = true, bodyStdin
	if r.cmd.Stdin != nil {
		q.bodyKind = bodyText
	}
	if r.cmd.Input != nil {
		q.addData(r.cmd.Input.Text, separator)
	}
}

// header takes over one header, as "Name: value".
func (q *request) header(line string) {
	name, value, found := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if !found || value == "" {
		return
	}
	switch name = strings.TrimSpace(name); {
	case strings.EqualFold(name, "X-HTTP-Method-Override"), strings.EqualFold(name, "X-HTTP-Method"), strings.EqualFold(name, "X-Method-Override"):
		q.override = value
	case strings.EqualFold(name, "X-Amz-Target"):
		q.action = value[strings.LastIndexByte(value, '.')+1:]
	case strings.EqualFold(name, "Cookie"):
		q.authorize("cookie")
	case secret.Named(name):
		q.authorize("header")
	}
}

// authorize notes that the request carries a credential; the first place
// counts.
func (q *request) authorize(where string) {
	if q.credential == "" {
		q.credential = where
	}
}

// addRequest turns what is known of a request into a fact.
func (r *reader) addRequest(q *request) {
	if len(r.facts.https) >= maxRequests {
		return
	}
	loc := splitURL(q.url)
	loc.host = plainHost(loc.host)
	if loc.scheme == "file" {
		r.facts.files = append(r.facts.files, fileFact{op: opRead, text: loc.path})
		return
	}
	switch {
	case q.credential != "":
	case loc.user != "":
		q.credential = "user"
	case queryCredential(loc.query):
		q.credential = "query"
	}
	body := q.data.String()
	f := httpFact{
		method:     q.effectiveMethod(loc, body),
		host:       loc.host,
		port:       loc.port,
		path:       loc.path,
		query:      loc.query,
		form:       formFields(body),
		content:    body,
		scope:      hostScope(loc.host),
		body:       bodyNone,
		bodyFiles:  q.bodyFiles,
		credential: q.credential,
	}
	if q.sent {
		f.body = q.bodyKind
	}
	if q.action != "" {
		f.form = "Action=" + q.action // as AWS's query protocol has it
	}
	f.text = f.evidence(r.spell(q.url))
	f.graphql = readGraphQL(loc, body, f.body)
	r.readStatements(&f, body)
	if f.scope != scopeLoopback {
		for _, path := range q.bodyFiles {
			r.facts.files = append(r.facts.files, fileFact{op: opSend, text: path})
		}
	}
	r.facts.https = append(r.facts.https, f)
}

// formFields gives a body that is a form, which services such as AWS read as
// they read a query; "" for any other body.
func formFields(body string) string {
	if body == "" || strings.ContainsRune("{[<", rune(body[0])) || !strings.Contains(body, "=") {
		return ""
	}
	return body
}

// effectiveMethod is the method that the server acts on. A form field _method
// overrides POST in Rails, Laravel and Symfony.
func (q *request) effectiveMethod(loc location, body string) string {
	method := q.method
	if method == "" {
		method = "GET"
		if q.sent {
			method = "POST"
		}
	}
	if q.override != "" {
		method = q.override
	} else if strings.EqualFold(method, "POST") {
		for _, form := range [...]string{loc.query, body} {
			if i := strings.Index(form, "_method="); i >= 0 && (i == 0 || form[i-1] == '&') {
				method, _, _ = strings.Cut(form[i+len("_method="):], "&")
			}
		}
	}
	if strings.Contains(method, hole) {
		return ""
	}
	return strings.ToUpper(method)
}

// queryCredential reports whether a query has a parameter that is a credential.
func queryCredential(query string) bool {
	for query != "" {
		var param string
		param, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(param, "=")
		if value != "" && (secret.Named(name) || name == "sig" || name == "auth") {
			return true
		}
	}
	return false
}

// evidence is the method and the URL, without secrets.
func (f *httpFact) evidence(url string) string {
	const maxEvidence = 200
	method := f.method
	if method == "" {
		method = hole
	}
	if len(url) > maxEvidence {
		url = strings.ToValidUTF8(url[:maxEvidence], "") + "…"
	}
	return method + " " + secret.Redact(url)
}

// readRawHTTP reads a request written out for a plain connection:
// printf 'DELETE /x HTTP/1.1\r\nHost: h\r\n\r\n' | nc h 80.
func (r *reader) readRawHTTP() {
	if r.cmd.Input == nil {
		return
	}
	first, rest, _ := strings.Cut(r.cmd.Input.Text, "\n")
	method, target, ok := strings.Cut(strings.TrimSpace(first), " ")
	target, version, found := strings.Cut(target, " ")
	if !ok || !found || !strings.HasPrefix(version, "HTTP/") || !isMethod(method) {
		return
	}
	q := request{method: method}
	host := ""
	head, body, _ := strings.Cut(strings.ReplaceAll(rest, "\r", ""), "\n\n")
	for head != "" {
		var line string
		line, head, _ = strings.Cut(head, "\n")
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Host") {
			host = strings.TrimSpace(value)
		}
		q.header(line)
	}
	for _, word := range r.cmd.Argv[1:] {
		if host == "" && !strings.HasPrefix(word.Text, "-") && strings.Trim(word.Text, "0123456789") != "" {
			host = word.Text
		}
	}
	q.url = host + target
	if body = strings.TrimSpace(body); body != "" {
		q.addData(body, "")
	}
	r.addRequest(&q)
}

// isMethod reports whether a word is a method of RFC 9110, RFC 5789 or WebDAV.
func isMethod(word string) bool {
	switch strings.ToUpper(word) {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "TRACE",
		"PROPFIND", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT":
		return true
	}
	return false
}
