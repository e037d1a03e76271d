package classify

import (
	"strings"

	"restrain/code"
	"restrain/secret"
	"restrain/shellparse"
)

// readCode finds the effects of code that the command hands to an interpreter:
// what a reasonable reader would see in its calls. Shell commands in the code
// are commands of their own.
func (r *reader) readCode() {
	if len(r.cmd.Snippets) == 0 || r.readsStatements() {
		return
	}
	for i := range r.cmd.Snippets {
		snippet := &r.cmd.Snippets[i]
		switch snippet.Lang {
		case "sed": // only its commands count
		case shellparse.OtherLanguage:
			r.readOther(snippet)
		case "sql":
			s := sqlReader{include: r.readText}
			s.read(snippet.Text.Text)
			r.facts.sqls = append(r.facts.sqls, s.facts...)
		default:
			r.readTokens(snippet.Lang, snippet.Tokens())
		}
	}
}

// readsStatements reports the clients of databases, whose code readSQL reads.
func (r *reader) readsStatements() bool {
	client, _ := r.sqlClientOf()
	return client != nil || r.cmd.Name == "mongosh" || r.cmd.Name == "mongo"
}

// readTokens reads code in one language.
func (r *reader) readTokens(lang string, tokens []code.Token) {
	c := codeReader{r: r, lang: lang, tokens: tokens}
	c.echoes = lang == "javascript" && r.args.hasAny("-p", "--print", "-pe")
	c.pair()
	c.look()
	first, statement := len(r.facts.https), len(r.facts.sqls)
	for i := range c.tokens {
		switch t := &c.tokens[i]; {
		case t.Kind == code.TokenName && !c.isPath(i):
			c.name(i)
		case t.File != "" && c.sent(i):
			c.sentFiles = append(c.sentFiles, len(r.facts.files))
			r.addPath(opRead, t.File, false)
		}
	}
	c.attachGraphQL(r.facts.https[first:])
	c.readPosted(r.facts.https[first:])
	c.readConnections()
	c.placeStatements(r.facts.sqls[statement:])
}

// A codeReader reads the calls in code. It knows strings, names and pairs of
// parentheses, and no grammar.
type codeReader struct {
	r      *reader
	lang   string
	echoes bool // the value of the code is printed: node -p
	tokens []code.Token
	match  []int             // of each opening or closing sign, the other one's index; 0 for none
	made   map[string]string // what the clients are made with that names hold: rds, https://x
	host   string            // that the code connects to; "" when nobody has looked
	// authorized reports a header with a credential somewhere in the code.
	authorized  bool
	sdk         *Provider // whose client library the code uses
	clients     []string  // names that hold parts of it
	method, url string    // of PHP's requests, whose options say them
	graphql     []graphqlFact
	mutations   map[string]bool // texts whose operations are in graphql
	pattern     string          // the pattern of the names that the code tests for
	looped      bool            // what the code goes through has been looked for
	readsEach   bool            // the same, for what it reads
	decoded     []string        // names that hold decoded text
	// sentNames are variables, and sentFiles facts, in what is posted somewhere.
	sentNames []string
	sentFiles []int
	frames    bool // a library of data frames is used, whose columns are dropped
	loop      int8 // whether the code has a loop: 0 not looked, 1 it has, -1 it has not
}

// pair finds which parentheses belong together.
func (c *codeReader) pair() {
	c.match = make([]int, len(c.tokens))
	var open []int
	for i := range c.tokens {
		switch {
		case c.punct(i, "(") || c.punct(i, "[") || c.punct(i, "{"):
			open = append(open, i)
		case (c.punct(i, ")") || c.punct(i, "]") || c.punct(i, "}")) && len(open) > 0:
			start := open[len(open)-1]
			open = open[:len(open)-1]
			c.match[start], c.match[i] = i, start
		}
	}
	for _, start := range open {
		c.match[start] = len(c.tokens) // never closed
	}
}

// look goes over the code once for what its calls depend on.
func (c *codeReader) look() {
	for i := range c.tokens {
		if c.lang == "php" {
			c.requestOptions(i)
		}
		switch t := &c.tokens[i]; t.Kind {
		case code.TokenString:
			if (c.punct(i+1, ":") || c.punct(i+1, "=") || c.punct(i+1, ",")) && secret.Named(t.Text) {
				c.authorized = true
			}
			if (strings.Contains(t.Text, "mutation") || t.File != "" && strings.HasPrefix(t.Text, "query")) && strings.Contains(t.Text, "{") && !c.mutations[t.Text] {
				if c.mutations == nil {
					c.mutations = map[string]bool{}
				}
				c.mutations[t.Text] = true
				g := graphqlReader{endpoint: true}
				g.body(strings.TrimSpace(t.Text))
				c.graphql = append(c.graphql, g.facts...)
			}
		case code.TokenName:
			switch {
			case t.Text == "getline" && c.lang == "awk":
				for j := i + 1; j < min(i+4, len(c.tokens)); j++ { // getline x < "file"
					if c.punct(j, "<") && c.isString(j+1) {
						c.r.addPath(opRead, c.tokens[j+1].Text, false)
					}
				}
			case isImport(t.Text):
				c.imports(i)
			case t.Text == "pandas" || t.Text == "polars":
				c.frames = true
			case c.sdk == nil && (t.Text == "boto3" || t.Text == "Aws"): // imported elsewhere
				c.sdk = c.r.set.providerOfCode(t.Text)
			case t.Text == "Authorization" && c.punct(i+1, ":"):
				c.authorized = true
			}
			if c.punct(i+1, "=") && !c.punct(i+2, "=") {
				c.holds(t.Text, i+2)
			}
		}
	}
}

func (c *codeReader) punct(i int, sign string) bool {
	return i >= 0 && i < len(c.tokens) && c.tokens[i].Kind == code.TokenPunct && c.tokens[i].Text == sign
}

func (c *codeReader) isName(i int) bool {
	return i >= 0 && i < len(c.tokens) && c.tokens[i].Kind == code.TokenName
}

func (c *codeReader) isString(i int) bool {
	return i >= 0 && i < len(c.tokens) && c.tokens[i].Kind == code.TokenString
}

// isPath reports whether the name at i goes on a path a.b, a->b or a::b that
// starts with a name.
func (c *codeReader) isPath(i int) bool {
	before := c.separator(i)
	return before < i && c.isName(before-1)
}

// separator gives where the sign between two parts of a path begins that ends
// in front of i, or i when there is none.
func (c *codeReader) separator(i int) int {
	switch {
	case c.punct(i-1, ".") && c.punct(i-2, "?"):
		return i - 2
	case c.punct(i-1, "."):
		return i - 1
	case c.punct(i-1, ">") && c.punct(i-2, "-"), c.punct(i-1, ":") && c.punct(i-2, ":"):
		return i - 2
	}
	return i
}

// A call is a call in code.
type call struct {
	path []string // fs, promises, rm
	last string   // rm
	// on is what is known of the value that the method is called on: the
	// string in Path("x").unlink(), or the value of its variable.
	on   string
	args []span // of tokens
	at   int    // of the first token
}

type span struct{ start, end int }

// name reads the path that starts at i, and the call that it is.
func (c *codeReader) name(i int) {
	k := call{at: i}
	k.path = append(k.path, c.tokens[i].Text)
	end := i + 1
	for {
		next := end
		for c.punct(next, ".") || c.punct(next, "?") && c.punct(next+1, ".") || c.punct(next, "-") && c.punct(next+1, ">") ||
			c.punct(next, ">") && c.punct(next-1, "-") || c.punct(next, ":") && (c.punct(next+1, ":") || c.punct(next-1, ":")) {
			next++
		}
		if next == end || !c.isName(next) {
			break
		}
		k.path = append(k.path, c.tokens[next].Text)
		end = next + 1
	}
	k.last = k.path[len(k.path)-1]
	if before := c.separator(i); before < i && c.punct(before-1, ")") {
		if open := c.match[before-1]; open > 0 {
			_, first := c.keyword(span{open + 1, c.argEnd(open+1, before-1)})
			k.on = c.text(first)
		}
	} else if len(k.path) > 1 {
		k.on = c.made[k.path[0]]
	}
	if at := environIndex(k.path); at >= 0 {
		c.environment(&k, at, end)
		return
	}
	switch {
	case c.punct(end, "(") && c.match[end] > 0:
		k.args = c.arguments(end+1, c.match[end])
		if next := c.match[end] + 1; k.last == "require" && c.isString(end+1) && c.punct(next, "(") && c.match[next] > 0 { // require("axios")({…})
			k.last = c.tokens[end+1].Text
			k.path, k.args = []string{k.last}, c.arguments(next+1, c.match[next])
		}
	case c.lang == "perl" && k.last == "open" && c.isName(end): // open F, "x"
		k.args = c.arguments(end, c.statementEnd(end))
		c.handledCall(&k)
		return
	case c.lang == "perl" && k.last == "unlink" && c.goesThrough(end):
	case c.lang == "perl" && k.last == "unlink" && end < len(c.tokens):
		k.args = c.arguments(end, c.modifier(end, c.statementEnd(end))) // unlink $_ for @f
	case c.isString(end), c.isName(end) && isWrapperCall(c.tokens[end].Text) && c.punct(end+1, "("):
		k.args = c.arguments(end, c.statementEnd(end)) // unlink "x"; raw`…`; unlink glob("x")
	case c.lang == "ruby" && len(k.path) > 1 && c.isName(end) && removes(&k):
		k.args = c.arguments(end, c.statementEnd(end)) // File.delete f
	case c.sdk != nil && c.lang == "ruby":
		c.sdkCall(&k)
		return
	case !isVerb(k.last):
		return
	}
	c.call(&k)
}

// arguments splits the tokens from start to end at the commas.
func (c *codeReader) arguments(start, end int) []span {
	const maxArgs = 32
	var args []span
	for start < end && len(args) < maxArgs {
		stop := c.argEnd(start, end)
		args = append(args, span{start, stop})
		start = stop + 1
	}
	return args
}

// argEnd gives the end of the argument that starts at i.
func (c *codeReader) argEnd(i, end int) int {
	for i < end && !c.punct(i, ",") {
		if m := c.match[i]; m > i {
			i = m
		}
		i++
	}
	return min(i, end)
}

// text gives the value of an expression as far as it is a constant string; what
// is not is a hole.
func (c *codeReader) text(s span) string {
	const maxText = 4096
	var value string
	unknown := func() {
		if !strings.HasSuffix(value, hole) {
			value += hole
		}
	}
	for i := s.start; i < s.end; i++ {
		if len(value) > maxText {
			unknown()
			break
		}
		switch t := &c.tokens[i]; t.Kind {
		case code.TokenString:
			part, end := c.interpolated(i)
			value += part
			i = end
		case code.TokenNumber:
			value += t.Text
		case code.TokenName:
			if part, end, ok := c.pathCall(i); ok {
				value += part
				i = end
				continue
			}
			if !isWrapperCall(t.Text) {
				unknown()
			}
		default:
			if t.Text == "/" && c.lang == "python" && value != "" {
				value += "/" // Path("a") / "b"
			}
			if m := c.match[i]; m > i && !(t.Text == "(" && i > s.start && isWrapperCall(c.tokens[i-1].Text)) {
				unknown()
				i = m
			}
		}
	}
	return value
}

// isWrapperCall reports the calls that only wrap a string.
func isWrapperCall(name string) bool {
	switch name {
	case "expanduser", "expandvars", "expand_path", "abspath", "realpath", "glob", "iglob", "Path", "PurePath", "Pathname", "File", "Directory", "URL", "URI", "Uri", "text", "sql", "new", "str", "String", "await":
		return true
	}
	return false
}

// arg gives the text of an argument, by its place or its name: name=x, name: x.
// A place of -1 is none.
func (c *codeReader) arg(k *call, place int, names ...string) (string, bool) {
	positional := 0
	for _, a := range k.args {
		name, value := c.keyword(a)
		if name == "" {
			if positional == place {
				return c.text(a), true
			}
			positional++
			continue
		}
		for _, n := range names {
			if n == name {
				return c.text(value), true
			}
		}
	}
	return "", false
}

// keyword takes name=value, name: value and name => value apart.
func (c *codeReader) keyword(a span) (name string, value span) {
	i := a.start
	if i+1 >= a.end || !c.isName(i) && !c.isString(i) {
		return "", a
	}
	switch {
	case c.punct(i+1, "=") && c.punct(i+2, ">"):
		return c.tokens[i].Text, span{i + 3, a.end}
	case c.punct(i+1, "=") && !c.punct(i+2, "=") && c.isName(i), c.punct(i+1, ":") && !c.punct(i+2, ":"):
		return c.tokens[i].Text, span{i + 2, a.end}
	}
	return "", a
}

// option gives a member of the object literals among the arguments:
// fetch(url, {method: "DELETE"}).
func (c *codeReader) option(k *call, names ...string) (string, bool) {
	for _, a := range k.args {
		if _, value := c.keyword(a); c.punct(value.start, "{") && c.match[value.start] > 0 {
			inner := call{args: c.arguments(value.start+1, min(c.match[value.start], a.end))}
			if text, ok := c.arg(&inner, -1, names...); ok {
				return text, true
			}
		}
	}
	return c.arg(k, -1, names...)
}

// source is the text of a call, for evidence: its path and first argument.
func (c *codeReader) source(k *call) string {
	text := strings.Join(k.path, ".") + "("
	if len(k.args) > 0 {
		text += c.text(k.args[0])
	}
	return secret.Redact(cutText(text + ")"))
}
