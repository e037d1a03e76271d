package code

import (
	"slices"
	"strconv"
)

// This file reads names that stand for lists and maps whose elements are wanted: by
// an index, a join, a spread. verbs[v] is "DELETE" where verbs is
// {"show": "GET", "drop": "DELETE"} and v is "drop".

// maxConstants bounds the names that are looked up in one piece of code.
const maxConstants = 64

// constant gives the tokens that the name at i stands for, as far as its use wants them.
func (f *tokenFolder) constant(tokens []Token, i int) []Token {
	if tokens[i].Kind != TokenName || len(f.sets[tokens[i].Text]) == 0 {
		return nil
	}
	if wants := f.wanted(tokens, i); wants != "" {
		if value := f.collection(tokens, i, wants); value != nil {
			return value
		}
	}
	return f.valueOf(tokens, i)
}

// collection gives the list or map that the name at i stands for, as it was folded; nil
// where it is assigned, or changed, more than once.
func (f *tokenFolder) collection(tokens []Token, i int, wants string) []Token {
	n := len(f.out)
	name := tokens[i].Text
	from := f.sets[name][0] + 2
	if f.punct(n-1, ".") && !f.punct(n-2, ".") || !f.punct(from, "{") && (!f.punct(from, "[") || wants != "list") || f.looked >= maxConstants {
		return nil
	}
	f.looked++
	end := f.closer(from) + 1
	if changes(tokens, name) != 1 || end > len(f.out) || end-from > maxLet || f.copied+end-from > maxTokens || f.goesOn(end) {
		return nil
	}
	value := slices.Clone(f.out[from:end])
	if wants == "spread" {
		value = value[1 : len(value)-1]
		f.out = f.out[:n-3]
	}
	f.copied += len(value)
	for n := range value {
		value[n].Start, value[n].Depth, value[n].Value = tokens[i].Start, tokens[i].Depth, tokens[i].Value
	}
	return value
}

// wanted says what the use of the name at i asks for: "list" (of texts, or by key),
// "options" or a "spread" of them, or "" for a value that is written in its place.
func (f *tokenFolder) wanted(tokens []Token, i int) string {
	n := len(f.out)
	is := func(i int, sign string) bool { return i < len(tokens) && isPunct(tokens[i], sign) }
	switch {
	case f.lang == "javascript" && f.punct(n-1, ".") && f.punct(n-2, ".") && f.punct(n-3, ".") && (is(i+1, ",") || is(i+1, "}")): // {...x}
		return "spread"
	case f.lang == "javascript" && is(i+1, ")") && f.punct(n-1, ","): // f(path, x)
		return "options"
	case is(i+1, "[") && !is(i+2, "]"), f.lang == "perl" && is(i+1, "{"):
		return "list"
	case f.lang == "javascript" && is(i+1, ".") && !is(i+3, "(") && !is(i+3, "=") && f.punct(f.sets[tokens[i].Text][0]+2, "{"): // Dirs.main
		return "list"
	case is(i+1, ".") && i+2 < len(tokens) && tokens[i+2].Text == "join" && is(i+3, "("): // ["a"].join("")
		return "list"
	}
	return ""
}

// wrapsText reports the calls that give the text that they are given, as it is or
// quoted.
func wrapsText(name string) bool {
	switch name {
	case "str", "String", "fspath", "escapeshellarg", "shellescape", "quote":
		return true
	}
	return false
}

// changes counts where a name gets a value or what it holds is changed.
func changes(tokens []Token, name string) (count int) {
	for i := range tokens {
		if tokens[i].Kind != TokenName || tokens[i].Text != name || i > 0 && isPunct(tokens[i-1], ".") {
			continue
		}
		is := func(n int, sign string) bool { return i+n < len(tokens) && isPunct(tokens[i+n], sign) }
		switch {
		case is(1, "=") && !is(2, "="), (is(1, "+") || is(1, "|")) && is(2, "="):
			count++
		case is(1, "["): // x["k"] = …
			if end := i + 3; end+1 < len(tokens) && is(3, "]") && is(4, "=") && !is(5, "=") {
				count++
			}
		case i > 2 && is(1, ")") && isPunct(tokens[i-1], "(") && tokens[i-2].Kind == TokenName && !isPunct(tokens[i-3], ".") && !onlyReads(tokens[i-2].Text) && !onlyReads(tokens[i-3].Text):
			count++ // whoever is given it may change it
		case i > 0 && tokens[i-1].Kind == TokenName && (tokens[i-1].Text == "for" && name[0] != '@' || tokens[i-1].Text == "global"):
			count++
		case is(1, ".") && is(3, "(") && changesList(tokens[i+2].Text):
			count++
		}
	}
	return count
}

// onlyReads reports the functions that leave the list that they are given as it is.
func onlyReads(name string) bool {
	switch name {
	case "len", "print", "count", "sorted", "enumerate", "list", "tuple", "set", "str", "join", "implode", "for", "foreach", "my", "if", "while", "in", "of":
		return true
	}
	return false
}

func changesList(method string) bool {
	switch method {
	case "append", "push", "extend", "insert", "unshift", "pop", "shift", "reverse", "sort", "update", "splice", "add", "clear", "remove":
		return true
	}
	return false
}

// goesOn reports that the expression does not end before the token at i.
func (f *tokenFolder) goesOn(i int) bool {
	if i >= len(f.out) {
		return false
	}
	switch f.out[i].Text {
	case "+", ".", "%", "[", "(", "?", ",", "|", "&", "*", "if", "or", "and", "for":
		return f.out[i].Kind != TokenString
	}
	return false
}

// closer is where the bracket at i closes; the end of the stack when it does not.
func (f *tokenFolder) closer(i int) int {
	depth := 0
	for ; i < len(f.out); i++ {
		if f.out[i].Kind != TokenPunct || f.out[i].Depth != 0 {
			continue
		}
		switch f.out[i].Text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

// element folds an index of a list or a map that is written out: ["a", "b"][1],
// {"show": "GET"}["show"]. The index opens at open and ends the stack.
func (f *tokenFolder) element(open int) bool {
	start := f.openerOf(open - 1)
	if start < 0 || !f.isLiteral(start, open) {
		return false
	}
	key := f.out[len(f.out)-2] // of Ruby [:dirs] as well
	groups := splitTokens(f.out[start+1 : open-1])
	var value []Token
	switch {
	case len(f.out) == open+3 && key.Kind == TokenNumber && f.punct(start, "["):
		if n, err := strconv.Atoi(key.Text); err == nil && n < len(groups) {
			value = groups[n]
		}
	case len(f.out) == open+3 && (f.isStr(key) || f.lang == "perl" && key.Kind == TokenName && key.Text[0] != '$'), len(f.out) == open+4 && f.punct(open+1, ":") && key.Kind == TokenName:
		value = valueOfKey(groups, key.Text)
	}
	return len(value) > 0 && f.putLiteral(start, slices.Clone(value), f.out[start].File)
}
