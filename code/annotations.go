package code

import "strings"

// maxAnnotation bounds the tokens of a type.
const maxAnnotation = 24

// untyped leaves out the types that names are declared with, so that a name stands in
// front of its value: const dirs: string[] = […], path: str = "x".
func untyped(lang, src string, tokens []Token) []Token {
	if lang != "javascript" && lang != "python" {
		return tokens
	}
	var out []Token
	done := 0
	for i := 1; i+2 < len(tokens); i++ {
		if !isPunct(tokens[i], ":") || tokens[i-1].Kind != TokenName || !declares(lang, src, tokens, i-1) {
			continue
		}
		if end := annotationEnd(tokens, i+1); end > 0 {
			out = append(out, tokens[done:i]...)
			done, i = end, end
		}
	}
	if done == 0 {
		return tokens
	}
	return append(out, tokens[done:]...)
}

// declares reports that the name at i begins a declaration.
func declares(lang, src string, tokens []Token, i int) bool {
	if lang == "javascript" {
		if i == 0 || tokens[i-1].Kind != TokenName {
			return false
		}
		word := tokens[i-1].Text
		return word == "const" || word == "let" || word == "var"
	}
	switch tokens[i].Text {
	case "else", "try", "finally", "lambda":
		return false
	}
	return i == 0 || isPunct(tokens[i-1], ";") || strings.Contains(src[tokens[i-1].Start:tokens[i].Start], "\n")
}

// annotationEnd gives where the "=" behind a type stands that starts at i, or 0.
func annotationEnd(tokens []Token, i int) int {
	depth := 0
	for j := i; j < min(len(tokens), i+maxAnnotation); j++ {
		t := tokens[j]
		switch {
		case t.Kind != TokenPunct:
		case t.Text == "[" || t.Text == "<" || t.Text == "(" || t.Text == "{":
			depth++
		case t.Text == "]" || t.Text == ">" || t.Text == ")" || t.Text == "}":
			depth--
		case t.Text == ";":
			return 0
		case t.Text == "=" && depth == 0:
			if j == i || j+1 < len(tokens) && (isPunct(tokens[j+1], ">") || isPunct(tokens[j+1], "=")) {
				return 0
			}
			return j
		}
		if depth < 0 {
			return 0
		}
	}
	return 0
}

func isPunct(t Token, sign string) bool { return t.Kind == TokenPunct && t.Text == sign }
