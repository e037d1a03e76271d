package classify

import "strings"

// This file reads the calls of the providers' client libraries: boto3,
// @google-cloud/storage, stripe. Which library is whose is data ([[provider]]).

// isImport reports the words that bring a library into code.
func isImport(word string) bool {
	switch word {
	case "import", "from", "require", "require_once", "use", "__import__", "import_module":
		return true
	}
	return false
}

// imports notes whose client library the import at i brings in, and the names
// that it is given: import boto3 as b, const {S3} = require("@aws-sdk/client-s3").
func (c *codeReader) imports(i int) {
	const maxModules = 16
	at := i + 1
	for range maxModules {
		if c.punct(at, "(") {
			at++
		}
		module, end := c.module(at)
		if p := c.r.set.providerOfCode(module); p != nil {
			c.sdk = p
			first, _, _ := strings.Cut(module, ".")
			c.addClient(first)
			c.namesOfImport(i, end)
		}
		switch {
		case c.punct(end, ","):
			at = end + 1
		default:
			return
		}
	}
}

// module gives the name of a module that is written at i, and where it ends.
func (c *codeReader) module(i int) (name string, end int) {
	if c.isString(i) {
		return c.tokens[i].Text, i + 1
	}
	if !c.isName(i) {
		return "", i
	}
	name, end = c.tokens[i].Text, i+1
	for c.punct(end, ".") && c.isName(end+1) && len(name) < maxPath {
		name += "." + c.tokens[end+1].Text
		end += 2
	}
	return name, end
}

// namesOfImport notes the names around the import at i, which end in front of
// after: those of its own statement.
func (c *codeReader) namesOfImport(i, after int) {
	const maxNames = 32
	for j := i - 1; j >= 0 && j > i-maxNames && !c.punct(j, ";"); j-- {
		if c.isName(j) {
			if c.tokens[j].Text == "const" || c.tokens[j].Text == "import" {
				break
			}
			c.addClient(c.tokens[j].Text)
		} else if c.punct(j, ")") {
			break
		}
	}
	if c.isName(after) && isImport(c.tokens[after].Text) || c.isName(after) && c.tokens[after].Text == "as" {
		for j := after + 1; c.isName(j); j++ {
			c.addClient(c.tokens[j].Text)
			if c.punct(j+1, ",") {
				j++
			}
		}
	}
}

// holds notes what the name holds whose value starts at i: a part of a client
// library, what a client is made with, or text that is decoded.
func (c *codeReader) holds(name string, i int) {
	const maxMade = 64
	if c.decodes(i, c.statementEnd(i)) && len(c.decoded) < maxMade {
		c.decoded = append(c.decoded, name)
	}
	for c.isName(i) && (c.tokens[i].Text == "new" || c.tokens[i].Text == "await") {
		i++
	}
	if !c.isName(i) {
		return
	}
	if c.sdk != nil && c.isClient(c.tokens[i].Text) {
		c.addClient(name)
	}
	for c.punct(i+1, ".") && c.isName(i+2) {
		i += 2
	}
	if !c.punct(i+1, "(") || len(c.made) >= maxMade {
		return
	}
	if at := c.baseURL(i + 2); c.isString(at) {
		if c.made == nil {
			c.made = map[string]string{}
		}
		c.made[name] = c.tokens[at].Text
	}
}

// baseURL gives where the URL stands that a client is made with, whose options
// start at i: axios.create({baseURL: "x"}), httpx.Client(base_url="x"). It is i
// when there is none.
func (c *codeReader) baseURL(i int) int {
	at := i
	if c.punct(at, "{") {
		at++
	}
	if c.isName(at) && (c.punct(at+1, ":") || c.punct(at+1, "=")) {
		switch c.tokens[at].Text {
		case "baseURL", "base_url", "prefixUrl", "baseUrl":
			return at + 2
		}
	}
	return i
}

func (c *codeReader) addClient(name string) {
	const maxClients = 64
	if len(c.clients) < maxClients {
		c.clients = append(c.clients, name)
	}
}

// isClient reports a name that holds a part of the client library.
func (c *codeReader) isClient(name string) bool {
	return contains(c.clients, name) || matchAny(c.sdk.Code, name)
}

// fromClient reports a call on what comes from the client library: the name
// that its chain of calls starts with does, or the loop that gives that name.
func (c *codeReader) fromClient(k *call) bool {
	const maxLoops = 512
	i := c.chainStart(k.at)
	if !c.isName(i) {
		return false
	}
	name := c.tokens[i].Text
	if c.isClient(name) || name == "require" {
		return true
	}
	for j := max(0, i-maxLoops); j+2 < min(len(c.tokens), i+maxLoops); j++ {
		if c.isName(j) && c.tokens[j].Text == name && c.isName(j+1) && (c.tokens[j+1].Text == "in" || c.tokens[j+1].Text == "of") &&
			c.isName(j+2) && c.isClient(c.tokens[j+2].Text) {
			return true
		}
	}
	return false
}

// sdkCall adds the request of a call of a client library: its operation is the
// path.
func (c *codeReader) sdkCall(k *call) bool {
	operation, specific := k.last, false
	switch {
	case strings.HasSuffix(operation, "Command") && isUpper(operation[0]):
		operation, specific = strings.TrimSuffix(operation, "Command"), true
	case strings.Contains(operation, "_") && (len(k.path) > 1 || k.on != "" || c.separator(k.at) < k.at):
		operation, specific = camelCase(operation), true
	case operation != "":
		operation = strings.ToUpper(operation[:1]) + operation[1:]
	}
	method := sdkMethod(operation)
	if path, ok := c.arg(k, 0); ok && k.last == "request" && strings.HasPrefix(path, "DELETE /") { // Octokit
		method, operation = "DELETE", path[len("DELETE /"):]
	}
	host, scope := c.sdk.Host[0], hostScope(c.sdk.Host[0])
	if operation == "Remove" && scope != scopePublic && c.chainStart(k.at) < k.at {
		method = "DELETE" // lists have it as well, but not at the end of a client's chain
	}
	if method != "DELETE" && (!specific || c.sdk.ID != "aws") || !specific && !c.fromClient(k) {
		return false
	}
	path := "/" + operation
	if scope != scopePublic {
		path = c.chainPath(k.at) + path
	}
	if _, domain, ok := strings.Cut(host, "."); ok && c.sdk.ID == "aws" && k.on != "" && !strings.ContainsAny(k.on, hole+"/ ") {
		host = k.on + "." + domain // boto3.client("rds")
	}
	c.r.facts.https = append(c.r.facts.https, httpFact{
		method: method, host: host, path: path, scope: scope, body: bodyNone,
		credential: "client", text: c.source(k),
	})
	return true
}

// chainPath gives the names in the chain of calls in front of the one at i, which
// tell what it is about where the host does not: /volumes/get.
func (c *codeReader) chainPath(i int) string {
	const maxNames = 8
	path := ""
	for j, names := c.chainStart(i), 0; j < i && names < maxNames; j++ {
		if c.isName(j) {
			path += "/" + c.tokens[j].Text
			names++
		}
		if c.match[j] > j {
			j = c.match[j]
		}
	}
	for k := i; c.isName(k) && c.punct(k+1, ".") && c.isName(k+2) && len(path) < maxPath; k += 2 {
		path += "/" + c.tokens[k].Text
	}
	return path
}

// sdkMethod gives what an operation of a client library amounts to. Names that
// lists and locks have as well are not among those that delete.
func sdkMethod(operation string) string {
	for _, prefix := range [...]string{"Begin", "Batch", "Bulk", "Recursive"} {
		operation = strings.TrimPrefix(operation, prefix)
	}
	switch {
	case hasAnyPrefix(operation, "Delete", "Terminate", "Deregister", "Purge", "Destroy", "Prune"), operation == "Del", strings.HasSuffix(operation, "Deletion"):
		return "DELETE"
	case hasAnyPrefix(operation, "Remove", "Release") && operation != "Remove" && operation != "Release":
		return "DELETE"
	case hasAnyPrefix(operation, "Get", "List", "Describe", "Head"):
		return "GET"
	}
	return "POST"
}

func hasAnyPrefix(text string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// camelCase turns delete_db_instance into DeleteDBInstance as far as rules
// need: DeleteDbInstance.
func camelCase(name string) string {
	var b strings.Builder
	for _, part := range strings.Split(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
