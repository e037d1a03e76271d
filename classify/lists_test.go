package classify

import (
	"slices"
	"strings"
	"testing"
)

func TestListsAsText(t *testing.T) {
	const head = "[[rule]]\nid = \"a\"\nclass = \"db.destroy\"\nseverity = \"high\"\ndescription = \"drops\"\n"
	for _, tt := range []struct {
		text     string
		operands []string
		match    []string
	}{
		{`operands = "a b\n c"`, []string{"a", "b", "c"}, nil},
		{`operands = ["a b"]`, []string{"a b"}, nil},
		{`operands = "~/.{aws,kube}/{config,}"`, []string{"~/.aws/config", "~/.aws/", "~/.kube/config", "~/.kube/"}, nil},
		{`operands = ["{a,b}"]`, []string{"{a,b}"}, nil},
		{`operands = "${a,b} {a} {*"`, []string{"${a,b}", "{a}", "{*"}, nil},
		{"match = '''\na {b,c} d\n\n  e f\n'''", nil, []string{"a b d", "a c d", "e f"}},
		{"operands = '''\na\n# b c\n#d'''", []string{"a", "#d"}, nil},
		{"match = '{ \"a\":1, \"b\":2 }'", nil, []string{`{ "a":1, "b":2 }`}},
	} {
		set, err := Load("test.toml", []byte(head+"command = 'x'\n"+tt.text+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		rule := &set.Rules[0]
		if !slices.Equal(rule.Operands, tt.operands) || !slices.Equal(rule.Match, tt.match) {
			t.Errorf("%s: %q, %q", tt.text, rule.Operands, rule.Match)
		}
	}
	for text, want := range map[string]string{
		"operands = '" + strings.Repeat("{a,b}", 40) + "'": "comes to more than 10000",
		"operands = [1]": "another type than the key",
	} {
		if _, err := Load("test.toml", []byte(head+"command = 'x'\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", text, err, want)
		}
	}
}

func TestRuleHasWhatItsClassSays(t *testing.T) {
	const text = `
[default]
class = "db.destroy"
[[class]]
id = "db.destroy"
severity = "medium"
undo = "no"
attack = "T1485"
falsepositives = "none"
[[rule]]
id = "a"
class = "db.destroy"
severity = "high"
description = "drops"
command = "x"
[[rule]]
id = "b"
undo = "partly"
description = "drops"
command = "y"
`
	set, err := Load("test.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := set.Rule("a"), set.Rule("b"); a.Undo != "no" || a.Attack != "T1485" || a.FalsePositives != "none" || b.Undo != "partly" || b.Attack != "T1485" {
		t.Errorf("a: %q %q %q, b: %q %q", a.Undo, a.Attack, a.FalsePositives, b.Undo, b.Attack)
	}
	if a, b := set.Rule("a"), set.Rule("b"); a.Severity != High || b.Severity != Medium || b.Class != "db.destroy" {
		t.Errorf("a: %s, b: %s %s", a.Severity, b.Severity, b.Class)
	}
	for _, taken := range []string{"severity = \"medium\"\n", "[default]\nclass = \"db.destroy\"\n"} {
		if _, err := Load("test.toml", []byte(strings.Replace(text, taken, "", 1))); err == nil || !strings.Contains(err.Error(), "has no ") {
			t.Errorf("without %s: %v", taken, err)
		}
	}
	if _, err := Load("test.toml", []byte(strings.Replace(text, `"no"`, `"nought"`, 1))); err == nil {
		t.Error("an unknown undo of a class is read")
	}
}
