package secret

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// What rules/places.toml says is what the program has, each of its lines is redacted
// at its § and nowhere else, and no near miss is.
func TestPlacesRules(t *testing.T) {
	var file struct {
		Place []struct {
			Program, Flags []string
			Verbs, Takes   string
			Asks           bool
			Match          []string `toml:"match"`
			NotMatch       []string `toml:"not_match"`
		}
		Input []struct {
			Words    []string
			Match    []string `toml:"match"`
			NotMatch []string `toml:"not_match"`
		}
	}
	text, err := os.ReadFile("../rules/places.toml")
	if err != nil {
		t.Fatal(err)
	}
	meta, err := toml.Decode(string(text), &file)
	if err != nil || len(meta.Undecoded()) > 0 {
		t.Fatalf("%v; unknown keys: %v", err, meta.Undecoded())
	}
	kinds := map[string]taking{"": nothing, "pairs": pairs, "second": second, "third": third, "named": named}
	var rows []place
	check := func(of string, match, not []string) {
		if len(match) == 0 || len(not) == 0 {
			t.Errorf("%s has no line to show it with, or none that is none", of)
		}
		for _, line := range match {
			const value = "kv7Qp2Lm9x"
			before, after, ok := strings.Cut(line, "§")
			if got := Redact(before + value + after); !ok || strings.Contains(got, value) || !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) {
				t.Errorf("%s: %s becomes %s", of, line, got)
			}
		}
		for _, line := range not {
			if got := Redact(line); got != line {
				t.Errorf("%s: %s becomes %s", of, line, got)
			}
		}
	}
	for _, p := range file.Place {
		takes, known := kinds[p.Takes]
		if !known || len(p.Program) == 0 || takes == nothing && len(p.Flags) == 0 || strings.Count(p.Verbs, " ") > 1 {
			t.Errorf("%v takes %q in no way that is known", p.Program, p.Takes)
		}
		for _, program := range p.Program {
			rows = append(rows, place{program, p.Verbs, strings.Join(p.Flags, " "), p.Asks, takes})
		}
		check(p.Program[0]+" "+p.Verbs, p.Match, p.NotMatch)
	}
	var words []string
	for _, in := range file.Input {
		words = append(words, in.Words...)
		check("input", in.Match, in.NotMatch)
	}
	same := len(rows) == len(places) && slices.Equal(words, fromInput[:])
	for _, row := range rows {
		same = same && slices.Contains(places[:], row)
	}
	if !same {
		t.Error("places_gen.go differs from rules/places.toml: run go generate ./secret")
	}
}
