package classify

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A rule without mistakes, to put mistakes around.
const goodRule = `[[rule]]
id = "drop"
class = "db.destroy"
severity = "high"
description = "drops a database"
command = ["dropdb"]
`

func TestRuleErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"unknown key", "[[rule]]\nid = \"a\"\nsevrity = \"high\"\n", `rules.toml:3:1: rule.sevrity: unknown key
  sevrity = "high"
  ^^^^^^^
did you mean severity?`},
		{"unknown key far from any", goodRule + "colour = 1\n", `rules.toml:7:1: rule.colour: unknown key
  colour = 1
  ^^^^^^
remove it; the keys here are id, class, severity, undo, description, justification, attack, falsepositives, safer, resource, runs, command, command_none, args, flags, flags_all, flags_none, operands, operands_none, by, from, input, variables, shown, named, in_line, file, http, graphql, sql, search, env, form, loss, match, not_match`},
		{"unknown table", "[[rulez]]\nid = \"a\"\n", `rules.toml:1:1: rulez: unknown key
  [[rulez]]
  ^^^^^^^^^
did you mean rule?`},
		{"unknown key of a fact", goodRule + "[rule.file]\nops = [\"delete\"]\n", `rules.toml:8:1: rule.file.ops: unknown key
  ops = ["delete"]
  ^^^
did you mean op?`},
		{"unknown key in an inline table", "[[program]]\nname = [\"x\"]\nclass = \"run\"\nsub = [\n  { args = \"a\", clas = \"b\" },\n]\n", `rules.toml:5:17: program.sub.clas: unknown key
    { args = "a", clas = "b" },
                  ^^^^
did you mean class?`},
		{"bad severity", goodRule + strings.Replace(strings.Replace(goodRule, "drop", "other", 1), "high", "hihg", 1), `rules.toml:10:12: rule.severity: unknown severity "hihg": use none, low, medium, high or critical
  severity = "hihg"
             ^^^^^^
correct the line`},
		{"no severity", goodRule + strings.Replace(strings.Replace(goodRule, "drop", "other", 1), "severity = \"high\"\n", "", 1), `rules.toml:7:1: rule.severity: has no severity
  [[rule]]
  ^^^^^^^^
give it one: none, low, medium, high or critical`},
		{"duplicate id", goodRule + goodRule, `rules.toml:8:6: rule.id: id "drop" is already that of number 1
  id = "drop"
       ^^^^^^
choose another id`},
		{"empty id", strings.Replace(goodRule, `"drop"`, `""`, 1), `rules.toml:2:6: rule.id: has no id
  id = ""
       ^^
give it one, such as id = "drops-a-database"`},
		{"two kinds of fact", goodRule + "[rule.file]\nop = [\"delete\"]\n[rule.sql]\nverb = [\"drop database\"]\n", `rules.toml:9:1: rule.sql: rule "drop" matches file as well
  [rule.sql]
  ^^^^^^^^^^
make two rules: a rule matches one kind of fact`},
		{"matches nothing", strings.Replace(goodRule, "command = [\"dropdb\"]\n", "", 1), `rules.toml:1:1: rule.command: matches nothing
  [[rule]]
  ^^^^^^^^
give it runs or a command, or one of [rule.file], [rule.http], [rule.graphql], [rule.sql], [rule.search], [rule.env], [rule.form], [rule.loss]`},
		{"unknown set", goodRule + "[rule.file]\nset = [\"credential-file\"]\n[[paths]]\nid = \"credential-files\"\nglobs = [\"**/.env\"]\n", `rules.toml:8:7: rule.file.set: unknown value "credential-file"
  set = ["credential-file"]
        ^^^^^^^^^^^^^^^^^^^
did you mean credential-files?`},
		{"unknown place", goodRule + "[rule.file]\nplace = [\"hom\"]\n", `rules.toml:8:9: rule.file.place: unknown value "hom"
  place = ["hom"]
          ^^^^^^^
did you mean home?`},
		{"unknown class", goodRule + "[[class]]\nid = \"db.read\"\n", `rules.toml:3:9: rule.class: unknown class "db.destroy"
  class = "db.destroy"
          ^^^^^^^^^^^^
use one of db.read`},
		{"wrong type", strings.Replace(goodRule, `["dropdb"]`, `7`, 1), `rules.toml:6:11: rule.command: the value has another type than the key
  command = 7
            ^
write the value in the type that the key has`},
		{"syntax", goodRule + "match = [\"a\"\nid = 2\n", `rules.toml:8:1: rule.match: expected a comma (',') or array terminator (']'), but got 'i'
  id = 2
  ^
correct the line`},
		{"empty stage", "[[sequence]]\nid = \"s\"\nstages = [[\"a\"], []]\n", `rules.toml:3:10: sequence.stages: needs two stages or more, none empty
  stages = [["a"], []]
           ^^^^^^^^^^^
such as stages = [["credential.read"], ["data.send"]]`},
		{"no bits", "[matrix]\nhigh = 700\n", `rules.toml:2:8: matrix.high: 700 is no number of bits
  high = 700
         ^^^
use -100 (always asks) to 100 (never asks)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load("rules.toml", []byte(tt.text))
			var rule *RuleError
			if !errors.As(err, &rule) {
				t.Fatalf("error %T, want a *RuleError: %v", err, err)
			}
			if got := err.Error(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestLoadNeverPanics(t *testing.T) {
	parts := []string{"[[rule]]\n", "[rule.file]\n", "id = \"a\"\n", "x = {", "}", "\"\"\"", "'", "[", "]", "\n", "#", "op = [\n", "[[sequence]]\n", "=", "\\"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(t, "parts"), "")
		if _, err := Load("x", []byte(text)); err != nil {
			var rule *RuleError
			if !errors.As(err, &rule) {
				t.Fatalf("%T: %v", err, err)
			}
		}
	})
}

func TestOverlay(t *testing.T) {
	base, err := Load("base", []byte(goodRule+"[[paths]]\nid = \"keys\"\nglobs = [\"**/*.key\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	both, err := LoadOver(base, "user", []byte(strings.Replace(goodRule, "high", "low", 1)+`
[[rule]]
id = "key"
class = "credential.read"
severity = "medium"
description = "reads a key"
[rule.file]
op = ["read"]
set = ["keys"]
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := both.Rule("drop").Severity; got != Low {
		t.Errorf("the user's rule did not replace the shipped one: severity %v", got)
	}
	if both.Rule("key") == nil || len(both.Rules) != 2 {
		t.Errorf("the user's rule was not added: %v", both.Rules)
	}
	if got := base.Rule("drop").Severity; got != High {
		t.Errorf("the base was changed: severity %v", got)
	}
}

func TestProjectsMayOnlyTighten(t *testing.T) {
	base, err := Load("base", []byte(goodRule+"[[paths]]\nid = \"keys\"\nglobs = [\"**/*.key\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	raised, err := LoadTighter(base, "project", []byte("[[rule]]\nid = \"drop\"\nseverity = \"critical\"\n\n"+
		strings.Replace(goodRule, "drop", "ours", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if r := raised.Rule("drop"); r.Severity != Critical || r.Command[0] != "dropdb" {
		t.Errorf("the rule is %+v, want the known one with severity critical", r)
	}
	if raised.Rule("ours") == nil {
		t.Error("the project's own rule is missing")
	}
	refused := map[string]string{
		"[[rule]]\nid = \"drop\"\nseverity = \"low\"\n":                      "may not lower high to low",
		"[[rule]]\nid = \"drop\"\nseverity = \"critical\"\ncommand = []\n":   "may only raise",
		"[[rule]]\nid = \"drop\"\nseverity = \"critical\"\n[rule.file]\n":    "may only raise",
		"[[paths]]\nid = \"keys\"\nglobs = []\n":                             "may not replace",
		"[matrix]\nhigh = 100\n":                                             "may not change this",
		"[[place]]\nid = \"build\"\nglobs = [\"**\"]\n":                      "may not change this",
		"[[program]]\nname = [\"rm\"]\nclass = \"file.read\"\n":              "may not change this",
		"[[persona]]\nid = \"p\"\nallow = [\"*\"]\n":                         "may not change this",
		"[[rule]]\nid = \"drop\"\nseverity = \"none\"\n\n[[rule]]\nid = 1\n": "the value has another type",
	}
	for text, want := range refused {
		var rule *RuleError
		if _, err := LoadTighter(base, "project", []byte(text)); !errors.As(err, &rule) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
