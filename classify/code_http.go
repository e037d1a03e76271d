package classify

import "strings"

// This file reads the requests that code makes.

// requestCall adds the request that a call makes.
func (c *codeReader) requestCall(k *call) bool {
	method, place, ok := c.requestMethod(k)
	if !ok {
		return false
	}
	url, ok := c.arg(k, place, "url", "uri")
	if !ok || strings.HasPrefix(url, "{") || !strings.Contains(url, "://") {
		if option, found := c.option(k, "url", "uri"); found {
			url, ok = option, true
		} else if host, found := c.option(k, "hostname", "host"); found {
			path, _ := c.option(k, "path")
			url, ok = "https://"+host+path, true
		}
	}
	switch {
	case ok:
	case k.last == "curl_init" && c.url != "":
		url, ok = c.url, true
	case len(k.args) == 0 && isMethod(method):
		url, ok = c.urlInChain(k)
	}
	known := isHTTPModule(k.path[0]) || isHTTPModule(k.on) || strings.HasPrefix(url, "/") && method == "DELETE" && c.lang == "ruby" && c.hostOf() != hole
	switch {
	case !ok:
		return false
	case strings.Contains(url, "://"):
	case strings.HasPrefix(url, "/") && strings.Contains(k.on, "."):
		url = strings.TrimSuffix(k.on, "/") + url // a client that has its host
	case !known:
		return false
	case strings.HasPrefix(url, "/"):
		url = "https://" + c.hostOf() + url
	}
	if given, found := c.option(k, "method", "type"); found {
		method = given
	}
	if method == "DEL" {
		method = "DELETE"
	}
	q := request{method: method, url: url}
	c.requestBody(k, &q)
	if c.authorized {
		q.authorize("header")
	}
	if _, found := c.option(k, "auth"); found {
		q.authorize("user")
	}
	if _, found := c.option(k, "cookies"); found {
		q.authorize("cookie")
	}
	c.r.addRequest(&q)
	return true
}

// requestMethod gives the method of the request that a call makes, empty when
// its options say it, and the place of the URL among its arguments.
func (c *codeReader) requestMethod(k *call) (method string, place int, ok bool) {
	method = strings.ToUpper(strings.TrimSuffix(k.last, "_async"))
	chained := c.separator(k.at) < k.at
	switch {
	case k.last == "new" && len(k.path) > 2 && k.path[len(k.path)-3] == "HTTP" && isMethod(strings.ToUpper(k.path[len(k.path)-2])):
		return strings.ToUpper(k.path[len(k.path)-2]), 0, true // Net::HTTP::Delete.new
	case k.last == "new" && len(k.path) > 1 && k.path[len(k.path)-2] == "Request" && len(k.args) > 0: // HTTP::Request->new(DELETE => x)
		if name, _ := c.keyword(k.args[0]); isMethod(name) {
			k.args[0] = span{k.args[0].start + 3, k.args[0].end}
			return name, 0, true
		}
		method, _ = c.arg(k, 0)
		return method, 1, isMethod(method)
	case k.last == "request" && (chained || len(k.path) > 1 && k.path[0] != "https" && k.path[0] != "http"):
		if method, _ = c.arg(k, 0, "method"); !strings.Contains(method, "://") {
			return method, 1, true
		}
		return "", 0, true
	case k.last == "curl_init" || k.last == "file_get_contents" && c.lang == "php":
		return c.method, 0, true
	case isRequestName(k):
		return "", 0, true
	case len(k.path) == 1 && k.path[0] != "del" && !chained:
		return "", 0, false
	}
	return method, 0, isMethod(method) || method == "DEL"
}

// urlInChain gives the URL in the calls in front of k, which builders are given
// apart from the method: newBuilder().url("x").delete().
func (c *codeReader) urlInChain(k *call) (url string, ok bool) {
	const maxTokens = 64
	start := max(c.chainStart(k.at), k.at-maxTokens)
	for i := start; i < k.at; i++ {
		if c.isString(i) && strings.Contains(c.tokens[i].Text, "://") {
			url, _ = c.interpolated(i)
			return url, true
		}
	}
	return "", false
}

// hostOf gives the host that the code opens a connection to: the one of a
// request that names only its path.
func (c *codeReader) hostOf() string {
	for i := 0; i < len(c.tokens) && c.host == ""; i++ {
		if c.isName(i) && (c.tokens[i].Text == "start" || c.tokens[i].Text == "new") && c.punct(i+1, "(") && c.isString(i+2) {
			if host := c.tokens[i+2].Text; strings.Contains(host, ".") && !strings.ContainsAny(host, "/ ") {
				c.host = host
			}
		}
	}
	if c.host == "" {
		c.host = hole
	}
	return c.host
}

// requestOptions notes at i what PHP says of a request apart from the call that
// makes it: curl_setopt($c, CURLOPT_CUSTOMREQUEST, "DELETE").
func (c *codeReader) requestOptions(i int) {
	value := i + 2
	if c.punct(i+1, "=") && c.punct(i+2, ">") {
		value = i + 3
	}
	if !c.isString(value) {
		return
	}
	switch c.tokens[i].Text {
	case "CURLOPT_CUSTOMREQUEST", "method":
		c.method = strings.ToUpper(c.tokens[value].Text)
	case "CURLOPT_URL":
		c.url = c.tokens[value].Text
	}
}

// isRequestName reports the functions whose options say the method.
func isRequestName(k *call) bool {
	switch k.last {
	case "fetch", "node-fetch", "axios", "got", "ky", "ofetch", "urlopen", "Request", "request", "curl_init", "undici":
		return true
	}
	return false
}

// isHTTPModule reports the names that HTTP clients have in code, where a URL
// that is not known is still a URL.
func isHTTPModule(name string) bool {
	switch strings.TrimPrefix(name, "$") {
	case "requests", "httpx", "axios", "got", "ky", "superagent", "aiohttp", "session", "client", "fetch", "ofetch", "urllib",
		"urlopen", "Net", "HTTParty", "RestClient", "Faraday", "http", "https", "ua", "undici", "needle":
		return true
	}
	return false
}

// requestBody takes over the body among the arguments.
func (c *codeReader) requestBody(k *call, q *request) {
	for _, name := range [...]string{"json", "data", "body", "content", "form"} {
		if text, ok := c.option(k, name); ok {
			q.addData(text, "")
		}
	}
	if path, ok := c.option(k, "files"); ok {
		q.sent, q.bodyKind = true, bodyFile
		if path != "" && !strings.Contains(path, hole) {
			q.bodyFiles = append(q.bodyFiles, path)
		}
	}
	if len(k.args) > 1 && !q.sent {
		switch k.last {
		case "post", "put", "patch":
			q.addData(c.text(k.args[1]), "")
		}
	}
}

// attachGraphQL gives the requests of the code the operations that stand in
// its strings: the body is most often put together elsewhere.
func (c *codeReader) attachGraphQL(requests []httpFact) {
	if len(c.graphql) == 0 {
		return
	}
	for i := range requests {
		f := &requests[i]
		if f.method == "POST" && (len(f.graphql) == 0 || f.graphql[0].kind == graphqlUnknown) {
			f.graphql = c.graphql
		}
	}
}
