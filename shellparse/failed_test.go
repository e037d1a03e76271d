package shellparse

import (
	"strings"
	"testing"
)

// The last command's directory, and those it runs in when a cd has failed.
func TestWhereACommandRunsAfterAFailedCd(t *testing.T) {
	for line, want := range map[string]string{
		"cd a; rm x":                            "/w/a | /w",
		"cd a\nrm x":                            "/w/a | /w",
		"cd a && rm x":                          "/w/a |",
		"cd a && make; rm x":                    "/w/a | /w",
		"cd a && cd b && rm x":                  "/w/a/b |",
		"cd a; cd b; rm x":                      "/w/a/b | /w/a /w/b /w",
		"cd a; cd /; rm x":                      "/ | /w/a / /w",
		"cd a || exit 1; rm x":                  "/w/a |",
		"cd a || { echo no; exit 1; }; rm x":    "/w/a |",
		"cd a || return; rm x":                  "/w/a |",
		"cd a || true; rm x":                    "/w/a | /w",
		"cd a || echo no; rm x":                 "/w/a | /w",
		"set -e; cd a; rm x":                    "/w/a |",
		"set -euo pipefail; cd a; rm x":         "/w/a |",
		"set -o errexit; cd a; rm x":            "/w/a |",
		"set -e; set +e; cd a; rm x":            "/w/a | /w",
		"set -u; cd a; rm x":                    "/w/a | /w",
		"if cd a; then rm x; fi":                "/w/a |",
		"if ! cd a; then exit 1; fi; rm x":      "/w/a |",
		"(cd a; make); rm x":                    " |",
		"(cd a; rm x)":                          "/w/a | /w",
		"sh -c 'cd a; rm x'":                    "/w/a | /w",
		"cd a; for f in x y; do rm $f; done":    "/w/a | /w",
		"cd a; find . -exec rm {} +":            "/w/a | /w",
		"f() { cd a; rm x; }; f":                "/w/a | /w",
		"cd $(mktemp -d); rm x":                 "￼ | /w",
		"rm x":                                  " |",
		"cd a; cd b; cd c; cd d; cd e; rm x; :": "",
	} {
		script := Parse(line, Options{Dir: "/w", Home: "/home/u"})
		c := script.Commands[len(script.Commands)-1]
		if want == "" {
			if len(c.Otherwise) > maxElsewhere {
				t.Errorf("%s: %d directories", line, len(c.Otherwise))
			}
			continue
		}
		var dirs []string
		for _, w := range c.Otherwise {
			dirs = append(dirs, w.Text)
		}
		got := strings.TrimRight(c.Dir.Text+" | "+strings.Join(dirs, " "), " ")
		if c.Name != "rm" || got != want {
			t.Errorf("%s: %s in %q, want %q", line, c.Name, got, want)
		}
	}
}
