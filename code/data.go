package code

import (
	"path"
	"strings"
)

// This file folds the calls that read a data file of the project, and what is taken
// out of it: json.load(open("f.json"))["dirs"] is ["a", "b"].

// dataFile reports the files whose content may stand for a call that reads them: not
// the hidden ones, whose content matters in itself.
func dataFile(name string) bool {
	base := path.Base(name)
	if base[0] == '.' || strings.ContainsRune(name, Hole) {
		return false
	}
	switch path.Ext(base) {
	case ".json", ".yaml", ".yml", ".toml", ".txt", ".list", ".lst", ".csv", ".tsv", ".graphql", ".gql", ".sql":
		return true
	}
	return false
}

// format is how the data in a file is written.
func dataFormat(name string) string {
	switch path.Ext(name) {
	case ".yaml", ".yml":
		return "yaml"
	case ".toml":
		return "toml"
	}
	return "json"
}

// content is the text of a data file that the program reads.
func (p *Program) content(name string) (text string, ok bool) {
	if p.Open == nil || name == "" || !dataFile(name) {
		return "", false
	}
	if text, ok = p.Open(name); !ok || len(text) > maxData || strings.ContainsRune(text, 0) {
		return "", false
	}
	return clean(text), true
}

// fileOf is the file that an expression on the stack opens: open("f"), Path("f"),
// File.open("f"); the tokens are [from, to).
func (f *tokenFolder) fileOf(from, to int) string {
	for from < to && (f.name(from) == "await" || f.punct(from, "(")) {
		from++
	}
	for i := from; i < to && (f.name(i) != "" || f.punct(i, ".")); i++ {
		switch f.name(i) {
		case "open", "Path", "Pathname", "file":
			if f.punct(i+1, "(") && f.str(i+2) {
				return f.out[i+2].Text
			}
		}
	}
	return ""
}

// readCall folds a call that reads a file, or data out of a text. args are those of
// the call name(…), whose path of names starts at start.
func (f *tokenFolder) readCall(start, open int, name string, args []Token) bool {
	owner := f.name(open - 3)
	switch name {
	case "read", "read_text", "readlines", "readFile", "readFileSync", "file_get_contents", "readTextFile", "readTextFileSync", "file", "foreach", "text", "splitlines", "read_file", "read_lines":
		return f.fileCall(start, open, name, args)
	case "load", "loads", "safe_load", "full_load", "parse", "json_decode", "decode_json", "from_json", "load_file", "safe_load_file", "json", "parse_file", "yaml_parse_file", "yaml_parse", "readJsonSync", "readJSONSync", "readJson", "require":
	default:
		return false
	}
	if len(args) == 0 {
		return false
	}
	if name == "require" && f.lang == "javascript" && f.isStr(args[0]) && f.p.File != "" && strings.HasPrefix(args[0].Text, ".") {
		args[0].Text = path.Join(path.Dir(f.p.File), args[0].Text)
	}
	from := open + 1
	file := f.fileOf(from, from+len(args))
	text, format := "", ""
	switch {
	case file != "":
	case !f.isStr(args[0]) && !(f.name(from) == "await" && f.str(from+1)):
		return false
	case strings.HasSuffix(name, "_file") || strings.HasPrefix(name, "readJ") || name == "require":
		file = args[0].Text
	default:
		text = f.out[from].Text
		if f.name(from) == "await" {
			text = f.out[from+1].Text
		}
	}
	if file == "" && text != "" && !strings.ContainsAny(text, "\n{[:=") && dataFile(text) { // toml.load("f.toml")
		file = text
	}
	if format = dataFormat(file); owner == "yaml" || owner == "YAML" || owner == "Psych" || name == "yaml_parse" {
		format = "yaml"
	} else if strings.HasPrefix(owner, "toml") {
		format = "toml"
	}
	if file != "" {
		if name == "require" && path.Ext(file) != ".json" {
			return false
		}
		var ok bool
		if text, ok = f.p.content(file); !ok {
			return false
		}
	}
	return f.putLiteral(start, dataTokens(format, text), file)
}

// fileCall folds a call that gives the content of a file, or its lines.
func (f *tokenFolder) fileCall(start, open int, name string, args []Token) bool {
	file := ""
	if f.punct(open-2, ".") && f.punct(open-3, ")") { // open("f").read()
		receiver := f.openerOf(open - 3)
		if receiver < 1 {
			return false
		}
		start = f.chain(receiver - 1)
		file = f.fileOf(start, open-2)
	} else if len(args) > 0 && f.isStr(args[0]) {
		switch owner := f.name(open - 3); {
		case name == "read" || name == "readlines" || name == "foreach":
			if owner == "File" || owner == "IO" {
				file = args[0].Text
			}
		case name != "splitlines" && name != "text" && (name != "file" || f.lang == "php"):
			file = args[0].Text
		}
	}
	text, ok := f.p.content(file)
	if !ok {
		return false
	}
	switch name {
	case "readlines", "splitlines", "file", "foreach", "read_lines":
		return f.putLiteral(start, lineTokens(text), file)
	}
	return f.putLiteral(start, []Token{{Kind: TokenString, Text: text}}, file)
}

// keysOf folds keys %t and values %t of Perl, whose table ends the stack.
func (f *tokenFolder) keysOf() bool {
	from := f.opener()
	if name := f.name(from - 1); from < 1 || name != "keys" && name != "values" || !f.isLiteral(from, len(f.out)) {
		return false
	}
	return f.taken(from-1, from, len(f.out), f.name(from-1), nil)
}

// included folds require "f.php" of PHP into what the file returns; its name is at i.
func (f *tokenFolder) included(i int) bool {
	start := i - 1
	for f.punct(start, "(") {
		start--
	}
	switch f.name(start) {
	case "require", "include", "require_once", "include_once":
	default:
		return false
	}
	if f.p.Open == nil {
		return false
	}
	text, ok := f.p.Open(path.Clean(f.out[i].Text))
	if !ok || len(text) > maxData {
		return false
	}
	l := lexer{src: text, lang: f.lang}
	l.run()
	for at, t := range l.out {
		if t.Kind != TokenName || t.Text != "return" {
			continue
		}
		end := at + 1
		for end < len(l.out) && !isPunct(l.out[end], ";") {
			end++
		}
		if value := l.out[at+1 : end]; literalTokens(value) && len(value) <= maxDataTokens {
			return f.putLiteral(start, value, f.out[i].Text)
		}
		return false
	}
	return false
}

// putLiteral puts a literal in the place of the stack from index at on.
func (f *tokenFolder) putLiteral(at int, value []Token, file string) bool {
	if len(value) == 0 || f.copied+len(value) > maxTokens {
		return false
	}
	base := f.out[at]
	if f.name(at-1) == "await" {
		at--
	}
	f.copied += len(value)
	f.out = f.out[:at]
	for _, tok := range value {
		tok.Start, tok.Depth, tok.Value = base.Start, base.Depth, base.Value
		if f.bytes += len(tok.Text); f.bytes > maxValue {
			tok.Text = string(Hole)
		}
		f.out = append(f.out, tok)
	}
	if file != "" {
		f.out[at].File = file
	}
	return true
}

// listCall folds what a call makes of a list or a map that is written out: its
// elements, its keys, its values, or both; and of a text its lines or words.
func (f *tokenFolder) listCall(start, open int, name string, args []Token) bool {
	if f.punct(open-2, ".") && (f.punct(open-3, "]") || f.punct(open-3, "}")) {
		from := f.openerOf(open - 3)
		if from < 0 || !f.isLiteral(from, open-2) {
			return false
		}
		return f.taken(from, from, open-2, name, args)
	}
	of := name
	switch name {
	case "sorted", "list", "set", "tuple", "reversed", "frozenset", "iter", "array_unique", "array_filter", "Set", "uniq", "sort", "reverse":
		of = "sort"
	case "array_values":
		of = "values"
	case "array_keys":
		of = "keys"
	case "enumerate":
	case "entries", "values", "keys", "from":
		if owner := f.name(open - 3); owner != "Object" && owner != "Array" {
			return false
		}
	default:
		return false
	}
	if len(args) == 0 || !opens(args[0]) {
		return false
	}
	end := f.closer(open+1) + 1
	return end > 0 && end <= len(f.out) && f.isLiteral(open+1, end) && f.taken(start, open+1, end, of, nil)
}

// taken puts what is taken out of the literal in [from, to) in the place of the stack
// from index at on.
func (f *tokenFolder) taken(at, from, to int, name string, args []Token) bool {
	groups := splitTokens(f.out[from+1 : to-1])
	table := f.punct(from, "{") || len(groups) > 0 && keyOf(groups[0]) > 0
	var value []Token
	switch name {
	case "items", "iteritems", "entries", "values", "keys", "enumerate", "to_a", "each_pair":
		value = append(value, Token{Kind: TokenPunct, Text: "["})
		for n, group := range groups {
			if n > 0 {
				value = append(value, Token{Kind: TokenPunct, Text: ","})
			}
			value = append(value, pairOf(group, name, n)...)
		}
		value = append(value, Token{Kind: TokenPunct, Text: "]"})
	case "get", "fetch", "dig":
		if len(args) == 0 || args[0].Kind != TokenString {
			return false
		}
		value = valueOfKey(groups, args[0].Text)
		if second := splitTokens(args); len(value) == 0 && len(second) > 1 {
			value = second[1]
		}
	case "sort", "reverse", "filter", "select", "reject", "uniq", "compact", "flat", "flatten", "freeze", "copy", "toArray", "slice", "from", "sorted":
		if table {
			return false
		}
		value = f.out[from:to]
	case "splitlines", "lines", "strip":
	}
	if len(value) == 0 {
		return false
	}
	return f.putLiteral(at, append([]Token(nil), value...), f.out[from].File)
}

// pairOf is what a way to go through a list or a map gives for one element.
func pairOf(group []Token, name string, n int) (out []Token) {
	sign := func(text string) { out = append(out, Token{Kind: TokenPunct, Text: text}) }
	key, value := Token{Kind: TokenNumber, Text: string(rune('0' + n%10))}, group
	if at := keyOf(group); at > 0 {
		if key = group[0]; key.Kind == TokenName {
			key.Kind = TokenString
		}
		value = group[at:]
	}
	switch name {
	case "keys":
		return []Token{key}
	case "values":
		return value
	}
	sign("[")
	out = append(out, key)
	sign(",")
	out = append(out, value...)
	sign("]")
	return out
}

// keyOf is where the value begins of an element that has a key, or 0.
func keyOf(group []Token) int {
	switch {
	case len(group) < 3 || group[0].Kind == TokenPunct:
		return 0
	case isPunct(group[1], ":") && !isPunct(group[2], ":"):
		return 2
	case isPunct(group[1], "=") && isPunct(group[2], ">") && len(group) > 3:
		return 3
	}
	return 0
}

// valueOfKey is the value that a map has for a key.
func valueOfKey(groups [][]Token, key string) (value []Token) {
	for _, g := range groups {
		if at := keyOf(g); at > 0 && g[0].Text == key {
			value = g[at:]
		} else if len(g) > 1 && g[0].Kind == TokenName && g[0].Text == key && isPunct(g[1], "(") {
			value = g[:1] // a method of JavaScript
		}
	}
	return value
}

// isLiteral reports a list or a map that is written out, not one that a loop fills.
func (f *tokenFolder) isLiteral(from, to int) bool { return literalTokens(f.out[from:to]) }

func literalTokens(list []Token) bool {
	if len(list) < 2 || !opens(list[0]) {
		return false
	}
	depth := 0
	for i, t := range list {
		switch {
		case t.Kind == TokenName && (t.Text == "for" || t.Text == "if"):
			return false
		case opens(t):
			depth++
		case closes(t):
			if depth--; depth == 0 && i+1 < len(list) {
				return false
			}
		}
	}
	return depth == 0
}

func opens(t Token) bool {
	return t.Kind == TokenPunct && (t.Text == "[" || t.Text == "(" || t.Text == "{")
}

func closes(t Token) bool {
	return t.Kind == TokenPunct && (t.Text == "]" || t.Text == ")" || t.Text == "}")
}
