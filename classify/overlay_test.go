package classify

import (
	"reflect"
	"testing"
)

// The index of a set with another over it is the one that would be built of
// the two, whatever the other changes.
func TestOverlaidIndex(t *testing.T) {
	t.Parallel()
	const rule = "class = \"run\"\nseverity = \"low\"\ndescription = \"x\"\nmatch = [\"x\"]\nnot_match = [\"y\"]\n"
	tests := map[string]string{
		"nothing":               "",
		"a rule":                "[[rule]]\nid = \"own\"\ncommand = [\"own\", \"git\", \"own-*\", \"own\"]\n" + rule,
		"two rules on a name":   "[[rule]]\nid = \"a\"\ncommand = [\"own\"]\n" + rule + "[[rule]]\nid = \"b\"\ncommand = [\"own\"]\n" + rule,
		"a rule replaced":       "[[rule]]\nid = \"restrain-kill\"\ncommand = [\"kill\", \"own\"]\n" + rule,
		"a command from a file": "[[rule]]\nid = \"restrain-kill\"\n" + rule + "[rule.file]\nop = [\"write\", \"move\"]\n",
		"a command of a file":   "[[rule]]\nid = \"restrain-files-write\"\ncommand = [\"own\"]\n" + rule,
		"facts":                 "[[rule]]\nid = \"own\"\n" + rule + "[rule.http]\nmethod = [\"PUT\"]\n[[rule]]\nid = \"own2\"\n" + rule + "[rule.sql]\nverb = [\"drop\"]\n",
		"programs":              "[[program]]\nname = [\"git\", \"own\"]\nclass = \"run\"\n[[program]]\nname = [\"own\", \"own*\"]\nclass = \"build\"\n",
		"paths and places":      "[[paths]]\nid = \"agent-configuration\"\nglobs = [\"~/x\", \"**/y\"]\n[[paths]]\nid = \"own\"\nglobs = [\"~/z*\"]\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			_, user, err := decode(Shipped(), "own.toml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			before := buildIndex(Shipped())
			merged := Shipped().Overlay(user)
			if want := buildIndex(merged); !reflect.DeepEqual(merged.index, want) {
				t.Errorf("got %d names, want %d", len(merged.index.Names), len(want.Names))
				for i := range want.Names {
					if i < len(merged.index.Names) && !reflect.DeepEqual(want.Names[i], merged.index.Names[i]) {
						t.Fatalf("name %+v, want %+v", merged.index.Names[i], want.Names[i])
					}
				}
			}
			if !reflect.DeepEqual(Shipped().index, before) {
				t.Error("the base's index was changed")
			}
		})
	}
}
