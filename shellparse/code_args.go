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
					more, i = r.list(i + 1)
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
		if !open && tok.Kind != code.TokenString {
			break
		}
		r.extend(&arg, i)
		begun = true
	}
	if begun {
		args = append(args, arg)
	}
	return args
}

// extend adds token i to an argument: strings join, everything else but their
// operators is unknown.
func (r *codeReader) extend(arg *argument, i int) {
	tok := r.tokens[i]
	switch {
	case tok.Kind == code.TokenString:
		arg.text = joinWords([]Word{arg.text, holed(tok.Text, r.lang)}, "")
		arg.isText = true
	case tok.Kind == code.TokenPunct && (tok.Text == "+" || tok.Text == "." || tok.Text == "="):
	case arg.isText && !strings.HasSuffix(arg.text.Text, string(Hole)):
		arg.text = joinWords([]Word{arg.text, unknown(r.lang)}, "")
	}
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

// holed is a word that depends on code of a language where it is unknown.
func holed(text, lang string) Word {
	w := Word{Text: text}
	for range min(strings.Count(text, string(Hole)), 8) {
		w.Unknown = append(w.Unknown, lang)
	}
	return w
}
