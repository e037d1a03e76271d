package code

import "strings"

// lispName reads what stands between blanks and parentheses in a Lisp. What
// names the package of a function is left out, and quotes are no strings.
func (l *lexer) lispName() {
	start := l.pos
	if end := strings.IndexAny(l.src[l.pos:], " \t\r\n()[]{}\"';`,@#"); end != 0 {
		if end < 0 {
			end = len(l.src) - l.pos
		}
		l.pos += end
		word := l.src[start:l.pos]
		if i := strings.LastIndexAny(word, "/.:"); i >= 0 && i+1 < len(word) {
			word = word[i+1:]
		}
		l.add(TokenName, word, start)
		return
	}
	if l.pos++; strings.HasPrefix(l.src[start:], `#p"`) {
		l.pos++ // a path
	}
	if strings.IndexByte("()[]{}", l.src[start]) >= 0 {
		l.add(TokenPunct, l.src[start:l.pos], start)
	}
}

// lispCalls writes (f a b) as f(a, b), the way the other languages do.
func lispCalls(tokens []Token) []Token {
	out := make([]Token, 0, len(tokens)+len(tokens)/2)
	opens := func(t *Token) bool { return t.Kind == TokenPunct && (t.Text == "(" || t.Text == "[" || t.Text == "{") }
	closes := func(t *Token) bool { return t.Kind == TokenPunct && !opens(t) }
	for i := range tokens {
		if n := len(out); i > 0 && !opens(&tokens[i-1]) && !closes(&tokens[i]) && !(n > 0 && opens(&out[n-1])) {
			out = append(out, Token{Kind: TokenPunct, Text: ",", Start: tokens[i].Start})
		}
		out = append(out, tokens[i])
		if n := len(out); n > 1 && tokens[i].Kind == TokenName && i > 0 && tokens[i-1].Kind == TokenPunct && tokens[i-1].Text == "(" {
			out[n-1], out[n-2] = out[n-2], out[n-1] // ( f
		}
	}
	return out
}
