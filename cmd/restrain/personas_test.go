package main

import (
	"os"
	"strings"
	"testing"
)

// The persona of docs/personas.md is the one that a script tries, word for
// word, and has ten lines.
func TestDocumentedPersona(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, rest, _ := strings.Cut(read("../../docs/personas.md"), "```toml\n")
	documented, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/personas.md has no block of TOML")
	}
	_, tried, ok := strings.Cut(read("testdata/script/persona_own.txtar"), "-- config/restrain/rules.toml --\n")
	if !ok || strings.TrimSpace(tried) != strings.TrimSpace(documented) {
		t.Errorf("documented:\n%s\ntried:\n%s", documented, tried)
	}
	if n := strings.Count(strings.TrimSpace(documented), "\n") + 1; n > 10 {
		t.Errorf("a persona of %d lines", n)
	}
}
