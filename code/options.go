package code

import (
	"slices"
	"strings"
)

// This file writes what a program's own options hold in the places that ask for
// it: parse_args().dir is "build" when the program is called with --dir build, or
// when the code says that this is its default.

// An option is one that the code declares.
type option struct {
	name     string  // of the member: dir, dry_run
	standard []Token // its default; nil for none
	operand  bool    // an argument without a flag
	flag     bool    // it takes no value
}

// parsesOptions is a cheap test: the names of what reads a command line.
func parsesOptions(name string) bool {
	switch name {
	case "parse_args", "parse_known_args", "parseArgs", "minimist", "yargs", "opts":
		return true
	}
	return false
}

// options finds what the code declares, and the names that hold what was parsed.
func (k *knower) options() {
	if !slices.ContainsFunc(k.tokens, func(t Token) bool { return t.Kind == TokenName && parsesOptions(t.Text) }) {
		return
	}
	const maxOptions = 64
	for i := range k.tokens {
		switch name := k.tokens[i]; {
		case name.Kind != TokenName:
		case (name.Text == "add_argument" || name.Text == "option") && k.is(i+1, "(") && len(k.declared) < maxOptions:
			k.declare(i + 2)
		case parsesOptions(name.Text):
			k.holdsOptions(i)
		}
	}
}

// declare reads the arguments of add_argument("--dir", default="x") or of
// option("-d, --dir <dir>", "what it is", "x") from token i on.
func (k *knower) declare(i int) {
	const maxAhead = 64
	depth, end := 0, i
	for ; end < len(k.tokens) && end < i+maxAhead && depth >= 0; end++ {
		if k.is(end, "(") || k.is(end, "[") || k.is(end, "{") {
			depth++
		} else if k.is(end, ")") || k.is(end, "]") || k.is(end, "}") {
			depth--
		}
	}
	var o option
	texts := 0
	for _, arg := range splitTokens(k.tokens[i:max(i, end-1)]) {
		switch first := arg[0]; {
		case len(arg) == 1 && first.Kind == TokenString && texts == 0 || len(arg) == 1 && first.Kind == TokenString && strings.HasPrefix(first.Text, "--"):
			texts++
			o.named(first.Text)
		case len(arg) == 1 && first.Kind == TokenString:
			if texts++; texts == 3 {
				o.standard = arg
			}
		case len(arg) > 2 && first.Text == "default":
			o.standard = arg[2:]
		case len(arg) == 3 && first.Text == "dest":
			o.name = arg[2].Text
		case len(arg) == 3 && first.Text == "action":
			o.flag = strings.HasPrefix(arg[2].Text, "store_") || arg[2].Text == "count"
		}
	}
	if o.name != "" && len(o.standard) <= maxLet {
		k.declared = append(k.declared, o)
	}
}

// named takes the name from a flag: --dry-run, "-d, --dir <dir>", or dir.
func (o *option) named(spelled string) {
	o.operand = !strings.HasPrefix(spelled, "-")
	for _, word := range strings.FieldsFunc(spelled, func(r rune) bool { return r == ' ' || r == ',' || r == '=' }) {
		if strings.HasPrefix(word, "-") || o.name == "" {
			o.name = optionName(word)
		}
	}
}

// optionName is the member that holds a flag: dry_run for --dry-run and dryRun.
func optionName(flag string) string {
	var b strings.Builder
	for i, c := range strings.TrimLeft(flag, "-") {
		switch {
		case c == '-':
			b.WriteByte('_')
		case c >= 'A' && c <= 'Z' && i > 0:
			b.WriteByte('_')
			b.WriteRune(c - 'A' + 'a')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// holdsOptions notes the name that what is parsed at i is assigned to.
func (k *knower) holdsOptions(i int) {
	const maxBack = 16
	for j := i; j > 0 && j > i-maxBack; j-- {
		if k.is(j, ";") || k.is(j, ")") {
			return
		}
		if !k.is(j, "=") || k.is(j-1, "=") {
			continue
		}
		switch before := k.tokens[j-1]; {
		case before.Kind == TokenName: // args = parser.parse_args()
			k.parsed = append(k.parsed, before.Text)
		case k.is(j-1, "}") && j > 2 && k.tokens[j-2].Kind == TokenName: // const { values } = parseArgs(…)
			k.parsed = append(k.parsed, k.tokens[j-2].Text)
		}
		return
	}
}

// option writes the value of the member that is asked for at i.
func (k *knower) option(i int) (end int) {
	at := 0
	switch {
	case k.tokens[i].Kind != TokenName || k.is(i-1, "."):
		return 0
	case slices.Contains(k.parsed, k.tokens[i].Text):
		at = i + 1
	default: // parser.parse_args().dir
		for at = i; at < i+8 && at+1 < len(k.tokens) && (k.tokens[at].Kind == TokenName || k.is(at, ".")); at++ {
		}
		if at == i || !parsesOptions(k.tokens[at-1].Text) || !k.is(at, "(") || !k.is(at+1, ")") {
			return 0
		}
		at += 2
	}
	if !k.is(at, ".") || at+1 >= len(k.tokens) || k.tokens[at+1].Kind != TokenName || k.is(at+2, "(") || k.is(at+2, "=") && !k.is(at+3, "=") {
		return 0
	}
	value := k.optionValue(optionName(k.tokens[at+1].Text))
	if len(value) == 0 {
		return 0
	}
	for _, tok := range value {
		tok.Start, tok.Depth, tok.Value = k.tokens[i].Start, k.tokens[i].Depth, k.tokens[i].Value
		k.out = append(k.out, tok)
	}
	return at + 2
}

// optionValue is what the program's arguments give an option, or its default.
func (k *knower) optionValue(name string) []Token {
	text := func(s string) []Token { return []Token{{Kind: TokenString, Text: clean(s)}} }
	var operands []string
	for n := 0; n < len(k.p.Args); n++ {
		arg := k.p.Args[n]
		flag, value, joined := strings.Cut(arg, "=")
		if !strings.HasPrefix(arg, "-") || len(arg) == 1 {
			operands = append(operands, arg)
			continue
		}
		if joined {
			if optionName(flag) == name {
				return text(value)
			}
			continue
		}
		takes := n+1 < len(k.p.Args) && !strings.HasPrefix(k.p.Args[n+1], "-") && !k.isFlag(optionName(flag))
		if takes && optionName(flag) == name {
			return text(k.p.Args[n+1])
		}
		if takes {
			n++
		}
	}
	place := 0
	for _, o := range k.declared {
		switch {
		case o.name == name && o.operand && place < len(operands):
			return text(operands[place])
		case o.name == name:
			return o.standard
		case o.operand:
			place++
		}
	}
	return nil
}

func (k *knower) isFlag(name string) bool {
	return slices.ContainsFunc(k.declared, func(o option) bool { return o.flag && o.name == name })
}
