package hook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// An object is a JSON object whose names are told apart by case, as agents do
// and encoding/json does not with structs.
type object map[string]json.RawMessage

func parseObject(text []byte) (object, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil, errors.New("the event is empty: the agent is to send it on standard input")
	}
	if len(text) > MaxEvent {
		return nil, fmt.Errorf("the event has more than %d bytes", MaxEvent)
	}
	if text[0] != '{' {
		return nil, errors.New("the event is no JSON object")
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, fmt.Errorf("the event is not JSON: %w", err)
	}
	return o, nil
}

// UnmarshalJSON takes an object that has each name once. Of a name that stands
// twice readers take the first or the last, and the agent may be another reader.
func (o *object) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if brace, err := decoder.Token(); err != nil || brace != json.Delim('{') {
		return errors.Join(errors.New("no object"), err)
	}
	*o = object{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		key, _ := name.(string)
		if _, twice := (*o)[key]; twice {
			return fmt.Errorf("it has %q twice", key)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		(*o)[key] = value
	}
	return nil
}

// is reports a value that is true.
func (o object) is(name string) bool { return string(o[name]) == "true" }

// has reports a value other than null.
func (o object) has(name string) bool {
	value, ok := o[name]
	return ok && string(value) != "null"
}

// text is the text of a name that must be there.
func (o object) text(name string) (string, error) {
	if !o.has(name) {
		return "", fmt.Errorf("it has no %s", name)
	}
	var s string
	if err := json.Unmarshal(o[name], &s); err != nil {
		return "", fmt.Errorf("%s is no text", name)
	}
	return s, nil
}

// optional is the text of a name that may be missing.
func (o object) optional(name string) (string, error) {
	if !o.has(name) {
		return "", nil
	}
	return o.text(name)
}

// anyOf is the text of the first of the names that has one.
func (o object) anyOf(names ...string) string {
	for _, name := range names {
		if s, err := o.text(name); err == nil && s != "" {
			return s
		}
	}
	return ""
}

// inner is the object of a name, or the one that its text holds: some versions
// send a tool's arguments as JSON in a string.
func (o object) inner(name string) (object, error) {
	if !o.has(name) {
		return nil, fmt.Errorf("it has no %s", name)
	}
	value := []byte(o[name])
	if s, err := o.text(name); err == nil {
		value = []byte(s)
	}
	inner, err := parseObject(value)
	if err != nil {
		return nil, fmt.Errorf("%s is no object: %w", name, err)
	}
	return inner, nil
}

// input is the object of a tool's arguments. A patch may stand there as it is:
// models are given it as a tool without a schema.
func (o object) input(name, tool string) (object, error) {
	if s, err := o.text(name); err == nil && effectOf(tool) == patch && !strings.HasPrefix(strings.TrimSpace(s), "{") {
		return object{"input": o[name]}, nil
	}
	return o.inner(name)
}

// texts are the texts of all of the names, each of which may be a list.
func (o object) texts(names ...string) ([]string, error) {
	var all []string
	for _, name := range names {
		if !o.has(name) {
			continue
		}
		if s, err := o.text(name); err == nil {
			all = append(all, s)
			continue
		}
		var list []string
		if err := json.Unmarshal(o[name], &list); err != nil {
			return nil, fmt.Errorf("%s is neither a text nor a list of texts", name)
		}
		all = append(all, list...)
	}
	return all, nil
}

// each are the texts that a list of objects, such as [{"path": …}], has under a
// field. The list may hold plain texts as well.
func (o object) each(name, field string) ([]string, error) {
	if !o.has(name) {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(o[name], &list); err != nil {
		return nil, fmt.Errorf("%s is no list", name)
	}
	var all []string
	for _, value := range list {
		item := object{field: value}
		if value[0] == '{' {
			if err := json.Unmarshal(value, &item); err != nil {
				return nil, fmt.Errorf("%s is no list of objects", name)
			}
		}
		s, err := item.text(field)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, s)
	}
	return all, nil
}
