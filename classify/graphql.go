package classify

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"restrain/secret"
)

// Bounds of a GraphQL document.
const (
	maxGraphQLTokens = 10_000
	maxGraphQLFields = 64
)

// The kind of an operation that could not be read.
const graphqlUnknown = "unknown"

// readGraphQL finds the operations in the body or the query of a request, as
// the GraphQL over HTTP specification sends them and as people write them.
func readGraphQL(loc location, body, bodyKind string) []graphqlFact {
	endpoint := strings.Contains(loc.path, "graphql") || strings.Contains(loc.path, "gql") || strings.Contains(loc.host, "graphql")
	if !endpoint && !strings.Contains(body, "mutation") && !strings.Contains(body, "query") {
		return nil
	}
	g := graphqlReader{endpoint: endpoint}
	g.body(strings.TrimSpace(body))
	if query, ok := formValue(loc.query, "query"); ok {
		g.body(query)
	}
	if len(g.facts) == 0 && endpoint && bodyKind != bodyNone && (body == "" || strings.Contains(body, hole)) {
		return []graphqlFact{{kind: graphqlUnknown, text: "an operation that cannot be read"}}
	}
	return g.facts
}

// A graphqlReader collects the operations of one request.
type graphqlReader struct {
	endpoint bool         // the URL says that it is GraphQL
	members  []jsonMember // of the body: variables are among them
	facts    []graphqlFact
}

// body reads JSON, a form, or a bare document.
func (g *graphqlReader) body(text string) {
	if query, ok := formValue(text, "query"); ok {
		text = query
	} else if json, ok := strings.CutPrefix(text, "operations="); ok {
		text = json
	}
	if text == "" {
		return
	}
	if text[0] == '{' || text[0] == '[' {
		g.members = jsonMembers(text)
	}
	found, broken := false, false
	for _, m := range g.members {
		if m.name == "query" && strings.ContainsAny(m.value, "{"+hole) {
			found = true
			broken = !g.document(m.value) || broken
		}
	}
	switch {
	case broken:
		g.scan(text) // the JSON may be what is broken
	case found:
	case len(g.members) == 0 && startsOperation(text) && g.document(text):
	case g.endpoint:
		g.scan(text)
	}
}

func startsOperation(text string) bool {
	if text[0] == '{' {
		return !strings.Contains(text, "mutation") // else it is JSON that lost its quotes
	}
	for _, start := range [...]string{"mutation", "query", "subscription", "#", "fragment"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// holeName stands for a hole in a document, where a name can stand.
const holeName = "Hole__"

// document reads one GraphQL document and reports whether it is one.
func (g *graphqlReader) document(text string) bool {
	doc, err := parseGraphQL(strings.ReplaceAll(text, hole, holeName))
	if err != nil {
		return false
	}
	for _, op := range doc.Operations {
		g.fields(string(op.Operation), op.SelectionSet, doc, 0)
	}
	return true
}

// parseGraphQL parses a bounded document. A panic of the parser is an error:
// the document then is read in the tolerant way.
func parseGraphQL(text string) (doc *ast.QueryDocument, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("graphql parser: %v", p)
		}
	}()
	return parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxGraphQLTokens)
}

// fields takes over the fields at the top of an operation, through fragments.
func (g *graphqlReader) fields(kind string, set ast.SelectionSet, doc *ast.QueryDocument, depth int) {
	const maxDepth = 8
	if depth == maxDepth {
		return
	}
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			resource := g.argument(s.Arguments)
			g.add(kind, unhole(s.Name), unhole(resource))
		case *ast.InlineFragment:
			g.fields(kind, s.SelectionSet, doc, depth+1)
		case *ast.FragmentSpread:
			if fragment := doc.Fragments.ForName(s.Name); fragment != nil {
				g.fields(kind, fragment.SelectionSet, doc, depth+1)
			}
		}
	}
}

func unhole(text string) string { return strings.ReplaceAll(text, holeName, hole) }

func (g *graphqlReader) add(kind, field, resource string) {
	if len(g.facts) == maxGraphQLFields {
		return
	}
	text := kind + " " + field
	if resource != "" {
		text += "(" + secret.Redact(resource) + ")"
	}
	g.facts = append(g.facts, graphqlFact{kind: kind, field: field, resource: resource, text: text})
}

// argument gives the value that names what a field acts on: the first one with
// an id's name, else the first one.
func (g *graphqlReader) argument(args ast.ArgumentList) string {
	first := ""
	for _, arg := range args {
		value := g.value(arg.Value, 0)
		if isIDName(arg.Name) && value != "" {
			return value
		}
		if first == "" {
			first = value
		}
	}
	return first
}

// value gives a constant's text, a variable's value where the request has it,
// or the id in an object.
func (g *graphqlReader) value(v *ast.Value, depth int) string {
	const maxDepth = 4
	if v == nil || depth == maxDepth {
		return ""
	}
	switch v.Kind {
	case ast.Variable:
		return g.variable(v.Raw)
	case ast.ObjectValue, ast.ListValue:
		first := ""
		for _, child := range v.Children {
			value := g.value(child.Value, depth+1)
			if isIDName(child.Name) && value != "" {
				return value
			}
			if first == "" {
				first = value
			}
		}
		return first
	case ast.NullValue, ast.BooleanValue:
		return ""
	}
	return v.Raw
}

// variable gives what the request says of a variable; an object gives its id.
func (g *graphqlReader) variable(name string) string {
	first := ""
	for _, m := range g.members {
		switch {
		case m.name == name && m.parent != name:
			return m.value
		case m.parent == name && isIDName(m.name):
			return m.value
		case m.parent == name && first == "":
			first = m.value
		}
	}
	if first == "" {
		return hole
	}
	return first
}

// isIDName reports id, volumeId, volumeID and volume_id.
func isIDName(name string) bool {
	n := len(name) - 2
	return n >= 0 && strings.EqualFold(name[n:], "id") && (n == 0 || name[n] == 'I' || name[n-1] == '_')
}

// scan finds the first field of the mutations in text that is no GraphQL as it
// stands: quotes lost to the shell, holes where names should be.
func (g *graphqlReader) scan(text string) {
	for {
		_, after, found := strings.Cut(text, "mutation")
		_, set, opened := strings.Cut(after, "{")
		if !found || !opened {
			return
		}
		set = strings.TrimLeft(set, " \t\r\n\\")
		name := set[:len(set)-len(strings.TrimLeftFunc(set, inField))]
		if rest, alias := strings.CutPrefix(set[len(name):], ":"); alias {
			rest = strings.TrimLeft(rest, " ")
			name = rest[:len(rest)-len(strings.TrimLeftFunc(rest, inField))]
		}
		if name != "" {
			g.add("mutation", name, hole)
		}
		text = set
	}
}

func inField(r rune) bool { return r >= 0x80 || isWordStart(byte(r)) }
