package hook

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// This file reads what stands in several fields of one object: a verb and what it is
// about, an operation on documents, a route with its parameters.

// named is the text of the first field that bears one of the names.
func named(fields map[string]any, names ...string) (field, text string) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if v, ok := fields[field].(string); ok && v != "" && slices.Contains(names, strings.ToLower(field)) {
			return field, v
		}
	}
	return "", ""
}

// program is the command-line program of what a server manages, and whether its verb
// stands before the kind of a resource.
func (s *shape) program() (name string, verbFirst bool) {
	for _, word := range append(words(s.server), s.words...) {
		switch word {
		case "kubernetes", "k8s", "kubectl", "openshift", "kube":
			return "kubectl", true
		case "helm", "terraform", "vercel", "heroku", "fly", "railway":
			return word, true
		case "tofu", "opentofu":
			return "tofu", true
		case "docker", "podman", "aws", "gcloud", "doctl", "az":
			return word, false
		case "gcp":
			return "gcloud", false
		case "azure":
			return "az", false
		case "digitalocean":
			return "doctl", false
		case "github", "gh", "octokit":
			return "gh", false
		}
	}
	return "", false
}

// resource notes a verb and the kind of what it is about where one of them stands in
// a field: as the server's program would be told, and in the words of the tool.
func (s *shape) resource(fields map[string]any) (taken []string) {
	verbField, verb := named(fields, "command", "action", "operation", "verb", "op", "method", "subcommand", "operation_name", "operationname", "operationid")
	kindField, kind := named(fields, "resourcetype", "resource_type", "kind", "resource", "entity", "entitytype", "entity_type", "objecttype", "object_type", "targettype", "target_type", "service", "service_name", "servicename")
	if kind == "" && verb != "" {
		kindField, kind = named(fields, "type")
	}
	if !isTerm(verb) {
		verbField, verb = "", ""
	}
	if !isTerm(kind) {
		kindField, kind = "", ""
	}
	program, verbFirst := s.program()
	if verb == "" && (kind == "" || s.server == "") || kind == "" && verb != "" && program == "" && len(fields) < 2 {
		return nil
	}
	nameField, name := named(fields, "name", "resourcename", "resource_name", "id", "resourceid", "resource_id", "identifier", "target")
	said := append([]string{"mcp", serverWord(s.server)}, words(verb)...)
	if verb == "" {
		said = append(said, s.words...)
	}
	said = append(said, words(kind)...)
	if name != "" && len(name) <= maxNamed {
		said = append(said, nameField+"="+name)
	}
	s.run(said...)
	if program != "" {
		s.run(s.resourceCommand(program, verbFirst, verb, kind, name, fields, []string{verbField, kindField, nameField})...)
	}
	if kind == "" {
		return nil // it may be a command all the same
	}
	return []string{verbField}
}

// resourceCommand is the command of a program that manages the resource; other fields are its
// options.
func (s *shape) resourceCommand(program string, verbFirst bool, verb, kind, name string, fields map[string]any, taken []string) []string {
	verbs := strings.Fields(verb)
	switch {
	case verb == "":
		verbs = slices.DeleteFunc(slices.Clone(s.words), func(w string) bool {
			return w == program || w == "resource" || w == "resources" || w == "generic"
		})
	case program == "aws": // DeleteBucket, delete_bucket
		verbs = []string{strings.Join(words(verb), "-")}
	}
	kind = strings.ToLower(kind)
	if program == "aws" && kind == "s3" && strings.Contains(strings.Join(verbs, ""), "-") {
		kind = "s3api"
	}
	argv := []string{program}
	if !verbFirst && kind != "" {
		argv = append(argv, kind)
	}
	argv = append(argv, verbs...)
	if verbFirst && kind != "" {
		argv = append(argv, kind)
	}
	if name != "" {
		argv = append(argv, operand(name))
	}
	return append(argv, options(fields, taken, 0)...)
}

// options are the plain values of fields as options of a program, by name.
func options(fields map[string]any, taken []string, depth int) (all []string) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(taken, field) {
			continue
		}
		switch v := fields[field].(type) {
		case map[string]any:
			if depth == 0 {
				all = append(all, options(v, nil, 1)...)
			}
		case string:
			if v != "" && len(v) <= maxNamed {
				all = append(all, "--"+strings.TrimLeft(field, "-")+"="+v)
			}
		case bool, float64:
			all = append(all, fmt.Sprintf("--%s=%v", strings.TrimLeft(field, "-"), v))
		}
	}
	return all
}

// isTerm reports a word of letters and digits, as verbs and kinds are.
func isTerm(text string) bool {
	const longest = 40
	return text != "" && len(text) <= longest && unicode.IsLetter(rune(text[0])) &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.:", r)
		})
}

// documents notes an operation on a collection of documents, as MongoDB's shell is
// told it.
func (s *shape) documents(fields map[string]any, depth int) {
	_, collection := named(fields, "collection", "collectionname", "collection_name", "coll")
	isStore := func(word string) bool { return word == "mongo" || word == "mongodb" || word == "documentdb" }
	store := slices.ContainsFunc(append(words(s.server), s.words...), isStore)
	if collection == "" && (!store || depth > 0) {
		return
	}
	_, operation := named(fields, "operation", "action", "command", "method", "op")
	terms := s.words
	if isTerm(operation) {
		terms = words(operation)
	}
	method := ""
	for _, word := range terms {
		if isStore(word) || word == "documents" || word == "collection" && len(terms) > 2 {
			continue
		}
		if method != "" {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		method += word
	}
	var arguments []string
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		switch strings.ToLower(field) {
		case "filter", "query", "q", "selector", "pipeline", "operations", "command", "document", "update":
			if _, isText := fields[field].(string); isText {
				continue // JSON in a text is read as it stands
			}
			if text, err := json.Marshal(fields[field]); err == nil && len(text) <= maxShapeText {
				arguments = append(arguments, string(text))
			}
		}
	}
	if len(arguments) == 0 && strings.HasPrefix(method, "delete") {
		arguments = []string{"{}"} // none: all of them
	}
	s.run("mongosh", "--eval", "db.getCollection("+fmt.Sprintf("%q", collection)+")."+method+"("+strings.Join(arguments, ", ")+")")
}

// route cuts a method off the route behind it: "DELETE /repos/{owner}/{repo}".
func route(text string) (method, url string, ok bool) {
	method, url, ok = strings.Cut(strings.TrimSpace(text), " ")
	url = strings.TrimSpace(url)
	return method, url, ok && isMethod(method) && (strings.HasPrefix(url, "/") || isURL(url))
}

// routed notes a route with its method that stands alone.
func (s *shape) routed(text string) bool {
	method, url, ok := route(text)
	if !ok || strings.ContainsAny(url, " \n") {
		return false
	}
	if url[0] == '/' {
		url = "https://" + s.host() + url
	}
	s.run("curl", "-X", method, url)
	return true
}

// isRouteName reports a field that holds routes.
func isRouteName(name string) bool {
	switch strings.TrimSuffix(name, "s") {
	case "route", "request", "endpoint", "call", "path", "url", "operation", "api":
		return true
	}
	return false
}

func isMethod(text string) bool {
	switch text {
	case "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE":
		return true
	}
	return false
}

// filled puts the parameters of a route into it, wherever in the object they stand.
func filled(url string, fields map[string]any, depth int) string {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		switch v := fields[field].(type) {
		case map[string]any:
			if depth < 2 {
				url = filled(url, v, depth+1)
			}
		case string, float64:
			if text := fmt.Sprint(v); len(text) <= maxNamed {
				url = strings.ReplaceAll(url, "{"+field+"}", text)
			}
		}
	}
	return url
}
