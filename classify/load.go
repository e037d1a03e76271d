package classify

import (
	"cmp"
	"errors"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"
)

// Load reads a rules file that stands alone. The name is used in errors, which
// are *RuleError.
func Load(name string, text []byte) (*Set, error) {
	return LoadOver(&Set{Matrix: neverAsk()}, name, text)
}

// LoadOver reads a rules file that adds to a set: it may name the classes and
// sets of that one, and its own parts replace those with the same id.
func LoadOver(base *Set, name string, text []byte) (*Set, error) {
	f, s, err := decode(base, name, text)
	if err != nil {
		return nil, err
	}
	if len(s.Approvals) > 0 {
		return nil, f.wrong("approve", 0, "", "is for a project's file", "move it to .restrain.toml")
	}
	return f.laidOver(base, s)
}

// LoadTrusted reads a project's rules file that a human has vouched for: it may
// do what the user's own may, and has a project's approvals.
func LoadTrusted(base *Set, name string, text []byte) (*Set, error) {
	f, s, err := decode(base, name, text)
	if err != nil {
		return nil, err
	}
	return f.withApprovals(base, s)
}

// decode reads the text of a file, and refuses keys that nothing reads.
func decode(base *Set, name string, text []byte) (*file, *Set, error) {
	f := &file{name: name, text: string(text)}
	s := &Set{Matrix: base.Matrix, Keep: base.Keep, Mask: base.Mask, Net: base.Net} // a file may give some of their values only
	meta, err := toml.Decode(f.text, s)
	if err != nil {
		return nil, nil, f.syntax(err)
	}
	f.keys = findKeys(f.text)
	for i := range s.Rules {
		s.Rules[i].Class = cmp.Or(s.Rules[i].Class, s.Default.Class)
		if !f.hasKey("rule", i, "severity") {
			s.Rules[i].Severity = unweighed
		}
	}
	s.Default = Default{}
	for i := range s.Programs {
		p := &s.Programs[i]
		for _, line := range p.Told {
			class, args, _ := strings.Cut(line, ": ")
			p.Sub = append(p.Sub, Sub{Class: Class(class), Args: args})
		}
		p.Told = nil
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, nil, f.unknownKey(unknown[0])
	}
	return f, s, nil
}

// laidOver gives the base with the file's set over it, once that is valid.
func (f *file) laidOver(base, s *Set) (*Set, error) {
	if err := f.noWords(); err != nil {
		return nil, err
	}
	s.spellOut(base)
	all := base.Overlay(s)
	if err := f.validate(s, all); err != nil {
		return nil, err
	}
	return all, nil
}

// withApprovals is laidOver for a project's file, which may have approvals.
func (f *file) withApprovals(base, s *Set) (*Set, error) {
	all, err := f.laidOver(base, s)
	if err == nil {
		err = f.approvals(s, all)
	}
	if err != nil {
		return nil, err
	}
	all.Approvals = s.Approvals
	return all, nil
}

func neverAsk() Matrix {
	return Matrix{Never, Never, Never, Never}
}

// A file is a rules file while it is read.
type file struct {
	name string
	text string
	keys []keyPlace
	all  *Set // the set that it becomes part of
}

// syntax turns the TOML reader's error into ours.
func (f *file) syntax(err error) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return f.wrongType(err)
	}
	e := f.errorAt(parse.Position.Start, parse.Position.Start+parse.Position.Len)
	for _, k := range findKeys(f.text) {
		// The reader gives the place of the last such key; the value tells which it was.
		if value := f.text[k.valueAt:k.valueEnd]; k.table+"."+k.key == parse.LastKey && strings.Contains(parse.Message, value) {
			e = f.errorAt(k.valueAt, k.valueEnd)
			break
		}
	}
	e.Key = parse.LastKey
	e.Text = strings.TrimPrefix(parse.Message, "toml: ")
	if e.Hint = "correct the line"; parse.Usage != "" {
		e.Hint = strings.TrimSpace(parse.Usage)
	} else if strings.Contains(parse.Message, "incompatible types") {
		e.Text, e.Hint = anotherType, "write the value in the type that the key has"
	}
	return e
}

// anotherType is what is wrong, without the names that types have in Go.
const anotherType = "the value has another type than the key"

// wrongType turns the TOML reader's error about a value of another type than
// the key's into ours. It has the key in its text only, and not which one.
func (f *file) wrongType(err error) error {
	_, rest, _ := strings.Cut(err.Error(), "(last key \"")
	key, text, found := strings.Cut(rest, "\"): ")
	if !found {
		return &RuleError{File: f.name, Text: err.Error(), Hint: "correct the file"}
	}
	for _, k := range findKeys(f.text) {
		if k.table+"."+k.key == key && strings.Contains(text, "has type "+kindOf(f.text[k.valueAt:])) {
			e := f.errorAt(k.valueAt, k.valueEnd)
			e.Key, e.Text, e.Hint = key, anotherType, "write the value in the type that the key has"
			return e
		}
	}
	return &RuleError{File: f.name, Key: key, Text: anotherType, Hint: "write the value in the type that the key has"}
}

// kindOf gives the beginning of the reader's name for the type of a value.
func kindOf(value string) string {
	switch value[0] {
	case '"', '\'':
		return "string"
	case '[':
		return "[]"
	case '{':
		return "map"
	case 't', 'f':
		return "bool"
	}
	return ""
}

// unknownKey reports a key that nothing reads, and names the nearest known.
func (f *file) unknownKey(key toml.Key) error {
	table, name := strings.Join(key[:len(key)-1], "."), key[len(key)-1]
	var at, end int
	for _, k := range f.keys {
		if k.table == table && k.key == name || k.key == "" && k.table == key.String() {
			at, end = k.at, k.at+len(name)
			if k.key == "" {
				end = k.valueEnd
			}
			break
		}
		if path := k.table + "." + k.key; k.key != "" && (table == path || strings.HasPrefix(table, path+".")) {
			if in := strings.Index(f.text[k.valueAt:k.valueEnd], name); in >= 0 {
				at, end = k.valueAt+in, k.valueAt+in+len(name)
				break
			}
		}
	}
	e := f.errorAt(at, end)
	e.Key, e.Text = key.String(), "unknown key"
	known := knownKeys(reflect.TypeFor[Set](), key[:len(key)-1])
	if near := Nearest(name, known); near != "" {
		e.Hint = "did you mean " + near + "?"
	} else {
		e.Hint = "remove it; the keys here are " + strings.Join(known, ", ")
	}
	return e
}

// knownKeys lists the keys that a table may have.
func knownKeys(t reflect.Type, path []string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		field := t.Field(i)
		name := field.Tag.Get("toml")
		switch {
		case field.Anonymous:
			if found := knownKeys(field.Type, path); len(path) == 0 || found != nil {
				names = append(names, found...)
			}
		case name == "":
		case len(path) == 0:
			names = append(names, name)
		case name == path[0]:
			return knownKeys(field.Type, path[1:])
		}
	}
	return names
}

// errorAt makes an error about a range of the text.
func (f *file) errorAt(start, end int) *RuleError {
	start = max(0, min(start, len(f.text)))
	begin := strings.LastIndexByte(f.text[:start], '\n') + 1
	stop := lineEnd(f.text, start)
	return &RuleError{
		File: f.name, Line: strings.Count(f.text[:start], "\n") + 1, Col: start - begin + 1,
		Len: max(min(end, stop)-start, 1), Source: strings.TrimRight(f.text[begin:stop], "\r"),
	}
}

// wrong makes an error about the value of a key of the nth table of a kind, or
// about the table when it does not have the key.
func (f *file) wrong(table string, n int, key, text, hint string) *RuleError {
	outer, _, _ := strings.Cut(table, ".")
	var e *RuleError
	for _, k := range f.keys {
		if k.index != n || !strings.HasPrefix(k.table, outer) {
			continue
		}
		switch {
		case k.table == table && k.key == key && key != "":
			e = f.errorAt(k.valueAt, k.valueEnd)
		case k.table == table && k.key == "" && key == "", k.table+"."+k.key == table:
			e = f.errorAt(k.valueAt, k.valueEnd)
		case k.table == outer && k.key == "" && e == nil:
			e = f.errorAt(k.valueAt, k.valueEnd)
		}
	}
	if e == nil {
		e = f.errorAt(0, 0)
	}
	e.Key, e.Text, e.Hint = strings.Trim(table+"."+key, "."), text, hint
	return e
}

// given reports whether the nth table of a kind has a key with a value.
func (f *file) hasKey(table string, n int, key string) bool {
	for _, k := range f.keys {
		if k.table == table && k.index == n && k.key == key && f.text[k.valueAt:k.valueEnd] != `""` {
			return true
		}
	}
	return false
}
