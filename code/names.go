package code

import "slices"

// This file writes imported names in full, so that rm of fs/promises, r of
// "from shutil import rmtree as r" and e of "local e = os.execute" are the
// functions that they are, whoever reads the tokens.

// maxBound bounds the names that one piece of code gives to what it imports.
const maxBound = 64

// fullNames replaces each name that an import or an alias has bound to a module
// that readers know, or to a function of one, by its parts: rm is fs . rm.
func fullNames(lang string, tokens []Token) []Token {
	b := nameBinder{lang: lang, tokens: tokens}
	if !slices.ContainsFunc(tokens, b.binds) {
		return tokens
	}
	for i := range tokens {
		b.look(i)
	}
	if len(b.bound) == 0 && len(b.modules) == 0 {
		return tokens
	}
	return b.rewritten()
}

type nameBinder struct {
	lang    string
	tokens  []Token
	bound   []boundName
	skip    []span                 // of tokens: the statements that bind, which stay
	modules map[int]importedModule // expressions that give a module, by their first token
}

// A boundName is a name and what it stands for: fs, rm.
type boundName struct {
	name string
	path []string
}

// An importedModule is an expression such as require("fs") and where it ends.
type importedModule struct {
	name string
	end  int
}

// binds is a cheap test that saves most code from being looked at.
func (b *nameBinder) binds(t Token) bool {
	if t.Kind != TokenName {
		return false
	}
	switch t.Text {
	case "import", "require", "__import__", "import_module", "local":
		return true
	}
	return b.lang == "php" && t.Text[0] == '$'
}

// knownModule is the name that readers know a module by; "" for the ones whose
// functions nobody looks for by their module.
func knownModule(lang, module string) string {
	switch lang {
	case "python":
		switch module {
		case "os", "shutil", "subprocess", "requests", "httpx", "pty", "sh", "pexpect":
			return module
		case "os.path", "posixpath":
			return "path"
		case "plumbum", "plumbum.cmd":
			return "sh"
		}
	case "javascript":
		switch module {
		case "fs", "node:fs", "fs/promises", "node:fs/promises", "fs-extra", "graceful-fs":
			return "fs"
		case "child_process", "node:child_process":
			return "child_process"
		case "os", "node:os":
			return "os"
		case "path", "node:path":
			return "path"
		case "shelljs":
			return module
		}
	}
	return ""
}

func (b *nameBinder) punct(i int, text string) bool {
	return i >= 0 && i < len(b.tokens) && b.tokens[i].Kind == TokenPunct && b.tokens[i].Text == text
}

func (b *nameBinder) name(i int) string {
	if i >= 0 && i < len(b.tokens) && b.tokens[i].Kind == TokenName {
		return b.tokens[i].Text
	}
	return ""
}

func (b *nameBinder) bind(name string, path ...string) {
	if name != "" && len(b.bound) < maxBound && !(len(path) == 1 && path[0] == name) {
		b.bound = append(b.bound, boundName{name, path})
	}
}

// look reads what token i binds.
func (b *nameBinder) look(i int) {
	switch b.name(i) {
	case "import", "from":
		switch {
		case b.punct(i+1, "("):
			b.call(i)
		case b.lang == "python":
			b.pythonImport(i)
		case b.lang == "javascript" && b.name(i) == "import":
			b.scriptImport(i)
		}
	case "require", "__import__", "import_module":
		b.call(i)
	default:
		b.alias(i)
	}
}

// ownMembers leaves out the module in front of a name that a module which stands with
// the code gives a value: DIRS of config.DIRS, and of module.exports = {DIRS: x} as well.
func ownMembers(lang string, tokens []Token, modules int) []Token {
	if modules == 0 || lang != "python" && lang != "javascript" {
		return tokens
	}
	b := nameBinder{lang: lang, tokens: tokens}
	given, imported := map[string]bool{}, map[string]bool{}
	var added []Token
	for i := range tokens {
		name := b.name(i)
		switch {
		case tokens[i].Start >= modules:
			if name != "" && (b.name(i-1) == "import" || b.name(i-1) == "as" || b.punct(i+1, "=") && b.name(i+2) == "require") {
				imported[name] = true
			}
		case name != "" && name != "exports" && b.punct(i+1, "=") && !b.punct(i+2, "=") && !b.punct(i+2, ">"):
			given[name] = true
		case name == "exports" && b.punct(i+1, "=") && b.punct(i+2, "{"):
			end := i + 2
			for depth := 0; end < len(tokens); end++ {
				if opens(tokens[end]) {
					depth++
				} else if closes(tokens[end]) {
					if depth--; depth == 0 {
						break
					}
				}
			}
			for _, part := range splitTokens(tokens[i+3 : min(end, len(tokens))]) {
				if at := keyOf(part); at == 2 && literalValue(part[at:]) {
					given[part[0].Text] = true
					sign := func(text string) Token { return Token{Kind: TokenPunct, Text: text, Start: part[0].Start} }
					added = append(append(append(added, part[0], sign("=")), part[at:]...), sign(";"))
				}
			}
		}
	}
	if len(given) == 0 {
		return tokens
	}
	out := added
	for i := 0; i < len(tokens); i++ {
		if tokens[i].Start >= modules && imported[b.name(i)] && b.punct(i+1, ".") && given[b.name(i+2)] && !b.punct(i-1, ".") {
			i++
			continue
		}
		out = append(out, tokens[i])
	}
	return out
}

// literalValue reports a constant, or a list or a map that is written out.
func literalValue(list []Token) bool {
	return len(list) == 1 && list[0].Kind == TokenString || literalTokens(list)
}

// pythonImport reads import a.b as x, c and from a import b as x, c.
func (b *nameBinder) pythonImport(i int) {
	from := b.name(i) == "from"
	if !from && i > 0 && b.tokens[i-1].Kind == TokenName && b.statementOf(i) {
		return // the import of a from
	}
	module, at := b.dotted(i + 1)
	if known := knownModule(b.lang, module); known != "" {
		module = known
	} else if from {
		module = ""
	}
	if !from {
		for b.name(at) == "as" {
			b.bind(b.name(at+1), module)
			if at += 2; !b.punct(at, ",") {
				break
			}
			module, at = b.dotted(at + 1)
		}
		b.skip = append(b.skip, span{i, at})
		return
	}
	if b.name(at) != "import" {
		return
	}
	for at++; b.punct(at, "("); at++ {
	}
	for b.name(at) != "" {
		name, as := b.name(at), b.name(at)
		if b.name(at+1) == "as" {
			as = b.name(at + 2)
			at += 2
		}
		switch {
		case module != "":
			b.bind(as, module, name)
		case as != name:
			b.bind(as, name)
		}
		if at++; !b.punct(at, ",") {
			break
		}
		at++
	}
	b.skip = append(b.skip, span{i, at})
}

// statementOf reports that the import at i belongs to a from in front of it.
func (b *nameBinder) statementOf(i int) bool {
	return len(b.skip) > 0 && b.skip[len(b.skip)-1].end > i
}

// dotted reads a.b.c at i and gives where it ends.
func (b *nameBinder) dotted(i int) (name string, end int) {
	const maxParts = 8
	name, end = b.name(i), i+1
	for n := 0; n < maxParts && b.punct(end, ".") && b.name(end+1) != ""; n++ {
		name += "." + b.name(end+1)
		end += 2
	}
	return name, end
}

// scriptImport reads import d, {a as x, c} from "m" and import * as x from "m".
func (b *nameBinder) scriptImport(i int) {
	const maxAhead = 64
	end := i + 1
	for end < len(b.tokens) && end < i+maxAhead && b.name(end) != "from" {
		end++
	}
	if end+1 >= len(b.tokens) || b.name(end) != "from" || b.tokens[end+1].Kind != TokenString {
		return
	}
	b.members(i+1, end, knownModule(b.lang, b.tokens[end+1].Text), "as")
	b.skip = append(b.skip, span{i, end + 2})
}

// members reads the names from one token to another that stand for a module, and
// in braces for its members; sep stands in front of the name that one is given.
func (b *nameBinder) members(from, to int, module, sep string) {
	braces := false
	for i := from; i < to; i++ {
		name := b.name(i)
		switch {
		case b.punct(i, "{"):
			braces = true
		case name == "" || name == "as":
		case b.name(i+1) == sep || b.punct(i+1, sep):
			if braces && module != "" {
				b.bind(b.name(i+2), module, name)
			} else if braces {
				b.bind(b.name(i+2), name)
			}
			i += 2
		case module == "":
		case braces:
			b.bind(name, module, name)
		default:
			b.bind(name, module)
		}
	}
}

// call reads require("m") at i, and what it is assigned to: const {a: x} =
// require("m"), const x = require("m").y.
func (b *nameBinder) call(i int) {
	if !b.punct(i+1, "(") || !b.punct(i+3, ")") || b.tokens[i+2].Kind != TokenString {
		return
	}
	module := knownModule(b.lang, b.tokens[i+2].Text)
	start, end := i, i+4
	if b.punct(i-1, ".") && b.name(i-2) == "importlib" {
		start = i - 2
	}
	if module != "" {
		if b.modules == nil {
			b.modules = map[int]importedModule{}
		}
		b.modules[start] = importedModule{module, end}
	}
	if b.punct(end, ".") && b.name(end+1) == "then" {
		b.then(end+2, module)
		return
	}
	if b.name(start-1) == "await" {
		start--
	}
	if !b.punct(start-1, "=") {
		return
	}
	switch at := start - 2; {
	case b.punct(at, "}"):
		const maxBack = 64
		open := at
		for open > 0 && open > at-maxBack && !b.punct(open, "{") {
			open--
		}
		b.members(open, at, module, ":")
		b.skip = append(b.skip, span{open, at})
	case module != "" && b.punct(end, ".") && b.name(end+1) != "" && !b.punct(end+2, "("):
		b.bind(b.name(at), module, b.name(end+1))
		b.skip = append(b.skip, span{at, at + 1})
	case module != "" && !b.punct(end, "."):
		b.bind(b.name(at), module)
		b.skip = append(b.skip, span{at, at + 1})
	}
}

// then reads the names that import("m").then(({rm}) => …) gives, from token i on.
func (b *nameBinder) then(i int, module string) {
	const maxAhead = 64
	for b.punct(i, "(") {
		i++
	}
	if b.name(i) != "" && module != "" {
		b.bind(b.name(i), module)
		b.skip = append(b.skip, span{i, i + 1})
		return
	}
	end := i
	for b.punct(i, "{") && end < i+maxAhead && end < len(b.tokens) && !b.punct(end, "}") {
		end++
	}
	b.members(i, end, module, ":")
	b.skip = append(b.skip, span{i, end})
}

// promised reads the function in promisify(child_process.exec), whose
// parenthesis opens at i.
func (b *nameBinder) promised(i int) (path []string) {
	i++
	switch {
	case b.name(i) == "require" && i+6 < len(b.tokens) && b.punct(i+4, "."):
		if module := knownModule(b.lang, b.tokens[i+2].Text); module != "" && b.name(i+5) != "" {
			return []string{module, b.name(i + 5)}
		}
	case b.punct(i+1, ")"):
		return b.pathOf(i)
	case b.punct(i+1, ".") && b.punct(i+3, ")") && b.name(i+2) != "":
		if path = b.pathOf(i); len(path) == 0 {
			path = []string{b.name(i)}
		}
		return append(path[:len(path):len(path)], b.name(i+2))
	}
	return nil
}

// alias reads x = os.execute, and in PHP, whose functions have names that are
// texts, $f = "system".
func (b *nameBinder) alias(i int) {
	if b.name(i) == "" || !b.punct(i+1, "=") || b.punct(i-1, ".") {
		return
	}
	if b.lang == "php" {
		if i+2 < len(b.tokens) && b.tokens[i+2].Kind == TokenString && isIdentifier(b.tokens[i+2].Text) && b.punct(i+3, ";") {
			b.bind(b.name(i), b.tokens[i+2].Text)
		}
		return
	}
	at := i + 2
	switch {
	case b.name(at) == "util" && b.punct(at+1, "."):
		at += 2
	case b.name(at) == "require" && b.punct(at+4, "."): // require("util")
		at += 5
	}
	if b.name(at) == "promisify" && b.punct(at+1, "(") {
		if path := b.promised(at + 1); len(path) > 0 {
			b.bind(b.name(i), path...)
			b.skip = append(b.skip, span{i, i + 1})
		}
		return
	}
	if module := b.name(i + 2); module != "" && knownModule(b.lang, module) == module && b.punct(i+3, ".") && b.name(i+4) != "" && !b.punct(i+5, "(") && !b.punct(i+5, "[") && !b.punct(i+5, ".") {
		b.bind(b.name(i), module, b.name(i+4))
		b.skip = append(b.skip, span{i, i + 1})
	}
}

// rewritten gives the tokens with the bound names written in full.
func (b *nameBinder) rewritten() []Token {
	out := make([]Token, 0, len(b.tokens)+len(b.tokens)/4)
	slices.SortFunc(b.skip, func(x, y span) int { return x.start - y.start })
	skip := b.skip
	for i := 0; i < len(b.tokens) && len(out) < 2*maxTokens; i++ {
		for len(skip) > 0 && skip[0].end <= i {
			skip = skip[1:]
		}
		tok := b.tokens[i]
		if m, ok := b.modules[i]; ok {
			tok.Kind, tok.Text = TokenName, m.name
			out = append(out, tok)
			i = m.end - 1
			continue
		}
		path := b.pathOf(i)
		if len(path) == 0 || len(skip) > 0 && skip[0].start <= i {
			out = append(out, tok)
			continue
		}
		for j, part := range path {
			if j > 0 {
				out = append(out, Token{Kind: TokenPunct, Text: ".", Start: tok.Start, Depth: tok.Depth, Value: tok.Value})
			}
			tok.Text = part
			out = append(out, tok)
		}
	}
	return out
}

// pathOf is what the name at i is bound to, when it is used there: it is no
// member, no key and not assigned.
func (b *nameBinder) pathOf(i int) []string {
	name := b.name(i)
	if name == "" || b.punct(i-1, ".") || b.punct(i-1, ">") && b.punct(i-2, "-") || b.punct(i+1, "=") && !b.punct(i+2, "=") ||
		b.punct(i+1, ":") && (b.punct(i-1, "{") || b.punct(i-1, ",")) || b.lang == "php" && !b.punct(i+1, "(") {
		return nil
	}
	for j := len(b.bound) - 1; j >= 0; j-- {
		if b.bound[j].name == name {
			return b.bound[j].path
		}
	}
	return nil
}

func isIdentifier(s string) bool {
	if s == "" || !nameByte(s[0]) {
		return false
	}
	for i := range len(s) {
		if !nameByte(s[i]) && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}
