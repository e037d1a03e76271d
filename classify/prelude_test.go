package classify

import (
	"strings"
	"testing"

	"restrain/shellparse"
)

// What every configure script does for itself is no attack on the guard; in the
// line itself it is one.
func TestConfigureUnsetsItsOwnVariables(t *testing.T) {
	files := map[string]string{"/w/configure": "#!/bin/sh\nBASH_ENV=/dev/null\n(unset BASH_ENV) >/dev/null 2>&1 && unset BASH_ENV ENV\necho checking\n"}
	read := func(path string) ([]byte, error) { return []byte(files[path]), nil }
	for line, tampers := range map[string]bool{
		"./configure --prefix=/x":    false,
		"sh configure":               false,
		"unset BASH_ENV":             true,
		"sh -c 'unset BASH_ENV; ls'": true,
	} {
		sc := shellparse.Parse(line, shellparse.Options{Dir: "/w", ReadFile: read})
		step := Shipped().Classify(sc, Offline{WorkDir: "/w", Files: read})
		found := false
		for i := range step.Actions {
			if f := step.Actions[i].Finding; f != nil && strings.HasPrefix(f.Rule, "shell-door-bypass") {
				found = true
			}
		}
		if found != tampers {
			t.Errorf("%s: tampers %v", line, found)
		}
	}
}
