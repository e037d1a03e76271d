package code

// This file gives the lists, tables and files of Perl the spelling that they have in
// other languages.

// A perlReader rewrites the tokens of Perl.
type perlReader struct {
	tokens []Token
	out    []Token
	lists  map[string]bool   // names with their sign: @a, %t
	files  map[string]string // handles and what they read: $fh, FH
}

// plainPerl writes @a = ("x") as @a = ["x"], $a[0] as @a[0], %t = (a => 1) as
// %t = {a => 1}, with the sign in the name, and reading from a handle as the call that
// reads the file: while (my $l = <$fh>) goes through read_lines("f").
func plainPerl(tokens []Token) []Token {
	p := perlReader{tokens: tokens, lists: map[string]bool{}, files: map[string]string{}}
	for i := 0; i < len(tokens); {
		i = p.next(i)
	}
	return p.out
}

func (p *perlReader) punct(i int, sign string) bool { return punctAt(p.tokens, i, sign) }

func (p *perlReader) name(i int) string {
	if i >= 0 && i < len(p.tokens) && p.tokens[i].Kind == TokenName {
		return p.tokens[i].Text
	}
	return ""
}

// next rewrites what starts at i and gives where the next begins.
func (p *perlReader) next(i int) int {
	t := p.tokens[i]
	switch {
	case p.name(i) == "open":
		p.opened(i)
	case p.name(i) == "grep" && p.punct(i+1, "{"): // which leaves some out
		if end := p.closed(i + 1); end > 0 {
			return end + 1
		}
	case p.name(i) == "while" && p.punct(i+1, "("):
		if end := p.while(i); end > i {
			return end
		}
	case p.punct(i, "<") && p.punct(i+2, ">") && p.files[p.name(i+1)] != "":
		read := "read_file"
		if n := len(p.out); n > 0 && isPunct(p.out[n-1], "(") || n > 1 && isPunct(p.out[n-1], "=") && p.out[n-2].Text[0] == '@' {
			read = "read_lines" // of a loop or a list
			if n > 1 && p.out[n-2].Kind == TokenName && p.out[n-2].Text[0] != '$' && p.out[n-2].Text[0] != '@' {
				read = "read_file" // f(<$fh>)
			}
		}
		p.read(t, read, p.files[p.name(i+1)])
		return i + 3
	case p.punct(i, "@") || p.punct(i, "%"):
		if p.name(i+1) != "" && p.name(i+1) != "_" && p.name(i+1) != "ARGV" && p.isSigil(i) {
			return p.collection(i)
		}
	case p.name(i) != "" && t.Text[0] == '$' && (p.punct(i+1, "[") && p.lists["@"+t.Text[1:]] || p.punct(i+1, "{") && p.lists["%"+t.Text[1:]]):
		sign := "@"
		if p.punct(i+1, "{") {
			sign = "%"
		}
		t.Text = sign + t.Text[1:]
	}
	p.out = append(p.out, t)
	return i + 1
}

// isSigil tells the sign of a list or a table from an operator.
func (p *perlReader) isSigil(i int) bool {
	if p.tokens[i+1].Start != p.tokens[i].Start+1 {
		return false
	}
	if p.punct(i, "@") || i == 0 {
		return true
	}
	switch before := p.tokens[i-1]; before.Kind {
	case TokenName:
		return before.Text == "my" || before.Text == "our" || before.Text == "keys" || before.Text == "values" || before.Text == "each"
	case TokenPunct:
		return !closes(before)
	}
	return false
}

// collection rewrites the list or the table whose sign is at i.
func (p *perlReader) collection(i int) int {
	name := p.tokens[i+1]
	if name.Text[0] != '$' { // else it is a reference
		name.Text = p.tokens[i].Text + name.Text
		p.lists[name.Text] = true
	}
	p.out = append(p.out, name)
	end := p.closed(i + 3)
	if !p.punct(i+2, "=") || !p.punct(i+3, "(") || end == 0 {
		return i + 2
	}
	open, shut := p.tokens[i+3], p.tokens[end]
	if open.Text, shut.Text = "[", "]"; p.punct(i, "%") {
		open.Text, shut.Text = "{", "}"
	}
	p.out = append(p.out, p.tokens[i+2], open)
	for at := i + 4; at < end; {
		at = p.next(at)
	}
	p.out = append(p.out, shut)
	return end + 1
}

// closed is where the bracket at i closes, 0 for nowhere.
func (p *perlReader) closed(i int) int {
	depth := 0
	for ; i < len(p.tokens); i++ {
		if opens(p.tokens[i]) {
			depth++
		} else if closes(p.tokens[i]) {
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// opened notes the handle and the file of open(my $fh, "<", "f").
func (p *perlReader) opened(i int) {
	const maxAhead = 8
	handle := ""
	for j := i + 1; j < min(i+maxAhead, len(p.tokens)); j++ {
		switch t := p.tokens[j]; {
		case handle == "" && t.Kind == TokenName && t.Text != "my":
			handle = t.Text
		case t.Kind == TokenString && t.Text != "" && (t.Text[0] == '>' || t.Text[0] == '+' || t.Text[0] == '|'):
			return
		case t.Kind == TokenString && (t.Text == "" || t.Text[0] != '<' || p.punct(j+1, ")") || p.punct(j+1, ";")):
			p.files[handle] = t.Text
			return
		}
	}
}

// while rewrites while (my $l = <$fh>) at i as a loop over lines.
func (p *perlReader) while(i int) (end int) {
	name, at := Token{Kind: TokenName, Text: "$_"}, i+2
	if p.name(at) == "my" {
		at++
	}
	if p.name(at) != "" && p.punct(at+1, "=") {
		name = p.tokens[at]
		at += 2
	}
	file := p.files[p.name(at+1)]
	if !p.punct(at, "<") || !p.punct(at+2, ">") || !p.punct(at+3, ")") || file == "" {
		return 0
	}
	loop := p.tokens[i]
	loop.Text = "foreach"
	p.out = append(p.out, loop, name, p.tokens[i+1])
	p.read(p.tokens[at], "read_lines", file)
	p.out = append(p.out, p.tokens[at+3])
	return at + 4
}

// read appends the call that reads a file.
func (p *perlReader) read(at Token, call, file string) {
	for _, t := range [...]Token{{Text: call}, {Kind: TokenPunct, Text: "("}, {Kind: TokenString, Text: file}, {Kind: TokenPunct, Text: ")"}} {
		t.Start, t.Depth, t.Value = at.Start, at.Depth, at.Value
		p.out = append(p.out, t)
	}
}
