package shellparse

import (
	"strings"
	"testing"
)

// show writes the commands of a script as one line each, for tables.
func show(s *Script) string {
	var lines []string
	for _, c := range s.Commands {
		if c.Carrier || len(c.Argv) == 0 {
			continue
		}
		var words []string
		for _, w := range c.Argv {
			words = append(words, w.Text)
		}
		lines = append(lines, strings.ReplaceAll(strings.Join(words, "|"), string(Hole), "?"))
	}
	return strings.Join(lines, " ; ")
}

var folding = []struct{ src, want string }{
	{`ls -la`, `ls|-la`},
	{`'r'm -r"f" \~`, `rm|-rf|~`},
	{`$'\x72m' -rf ~`, `rm|-rf|/home/u`},
	{`X=rm; $X -rf ~`, `rm|-rf|/home/u`},
	{`X="rm -rf"; $X ~/x`, `rm|-rf|/home/u/x`},
	{`$(echo rm) -rf /`, `echo|rm ; rm|-rf|/`},
	{`rm -{r,f} {1..3}`, `rm|-r|-f|1|2|3`},
	{`x=abcdef; echo ${x:1:2} ${x#ab} ${x%ef} ${x/cd/X} ${#x} ${y:-z}`, `echo|bc|cdef|abcd|abXef|6|?`},
	{`echo $((2*3+1)) $TOKEN`, `echo|7|?`},
	{`if true; then rm a; else rm b; fi`, `true ; rm|a ; rm|b`},
	{`for f in a b; do rm $f; done`, `rm|a ; rm|b`},
	{`echo "rm -rf /"`, `echo|rm -rf /`},
	{`bash -c 'rm -rf /'`, `rm|-rf|/`},
	{`eval "rm -rf /"`, `rm|-rf|/`},
	{`sudo rm x`, `rm|x`},
	{`rm -rf ~ ; if broken`, `rm|-rf|/home/u ; broken`},
	{`f() { rm -rf "$1"; }; f /x`, `rm|-rf|/x`},
}

func TestFolding(t *testing.T) {
	for _, tt := range folding {
		s := Parse(tt.src, Options{Home: "/home/u", Dir: "/w"})
		if got := show(s); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s (err %v)", tt.src, got, tt.want, s.Err)
		}
	}
}
