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
			Program, Verbs, Flags, Takes string
			Asks                         bool
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
		if !known || p.Program == "" || takes == nothing && p.Flags == "" || strings.Count(p.Verbs, " ") > 1 {
			t.Errorf("%s takes %q in no way that is known", p.Program, p.Takes)
		}
		for program := range strings.FieldsSeq(p.Program) {
			rows = append(rows, place{program, p.Verbs, p.Flags, p.Asks, takes})
			command := strings.TrimSpace(program + " " + p.Verbs)
			check(command, linesOf(command, p.Flags, p.Takes), []string{program + " --version"})
		}
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

// linesOf gives the lines in which a command takes a secret, which § stands for.
func linesOf(command, flags, takes string) []string {
	value := map[string]string{"": "§", "pairs": "SOME=§", "second": "some §", "third": "some more §", "named": "api_token §"}[takes]
	var lines []string
	for flag := range strings.FieldsSeq(flags) {
		if flag, attached := strings.CutSuffix(flag, "*"); attached {
			lines = append(lines, command+" "+flag+"§")
		} else if takes == "pairs" {
			lines = append(lines, command+" "+flag+" "+value)
		} else {
			lines = append(lines, command+" "+flag+" §")
		}
	}
	if takes != "" && (takes != "pairs" || flags == "") {
		lines = append(lines, command+" "+value)
	}
	return lines
}
