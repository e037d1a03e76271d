package code

import (
	"fmt"
	"strings"
	"testing"
)

// respelled has code whose expressions are texts, lists or imported names.
var respelled = []struct{ lang, code, want string }{
	// homes and paths
	{"python", `f(os.path.join(os.path.expanduser("~"), "x"))`, `f ( "~/x" )`},
	{"python", `f(os.environ["HOME"] + "/x", Path.home() / "y", os.getenv("HOME"))`, `f ( "~/x" , "~/y" , "~" )`},
	{"python", `f(os.environ["PATH"], d.get("HOME"), h["HOME"])`, `f ( os . environ [ "PATH" ] , d . get ( "HOME" ) , h [ "HOME" ] )`},
	{"python", `os.path.join(d, "x")`, `"?/x" d`},
	{"python", `os.path.join(d, "/x", "y")`, `"/x/y"`},
	{"javascript", `f(path.join(require("os").homedir(), "x"), process.env.HOME)`, `f ( "~/x" , "~" )`},
	{"javascript", "`${process.env.HOME}/x`", `"~/x"`},
	{"javascript", `process.env.HOMEPAGE + a.home`, `process . env . HOMEPAGE + a . home`},
	{"ruby", `File.join(Dir.home, "x")`, `"~/x"`},
	{"perl", `f("$ENV{HOME}/x")`, `f ( "~/x" )`},
	{"php", `f("{$_SERVER['HOME']}/x", getenv("HOME") . "/y")`, `f ( "~/x" , "~/y" )`},
	{"awk", `f("rm " ENVIRON["HOME"])`, `f ( "rm ~" )`},
	// formats
	{"python", `f("a {} {1} {k:>3} {{}}".format("b", "c", k="d"))`, `f ( "a b c d {}" )`},
	{"python", `f("a %s %-3d%%" % ("b", n))`, `f ( "a b ?%" n )`},
	{"python", `f("a %s" % "b", "a %s" % n, "a %s" % g(n))`, `f ( "a b" , "a ?" n , "a ?" g ( n ) )`},
	{"python", `f"a {'b'} {c} {g('d')}"`, `"a b ? ?" c g ( "d" )`},
	{"ruby", `f(format("a %s", "b")); "a #{"b"}"`, `f ( "a b" ) ; "a b"`},
	{"php", `sprintf("a %s", "b") . "c"`, `"a bc"`},
	// lists
	{"python", `f("a b".split(), shlex.split("c 'd e'"))`, `f ( [ "a" , "b" ] , [ "c" , "d e" ] )`},
	{"python", `f(x.split())`, `f ( x . split ( ) )`},
	// names
	{"python", `from shutil import rmtree as r, move; r("a"); move("b")`, `from shutil import rmtree as r , move ; shutil . rmtree ( "a" ) ; shutil . move ( "b" )`},
	{"python", `import shutil as s; s.rmtree("a"); x.s()`, `import shutil as s ; shutil . rmtree ( "a" ) ; x . s ( )`},
	{"python", `import subprocess; r = subprocess.run; r(["a"])`, `import subprocess ; r = subprocess . run ; subprocess . run ( [ "a" ] )`},
	{"python", `getattr(__import__("shutil"), "rmtree")("a")`, `shutil . rmtree ( "a" )`},
	{"python", `from mine import rmtree; rmtree("a")`, `from mine import rmtree ; rmtree ( "a" )`},
	{"javascript", `import {rm as x, cp} from "node:fs/promises"; x("a"); cp("b")`, `import { rm as x , cp } from "node:fs/promises" ; fs . rm ( "a" ) ; fs . cp ( "b" )`},
	{"javascript", `const {rmSync: r, cp} = require("fs"); r("a"); ({cp: 1}); y.cp()`, `const { rmSync : r , cp } = fs ; fs . rmSync ( "a" ) ; ( { cp : 1 } ) ; y . cp ( )`},
	{"javascript", `const e = require("child_process").execSync; e("a")`, `const e = child_process . execSync ; child_process . execSync ( "a" )`},
	{"javascript", `fs["rmSync"]("a"); m["k"]`, `fs . rmSync ( "a" ) ; m [ "k" ]`},
	{"javascript", `import("fs/promises").then(({rm}) => rm("a"))`, `fs . then ( ( { rm } ) = > fs . rm ( "a" ) )`},
	{"python", `from os.path import join as j, expanduser; j(expanduser("~"), "a")`, `from os . path import join as j , expanduser ; "~/a"`},
	{"ruby", `%w[a b] + %w[]`, `[ "a" , "b" ] + [ ]`},
	{"php", `$f = "system"; $f("a"); echo $f;`, `$f = "system" ; system ( "a" ) ; echo "system" ;`},
	{"php", `f(getcwd() . "/x")`, `f ( "./x" )`},
	{"python", `f(os.path.join(os.getcwd(), "x"), Path.cwd() / "y")`, `f ( "./x" , "./y" )`},
	{"python", `os.chdir("a"); f(os.getcwd())`, `os . chdir ( "a" ) ; f ( os . getcwd ( ) )`},
	{"javascript", `f(path.join(process.cwd(), "x"), proc.cwd())`, `f ( "./x" , proc . cwd ( ) )`},
	{"perl", `f(glob("a b"), glob("c*"))`, `f ( [ "a" , "b" ] , glob ( "c*" ) )`},
	// names of constants
	{"python", `p = ["a", "b"]; f("".join(p), p[1])`, `p = [ "a" , "b" ] ; f ( "ab" , "b" )`},
	{"python", `V = {"show": "GET", "drop": "DELETE"}; f(V["drop"])`, `V = { "show" : "GET" , "drop" : "DELETE" } ; f ( "DELETE" )`},
	{"python", `V = {"drop": requests.delete}; V["drop"]("a")`, `V = { "drop" : requests . delete } ; requests . delete ( "a" )`},
	{"python", `p = ["a"]; p.append(x); f("".join(p))`, `p = [ "a" ] ; p . append ( x ) ; f ( "" . join ( [ "a" , "?" ] ) )`},
	{"python", `n = "rm" + "tree"; getattr(shutil, n)("a")`, `n = "rmtree" ; shutil . rmtree ( "a" )`},
	{"python", `c = ["a", *["b"], x]; c += ["d"]; c.append("e"); c.extend(["g"]); f(c); c.append("h")`, `c = [ "a" , * [ "b" ] , x ] ; c + = [ "d" ] ; c . append ( "e" ) ; c . extend ( [ "g" ] ) ; f ( [ "a" , "b" , "?" , "d" , "e" , "g" ] ) ; c . append ( "h" )`},
	{"python", `p = Path("a") / "b"; f(p, p.name, p[0], k=p); p = 1`, `p = "a/b" ; f ( p , p . name , p [ 0 ] , k = p ) ; p = 1`},
	{"python", `p = Path("a") / "b"; f(p, p.name, p[0], k=p, p=p)`, `p = "a/b" ; f ( "a/b" , p . name , p [ 0 ] , k = "a/b" , p = "a/b" )`},
	{"python", `s = "a " + x; f(s, f"{s} b {y}"); t = "c"; t += "d"; f(t)`, `s = "a " + x ; f ( "a ?" , "a ? b ?" y ) ; t = "c" ; t + = "d" ; f ( "cd" )`},
	{"python", `s = "a"; s = x; f(s); t = "b"; t = "b"; f(t); u = "c d"; f(u.split(), u.upper())`, `s = "a" ; s = x ; f ( s ) ; t = "b" ; t = "b" ; f ( "b" ) ; u = "c d" ; f ( [ "c" , "d" ] , u . upper ( ) )`},
	{"python", `d = f"~/a/{x}"; f(d); e = d + "/b"; f(f"{d}/b")`, `d = "~/a/?" x ; f ( "~/a/?" ) ; e = "~/a/?" + "/b" ; f ( "?/b" "~/a/?" )`},
	{"perl", `my @c = ("a", "b"); f(@c); $d = "c"; $d .= "d"; f("x $d")`, `my @c = [ "a" , "b" ] ; f ( [ "a" , "b" ] ) ; $d = "c" ; $d . = "d" ; f ( "x cd" )`},
	{"python", `c = "sl"[::-1]; f(c)`, `c = "sl" [ : : - 1 ] ; f ( c )`},
	{"ruby", `c = "sl".reverse; f(c)`, `c = "sl" . reverse ; f ( c )`},
	{"javascript", `const u = new URL("a"), v = "b"; f({u, w: v, v: 1}, ...v)`, `const u = new URL ( "a" ) , v = "b" ; f ( { u : "a" , w : "b" , v : 1 } , . . . "b" )`},
	{"ruby", `a = "b"; f(:a, a, x: a); c { |a| a }`, `a = "b" ; f ( : a , "b" , x : "b" ) ; c { | a | a }`},
	{"javascript", `const o = "rm" + "Sync"; fs[o]("a")`, `const o = "rmSync" ; fs . rmSync ( "a" )`},
	{"javascript", `let o = "rmSync"; o = g(); fs[o]("a")`, `let o = "rmSync" ; o = g ( ) ; fs [ o ] ( "a" )`},
	{"javascript", `const p = ["a", "b"]; f(p.join("/"))`, `const p = [ "a" , "b" ] ; f ( "a/b" )`},
	{"javascript", `const m = {del: "DELETE"}; f({method: m["del"]})`, `const m = { del : "DELETE" } ; f ( { method : "DELETE" } )`},
	{"javascript", `const o = {recursive: true}; fs.rmSync("d", o)`, `const o = { recursive : true } ; fs . rmSync ( "d" , { recursive : true } )`},
	{"javascript", `const o = {method: "DELETE"}; fetch(u, {...o, a: 1}); g(...o)`, `const o = { method : "DELETE" } ; fetch ( u , { method : "DELETE" , a : 1 } ) ; g ( . . . o )`},
	{"ruby", `FileUtils.send(:rm_rf, "a")`, `FileUtils . rm_rf ( "a" )`},
}

func TestRespelled(t *testing.T) {
	for _, tt := range respelled {
		var got []string
		for _, tok := range Lex(tt.lang, tt.code) {
			text := tok.Text
			if tok.Kind == TokenString {
				text = fmt.Sprintf("%q", strings.ReplaceAll(text, string(Hole), "?"))
			}
			got = append(got, text)
		}
		if out := strings.Join(got, " "); out != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, out, tt.want)
		}
	}
}

// doubled has names of which each holds twice what the one before it does.
func doubled(joins string) string {
	var b strings.Builder
	for i := range 64 {
		fmt.Fprintf(&b, "\na%d = a%d %s a%d", i+1, i, joins, i)
	}
	return b.String()
}

// TestRespelledIsBounded gives code whose texts would grow without end.
func TestRespelledIsBounded(t *testing.T) {
	for _, code := range []string{
		"x" + strings.Repeat(`="{0}{0}".format("a"); y`, 2_000),
		strings.Repeat(`"{0}{0}{0}{0}".format(`, 400) + "x" + strings.Repeat(")", 400),
		strings.Repeat(`"%s%s" % (`, 400) + `"a", "b"` + strings.Repeat(")", 400),
		strings.Repeat(`f"{`, 400) + strings.Repeat(`}"`, 400),
		"import os\n" + strings.Repeat("a = os.path\n", 20_000),
		strings.Repeat(`[*a, `, 20_000), "a = [*a]; subprocess.run(a)",
		"a = " + strings.Repeat(`[*`, 12_000) + strings.Repeat("]", 12_000) + strings.Repeat("\nf(a)", 4_000),
		`a = ["x"` + strings.Repeat(`, 1`, 10_000) + `]` + strings.Repeat("\nf(a)", 5_000),
		`a = ["x"]` + strings.Repeat(` + ["y"]`, 10_000) + "\nf(a)",
		`a0 = "xxxxxxxx"` + doubled("+"), `a0 = "xxxxxxxx"` + doubled("+ h +"),
	} {
		size := 0
		for _, tok := range Lex("python", code) {
			size += len(tok.Text)
		}
		if size > 4*maxValue+len(code) {
			t.Errorf("%.40q: %d bytes of tokens", code, size)
		}
	}
}
