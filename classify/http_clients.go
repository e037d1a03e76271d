package classify

import (
	"strings"

	"restrain/shellparse"
)

// A client collects what the words of an HTTP client say, of curl those up to --next.
type client struct {
	r                *reader
	req              request
	operands         []string
	urls, queries    []string
	fields           []string
	get, head, shown bool
	host             string
	depth            int    // of files of options
	connect          string // the host that --connect-to or --resolve leads to
}

// readClient reads the words of a client that has options as curl has them.
func (r *reader) readClient(list []shellparse.Word, options []clientOption) *client {
	c := &client{r: r}
	c.read(list, options)
	return c
}

func (c *client) read(list []shellparse.Word, options []clientOption) {
	w := words{list: list}
	for text, ok := w.next(); ok; text, ok = w.next() {
		switch {
		case len(text) < 2 || text[0] != '-':
			c.operands = append(c.operands, text)
		case text == "--next" || text == "-:":
			c.transfer()
			*c = client{r: c.r, depth: c.depth}
		case text[1] == '-':
			name, value, attached := strings.Cut(text[2:], "=")
			name, unknown := strings.CutPrefix(name, "expand-") // curl's own variables
			if o := longOption(options, name); o != nil {
				if !o.bare {
					value = w.value(value, attached)
				}
				if unknown {
					value = hole
				}
				c.take(o.part, value, &w)
			}
		default:
			c.bundle(text[1:], options, &w)
		}
	}
}

// config reads a file of curl's options, one a line: url = "x", -X DELETE,
// request: DELETE.
func (c *client) config(path string) {
	const maxDepth = 4
	text, ok := c.r.readText(path)
	if !ok || c.depth == maxDepth {
		c.urls = append(c.urls, hole) // whatever it asks for
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	for line := range strings.Lines(text) {
		name, value := strings.TrimSpace(line), ""
		if i := strings.IndexAny(name, " \t=:"); i > 0 {
			name, value = name[:i], strings.TrimLeft(name[i:], " \t=:")
		}
		if quoted, ok := strings.CutPrefix(value, `"`); ok {
			value, _ = unescapeString(quoted, '"')
		}
		if name != "" && name[0] != '#' {
			if name[0] != '-' {
				name = "--" + name
			}
			c.read([]shellparse.Word{{Text: name}, {Text: value}}[:min(2, 1+len(value))], curlOptions[:])
		}
	}
}

// bundle reads the letters of -sSXDELETE.
func (c *client) bundle(letters string, options []clientOption, w *words) {
	for i := range len(letters) {
		o := namedOption(options, letters[i:i+1])
		switch {
		case o == nil:
		case o.bare:
			c.take(o.part, "", w)
		default:
			c.take(o.part, w.value(strings.TrimPrefix(letters[i+1:], "="), i+1 < len(letters)), w)
			return
		}
	}
}

// longOption finds an option that has two dashes. Those that count are found by
// their first letters too, as older versions take them.
func longOption(options []clientOption, name string) *clientOption {
	if o := namedOption(options, name); o != nil || len(name) < 3 {
		return o
	}
	return optionBegun(options, name)
}

func namedOption(options []clientOption, name string) *clientOption {
	for i := range options {
		for known := range strings.SplitSeq(options[i].names, " ") {
			if known == name {
				return &options[i]
			}
		}
	}
	return nil
}

func optionBegun(options []clientOption, name string) *clientOption {
	for i := range options {
		for known := range strings.SplitSeq(options[i].names, " ") {
			if options[i].part != partValue && strings.HasPrefix(known, name) {
				return &options[i]
			}
		}
	}
	return nil
}

// take takes over one option.
func (c *client) take(part clientPart, value string, w *words) {
	q := &c.req
	switch part {
	case partURL:
		c.urls = append(c.urls, value)
	case partConfig:
		c.config(value)
	case partList:
		c.urls = append(c.urls, hole) // whatever it asks for
	case partHost:
		c.host = value
	case partMethod:
		q.method = value
	case partBody:
		q.addData(value, "&")
	case partData:
		c.data(value, "&")
	case partJSON:
		c.data(value, "")
	case partEncoded:
		c.encoded(value)
	case partForm:
		c.form(value)
	case partField, partRawField:
		c.fields = append(c.fields, c.r.member(value, part == partField))
	case partFile:
		c.r.attach(q, value, "&")
	case partUpload:
		if q.method == "" {
			q.method = "PUT"
		}
		c.r.attach(q, value, "")
	case partQuery:
		c.queries = append(c.queries, value)
	case partHeader:
		if strings.HasPrefix(value, "@") {
			q.authorize("header") // what is kept in a file is most often a token
		}
		q.header(value)
	case partPair:
		q.header(strings.Replace(value, "=", ":", 1))
	case partTable:
		q.headerTable(value, w)
	case partGet:
		c.get = true
	case partHead:
		c.head = true
	case partSocket:
		c.connect = value[strings.LastIndexByte(value, '/')+1:]
	case partConnect, partResolve:
		if parts := strings.SplitN(value, ":", 4); len(parts) >= 3 && parts[2] != "" {
			c.connect = strings.Trim(parts[2], "[]")
		}
	case partShown:
		c.shown = true
	case partUser, partBearer, partCookie, partNetrc, partClient:
		q.authorize([...]string{"user", "header", "cookie", "netrc", "client"}[part-partUser])
	}
}

// data takes over a text, or @file.
func (c *client) data(value, separator string) {
	if path, fromFile := strings.CutPrefix(value, "@"); fromFile {
		c.r.attach(&c.req, path, separator)
		return
	}
	c.req.addData(value, separator)
}

func (c *client) encoded(value string) {
	i := strings.IndexAny(value, "=@")
	if i < 0 || value[i] == '=' {
		c.req.addData(strings.TrimPrefix(value, "="), "&")
		return
	}
	if i > 0 {
		c.req.addData(value[:i]+"=", "&")
	}
	c.r.attach(&c.req, value[i+1:], "")
}

// form reads name=content, name=@file or name=<file, with ;type= behind.
func (c *client) form(value string) {
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

// transfer makes the requests, one for each address.
func (c *client) transfer() {
	q := &c.req
	if c.get && q.sent {
		c.queries = append(c.queries, q.data.String())
		q.sent = false
		q.data.Reset()
	}
	switch {
	case q.method != "":
	case c.head:
		q.method = "HEAD"
	case c.get:
		q.method = "GET"
	}
	for _, url := range append(c.urls, c.operands...) {
		q.url = addQuery(url, c.queries)
		before := len(c.r.facts.https)
		c.r.addRequest(q)
		if c.connect != "" && len(c.r.facts.https) > before {
			c.r.facts.https[before].connectTo(c.connect)
		}
	}
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

// readHTTPie reads http, https and xh: [METHOD] URL [ITEM…].
func (r *reader) readHTTPie() {
	c := r.readClient(r.cmd.Argv[1:], httpieOptions[:])
	list := c.operands
	if len(list) > 1 && (isMethod(list[0]) || list[0] == hole && strings.ContainsAny(list[1], "/.:")) {
		c.req.method, list = list[0], list[1:]
	}
	if len(list) == 0 || c.shown {
		return
	}
	url := list[0]
	if rest, local := strings.CutPrefix(url, ":"); local { // :3000/x, :/x
		url = strings.TrimSuffix("localhost:"+rest, ":")
		if strings.HasPrefix(rest, "/") {
			url = "localhost" + rest
		}
	}
	for _, item := range list[1:] {
		c.item(item)
	}
	if !c.req.sent && r.hasInput() {
		r.attachInput(&c.req, "")
	}
	c.operands = []string{url}
	c.transfer()
}

// item reads one of HTTPie's items. The longest separator at the first place counts.
func (c *client) item(item string) {
	i := max(strings.IndexAny(item, ":=@"), 0)
	name, rest := item[:i], item[i:]
	switch value := strings.TrimLeft(rest, ":=@"); rest[:len(rest)-len(value)] {
	case ":=@", "=@", "@":
		c.r.attach(&c.req, value, "&")
	case "==":
		c.queries = append(c.queries, name+"="+value)
	case "=":
		c.req.addData(quoteJSON(name)+":"+quoteJSON(value), ",")
	case ":=":
		c.req.addData(quoteJSON(name)+":"+value, ",")
	case ":":
		c.req.header(name + ":" + value)
	}
}

// quoteJSON writes a text as a JSON string.
func quoteJSON(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// readForgeAPI reads gh api, glab api and those of other tools: an endpoint of the
// service's API, or its GraphQL, with the credential that the client keeps.
func (r *reader) readForgeAPI() {
	if len(r.cmd.Argv) < 2 || r.cmd.Argv[1].Text != "api" {
		return
	}
	c := r.readClient(r.cmd.Argv[2:], forgeOptions[:])
	if len(c.operands) == 0 {
		return
	}
	host, prefix := "api.github.com", "/"
	switch r.cmd.Name {
	case "glab":
		host, prefix = "gitlab.com", "/api/v4/"
	case "pscale":
		host, prefix = "api.planetscale.com", "/v1/"
	case "vercel", "vc":
		host = "api.vercel.com"
	}
	if c.host != "" {
		host = c.host
	}
	endpoint := strings.TrimPrefix(c.operands[0], "/")
	if endpoint == "graphql" && prefix != "/" {
		prefix = "/api/"
	}
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + host + prefix + endpoint
	}
	if len(c.fields) > 0 {
		c.req.addData("{"+strings.Join(c.fields, ",")+"}", "")
	}
	c.req.credential, c.operands = "client", []string{endpoint}
	c.transfer()
}

// member reads name=value as a JSON member, with files also name=@file. The first
// of a nested name such as input[id] stands for it.
func (r *reader) member(field string, files bool) string {
	name, value, _ := strings.Cut(field, "=")
	if path, fromFile := strings.CutPrefix(value, "@"); fromFile && files {
		text, ok := r.readText(path)
		if value = text; !ok {
			value = hole
		}
	}
	return quoteJSON(name) + ":" + quoteJSON(value)
}

// readAzRest reads az rest, which sends any request with Azure's credentials.
func (r *reader) readAzRest() {
	if len(r.cmd.Argv) < 2 || r.cmd.Argv[1].Text != "rest" {
		return
	}
	c := r.readClient(r.cmd.Argv[2:], azureOptions[:])
	for i, url := range c.urls {
		if strings.HasPrefix(url, "/") {
			c.urls[i] = "https://management.azure.com" + url
		}
	}
	c.req.credential, c.operands = "client", nil
	c.transfer()
}

// isWebCmdlet reports PowerShell's web commands and their aliases.
func isWebCmdlet(name string) bool {
	if len(name) < 3 || name[0]|0x20 != 'i' {
		return false
	}
	return strings.EqualFold(name, "Invoke-RestMethod") || strings.EqualFold(name, "Invoke-WebRequest") ||
		strings.EqualFold(name, "irm") || strings.EqualFold(name, "iwr")
}

// readWebCmdlet reads the words behind one of PowerShell's web commands.
func (r *reader) readWebCmdlet(list []shellparse.Word) {
	c := client{r: r}
	w := words{list: list}
	for text, ok := w.next(); ok; text, ok = w.next() {
		if len(text) < 2 || text[0] != '-' {
			c.operands = append(c.operands, text)
			continue
		}
		name, value, attached := strings.Cut(text[1:], ":")
		o := optionBegun(cmdletOptions[:], strings.ToLower(name))
		if o == nil {
			o = namedOption(cmdletOptions[:], strings.ToLower(name))
		}
		if o != nil && !o.bare {
			value = w.value(value, attached)
		}
		if o != nil {
			c.take(o.part, value, &w)
		}
	}
	if c.urls = append(c.urls, c.operands...); len(c.urls) > 0 {
		c.urls, c.operands = c.urls[:1], nil
		c.transfer()
	}
}

// headerTable reads @{Authorization = "Bearer x"}, which a shell may have
// split into several words.
func (q *request) headerTable(text string, w *words) {
	for n := 0; n < maxRequests && strings.HasPrefix(text, "@{") && !strings.Contains(text, "}"); n++ {
		more, _ := w.next()
		text += " " + more
	}
	for _, pair := range strings.Split(strings.Trim(text, "@{}"), ";") {
		name, value, _ := strings.Cut(pair, "=")
		q.header(strings.Trim(name, ` "'`) + ":" + strings.Trim(value, ` "'`))
	}
}
