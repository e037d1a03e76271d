package secret

import (
	"encoding/json"
	"strings"
)

// looksJSON reports whether a text can be a JSON object or a list.
func looksJSON(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && (text[0] == '{' || text[0] == '[')
}

// json reads a JSON text, and reports whether it is one. What was found before
// it turned out to be none stays.
func (c *collector) json(text string, first int, parent string) bool {
	const maxDepth = 64
	type level struct {
		name  string
		list  bool
		key   string
		isKey bool
	}
	stack := []level{{name: parent}}
	line, at := first, 0
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	for len(c.values) < maxValues {
		token, err := decoder.Token()
		if err != nil {
			return decoder.InputOffset() > 0 && len(stack) == 1 && at > 0
		}
		offset := int(decoder.InputOffset())
		if first > 0 {
			line += strings.Count(text[at:offset], "\n")
		}
		at = offset
		top := &stack[len(stack)-1]
		switch value := token.(type) {
		case json.Delim:
			if value == '}' || value == ']' {
				stack = stack[:len(stack)-1]
				if len(stack) == 0 {
					return true
				}
				continue
			}
			if len(stack) >= maxDepth {
				return true
			}
			name := top.name
			if top.key != "" {
				name = lastWords(joinName(top.name, top.key))
			}
			top.isKey = true
			stack = append(stack, level{name: name, list: value == '[', isKey: value == '{'})
		case string:
			if top.isKey && !top.list && len(stack) > 1 {
				top.key, top.isKey = value, false
				continue
			}
			c.leaf(top.name, top.key, value, line)
			top.isKey = true
		default:
			top.isKey = true
		}
	}
	return true
}

// lastWords keeps a name of many parents to the nearest.
func lastWords(name string) string {
	const maxParents = 3
	words := strings.Split(name, " ")
	return strings.Join(words[max(0, len(words)-maxParents):], " ")
}

// leaf judges a value of a tree, which is read as text that may be anything.
func (c *collector) leaf(parent, key, value string, line int) {
	lax := c.lax
	c.lax = true
	c.field(joinName(parent, key), value, line)
	c.lax = lax
}

// nest reads a text in a value: a service account in an environment variable.
func (c *collector) nest(name, value string, line int) {
	if c.nested++; c.nested <= maxNested {
		if !c.json(value, 0, name) {
			c.pairs(value, line, 0)
			c.tokens(value, line)
		}
		for i := range c.values {
			if v := &c.values[i]; v.Origin.Line == 0 {
				v.Origin.Line = line
			}
		}
	}
	c.nested--
}

// yaml reads what credentials are kept in: maps, lists, block texts, quotes. It
// is a reader of lines; anchors and tags mean nothing to it.
func (c *collector) yaml(text string) {
	type level struct {
		indent int
		name   string
	}
	var stack []level
	line, kubernetes := 1, false
	for len(text) > 0 && len(c.values) < maxValues {
		raw, rest, _ := strings.Cut(text, "\n")
		entry := strings.TrimLeft(raw, " \t")
		indent, used := len(raw)-len(entry), 1
		for strings.HasPrefix(entry, "- ") {
			trimmed := strings.TrimLeft(entry[2:], " ")
			indent += len(entry) - len(trimmed)
			entry = trimmed
		}
		entry = strings.TrimRight(entry, " \t\r")
		if entry == "---" {
			stack, kubernetes = stack[:0], false
		}
		if entry != "" && entry[0] != '#' {
			for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
				stack = stack[:len(stack)-1]
			}
			parent := ""
			if len(stack) > 0 {
				parent = stack[len(stack)-1].name
			}
			key, value, ok := yamlPair(entry)
			switch {
			case strings.HasPrefix(entry, "-----BEGIN "):
				used = c.pem(parent, text, line)
			case !ok:
				c.loose(parent, entry, line)
			case value == "" || value[0] == '&':
				const maxDepth = 64
				if len(stack) < maxDepth {
					stack = append(stack, level{indent, lastWords(joinName(parent, key))})
				}
			case value[0] == '|' || value[0] == '>':
				var block string
				block, used = yamlBlock(rest, indent)
				c.block(joinName(parent, key), block, line+1)
			default:
				value, used = c.quoted(value, rest)
				kubernetes = kubernetes || key == "kind" && value == "Secret"
				if kubernetes && parent == "data" {
					c.kubernetesData(key, value, line)
				} else {
					c.field(joinName(parent, key), value, line)
				}
			}
			rest = skipLines(text, used)
		}
		text, line = rest, line+used
	}
}

// yamlPair splits key: value.
func yamlPair(entry string) (key, value string, ok bool) {
	end := strings.Index(entry, ": ")
	if strings.HasSuffix(entry, ":") && end < 0 {
		end = len(entry) - 1
	}
	if end <= 0 || entry[0] == '{' || entry[0] == '[' {
		return "", "", false
	}
	return strings.Trim(strings.TrimSpace(entry[:end]), `"'`), strings.TrimSpace(entry[end+1:]), true
}

// yamlBlock gives the text of a block and how many lines it has with its head.
func yamlBlock(text string, indent int) (block string, used int) {
	var b strings.Builder
	used = 1
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " \t")
		if strings.TrimSpace(line) != "" && len(line)-len(trimmed) <= indent || b.Len() > maxValue {
			break
		}
		b.WriteString(trimmed)
		used++
	}
	return b.String(), used
}

// block judges a text of many lines: a key, a file in a file, a value.
func (c *collector) block(name, text string, line int) {
	switch trimmed := strings.TrimSpace(text); {
	case strings.Contains(text, "PRIVATE KEY-----"):
		c.pem(name, text, line)
	case !strings.Contains(trimmed, "\n"):
		c.field(name, trimmed, line)
	case looksJSON(text):
		c.nest(name, trimmed, line)
	default:
		if c.nested++; c.nested <= maxNested {
			c.lines(text, line)
		}
		c.nested--
	}
}
