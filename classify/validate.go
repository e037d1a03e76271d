package classify

import (
	"fmt"
	"slices"
	"strings"
)

// validate checks what the types alone do not: ids, names of classes, places
// and the values of closed lists. It reports the first mistake in s, whose
// names may be those of all.
func (f *file) validate(s, all *Set) error {
	f.all = all
	for _, check := range [...]func(*Set) error{
		f.classes, f.sets, f.settings, f.providers, f.issuers, f.services, f.programs, f.handlings, f.outputs, f.rules, f.sequences, f.matrix, f.personas, f.keeping, f.masking, f.aloneOnly,
	} {
		if err := check(s); err != nil {
			return err
		}
	}
	return nil
}

// ids checks that ids are there, once each.
func (f *file) ids(table string, n int, id func(int) string) error {
	seen := map[string]int{}
	for i := range n {
		switch first, twice := seen[id(i)]; {
		case id(i) == "":
			return f.wrong(table, i, "id", "has no id", `give it one, such as id = "drops-a-database"`)
		case twice:
			return f.wrong(table, i, "id", fmt.Sprintf("id %q is already that of number %d", id(i), first+1), "choose another id")
		}
		seen[id(i)] = i
	}
	return nil
}

// oneOf checks a value against a closed list; the empty value is allowed.
func (f *file) oneOf(table string, n int, key, value string, list ...string) error {
	if value == "" || contains(list, value) {
		return nil
	}
	return f.wrong(table, n, key, fmt.Sprintf("unknown value %q", value), suggestion(value, list))
}

// allOf checks each value of a list.
func (f *file) allOf(table string, n int, key string, values []string, list ...string) error {
	for _, v := range values {
		if v == "" || !contains(list, v) {
			return f.wrong(table, n, key, fmt.Sprintf("unknown value %q", v), suggestion(v, list))
		}
	}
	return nil
}

func suggestion(value string, list []string) string {
	if near := Nearest(value, list); near != "" {
		return "did you mean " + near + "?"
	}
	return "use one of " + strings.Join(list, ", ")
}

func (f *file) classes(s *Set) error {
	for i := range s.Classes {
		if err := f.oneOf("class", i, "undo", string(s.Classes[i].Undo), "yes", "partly", "no"); err != nil {
			return err
		}
	}
	return f.ids("class", len(s.Classes), func(i int) string { return string(s.Classes[i].ID) })
}

func (f *file) class(table string, n int, key string, class Class) error {
	if class == "" {
		return f.wrong(table, n, key, "has no class", `give it one, such as class = "file.read"`)
	}
	if len(f.all.Classes) == 0 || f.all.Class(class) != nil {
		return nil
	}
	var known []string
	for i := range f.all.Classes {
		known = append(known, string(f.all.Classes[i].ID))
	}
	return f.wrong(table, n, key, fmt.Sprintf("unknown class %q", class), suggestion(string(class), known))
}

func (f *file) programs(s *Set) error {
	choices := []string{"operands", "first", "last", "all-but-last", "rest", "after-args"}
	for i := range s.Programs {
		p := &s.Programs[i]
		if len(p.Name) == 0 || contains(p.Name, "") {
			return f.wrong("program", i, "name", "has no name", `give it one, such as name = ["cat"]`)
		}
		if err := f.class("program", i, "class", p.Class); err != nil {
			return err
		}
		if err := f.files("program", i, &p.Files, choices); err != nil {
			return err
		}
		for j := range p.Sub {
			if p.Sub[j].Class != "" || p.Sub[j].Args == "" {
				if err := f.class("program", i, "sub", p.Sub[j].Class); err != nil {
					return err
				}
			}
			if err := f.files("program.sub", i, &p.Sub[j].Files, choices); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *file) files(table string, n int, files *Files, choices []string) error {
	for _, c := range [...]struct {
		key   string
		value Operands
	}{{"reads", files.Reads}, {"writes", files.Writes}, {"deletes", files.Deletes}} {
		if err := f.oneOf(table, n, c.key, string(c.value), choices...); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) rules(s *Set) error {
	if err := f.ids("rule", len(s.Rules), func(i int) string { return s.Rules[i].ID }); err != nil {
		return err
	}
	for i := range s.Rules {
		if err := f.rule(s, i); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) rule(s *Set, n int) error {
	rule := &s.Rules[n]
	if err := f.class("rule", n, "class", rule.Class); err != nil {
		return err
	}
	if rule.Severity == unweighed {
		return f.wrong("rule", n, "severity", "has no severity", "give it one: none, low, medium, high or critical")
	}
	if err := f.oneOf("rule", n, "undo", string(rule.Undo), "yes", "partly", "no"); err != nil {
		return err
	}
	if rule.Description == "" {
		return f.wrong("rule", n, "description", "has no description", "say in a few words what the command does")
	}
	var kinds []string
	for _, k := range [...]struct {
		name string
		is   bool
	}{
		{"file", rule.File != nil}, {"http", rule.HTTP != nil}, {"graphql", rule.GraphQL != nil},
		{"sql", rule.SQL != nil}, {"search", rule.Search != nil}, {"env", rule.Env != nil},
		{"form", rule.Form != nil}, {"loss", rule.Loss != nil},
	} {
		if k.is {
			kinds = append(kinds, k.name)
		}
	}
	switch {
	case len(kinds) > 1:
		return f.wrong("rule."+kinds[1], n, "", fmt.Sprintf("rule %q matches %s as well", rule.ID, kinds[0]),
			"make two rules: a rule matches one kind of fact")
	case len(kinds) == 0 && len(rule.Command) == 0 && len(rule.Runs) == 0:
		return f.wrong("rule", n, "command", "matches nothing",
			"give it runs or a command, or one of [rule.file], [rule.http], [rule.graphql], [rule.sql], [rule.search], [rule.env], [rule.form], [rule.loss]")
	case len(kinds) == 0 && len(rule.CommandNot) > 0:
		return f.wrong("rule", n, "command_none", "excludes programs from a rule about programs", "leave them out of command")
	case contains(rule.Command, ""):
		return f.wrong("rule", n, "command", "names an empty command", "name a program")
	}
	if err := f.runs(n, rule); err != nil {
		return err
	}
	return f.ruleFacts(n, rule)
}

func (f *file) ruleFacts(n int, rule *Rule) error {
	if m := rule.File; m != nil {
		if err := f.allOf("rule.file", n, "op", m.Op, fileOps...); err != nil {
			return err
		}
		if err := f.pathSets("rule.file", n, "set", m.Set); err != nil {
			return err
		}
		if err := f.pathSets("rule.file", n, "not_set", m.NotSet); err != nil {
			return err
		}
		return f.allOf("rule.file", n, "place", m.Place, placeNames...)
	}
	if m := rule.HTTP; m != nil {
		if err := f.allOf("rule.http", n, "scope", m.Scope, scopePublic, scopePrivate, scopeLoopback, scopeUnknown); err != nil {
			return err
		}
		return f.allOf("rule.http", n, "body", m.Body, bodyNone, bodyText, bodyFile, bodyStdin, bodyUnknown)
	}
	if m := rule.GraphQL; m != nil {
		if err := f.allOf("rule.graphql", n, "scope", m.Scope, scopePublic, scopePrivate, scopeLoopback, scopeUnknown); err != nil {
			return err
		}
		return f.oneOf("rule.graphql", n, "kind", m.Kind, "query", "mutation", "subscription", graphqlUnknown)
	}
	if m := rule.Search; m != nil {
		if err := f.allOf("rule.search", n, "what", m.What, searchNames, searchContents, searchEnv); err != nil {
			return err
		}
		if err := f.pathSets("rule.search", n, "set", m.Set); err != nil {
			return err
		}
		if err := f.wordSet("rule.search", n, "pattern", m.Pattern); err != nil {
			return err
		}
		return f.allOf("rule.search", n, "place", m.Place, placeNames...)
	}
	if m := rule.Form; m != nil {
		return f.allOf("rule.form", n, "what", m.What, formNames...)
	}
	if m := rule.Loss; m != nil {
		return f.allOf("rule.loss", n, "what", m.What, lossWhats...)
	}
	if m := rule.Env; m != nil {
		if err := f.wordSet("rule.env", n, "set", m.Set); err != nil {
			return err
		}
		return f.allOf("rule.env", n, "op", m.Op, envDump, envPrint, envSend, envStray)
	}
	return nil
}

// pathSets checks the names of path sets.
func (f *file) pathSets(table string, n int, key string, ids []string) error {
	var known []string
	for i := range f.all.Paths {
		known = append(known, f.all.Paths[i].ID)
	}
	return f.allOf(table, n, key, ids, known...)
}

// wordSet checks the name of a word set.
func (f *file) wordSet(table string, n int, key, id string) error {
	var known []string
	for i := range f.all.Words {
		known = append(known, f.all.Words[i].ID)
	}
	return f.oneOf(table, n, key, id, known...)
}

func (f *file) sets(s *Set) error {
	if err := f.ids("paths", len(s.Paths), func(i int) string { return s.Paths[i].ID }); err != nil {
		return err
	}
	if err := f.ids("place", len(s.Places), func(i int) string { return string(s.Places[i].ID) }); err != nil {
		return err
	}
	if err := f.ids("words", len(s.Words), func(i int) string { return s.Words[i].ID }); err != nil {
		return err
	}
	for i := range s.Places {
		if err := f.oneOf("place", i, "id", string(s.Places[i].ID), placeNames...); err != nil {
			return err
		}
		if contains(s.Places[i].Globs, "") {
			return f.wrong("place", i, "globs", "has an empty glob", "remove it")
		}
	}
	if len(f.all.Paths) > maxPathSets {
		return f.wrong("paths", len(s.Paths)-1, "id", fmt.Sprintf("is one set of paths too many: there are %d", len(f.all.Paths)), fmt.Sprintf("put globs together, so that there are at most %d", maxPathSets))
	}
	for i := range s.Paths {
		if contains(s.Paths[i].Globs, "") {
			return f.wrong("paths", i, "globs", "has an empty glob", "remove it")
		}
	}
	return nil
}

func (f *file) sequences(s *Set) error {
	if err := f.ids("sequence", len(s.Sequences), func(i int) string { return s.Sequences[i].ID }); err != nil {
		return err
	}
	for i := range s.Sequences {
		q := &s.Sequences[i]
		if len(q.Stages) < 2 || slices.ContainsFunc(q.Stages, func(stage []Class) bool { return len(stage) == 0 }) {
			return f.wrong("sequence", i, "stages", "needs two stages or more, none empty", `such as stages = [["credential.read"], ["data.send"]]`)
		}
		denials := !slices.ContainsFunc(q.Stages[0], func(p Class) bool { return !strings.HasPrefix(string(p), "denied:") })
		for n, stage := range q.Stages {
			for _, pattern := range stage {
				if err := f.stage(i, n, string(pattern), denials); err != nil {
					return err
				}
			}
		}
		if err := f.oneOf("sequence", i, "level", q.Level, "calm", "elevated", "alarmed"); err != nil {
			return err
		}
		if q.WithinSteps < 0 || q.Within < 0 {
			return f.wrong("sequence", i, "within_steps", "is negative", "leave it out for no limit")
		}
	}
	return nil
}

// stage checks a pattern of stage n of sequence i: a class or a glob over
// classes, with "denied:" or "failed:" in front, or "same" for the effect that the
// stage before, of denials only, would have had on the same object.
func (f *file) stage(i, n int, pattern string, denials bool) error {
	if pattern == "same" {
		if n != 1 || !denials {
			return f.wrong("sequence", i, "stages", `has "same" where nothing was denied`, `make it the second stage, behind one of "denied:" patterns only`)
		}
		return nil
	}
	pattern = strings.TrimPrefix(strings.TrimPrefix(pattern, "denied:"), "failed:")
	if strings.Contains(pattern, "*") {
		return nil
	}
	return f.class("sequence", i, "stages", Class(pattern))
}

func (f *file) matrix(s *Set) error {
	for _, row := range [...]struct {
		name string
		bits float64
	}{{"critical", s.Matrix.Critical}, {"high", s.Matrix.High}, {"medium", s.Matrix.Medium}, {"low", s.Matrix.Low}} {
		if !(row.bits >= Always && row.bits <= Never) {
			return f.wrong("matrix", 0, row.name, fmt.Sprintf("%v is no number of bits", row.bits), "use -100 (always asks) to 100 (never asks)")
		}
	}
	return nil
}
