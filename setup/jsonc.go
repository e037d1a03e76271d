package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tailscale/hujson"
)

// A document is the text of a JSON file, with or without comments and trailing
// commas. It is changed by cutting and pasting text at the places that the
// parser tells, so that all else stays byte for byte.
type document struct {
	marked  bool // a byte order mark stood in front
	text    string
	newline string // as the file has it
	unit    string // one step of indentation
}

const byteOrderMark = "\ufeff"

// newDocument takes the text of a file; an empty one is an empty object.
func newDocument(text []byte) (*document, error) {
	d := &document{text: strings.TrimPrefix(string(text), byteOrderMark), marked: strings.HasPrefix(string(text), byteOrderMark), newline: "\n", unit: "  "}
	if before, _, ok := strings.Cut(d.text, "\n"); ok && strings.HasSuffix(before, "\r") {
		d.newline = "\r\n"
	}
	if strings.TrimSpace(d.text) == "" {
		d.text = "{}" + d.newline
		return d, nil
	}
	root, err := d.root()
	if err != nil {
		return nil, err
	}
	if object := root.Value.(*hujson.Object); len(object.Members) > 0 {
		if indent, ownLine := d.indentAt(object.Members[0].Name.StartOffset); ownLine && indent != "" {
			d.unit = indent
		}
	}
	return d, nil
}

// maxDepth bounds how deep objects and lists are nested: the parser recurses.
const maxDepth = 1000

// tooDeep reports brackets that are nested too deep, wherever they stand.
func tooDeep(text string) bool {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if depth > maxDepth {
			return true
		}
	}
	return false
}

// root parses the text, whose top must be an object.
func (d *document) root() (*hujson.Value, error) {
	if tooDeep(d.text) {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	root, err := hujson.Parse([]byte(d.text))
	if err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	if _, ok := root.Value.(*hujson.Object); !ok {
		return nil, errors.New("it holds no JSON object")
	}
	return &root, nil
}

// find gives the value at a path of names, or nil. A name that stands twice in
// an object is an error: agents differ in which of the two counts.
func (d *document) find(path ...string) (*hujson.Value, error) {
	value, err := d.root()
	if err != nil {
		return nil, err
	}
	for i, name := range path {
		object, ok := value.Value.(*hujson.Object)
		if !ok {
			return nil, fmt.Errorf("%q is no object", strings.Join(path[:i], "."))
		}
		if value, err = member(object, name); value == nil || err != nil {
			return nil, err
		}
	}
	return value, nil
}

func member(object *hujson.Object, name string) (found *hujson.Value, err error) {
	for i := range object.Members {
		m := &object.Members[i]
		if literal, ok := m.Name.Value.(hujson.Literal); !ok || literal.String() != name {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("it has %q twice", name)
		}
		found = &m.Value
	}
	return found, nil
}

// add puts a value, in compact JSON, at a path: as a member, or as the last
// element of the list there. What is missing on the way is made.
func (d *document) add(path []string, value string, toList bool) error {
	depth := len(path)
	for ; depth > 0; depth-- {
		at, err := d.find(path[:depth]...)
		if err != nil {
			return err
		}
		if at == nil {
			continue
		}
		if depth < len(path) {
			break
		}
		if _, isList := at.Value.(*hujson.Array); !toList || !isList {
			return fmt.Errorf("%q is there already, and of another kind", strings.Join(path, "."))
		}
		return d.append(path, value)
	}
	if toList {
		value = "[" + value + "]"
	}
	for i := len(path) - 1; i > depth; i-- {
		value = "{" + quoteJSON(path[i]) + ":" + value + "}"
	}
	if at, err := d.find(path[:depth]...); err != nil {
		return err
	} else if _, ok := at.Value.(*hujson.Object); !ok {
		return fmt.Errorf("%q is no object", strings.Join(path[:depth], "."))
	}
	return d.append(path[:depth], quoteJSON(path[depth])+":"+value)
}

// append puts an item, "name":value or a value, last into the object or list at
// a path.
func (d *document) append(path []string, item string) error {
	at, err := d.find(path...)
	if err != nil {
		return err
	}
	last, count := d.lastItem(at)
	closing := at.EndOffset - 1
	inside := strings.TrimRight(d.text[at.StartOffset+1:closing], " \t\r\n")
	end := at.StartOffset + 1 + len(inside) // behind all items and comments
	lines := count == 0 || strings.Contains(d.text[at.StartOffset:closing], "\n")
	outer, _ := d.indentAt(at.StartOffset)
	inner := outer + d.unit
	if lines && count > 0 {
		if indent, ownLine := d.indentAt(d.firstItem(at)); ownLine {
			inner = indent
		}
	}
	pasted := " " + item
	if lines {
		pasted = d.newline + inner + d.pretty(item, inner)
	}
	comma := count > 0 && d.comma(last, closing) >= 0
	if comma {
		pasted += "," // as the file has it
	}
	if inside == "" && lines {
		d.text = d.text[:at.StartOffset+1] + pasted + d.newline + outer + d.text[closing:]
	} else {
		d.text = d.text[:end] + pasted + d.text[end:]
	}
	if count > 0 && !comma {
		d.text = d.text[:last] + "," + d.text[last:]
	}
	_, err = d.root()
	return err
}

// remove takes the nth item of the object or list at a path away.
func (d *document) remove(path []string, n int) error {
	at, err := d.find(path...)
	if err != nil {
		return err
	}
	start, end, before := d.item(at, n)
	from := max(before, at.StartOffset+1)
	start = from + len(strings.TrimRight(d.text[from:start], " \t\r\n"))
	head, rest := d.text[:start], d.text[end:]
	if comma := d.comma(end, at.EndOffset-1); comma >= 0 {
		rest = d.text[end:comma] + d.text[comma+1:]
	} else if comma := d.comma(before, start); n > 0 && comma >= 0 {
		head = head[:comma] + head[comma+1:]
	}
	if inLineComment(head[from:]) && !strings.HasPrefix(strings.TrimLeft(rest, " \t\r"), "\n") {
		head += d.newline // or the comment would go on
	}
	d.text = head + rest
	return d.tidy(path)
}

// inLineComment reports that a text between items ends in a comment which ends
// with the line.
func inLineComment(text string) bool {
	for i := 0; i < len(text); i++ {
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				return true
			}
			i += end
		case strings.HasPrefix(rest, "/*"):
			i += strings.Index(rest[2:], "*/") + 3
		}
	}
	return false
}

// tidy draws an object or list together that has nothing left in it.
func (d *document) tidy(path []string) error {
	at, err := d.find(path...)
	if err != nil {
		return err
	}
	inside := d.text[at.StartOffset+1 : at.EndOffset-1]
	if strings.TrimSpace(inside) == "" {
		d.text = d.text[:at.StartOffset+1] + d.text[at.EndOffset-1:]
	}
	return nil
}

// item gives where the nth item of an object or list begins and ends, and where
// the one before ends.
func (d *document) item(at *hujson.Value, n int) (start, end, before int) {
	switch container := at.Value.(type) {
	case *hujson.Object:
		if n > 0 {
			before = container.Members[n-1].Value.EndOffset
		}
		return container.Members[n].Name.StartOffset, container.Members[n].Value.EndOffset, before
	case *hujson.Array:
		if n > 0 {
			before = container.Elements[n-1].EndOffset
		}
		return container.Elements[n].StartOffset, container.Elements[n].EndOffset, before
	}
	return at.StartOffset, at.EndOffset, 0
}

func (d *document) firstItem(at *hujson.Value) int {
	start, _, _ := d.item(at, 0)
	return start
}

// lastItem gives where the last item ends, and how many there are.
func (d *document) lastItem(at *hujson.Value) (end, count int) {
	switch container := at.Value.(type) {
	case *hujson.Object:
		count = len(container.Members)
	case *hujson.Array:
		count = len(container.Elements)
	}
	if count > 0 {
		_, end, _ = d.item(at, count-1)
	}
	return end, count
}

// comma finds the comma between two places that has nothing but white space and
// comments before it, or gives -1.
func (d *document) comma(from, to int) int {
	for i := from; i < to; i++ {
		rest, end := d.text[i:to], 0
		switch {
		case rest[0] == ',':
			return i
		case strings.HasPrefix(rest, "//"):
			end = strings.IndexByte(rest, '\n')
		case strings.HasPrefix(rest, "/*"):
			end = strings.Index(rest[2:], "*/") + 3
		}
		if end < 0 {
			return -1 // the comment goes on to the end
		}
		i += end
	}
	return -1
}

// indentAt gives the white space that the line of a place begins with, and
// whether nothing else stands before the place.
func (d *document) indentAt(at int) (indent string, ownLine bool) {
	line := d.text[strings.LastIndexByte(d.text[:at], '\n')+1 : at]
	rest := strings.TrimLeft(line, " \t")
	return line[:len(line)-len(rest)], rest == "" && strings.Contains(d.text[:at], "\n")
}

// pretty writes an item over several lines, the first of which is indented
// already.
func (d *document) pretty(item, indent string) string {
	name := ""
	if object := "{" + item + "}"; json.Valid([]byte(object)) {
		// A member: its name is not part of what is indented.
		decoder := json.NewDecoder(strings.NewReader(object))
		_, _ = decoder.Token() // the brace of a valid object
		_, _ = decoder.Token() // and its name
		at := int(decoder.InputOffset()) - 1
		name, item = item[:at]+": ", strings.TrimPrefix(item[at:], ":")
	}
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(item), indent, d.unit); err != nil {
		return name + item
	}
	return name + strings.ReplaceAll(b.String(), "\n", d.newline)
}

func quoteJSON(s string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)         // a command keeps its < and &
	_ = encoder.Encode(s)                // a string has an encoding, and a buffer takes it
	return strings.TrimSpace(b.String()) // without the line's end
}

// same reports whether a value of the document means the same as compact JSON.
func (d *document) same(at *hujson.Value, value string) bool {
	have, err := hujson.Standardize([]byte(d.text[at.StartOffset:at.EndOffset]))
	if err != nil {
		return false
	}
	var a, b bytes.Buffer
	return json.Compact(&a, have) == nil && json.Compact(&b, []byte(value)) == nil && a.String() == b.String()
}
