package classify

import (
	"errors"
	"strings"
	"testing"
)

// What a project's file may not change it may not change by another way to
// write a table either.
func TestProjectsMayNotChangeTables(t *testing.T) {
	base, err := Load("base", []byte(goodRule+"[keep]\ndays = 14\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"[keep]\ndays = 1\n",
		"[keep]\n",
		"keep = { off = true }\n",
		"keep.off = true\n",
		"[\"keep\"]\noff = true\n",
		"matrix.high = 50\n",
		"[\"matrix\"]\nhigh = 50\n",
		"class = [{ id = \"c\" }]\n",
		"place = [{ id = \"build\", globs = [\"**\"] }]\n",
		"program = [{ name = [\"rm\"], class = \"file.read\" }]\n",
		"persona = [{ id = \"p\", allow = [\"*\"] }]\n",
		"[[\"setting\"]]\nid = \"s\"\n",
		"provider = [{ id = \"p\" }]\n",
	} {
		var rule *RuleError
		if _, err := LoadTighter(base, "project", []byte(text)); !errors.As(err, &rule) || !strings.Contains(err.Error(), "may not change this") {
			t.Errorf("%q: %v, want it refused", text, err)
		}
	}
}
