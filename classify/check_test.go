package classify

import (
	"strings"
	"testing"

	"restrain/asked"
)

func TestCheckReportsRules(t *testing.T) {
	const examples = `
match = ["drop a", "drop b", "drop c"]
not_match = ["a", "b", "c"]
`
	rule := func(id, command, examples string) string {
		return "[[rule]]\nid = \"" + id + "\"\nclass = \"db.destroy\"\nseverity = \"high\"\ndescription = \"drops\"\ncommand = [\"" + command + "\"]\n" + examples
	}
	tests := []struct{ name, text, want string }{
		{"good", rule("a", "drop", examples), ""},
		{"no examples", rule("a", "drop", ""), "a: has 1 examples, with its conditions: give it lines under match for 2"},
		{"no near miss", rule("a", "drop", "match = 'drop a'\nflags_none = '-n'\n"), "a: has 0 lines under not_match: give it 1 or more near misses"},
		{"never", rule("a", "other*", examples), `a: does not match "drop a", its own example or condition: correct the rule or the example; ` +
			`a: does not match "drop b", its own example or condition: correct the rule or the example; ` +
			`a: does not match "drop c", its own example or condition: correct the rule or the example; a: never matches: correct it or remove it`},
		{"too much", rule("a", "drop", strings.Replace(examples, `"a"`, `"drop x"`, 1)), `a: matches "drop x", which is under not_match: correct the rule or the example`},
		{"twice", rule("a", "drop", examples) + rule("b", "dr*", examples), `b: matches the same lines as "a": make them one rule`},
	}
	for _, tt := range tests {
		set, err := Load("test.toml", []byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range set.Check() {
			got = append(got, p.String())
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%s:\n\tgot  %s\n\twant %s", tt.name, strings.Join(got, "; "), tt.want)
		}
	}
}

// What is asked for names rules that are there.
func TestCheckNamesRules(t *testing.T) {
	set := &Set{Rules: []Rule{{ID: "drops"}}, Asked: asked.Words{Targets: []asked.Target{{Rules: asked.Phrases{"drop*", "gone"}}}}}
	var got []string
	for _, p := range set.Check() {
		if p.Rule == "" {
			got = append(got, p.Text)
		}
	}
	if len(got) != 1 || !strings.Contains(got[0], `names rules "gone"`) {
		t.Errorf("%q", got)
	}
}
