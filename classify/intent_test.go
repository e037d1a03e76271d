package classify

import (
	"strings"
	"testing"
)

// Whoever could write the vocabulary could make anything a wish of the human's: no
// file but the shipped ones has it.
func TestAskedIsShippedOnly(t *testing.T) {
	for _, text := range []string{
		"[asked]\ndenials = []\n",
		"[[asked.effect]]\nid = \"delete\"\nclasses = [\"*\"]\nwords = [\"fix\"]\nitself = true\n",
		"asked = { effect = [{ id = \"delete\", words = [\"fix\"] }] }\n",
		"asked.effect = [{ id = \"delete\", words = [\"fix\"] }]\n",
	} {
		for name, load := range map[string]func(*Set, string, []byte) (*Set, error){"user": LoadOver, "trusted": LoadTrusted, "project": LoadTighter} {
			set, err := load(Shipped(), "rules.toml", []byte(text))
			if err == nil && len(set.Asked.Effects) != len(Shipped().Asked.Effects) {
				t.Errorf("%s: %q changes the vocabulary", name, text)
			}
			if err == nil && strings.HasPrefix(text, "[") {
				t.Errorf("%s: %q is no error", name, text)
			}
		}
	}
	if Shipped().Asked.Empty() {
		t.Error("the shipped rules have no vocabulary")
	}
}
