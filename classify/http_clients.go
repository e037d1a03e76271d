package classify

import (
	"strings"

	"restrain/shellparse"
)

func knownWord(text string) shellparse.Word { return shellparse.Word{Text: text} }

// readWget reads the words of wget.
func (r *reader) readWget() {
	const shortValues = "aABDeEGiIlnoOPQRtTUwX"
	var q request
	var urls []string
	w := words{list: r.cmd.Argv[1:]}
	for text, ok := w.next(); ok; text, ok = w.next() {
		switch {
		case len(text) < 2 || text[0] != '-':
			urls = append(urls, text)
		case text[1] != '-':
			for i := 1; i < len(text); i++ {
				if strings.IndexByte(shortValues, text[i]) >= 0 {
					value := w.value(text[i+1:], i+1 < len(text))
					if text[i] == 'i' {
						urls = r.urlsOf(urls, value)
					}
					break
				}
			}
		default:
			name, value, attached := strings.Cut(text[2:], "=")
			if wgetTakesValue(name) {
				value = w.value(value, attached)
			}
			if name == "input-file" {
				urls = r.urlsOf(urls, value)
			}
			r.wgetFlag(&q, name, value)
		}
	}
	for _, url := range urls {
		q.url = url
		r.addRequest(&q)
	}
}

func (r *reader) wgetFlag(q *request, name, value string) {
	switch name {
	case "method":
		q.method = value
	case "post-data", "body-data":
		q.addData(value, "&")
	case "post-file", "body-file":
		r.attach(q, value, "&")
	case "header":
		q.header(value)
	case "user", "password", "http-user", "http-password", "use-askpass", "ask-password":
		q.authorize("user")
	case "load-cookies":
		q.authorize("cookie")
	case "certificate", "private-key":
		q.authorize("client")
	}
}

// wgetTakesValue reports the long options whose value may be the next word, as
// far as it matters for what follows.
func wgetTakesValue(name string) bool {
	switch name {
	case "method", "post-data", "body-data", "post-file", "body-file", "header", "user", "password", "http-user",
		"http-password", "load-cookies", "certificate", "private-key", "input-file", "output-document", "output-file",
		"directory-prefix", "user-agent", "tries", "timeout", "wait", "referer", "save-cookies", "level", "accept",
		"reject", "domains", "quota", "limit-rate", "ca-certificate", "base", "execute", "append-output":
		return true
	}
	return false
}

// urlsOf adds the URLs in a file, one a line.
func (r *reader) urlsOf(urls []string, path string) []string {
	text, ok := r.readText(path)
	if !ok {
		return append(urls, hole)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && len(urls) < maxRequests {
			urls = append(urls, line)
		}
	}
	return urls
}

// readHTTPie reads http, https and xh: [METHOD] URL [ITEM…].
func (r *reader) readHTTPie() {
	var q request
	var operands []string
	w := words{list: r.cmd.Argv[1:]}
	for text, ok := w.next(); ok; text, ok = w.next() {
		if len(text) < 2 || text[0] != '-' {
			operands = append(operands, text)
			continue
		}
		name, value, attached := strings.Cut(text, "=")
		switch name {
		case "--offline":
			return // only shows the request
		case "--raw":
			q.addData(w.value(value, attached), "")
		case "--auth", "-a", "--bearer":
			w.value(value, attached)
			q.authorize("user")
		case "--session", "--session-read-only":
			w.value(value, attached)
			q.authorize("cookie")
		case "--cert":
			w.value(value, attached)
			q.authorize("client")
		case "--auth-type", "-A", "--output", "-o", "--print", "-p", "--style", "-s", "--timeout", "--proxy",
			"--verify", "--cert-key", "--pretty", "--format-options", "--max-redirects", "--default-scheme", "--path-as-is":
			w.value(value, attached)
		default:
			if len(text) > 2 && text[1] == 'a' {
				q.authorize("user")
			}
		}
	}
	if len(operands) > 1 && (isMethod(operands[0]) || operands[0] == hole && looksLikeURL(operands[1])) {
		q.method, operands = operands[0], operands[1:]
	}
	if len(operands) == 0 {
		return
	}
	q.url = operands[0]
	if strings.HasPrefix(q.url, ":") {
		q.url = "localhost" + strings.TrimSuffix(q.url, ":")
		if rest, root := strings.CutPrefix(operands[0], ":/"); root {
			q.url = "localhost/" + rest
		}
	}
	var queries []string
	for _, item := range operands[1:] {
		if query := r.httpieItem(&q, item); query != "" {
			queries = append(queries, query)
		}
	}
	if !q.sent && r.hasInput() {
		r.attachInput(&q, "")
	}
	q.url = addQuery(q.url, queries)
	r.addRequest(&q)
}

// httpieItem reads one item; it gives the query parameter that it is, if it is
// one. The longest separator at the first place counts.
func (r *reader) httpieItem(q *request, item string) (query string) {
	i := strings.IndexAny(item, ":=@")
	if i < 0 {
		return ""
	}
	name, rest := item[:i], item[i:]
	for _, separator := range [...]string{":=@", "==@", "=@", "==", ":=", "@", "=", ":"} {
		value, ok := strings.CutPrefix(rest, separator)
		if !ok {
			continue
		}
		switch separator {
		case ":=@", "=@", "@":
			r.attach(q, value, "&")
		case "==":
			return name + "=" + value
		case "=":
			q.addData(quoteJSON(name)+":"+quoteJSON(value), ",")
		case ":=":
			q.addData(quoteJSON(name)+":"+value, ",")
		case ":":
			q.header(name + ":" + value)
		}
		break
	}
	return ""
}

// quoteJSON writes a text as a JSON string.
func quoteJSON(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

func looksLikeURL(text string) bool {
	return strings.ContainsAny(text, "/.") || strings.HasPrefix(text, ":") || strings.HasPrefix(text, "localhost")
}

// readForgeAPI reads gh api, glab api and those of other tools that took the
// way over: an endpoint of the service's API, or its GraphQL, with the
// credential that the client keeps.
func (r *reader) readForgeAPI() {
	list := r.cmd.Argv[1:]
	if len(list) == 0 || list[0].Text != "api" {
		return
	}
	q := request{credential: "client"}
	host, prefix := "api.github.com", "/"
	switch r.cmd.Name {
	case "glab":
		host, prefix = "gitlab.com", "/api/v4/"
	case "pscale":
		host, prefix = "api.planetscale.com", "/v1/"
	case "vercel", "vc":
		host = "api.vercel.com"
	}
	endpoint := ""
	var fields []string
	w := words{list: list[1:]}
	for text, ok := w.next(); ok; text, ok = w.next() {
		if len(text) < 2 || text[0] != '-' {
			if endpoint == "" {
				endpoint = text
			}
			continue
		}
		name, value, attached := strings.Cut(text, "=")
		if text[1] != '-' && len(text) > 2 {
			name, value, attached = text[:2], strings.TrimPrefix(text[2:], "="), true
		}
		switch name {
		case "-X", "--method":
			q.method = w.value(value, attached)
		case "-f", "-F", "--field", "--raw-field":
			fields = append(fields, r.forgeField(name, w.value(value, attached)))
		case "--input":
			r.attach(&q, w.value(value, attached), "")
		case "-H", "--header":
			q.header(w.value(value, attached))
		case "--hostname":
			host = w.value(value, attached)
		case "-q", "--jq", "-t", "--template", "-p", "--preview", "--cache", "--output":
			w.value(value, attached)
		}
	}
	if len(fields) > 0 {
		q.addData("{"+strings.Join(fields, ",")+"}", "")
	}
	if strings.Contains(endpoint, "://") {
		q.url = endpoint
	} else {
		endpoint = strings.TrimPrefix(endpoint, "/")
		if endpoint == "graphql" && prefix != "/" {
			prefix = "/api/"
		}
		q.url = "https://" + host + prefix + endpoint
	}
	if endpoint != "" {
		r.addRequest(&q)
	}
}

// forgeField reads name=value as a JSON member. -F reads @file; the first of
// a nested name such as input[id] stands for it.
func (r *reader) forgeField(flag, field string) string {
	name, value, _ := strings.Cut(field, "=")
	if path, fromFile := strings.CutPrefix(value, "@"); fromFile && (flag == "-F" || flag == "--field") {
		if text, ok := r.readText(path); ok {
			value = text
		} else {
			value = hole
		}
	}
	return quoteJSON(name) + ":" + quoteJSON(value)
}

// readAzRest reads az rest, which sends any request with Azure's credentials.
func (r *reader) readAzRest() {
	list := r.cmd.Argv[1:]
	if len(list) == 0 || list[0].Text != "rest" {
		return
	}
	q := request{credential: "client"}
	w := words{list: list[1:]}
	for text, ok := w.next(); ok; text, ok = w.next() {
		name, value, attached := strings.Cut(text, "=")
		switch name {
		case "--method", "-m":
			q.method = w.value(value, attached)
		case "--url", "--uri", "-u":
			q.url = w.value(value, attached)
		case "--body", "-b":
			value = w.value(value, attached)
			if path, fromFile := strings.CutPrefix(value, "@"); fromFile {
				r.attach(&q, path, "")
			} else {
				q.addData(value, "")
			}
		case "--headers":
			q.header(strings.Replace(w.value(value, attached), "=", ":", 1))
		}
	}
	if strings.HasPrefix(q.url, "/") {
		q.url = "https://management.azure.com" + q.url
	}
	if q.url != "" {
		r.addRequest(&q)
	}
}

// isWebCmdlet reports PowerShell's web commands and their aliases.
func isWebCmdlet(name string) bool {
	if len(name) < 3 || name[0]|0x20 != 'i' {
		return false
	}
	return strings.EqualFold(name, "Invoke-RestMethod") || strings.EqualFold(name, "Invoke-WebRequest") ||
		strings.EqualFold(name, "irm") || strings.EqualFold(name, "iwr")
}

// readWebCmdlet reads the words behind one of PowerShell's web commands. Names
// of parameters may be cut short.
func (r *reader) readWebCmdlet(list []shellparse.Word) {
	var q request
	w := words{list: list}
	for text, ok := w.next(); ok; text, ok = w.next() {
		if len(text) < 2 || text[0] != '-' {
			if q.url == "" {
				q.url = text
			}
			continue
		}
		name, value, attached := strings.Cut(strings.ToLower(text[1:]), ":")
		if attached {
			value = text[len(text)-len(value):]
		}
		switch {
		case strings.HasPrefix("method", name), strings.HasPrefix("custommethod", name):
			q.method = w.value(value, attached)
		case strings.HasPrefix("uri", name):
			q.url = w.value(value, attached)
		case strings.HasPrefix("body", name), strings.HasPrefix("form", name):
			q.addData(w.value(value, attached), "")
		case strings.HasPrefix("infile", name):
			r.attach(&q, w.value(value, attached), "")
		case strings.HasPrefix("headers", name):
			r.cmdletHeaders(&q, w.value(value, attached), &w)
		case strings.HasPrefix("credential", name), strings.HasPrefix("token", name), name == "usedefaultcredentials":
			if name != "usedefaultcredentials" {
				w.value(value, attached)
			}
			q.authorize("user")
		case strings.HasPrefix("outfile", name), strings.HasPrefix("contenttype", name), strings.HasPrefix("timeoutsec", name),
			strings.HasPrefix("useragent", name), strings.HasPrefix("websession", name), strings.HasPrefix("sessionvariable", name),
			strings.HasPrefix("proxy", name), strings.HasPrefix("authentication", name):
			w.value(value, attached)
		}
	}
	if q.url != "" {
		r.addRequest(&q)
	}
}

// cmdletHeaders reads @{Authorization = "Bearer x"}, which a shell may have
// split into several words.
func (r *reader) cmdletHeaders(q *request, text string, w *words) {
	for n := 0; n < maxRequests && strings.HasPrefix(text, "@{") && !strings.Contains(text, "}"); n++ {
		more, _ := w.next()
		text += " " + more
	}
	text = strings.Trim(text, "@{}")
	for _, pair := range strings.Split(text, ";") {
		name, value, _ := strings.Cut(pair, "=")
		q.header(strings.Trim(name, ` "'`) + ":" + strings.Trim(value, ` "'`))
	}
}
