package journal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// encode appends an entry as JSON, as encoding/json writes it. That package first
// works out how to write every type that an entry may hold, which takes longer
// than all else at the end of a step and is done anew in every process; here only
// the fields that an entry has are written, each on its own.
func encode(buf *bytes.Buffer, e *Entry) error {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	entry := reflect.ValueOf(e).Elem()
	before := byte('{')
	for i := range entry.NumField() {
		name, options, _ := strings.Cut(entry.Type().Field(i).Tag.Get("json"), ",")
		field := entry.Field(i)
		if options == "omitempty" && isEmpty(field) {
			continue
		}
		buf.WriteByte(before)
		buf.WriteByte('"')
		buf.WriteString(name)
		buf.WriteString(`":`)
		if err := enc.Encode(field.Interface()); err != nil {
			return err
		}
		buf.Truncate(buf.Len() - len("\n"))
		before = ','
	}
	buf.WriteByte('}')
	return nil
}

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}
