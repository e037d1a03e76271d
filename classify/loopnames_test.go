package classify

import (
	"strings"
	"testing"
)

// What a search for a name hands over is called so, wherever it lies.
func TestFoundByName(t *testing.T) {
	for line, want := range map[string]string{
		`find . -name __pycache__ -type d -exec rm -rf {} +`:                "",
		`find . -name __pycache__ | xargs rm -rf`:                           "",
		`find . -name __pycache__ -print0 | sort -z | xargs -0 rm -rf`:      "",
		`find . -type d \( -name dist -o -name build \) -exec rm -rf {} +`:  "",
		`find . -path './keep' -prune -o -name dist -exec rm -rf {} +`:      "",
		`find . -name node_modules | while read -r d; do rm -rf "$d"; done`: "",
		`for d in $(find . -name node_modules); do rm -rf "$d"; done`:       "",
		`rm -rf $(find . -name '*.egg-info')`:                               "",
		`fd -t d __pycache__ -x rm -rf`:                                     "",
		`fd -HI '^node_modules$' packages -X rm -rf {}`:                     "",
		`fd node_modules | xargs rm -rf`:                                    "",
		`find . -type d -name feature -exec rm -rf {} +`:                    "delete-directory",
		`find /opt/app -name feature -exec rm -rf {} +`:                     "delete-",
		`find . -type d -mtime +3 -exec rm -rf {} +`:                        "delete-unknown",
		`find . -name "$X" -exec rm -rf {} +`:                               "delete-unknown",
		`find . -name '[a-z]*' -exec rm -rf {} +`:                           "delete-unknown",
		`find . -name dist -o -mtime +0 -exec rm -rf {} +`:                  "delete-unknown",
		`find . ! \( -name dist -o -name b \) -mtime +0 -exec rm -rf {} +`:  "delete-unknown",
		`find . -exec echo -name dist \; -mtime +0 -exec rm -rf {} +`:       "delete-unknown",
		`find . -name package.json | xargs dirname | xargs rm -rf`:          "delete-unknown",
		`find . -name dist | sed 's|/dist||' | xargs rm -rf`:                "delete-unknown",
		`find . -name dist | grep -o '^./[a-z]*' | xargs rm -rf`:            "delete-unknown",
		`find . -name dist | while read -r d; do rm -rf "$other"; done`:     "delete-unknown",
		`find "$D" -name __pycache__ -exec rm -rf {} +`:                     "delete-unknown",
		`fd -t d -x rm -rf`:   "delete-unknown",
		`fd -t d . -x rm -rf`: "delete-unknown",
	} {
		got := rulesOf(line)
		if want == "" && (strings.Contains(got, "delete-unknown") || strings.Contains(got, "delete-directory")) || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// A default that is written out is what the variable is where nothing sets it.
func TestDefaultOfAVariable(t *testing.T) {
	for line, want := range map[string]string{
		`rm -rf "${OUT:-dist}"`:                   "",
		`rm -rf "${OUT:=dist}"/*`:                 "",
		`OUT=${OUT:-dist}; rm -rf "$OUT"`:         "",
		`rm -rf "${OUT-src/legacy}"`:              "delete-directory",
		`rm -rf "${OUT:-/}"`:                      "delete-home-or-root",
		`export OUT=/; rm -rf "${OUT:-dist}"`:     "delete-home-or-root",
		`OUT=$(pick); rm -rf "${OUT:-dist}"`:      "delete-unknown",
		`read OUT; rm -rf "${OUT:-dist}"`:         "delete-unknown",
		`. ./env.sh; rm -rf "${OUT:-dist}"`:       "delete-unknown",
		`f() { rm -rf "${1:-dist}"; }; f $(pick)`: "delete-unknown",
		`rm -rf "${OUT:-$(pick)}"`:                "delete-unknown",
		`rm -rf "${OUT%-dist}"`:                   "delete-unknown",
		`rm -rf "${OUT:+dist}"`:                   "delete-unknown",
	} {
		got := rulesOf(line)
		if want == "" && strings.Contains(got, "delete-") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}
