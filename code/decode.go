package code

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// This file turns the text of data files into the tokens of the literals that a
// program gets for it.

// Bounds of data that stands in the place of the call that reads it.
const (
	maxData       = 32 << 10 // bytes of one file
	maxDataTokens = 1024
)

// dataTokens are the tokens of what JSON, YAML or TOML holds; nil when it cannot
// be read or is too large.
func dataTokens(format, text string) []Token {
	var value any
	switch {
	case len(text) > maxData:
		return nil
	case format == "yaml":
		y := yamlReader{lines: yamlLines(text)}
		value = y.block(0)
	case format == "toml":
		value = tomlValue(text)
	default:
		if json.Unmarshal([]byte(text), &value) != nil {
			return nil
		}
	}
	list := valueTokens(nil, value, 0)
	if len(list) == 0 || len(list) == 2 && format != "json" || len(list) > maxDataTokens {
		return nil // an empty one is mostly something else
	}
	return list
}

// valueTokens appends the tokens of a value.
func valueTokens(out []Token, value any, depth int) []Token {
	sign := func(text string) { out = append(out, Token{Kind: TokenPunct, Text: text}) }
	str := func(text string) { out = append(out, Token{Kind: TokenString, Text: clean(text)}) }
	if depth > maxStrings || len(out) > maxDataTokens {
		return append(out, Token{Kind: TokenName, Text: "nil"})
	}
	switch v := value.(type) {
	case string:
		str(v)
	case float64:
		out = append(out, Token{Kind: TokenNumber, Text: strconv.FormatFloat(v, 'f', -1, 64)})
	case []any:
		sign("[")
		for n, item := range v {
			if n > 0 {
				sign(",")
			}
			out = valueTokens(out, item, depth+1)
		}
		sign("]")
	case map[string]any:
		sign("{")
		for n, key := range slices.Sorted(maps.Keys(v)) {
			if n > 0 {
				sign(",")
			}
			str(key)
			sign(":")
			out = valueTokens(out, v[key], depth+1)
		}
		sign("}")
	default:
		out = append(out, Token{Kind: TokenName, Text: "nil"})
	}
	return out
}

// A yamlLine is a line of YAML that is no comment.
type yamlLine struct {
	indent int
	text   string
}

func yamlLines(text string) (lines []yamlLine) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\r\n"), " #")
		text := strings.TrimSpace(line)
		if text != "" && text[0] != '#' && text != "---" {
			lines = append(lines, yamlLine{len(line) - len(strings.TrimLeft(line, " ")), text})
		}
	}
	return lines
}

// A yamlReader reads the maps, lists and plain values that configuration has; what
// it does not know becomes a text.
type yamlReader struct {
	lines []yamlLine
	at    int
}

// block reads the map, the list or the value that starts at the current line.
func (y *yamlReader) block(depth int) any {
	if y.at >= len(y.lines) || depth > maxStrings {
		return nil
	}
	indent := y.lines[y.at].indent
	var list []any
	table := map[string]any{}
	for y.at < len(y.lines) && y.lines[y.at].indent == indent {
		line := &y.lines[y.at]
		item, inList := strings.CutPrefix(line.text, "- ")
		if inList && len(table) > 0 || !inList && list != nil {
			break
		}
		if inList {
			if _, _, pair := yamlPair(item); pair { // a map that begins beside its sign
				line.indent, line.text = indent+2, item
				list = append(list, y.block(depth+1))
				continue
			}
			y.at++
			list = append(list, scalar(item))
			continue
		}
		key, value, ok := yamlPair(line.text)
		if !ok {
			break
		}
		y.at++
		switch {
		case value != "":
			table[key] = scalar(value)
		case y.at < len(y.lines) && (y.lines[y.at].indent > indent || y.lines[y.at].indent == indent && strings.HasPrefix(y.lines[y.at].text, "- ")):
			table[key] = y.nested(indent, depth)
		default:
			table[key] = nil
		}
	}
	if list != nil {
		return list
	}
	return table
}

// nested reads what belongs to a key: a list may stand below it without being indented.
func (y *yamlReader) nested(indent, depth int) any {
	value := y.block(depth + 1)
	for y.at < len(y.lines) && y.lines[y.at].indent > indent { // what was not understood
		y.at++
	}
	return value
}

func yamlPair(text string) (key, value string, ok bool) {
	if strings.ContainsAny(text[:1], `"'[{`) && !strings.Contains(text, `":`) && !strings.Contains(text, `':`) {
		return "", "", false
	}
	key, value, ok = strings.Cut(text+" ", ": ")
	return strings.Trim(key, `"' `), strings.TrimSpace(value), ok
}

// scalar is a value on one line: a text with or without quotes, or a list in brackets.
func scalar(text string) any {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		list := []any{}
		for item := range strings.SplitSeq(strings.TrimSuffix(inner, "]"), ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, scalar(item))
			}
		}
		return list
	}
	if n := len(text); n > 1 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}

// tomlValue reads the tables and values of TOML that configuration has.
func tomlValue(text string) any {
	root := map[string]any{}
	table := root
	var pending string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		if pending != "" || strings.Contains(line, "=") {
			pending += line
			if strings.Count(pending, "[") > strings.Count(pending, "]") {
				continue
			}
			key, value, _ := strings.Cut(pending, "=")
			table[strings.Trim(key, `"' `)] = scalar(strings.TrimSpace(value))
			pending = ""
			continue
		}
		if name := strings.Trim(line, "[]"); name != line {
			table = root
			for part := range strings.SplitSeq(name, ".") {
				next, ok := table[part].(map[string]any)
				if !ok {
					next = map[string]any{}
					table[part] = next
				}
				table = next
			}
		}
	}
	return root
}

// lineTokens are the lines of a text as a list.
func lineTokens(text string) []Token {
	list := []any{}
	for line := range strings.Lines(text) {
		if len(list) >= maxFields {
			return nil
		}
		list = append(list, strings.TrimRight(line, "\r\n"))
	}
	return valueTokens(nil, list, 0)
}
