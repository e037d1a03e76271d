package classify

import (
	"strings"
	"testing"
)

// runsSet is a rule with conditions of runs beside a program with two names.
func runsSet(t *testing.T, runs string) (*Set, error) {
	t.Helper()
	return Load("runs.toml", []byte(`
[[class]]
id = "infra.destroy"
[[program]]
name = ["kubectl", "k"]
class = "infra.destroy"
[[rule]]
id = "r"
class = "infra.destroy"
severity = "high"
description = "x"
runs = `+runs+`
match = ["a"]
`))
}

func TestRuns(t *testing.T) {
	tests := []struct {
		runs, line string
		want       bool
	}{
		{`["mix ecto.drop|ecto.reset"]`, "mix ecto.drop", true},
		{`["mix ecto.drop|ecto.reset"]`, "mix ecto.reset --quiet", true},
		{`["mix ecto.drop|ecto.reset"]`, "mix clean", false},
		{`["mix ecto.drop", "flyway clean"]`, "mix clean", false},
		{`["mix ecto.drop", "flyway clean"]`, "flyway -url=x clean", true},
		{`["mix|flyway drop"]`, "flyway drop", true},
		{`["halt"]`, "halt", true},
		{`["halt $"]`, "halt now", false},
		{`["@kubectl delete ns|namespace"]`, "k delete ns x", true},
		{`["@kubectl delete ns|namespace"]`, "kubectl delete namespace x", true},
		{`["@kubectl delete ns|namespace"]`, "oc delete ns x", false},
		{`["git push --force|-f"]`, "git push origin main -f", true},
		{`["git push --force|-f"]`, "git push --force", true},
		{`["git push --force|-f"]`, "git push", false},
		{`["git -f push --tags"]`, "git push -f --tags origin", true},
		{`["git -f push --tags"]`, "git push --tags", false},
		{`["drop*db x*"]`, "dropmydb xy", true},
	}
	for _, tt := range tests {
		set, err := runsSet(t, tt.runs)
		if err != nil {
			t.Fatal(err)
		}
		if got := contains(set.ruleIDs(tt.line, &set.Rules[0]), "r"); got != tt.want {
			t.Errorf("%s of %q: %t, want %t", tt.runs, tt.line, got, tt.want)
		}
	}
}

// What a name stands for is decided where the rule is: who describes kubectl
// again does not take k out of rules.
func TestRunsKeepTheirNames(t *testing.T) {
	set, err := runsSet(t, `["@kubectl delete"]`)
	if err != nil {
		t.Fatal(err)
	}
	over, err := LoadOver(set, "own.toml", []byte("[[program]]\nname = [\"kubectl\"]\nclass = \"infra.destroy\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if ids := over.ruleIDs("k delete ns x", &over.Rules[0]); !contains(ids, "r") {
		t.Errorf("k delete matches %v", ids)
	}
}

func TestWrongRuns(t *testing.T) {
	for _, tt := range []struct{ runs, want string }{
		{`["@nosuch delete"]`, "is no set of words and no program"},
		{`[""]`, "names no program"},
		{`["a| b"]`, "names no program"},
		{"[\"a b\"]\nargs = [\"c\"]", "stands beside command or args"},
	} {
		if _, err := runsSet(t, tt.runs); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.runs, err, tt.want)
		}
	}
}

func TestCheckCountsPairs(t *testing.T) {
	for _, tt := range []struct {
		runs, match, want string
	}{
		{`["a b|c|d|e|f|g|h"]`, `["a b"]`, ""},
		{`["a|b|c|d x|y|z|w"]`, `["a x"]`, "has 16 pairs of program and verb for 5 examples"},
		{`["a* b|c|d|e"]`, `["a b"]`, "has 4 pairs of program and verb for 1 examples"},
		{`["a|z b"]`, `["a b"]`, ""},
		{`["a|z* b"]`, `["a b"]`, "names z* in \"a|z* b\""},
		{`["@kubectl b"]`, `["k b"]`, ""},
		{`["sudo c", "@kubectl b"]`, `["sudo true"]`, ""},
	} {
		set, err := runsSet(t, tt.runs)
		if err != nil {
			t.Fatal(err)
		}
		set.Rules[0].Match = strings.Split(strings.Trim(tt.match, `[]"`), `", "`)
		var got string
		for _, p := range set.Check() {
			if text := p.String(); strings.Contains(text, "pairs of") || strings.Contains(text, "names ") {
				got += text
			}
		}
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s with %s: %q, want %q", tt.runs, tt.match, got, tt.want)
		}
	}
}
