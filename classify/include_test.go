package classify

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadFS(t *testing.T) {
	other := strings.Replace(goodRule, `"drop"`, `"other"`, 1)
	tests := []struct {
		name  string
		files map[string]string
		want  string // the beginning of the error; empty for none
	}{
		{"two files", map[string]string{"r.toml": "include = [\"rules/a.toml\"]\n" + other, "rules/a.toml": goodRule}, ""},
		{"a set of another file", map[string]string{
			"r.toml":       "include = [\"rules/a.toml\", \"rules/b.toml\"]\n",
			"rules/a.toml": strings.Replace(goodRule, "command = [\"dropdb\"]\n", "[rule.file]\nop = [\"delete\"]\nset = [\"mine\"]\n", 1),
			"rules/b.toml": "[[paths]]\nid = \"mine\"\nglobs = [\"**/mine\"]\n",
		}, ""},
		{"no such file", map[string]string{"r.toml": "include = [\"rules/a.toml\"]\n"}, "rules: open rules/a.toml: file does not exist; correct the include of r.toml"},
		{"mistake in an included file", map[string]string{"r.toml": "include = [\"rules/a.toml\"]\n", "rules/a.toml": "[[rule]]\nid = \"a\"\nsevrity = \"high\"\n"},
			"rules/a.toml:3:1: rule.sevrity: unknown key"},
		{"include in an included file", map[string]string{"r.toml": "include = [\"a.toml\"]\n", "a.toml": "include = [\"b.toml\"]\n", "b.toml": ""},
			"a.toml:1:11: include: stands in a file that is included"},
		{"outside of the directory", map[string]string{"r.toml": "include = [\"../a.toml\"]\n"}, "r.toml:1:11: include: \"../a.toml\" is no path below"},
		{"an id twice", map[string]string{"r.toml": "include = [\"a.toml\"]\n" + goodRule, "a.toml": goodRule},
			"a.toml:2:6: rule.id: id \"drop\" is in another file of the set as well"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for name, text := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			set, err := LoadFS(fsys, "r.toml")
			switch {
			case tt.want == "" && err != nil:
				t.Fatal(err)
			case tt.want == "" && len(set.Rules) != strings.Count(strings.Join(valuesOf(tt.files), ""), "[[rule]]"):
				t.Errorf("got %d rules", len(set.Rules))
			case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func valuesOf(files map[string]string) []string {
	var list []string
	for _, text := range files {
		list = append(list, text)
	}
	return list
}

func TestIncludeIsForTheShippedRules(t *testing.T) {
	_, err := LoadOver(Shipped(), "own.toml", []byte("include = [\"more.toml\"]\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "own.toml:1:11: include: is for the shipped rules") {
		t.Errorf("got %v", err)
	}
}
