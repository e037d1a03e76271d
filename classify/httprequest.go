package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// A Sent is one HTTP request that a command makes, or a connection that it opens, as far as it is known: what is
// not has holes.
type Sent struct {
	Command            int // that makes it
	Method, Host, Path string
	// Operations are what it asks for by name: those of GraphQL as "mutation
	// volumeDelete", and the actions of AWS.
	Operations []string

	things []string // that the operations are about
	rest   string   // of the request, where it names no operation
}

// MethodConnect is the method of a Sent that is a connection.
const MethodConnect = "CONNECT"

// readSent notes the requests of the command.
func (r *reader) readSent() {
	for i := range r.facts.https {
		f := &r.facts.https[i]
		s := Sent{Command: r.n, Method: f.method, Host: f.host, Path: f.path}
		for j := range f.graphql {
			s.Operations = append(s.Operations, f.graphql[j].kind+" "+f.graphql[j].field)
			s.things = append(s.things, f.graphql[j].resource)
		}
		for _, form := range [...]string{f.query, f.form} {
			if action, ok := formValue(form, "Action"); ok {
				s.Operations = append(s.Operations, action)
			}
		}
		if len(f.graphql) == 0 {
			s.rest = f.query + "\n" + strings.Join(strings.Fields(f.content), "")
		}
		r.sent = append(r.sent, s)
	}
	for i := range r.facts.sqls {
		if host := r.facts.sqls[i].host; host != "" && len(r.facts.https) == 0 {
			r.sent = append(r.sent, Sent{Command: r.n, Method: MethodConnect, Host: strings.ToLower(host)})
			break
		}
	}
	if service, host := r.connects(); service != "" {
		r.sent = append(r.sent, Sent{Command: r.n, Method: MethodConnect, Host: host, Path: service})
	}
}

// Same reports that two requests are the same to the last word.
func (s *Sent) Same(other *Sent) bool {
	return s.Known() && s.Method == other.Method && s.Host == other.Host && s.Path == other.Path && s.rest == other.rest &&
		slices.Equal(s.Operations, other.Operations) && slices.Equal(s.things, other.things)
}

// Known reports a request that is known to the last word.
func (s *Sent) Known() bool {
	hasHole := func(text string) bool { return strings.ContainsRune(text, shellparse.Hole) }
	return s.Method != "" && s.Host != "" && !hasHole(s.Host+s.Path+s.rest) &&
		!slices.ContainsFunc(s.Operations, hasHole) && !slices.ContainsFunc(s.things, hasHole)
}

// Names reports that the request says a name: in its path, or where it says what
// its operations are about or sends anything else.
func (s *Sent) Names(name string) bool {
	return name != "" && (hasWord(s.Path, name) || slices.Contains(s.things, name) || hasWord(s.rest, name))
}

// hasWord reports a name that stands by itself in a text.
func hasWord(text, name string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !isNameByte(text[start-1])) && (end == len(text) || !isNameByte(text[end])) {
			return true
		}
		at = end
	}
}
