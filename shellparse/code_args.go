package shellparse

import (
	"strings"

	"restrain/code"
)

// This file reads the arguments of the calls that run commands.

// An argument is one argument of a call: a text, a list of texts, or neither.
type argument struct {
	text   Word
	list   []Word
	isText bool
	isList bool
}

// arguments reads up to the closing parenthesis, or without one the texts and
// commas that follow.
func (r *codeReader) arguments(i int) (args []argument) {
	call := i
	open := r.punct(i, "(")
	if open {
		i++
	}
	var arg argument
	begun := false
	base := r.tokens[call-1].Depth
	for depth := 0; i < len(r.tokens) && len(args) < maxFields; i++ {
		tok := r.tokens[i]
		if tok.Depth > base {
			continue
		} else if tok.Depth < base {
			break
		}
		if tok.Kind == code.TokenPunct {
			switch tok.Text {
			case "(", "{":
				depth++
			case "[":
				if depth == 0 && (!begun || arg.isList) {
					var more []Word
					more, i = r.list(r.listStart(i) + 1)
					arg.list = append(arg.list, more...)
					arg.isList, begun = true, true
					continue
				}
				depth++
			case ")", "}", "]":
				if depth--; depth < 0 {
					if begun {
						args = append(args, arg)
					}
					return args
				}
			case ",":
				if depth == 0 {
					args = append(args, arg)
					arg, begun = argument{}, false
					continue
				}
			case "@", "*":
				if !begun {
					continue
				}
			case ";":
				if depth == 0 {
					if begun {
						args = append(args, arg)
					}
					return args
				}
			}
		}
		if depth > 0 {
			continue
		}
		if r.makesList(i) && !arg.isText {
			arg.list, i = r.list(i + 2)
			arg.isList, begun = true, true
			continue
		}
		value, known := r.value(i)
		if !open && tok.Kind != code.TokenString && !known {
			break
		}
		if known && value.list > 0 && (!begun || arg.isList) {
			arg.list = append(arg.list, r.listOf(i, value)...)
			arg.isList, begun = true, true
			continue
		}
		if words := r.splitText(i); words != nil && (!begun || arg.isList) {
			arg.list = append(arg.list, words...)
			arg.isList, begun, i = true, true, i+3
			depth++ // its parenthesis
			continue
		}
		r.extend(&arg, i)
		begun = true
	}
	if begun {
		args = append(args, arg)
	}
	return args
}

// extend adds token i to an argument: strings and the names of strings join,
// everything else but their operators is unknown.
func (r *codeReader) extend(arg *argument, i int) {
	tok := r.tokens[i]
	value, known := r.value(i)
	known = known && value.list == 0
	switch {
	case tok.Kind == code.TokenString, known:
		w := holed(value.text, r.lang)
		if tok.Kind == code.TokenString {
			w = r.word(i)
		}
		arg.text = joinWords([]Word{arg.text, w}, "")
		arg.isText = true
	case tok.Kind == code.TokenPunct && (tok.Text == "+" || tok.Text == "." || tok.Text == "="):
	case arg.isText && !strings.HasSuffix(arg.text.Text, string(Hole)):
		arg.text = joinWords([]Word{arg.text, unknown(r.lang)}, "")
	}
}

// makesList reports a call that gives a list: R's c("rm", "x"), List.of("rm").
func (r *codeReader) makesList(i int) bool {
	if r.tokens[i].Kind != code.TokenName || !r.punct(i+1, "(") {
		return false
	}
	switch r.tokens[i].Text {
	case "c", "list", "of", "asList", "listOf", "arrayOf", "List", "Seq", "Array":
		return true
	}
	return false
}

// listStart is where the list opens whose type starts at i: []string{"rm"}.
func (r *codeReader) listStart(i int) int {
	if r.punct(i+1, "]") && r.punct(i+3, "{") {
		return i + 3
	}
	return i
}

// list reads the strings of […] and returns the index of its end.
func (r *codeReader) list(i int) (list []Word, end int) {
	const maxLists = 4
	if r.lists++; r.lists > maxLists {
		r.lists--
		return nil, i
	}
	defer func() { r.lists-- }()
	var arg argument
	begun := false
	base := r.tokens[i-1].Depth
	for depth := 0; i < len(r.tokens); i++ {
		tok := r.tokens[i]
		if tok.Depth > base {
			continue
		} else if tok.Depth < base {
			break
		}
		if tok.Kind == code.TokenPunct {
			switch tok.Text {
			case "[", "(", "{":
				if depth == 0 && !begun && (r.punct(i-1, "*") || r.punct(i-1, ".")) { // [*["a"], "x"]
					var more []Word
					more, i = r.list(i + 1)
					list = append(list, more...)
					continue
				}
				depth++
			case "]", ")", "}":
				if depth--; depth < 0 {
					if begun {
						list = append(list, r.element(arg))
					}
					return list, i
				}
			case ",":
				if depth == 0 {
					if begun {
						list = append(list, r.element(arg))
					}
					arg, begun = argument{}, false
					continue
				}
			case "*", ".": // [*a, "x"], [...a, "x"]
				if depth == 0 && !begun {
					continue
				}
			}
		}
		if value, known := r.value(i); known && value.list > 0 && depth == 0 && !begun {
			list = append(list, r.listOf(i, value)...)
			continue
		}
		r.extend(&arg, i)
		begun = true
		if len(list) >= maxFields {
			break
		}
	}
	return list, i
}

func (r *codeReader) element(arg argument) Word {
	if !arg.isText {
		return unknown(r.lang)
	}
	return arg.text
}

// word is the value of the string at i, with the values in it that are names of
// constants.
func (r *codeReader) word(i int) Word {
	tok := r.tokens[i]
	if !strings.ContainsRune(tok.Text, Hole) {
		return Word{Text: tok.Text}
	}
	var b strings.Builder
	number, at := 0, i+1
	for _, c := range tok.Text {
		if c == Hole {
			number++
			start := at
			for at < len(r.tokens) && (r.tokens[at].Depth > tok.Depth+1 || r.tokens[at].Depth == tok.Depth+1 && r.tokens[at].Value == number) {
				at++
			}
			if at == start+1 {
				if value, known := r.value(start); known && value.list == 0 && b.Len()+len(value.text) < maxValue {
					b.WriteString(value.text)
					continue
				}
			}
		}
		b.WriteRune(c)
	}
	return holed(b.String(), r.lang)
}

// holed is a word that depends on code of a language where it is unknown.
func holed(text, lang string) Word {
	w := Word{Text: text}
	for range min(strings.Count(text, string(Hole)), 8) {
		w.Unknown = append(w.Unknown, lang)
	}
	return w
}
