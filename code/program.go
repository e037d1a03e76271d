package code

import (
	"path"
	"strconv"
)

// bindArguments puts what a program is called with, and where it lies, into the places
// that ask for it: sys.argv[1], process.argv.slice(2), __dirname.
func (p Program) bindArguments(lang string, tokens []Token) []Token {
	if p.File == "" && len(p.Args) == 0 && len(p.Env) == 0 && p.Unset == nil {
		return tokens
	}
	k := knower{p: p, lang: lang, tokens: tokens}
	for i := range tokens {
		if tokens[i].Kind == TokenName && (asksForProgram(tokens[i].Text) || asksForEnvironment(tokens[i].Text) || parsesOptions(tokens[i].Text)) {
			return k.rewritten()
		}
	}
	return tokens
}

func asksForProgram(name string) bool {
	switch name {
	case "argv", "args", "ARGV", "$ARGV", "$argv", "__file__", "__dirname", "__filename", "__dir__", "__FILE__", "__DIR__", "meta", "shift":
		return true
	}
	return false
}

type knower struct {
	p       Program
	lang    string
	tokens  []Token
	out     []Token
	shifted int // arguments that Perl has taken off
	braces  int
	// declared are the options that the code declares, parsed the names that
	// hold what was parsed of them.
	declared []option
	parsed   []string
}

func (k *knower) is(i int, text string) bool {
	return i >= 0 && i < len(k.tokens) && k.tokens[i].Kind != TokenString && k.tokens[i].Text == text
}

func (k *knower) rewritten() []Token {
	k.options()
	for i := 0; i < len(k.tokens); i++ {
		if k.is(i, "{") {
			k.braces++
		} else if k.is(i, "}") {
			k.braces--
		}
		if end := k.place(i); end > i {
			i = end - 1
			continue
		}
		if end := k.option(i); end > i {
			i = end - 1
			continue
		}
		if end := k.environment(i); end > i {
			i = end - 1
			continue
		}
		if end := k.arguments(i); end > i {
			i = end - 1
			continue
		}
		k.out = append(k.out, k.tokens[i])
	}
	return k.out
}

func (k *knower) add(at int, kind TokenKind, text string) {
	tok := k.tokens[at]
	tok.Kind, tok.Text = kind, text
	k.out = append(k.out, tok)
}

// place writes the program's own path or directory for what starts at i.
func (k *knower) place(i int) (end int) {
	if k.p.File == "" || k.tokens[i].Kind != TokenName {
		return 0
	}
	dir := path.Dir(k.p.File)
	switch k.tokens[i].Text {
	case "__dirname", "__dir__", "__DIR__":
		k.add(i, TokenString, dir)
		return i + 1
	case "__file__", "__FILE__", "__filename":
		k.add(i, TokenString, k.p.File)
		return i + 1
	case "import":
		if !k.is(i+1, ".") || !k.is(i+2, "meta") || !k.is(i+3, ".") {
			return 0
		}
		switch {
		case k.is(i+4, "dirname"):
			k.add(i, TokenString, dir)
		case k.is(i+4, "url"), k.is(i+4, "filename"):
			k.add(i, TokenString, k.p.File)
		default:
			return 0
		}
		return i + 5
	case "pathlib":
		if k.is(i+1, ".") && k.is(i+2, "Path") {
			return k.place(i + 2)
		}
	case "Path": // Path(__file__).resolve().parent
		if !k.is(i+1, "(") || !k.is(i+2, "__file__") || !k.is(i+3, ")") {
			return 0
		}
		at, file := i+4, k.p.File
		for k.is(at, ".") {
			switch {
			case k.is(at+1, "parent"):
				file, at = path.Dir(file), at+2
			case (k.is(at+1, "resolve") || k.is(at+1, "absolute")) && k.is(at+2, "(") && k.is(at+3, ")"):
				at += 4
			default:
				k.add(i, TokenString, file)
				return at
			}
		}
		k.add(i, TokenString, file)
		return at
	}
	return 0
}

// arguments writes the arguments for what starts at i.
func (k *knower) arguments(i int) (end int) {
	first, at := 0, i // index of the first argument, and where the list's name ends
	switch {
	case k.lang == "python" && k.is(i, "sys") && k.is(i+1, ".") && k.is(i+2, "argv"):
		first, at = 1, i+3
	case k.lang == "python" && k.is(i, "argv") && !k.is(i-1, ".") && !k.is(i-1, "import"):
		first, at = 1, i+1
	case k.lang == "javascript" && (k.is(i, "process") || k.is(i, "Bun")) && k.is(i+1, ".") && k.is(i+2, "argv"):
		first, at = 2, i+3
	case k.lang == "javascript" && k.is(i, "Deno") && k.is(i+1, ".") && k.is(i+2, "args"):
		at = i + 3
	case k.is(i, "ARGV") && k.lang == "ruby", k.is(i, "$ARGV") && k.lang == "perl":
		at = i + 1
	case k.is(i, "$argv") && k.lang == "php":
		first, at = 1, i+1
	case k.lang == "perl" && k.is(i, "@") && k.is(i+1, "ARGV"):
		k.list(i, k.p.Args)
		return i + 2
	case k.lang == "perl" && k.is(i, "shift") && k.braces == 0 && !k.is(i+1, "@") && k.shifted < len(k.p.Args):
		k.add(i, TokenString, k.p.Args[k.shifted])
		k.shifted++
		return i + 1
	default:
		return 0
	}
	return k.indexed(i, at, first)
}

// indexed reads [1], [1:], .slice(2), .first and .each behind the list's name.
func (k *knower) indexed(i, at, first int) (end int) {
	number := func(j int) (int, bool) {
		if j >= len(k.tokens) || k.tokens[j].Kind != TokenNumber {
			return 0, false
		}
		n, err := strconv.Atoi(k.tokens[j].Text)
		return n - first, err == nil && n >= first
	}
	switch {
	case k.lang == "python" && k.is(at, "[") && k.is(at+1, "-") && k.is(at+3, "]"): // from the end
		if n, ok := number(at + 2); ok && n+first > 0 && n+first <= len(k.p.Args) {
			k.add(i, TokenString, k.p.Args[len(k.p.Args)-n-first])
			return at + 4
		}
	case k.is(at, "[") && k.is(at+2, "]"):
		if n, ok := number(at + 1); ok && n < len(k.p.Args) {
			k.add(i, TokenString, k.p.Args[n])
			return at + 3
		}
	case k.is(at, "[") && k.is(at+2, ":") && k.is(at+3, "]"):
		if n, ok := number(at + 1); ok && n <= len(k.p.Args) {
			k.list(i, k.p.Args[n:])
			return at + 4
		}
	case k.is(at, ".") && k.is(at+1, "slice") && k.is(at+2, "(") && k.is(at+4, ")"):
		if n, ok := number(at + 3); ok && n <= len(k.p.Args) {
			k.list(i, k.p.Args[n:])
			return at + 5
		}
	case k.lang == "ruby" && k.is(at, ".") && k.is(at+1, "fetch") && k.is(at+2, "("):
		if n, ok := number(at + 3); ok && n < len(k.p.Args) && k.is(at+4, ")") {
			k.add(i, TokenString, k.p.Args[n])
			return at + 5
		}
	case k.lang == "ruby" && k.is(at, ".") && (k.is(at+1, "first") || k.is(at+1, "shift")) && len(k.p.Args) > 0:
		k.add(i, TokenString, k.p.Args[0])
		return at + 2
	case k.lang == "ruby" && (k.is(at, ".") || k.is(i-1, "=")), first == 0 && k.lang == "javascript":
		k.list(i, k.p.Args)
		return at
	}
	return 0
}

func (k *knower) list(at int, args []string) {
	k.add(at, TokenPunct, "[")
	for n, arg := range args {
		if n > 0 {
			k.add(at, TokenPunct, ",")
		}
		k.add(at, TokenString, arg)
	}
	k.add(at, TokenPunct, "]")
}
