package secret

import (
	"strconv"
	"strings"
)

// A Value is a secret with its origin. The value itself is for matching and
// masking only: it is never written, and no method prints it.
type Value struct {
	// Name is what the secret is called where it lies, such as RAILWAY_TOKEN or
	// "default aws_secret_access_key"; never empty.
	Name string
	// Origin is where it lies.
	Origin Origin
	value  string
	form   Form // of a Printed one, which has no value
}

// An Origin is where a secret lies.
type Origin struct {
	// Path is the file, absolute where that is known; empty for the environment.
	Path string
	// Line counts from 1; 0 where the file has no lines, or for the environment.
	Line int
}

// New gives a secret that was read at its origin.
func New(name, value string, from Origin) Value {
	return Value{Name: name, Origin: from, value: value}
}

// Len is the length of the value in bytes.
func (v Value) Len() int { return len(v.value) }

// Contains reports that the value has such a sign in it.
func (v Value) Contains(is func(rune) bool) bool { return strings.ContainsFunc(v.value, is) }

// WithName gives the forms in which the value stands beside its name in a file.
func (v Value) WithName() []Value {
	var list []Value
	for _, form := range [...]string{"=%s", "=\"%s", "='%s", ": %s", ": \"%s", " = %s", " = \"%s", "\": \"%s"} {
		list = append(list, New(v.Name, v.Name+strings.Replace(form, "%s", v.value, 1), v.Origin))
	}
	return list
}

// String names the secret and its origin, without the value.
func (v Value) String() string { return v.Name + " of " + v.Origin.String() }

// GoString is String, so that no verb of fmt prints the value.
func (v Value) GoString() string { return v.String() }

// String is the origin in words: "FILE:LINE", or "the environment".
func (o Origin) String() string {
	switch {
	case o.Path == "":
		return "the environment"
	case o.Line == 0:
		return o.Path
	}
	return o.Path + ":" + strconv.Itoa(o.Line)
}
