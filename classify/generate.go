//go:build ignore

// This program writes shipped_gen.go: the rule set of rules.toml and rules/ as static
// data, so that nothing is parsed or allocated when restrain starts.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"reflect"
	"strings"

	"restrain"
	"restrain/classify"
)

const target = "shipped_gen.go"

func main() {
	log.SetFlags(0)
	set, err := classify.LoadFS(restrain.Rules, "rules.toml")
	if err != nil {
		log.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated from rules.toml and rules/ by generate.go; DO NOT EDIT.\n\n//go:build !bootstrap\n\npackage classify\n\nimport \"restrain/asked\"\n\n")
	b.WriteString("var shipped = Set")
	write(&b, reflect.ValueOf(*set))
	code, err := format.Source(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(target, code, 0o644); err != nil {
		log.Fatal(err)
	}
}

// write writes a value without its type, as it stands in a composite literal.
func write(b *bytes.Buffer, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	case reflect.Bool:
		fmt.Fprintf(b, "%t", v.Bool())
	case reflect.Int, reflect.Int16, reflect.Int64:
		fmt.Fprintf(b, "%d", v.Int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint64:
		fmt.Fprintf(b, "%d", v.Uint())
	case reflect.Float64:
		fmt.Fprintf(b, "%v", v.Float())
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Bool {
			fmt.Fprintf(b, "&is%t", v.Elem().Bool())
			return
		}
		fmt.Fprintf(b, "&%s", v.Type().Elem().Name())
		write(b, v.Elem())
	case reflect.Slice:
		separator := ",\n"
		if kind := v.Type().Elem().Kind(); kind == reflect.String || kind == reflect.Uint16 {
			separator = ","
		}
		b.WriteString("{")
		for i := range v.Len() {
			element(b, v.Index(i))
			b.WriteString(separator)
		}
		b.WriteString("}")
	case reflect.Struct:
		b.WriteString("{\n")
		for i := range v.NumField() {
			if field := v.Field(i); !field.IsZero() {
				fmt.Fprintf(b, "%s: ", v.Type().Field(i).Name)
				element(b, field)
				b.WriteString(",\n")
			}
		}
		b.WriteString("}")
	default:
		log.Fatalf("generate: cannot write a %s: teach it to", v.Type())
	}
}

// element writes a value with its type where the literal wants one.
func element(b *bytes.Buffer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		b.WriteString(typeName(v.Type()))
	case reflect.Slice:
		fmt.Fprintf(b, "[]%s", typeName(v.Type().Elem()))
	}
	write(b, v)
}

func typeName(t reflect.Type) string {
	if t.Kind() == reflect.Slice {
		return "[]" + typeName(t.Elem())
	}
	return strings.TrimPrefix(t.String(), "classify.")
}
