package code

import (
	"fmt"
	"strings"
	"testing"
)

var lexing = []struct{ lang, code, want string }{
	{"python", `x = f('a' "b") # c`, `n:x p:= n:f p:( s:a s:b p:)`},
	{"python", `r"\n" f"a{b}c{{d}}" '''e'f''' b'g\x41'`, `s:\n s:a?c{d} n:b s:e'f s:gA`},
	{"javascript", "a(`x${b+`}`}y`) // c\n;/* d */ /[/'\"]/.test(e) / 2", "n:a p:( s:x?y n:b p:+ s:} p:) p:; p:. n:test p:( n:e p:) p:/ 2:2"},
	{"ruby", `system "a #{b}", 'c#{d}'; %x(ls (x)) %q(e)`, `n:system s:a ? n:b p:, s:c#{d} p:; c:ls (x) s:e`},
	{"perl", `qx{ls} q(a) "x $y z" $a{b} # c`, `c:ls s:a s:x ? z n:$y n:$a p:{ n:b p:}`},
	{"php", "`ls $x`; // a\n# b\n'it\\'s'", "c:ls ? n:$x p:; s:it's"},
	{"awk", `BEGIN { system("ls") } /a"b/ { print $1 }`, `n:BEGIN p:{ n:system p:( s:ls p:) p:} p:{ n:print n:$1 p:}`},
	{"sql", `SELECT 'it''s' -- x`, `n:SELECT s:it's`},
	{"", `"a" // b`, `s:a`},
	{"python", `"open`, `s:open`},
	{"python", `base64.b64decode("bHM=").decode() + " -l"`, `s:ls -l`},
	{"python", `f(bytes.fromhex('6c73').decode())`, `n:f p:( s:ls p:)`},
	{"python", `__import__("base64").b64decode("bHM=")`, `s:ls`},
	{"python", `b64decode(x) + b64decode("?")`, `n:b64decode p:( n:x p:) p:+ n:b64decode p:( s:? p:)`},
	{"javascript", `Buffer.from("bHM=", "base64").toString("utf8"); "ls" + atob('IA==')`, `s:ls p:; s:ls `},
	{"perl", `decode_base64("bHM="); "l" . "s"`, `s:ls p:; s:ls`},
	{"php", `base64_decode("bHM=") . "ls"; hex2bin('6c73')`, `s:lsls p:; s:ls`},
	{"ruby", `Base64.decode64("bHM=") + "ls"`, `s:lsls`},
}

func TestLexCode(t *testing.T) {
	for _, tt := range lexing {
		var got []string
		for _, tok := range Lex(tt.lang, tt.code) {
			kind := [...]string{"n", "s", "c", "p", "2"}[tok.Kind]
			got = append(got, fmt.Sprintf("%s:%s", kind, strings.ReplaceAll(tok.Text, string(Hole), "?")))
		}
		if out := strings.Join(got, " "); out != tt.want {
			t.Errorf("%s %s\n got %s\nwant %s", tt.lang, tt.code, out, tt.want)
		}
	}
}
