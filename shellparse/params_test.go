package shellparse

import (
	"slices"
	"testing"
)

// The words behind a shell's -c line are what its $0, $1 … stand for.
func TestParams(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
	}{
		{`rm -rf "$1"`, []string{"rm", "-rf", "/srv/data"}},
		{`$0 -rf "$@"`, []string{"rm", "-rf", "/srv/data", "two words"}},
		{`rm "${@:2}"`, []string{"rm", "two words"}},
		{`f() { rm "$1"; }; f own`, []string{"rm", "own"}},
		{`rm -rf "$3/"`, []string{"rm", "-rf", "/"}},
	} {
		script := Parse(test.line, Options{Params: []string{"rm", "/srv/data", "two words"}})
		var got []string
		for _, word := range script.Commands[len(script.Commands)-1].Argv {
			if !word.Known() {
				t.Errorf("%s: %v is not known", test.line, word)
			}
			got = append(got, word.Text)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
	if argv := Parse(`rm "$1"`, Options{}).Commands[0].Argv; argv[1].Known() {
		t.Errorf("$1 is %q where no parameters are known", argv[1].Text)
	}
}
