//go:build ignore

// This program writes places_gen.go: rules/places.toml as static data, so that nothing
// is parsed or allocated when restrain starts.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"restrain"
)

const (
	source = "rules/places.toml"
	target = "places_gen.go"
)

// A row is a place of one program.
type row struct {
	program, verbs, flags, takes string
	asks                         bool
}

func main() {
	log.SetFlags(0)
	text, err := restrain.Rules.ReadFile(source)
	if err != nil {
		log.Fatal(err)
	}
	var file struct {
		Place []struct {
			Program, Verbs, Flags, Takes string
			Asks                         bool
		}
		Input []struct{ Words []string }
	}
	if _, err := toml.Decode(string(text), &file); err != nil {
		log.Fatalf("%s: %v", source, err)
	}
	var rows []row
	for _, p := range file.Place {
		for program := range strings.FieldsSeq(p.Program) {
			rows = append(rows, row{program, p.Verbs, p.Flags, cmp.Or(p.Takes, "nothing"), p.Asks})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(strings.Compare(a.program, b.program), strings.Compare(a.verbs, b.verbs))
	})
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated from %s by generate.go; DO NOT EDIT.\n\npackage secret\n\nvar places = [...]place{\n", source)
	for _, r := range rows {
		fmt.Fprintf(&b, "{program: %q, verbs: %q, flags: %q, asks: %t, takes: %s},\n", r.program, r.verbs, r.flags, r.asks, r.takes)
	}
	b.WriteString("}\n\n// fromInput are words behind a pipe that make what comes through it a secret.\nvar fromInput = [...]string{\n")
	for _, in := range file.Input {
		for _, words := range in.Words {
			fmt.Fprintf(&b, "%q,\n", words)
		}
	}
	b.WriteString("}\n")
	code, err := format.Source(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(target, code, 0o644); err != nil {
		log.Fatal(err)
	}
}
