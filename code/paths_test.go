package code

import (
	"strings"
	"testing"
)

// A path object is what its name stands for, where a method is called on it.
func TestMethodsOfPaths(t *testing.T) {
	for _, c := range []struct{ lang, code, want string }{
		{"python", "p = Path('a') / 'b'\np.unlink()", "Path ( a/b ) . unlink ( )"},
		{"python", "p = pathlib.Path('a')\nfor q in p.iterdir(): q.unlink()", "for q in Path ( a ) . iterdir ( )"},
		{"ruby", "p = Pathname.new('a')\np.rmtree", "Path ( a ) . rmtree"},
		{"python", "p = Path('a')\np = Path('b')\np.unlink()", "p . unlink ( )"},
		{"python", "p = 'a'\nprint(p.upper())", "print ( p . upper ( ) )"},
	} {
		var words []string
		for _, tok := range Lex(c.lang, c.code) {
			words = append(words, tok.Text)
		}
		if got := strings.Join(words, " "); !strings.Contains(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
