package code

import (
	"strings"
	"testing"

	"restrain/internal/slowtest"
)

// spelled writes tokens with blanks between them.
func spelled(tokens []Token) string {
	var words []string
	for _, tok := range tokens {
		words = append(words, tok.Text)
	}
	return strings.Join(words, " ")
}

func TestExpand(t *testing.T) {
	p := Program{File: "/w/s/g.x", Args: []string{"one", "two"}}
	for _, tt := range []struct{ lang, text, want string }{
		{"python", "def f(p):\n    rm(p)\nf('x')\n", "rm ( x )"},
		{"python", "def f(a, p='y'):\n    if a:\n        rm(p)\nf(1)\n", "rm ( y )"},
		{"python", "def f(*, p):\n    rm(p)\nf(p='x')\n", "rm ( x )"},
		{"python", "def f(p):\n    q = p + '/a'\n    rm(q)\nf('x')\n", "rm ( x/a )"},
		{"python", "def g(p):\n    rm(p)\ndef f(p):\n    g(p)\nf('x')\n", "rm ( x )"},
		{"python", "f = lambda p: rm(p)\nf('x')\n", "rm ( x )"},
		{"python", "for d in ('a', 'b'):\n    rm(d)\n", "rm ( b )"},
		{"python", "for d in ['a', 'b']:\n    p = 'r/' + d\n    rm(p)\n", "rm ( r/a )"},
		{"python", "import sys\nrm(sys.argv[1])\n", "rm ( one )"},
		{"python", "p: str = 'x'\nrm(p)\n", "p = x rm ( x )"},
		{"python", "dirs: list[str] = ['a', 'b']\nfor d in dirs:\n    rm(d)\n", "rm ( b )"},
		{"python", "if a:\n    b()\nelse: p = 'x'\nrm(p)\n", "if a : b ( ) else : p = x rm ( x )"},
		{"javascript", "const dirs: string[] = ['a', 'b']\nfor (const d of dirs) rm(d)\n", "rm ( b )"},
		{"javascript", "let o: Record<string, {a: number}> = f(); const p: Path = 'x'; rm(p)", "let o = f ( ) ; const p = x ; rm ( x )"},
		{"javascript", "const f = a ? b : c = d; rm('y')", "rm ( y )"},
		{"python", "from sys import argv\nrm(argv[2])\n", "rm ( two )"},
		{"python", "import sys\nfor d in sys.argv[1:]:\n    rm(d)\n", "rm ( two )"},
		{"python", "import os\nrm(os.path.join(os.path.dirname(__file__), 'a'))\n", "rm ( /w/s/a )"},
		{"python", "rm(Path(__file__).resolve().parent / 'a')\n", "rm ( /w/s/a )"},
		{"python", "class C:\n    def __init__(self, b): self.b = b\n    def req(self, m, p): go(self.b + p, method=m)\n    def drop(self, a): self.req('DELETE', '/x/' + a)\nC('h').drop('n')\n", "go ( h/x/n , method = DELETE )"},
		{"javascript", "function f(p) { rm(p) }\nf('x')", "rm ( x )"},
		{"javascript", "const f = (p) => rm(p);\nf('x');", "rm ( x )"},
		{"javascript", "const f = async p => { rm(p) };\nf('x');", "rm ( x )"},
		{"javascript", "const f = ({dir, n = 1}) => { rm(dir) };\nf({dir: 'x'});", "rm ( x )"},
		{"javascript", "function f(p: string, q = 'y'): void { rm(q) }\nf('x')", "rm ( y )"},
		{"javascript", "for (const d of ['a', 'b']) { rm(d) }", "rm ( a )"},
		{"javascript", "['a', 'b'].forEach(d => rm(d));", "rm ( b )"},
		{"javascript", "rm(process.argv[2])", "rm ( one )"},
		{"javascript", "process.argv.slice(2).forEach(d => { rm(d) })", "rm ( two )"},
		{"javascript", "rm(path.join(__dirname, 'a'))", "rm ( /w/s/a )"},
		{"javascript", "rm(path.join(path.dirname(fileURLToPath(import.meta.url)), 'a'))", "rm ( /w/s/a )"},
		{"ruby", "def f(p)\n  rm(p)\nend\nf('x')\n", "rm ( x )"},
		{"ruby", "ARGV.each { |d| rm(d) }", "rm ( one )"},
		{"ruby", "%w[a b].each do |d|\n  rm(d)\nend", "rm ( b )"},
		{"ruby", "rm(ARGV[0])", "rm ( one )"},
		{"perl", "sub f { my ($p) = @_; rm($p); }\nf('x');", "rm ( x )"},
		{"perl", "sub f { my $p = shift; rm($p); }\nf('x');", "rm ( x )"},
		{"perl", "rm($ARGV[0]);", "rm ( one )"},
		{"perl", "rm(shift);", "rm ( one )"},
		{"perl", "foreach my $d ('a', 'b') { rm($d) }", "rm ( b )"},
		{"php", "function f($p) { rm($p); }\nf('x');", "rm ( x )"},
		{"php", "rm($argv[1]);", "rm ( one )"},
		{"php", "foreach (['a', 'b'] as $d) { rm($d); }", "rm ( b )"},
		{"python", "import sys\nrm(sys.argv[-1])\nrm(sys.argv[-2])\n", "rm ( two ) rm ( one )"},
		{"python", "l = ['a', 'b']\nprint(l)\nfor d in l:\n    rm(d)\n", "rm ( b )"},
		{"python", "l = ['a']\nadd(l)\nfor d in l:\n    rm(d)\n", "rm ( d )"},
		{"python", "l = ['a']\nl.append(x)\nfor d in l:\n    rm(d)\n", "rm ( d )"},
		{"python", "import sys\na, *b = sys.argv[1:]\nfor d in b:\n    rm(d)\n", "rm ( two )"},
		{"javascript", "const run = (cmd, ...args) => exec(cmd, args);\nrun('rm', '-rf', 'a')", "exec ( rm , [ -rf , a ] )"},
		{"python", "def run(cmd, *args):\n    go([cmd, *args])\nrun('rm', 'a')\n", "go ( [ rm , * [ a ] ] )"},
		{"javascript", "exports.f = (ds) => ds.forEach((d) => rm(d));\nf(['a', 'b'])", "rm ( b )"},
		{"javascript", "const f = (method, p) => fetch(p, {method, a: 1});\nf('DELETE', 'x')", "fetch ( x , { method : DELETE , a : 1 } )"},
		{"javascript", "const f = (a) => g([a, 1], a);\nf('x')", "g ( [ x , 1 ] , x )"},
		{"javascript", "const l = ['a', 'b'];\nl.map((d) => rm(d))", "rm ( b )"},
		{"javascript", "l.map((d) => rm(d))", "rm ( d )"},
		{"perl", "for (glob('a/*')) { rm }", "{ rm }"},
		{"python", "def f(ds):\n    for d in ds:\n        rm(d)\nf(['a', 'b'])\n", "rm ( b )"},
		{"python", "a, b = 'x', 'y'\n", "a = x ; b = y"},
		{"python", "*a, b = ['x', 'y', 'z']\n", "a = [ x , y ] ; b = z"},
		{"python", "if a, b == c:\n", "if a , b = = c"},
		{"python", "f(a, b=['x', 'y'])\n", "f ( a , b = [ x , y ] )"},
		{"javascript", "const [a, ...b] = ['x', 'y']; go()", "const a = x ; b = [ y ] ; go"},
		{"javascript", "const [a, b] = process.argv.slice(2)\nrm(b)", "a = one ; b = two"},
		{"javascript", "o[a, b] = ['x', 'y']", "o [ a , b ] = [ x , y ]"},
		{"perl", "my ($a, $b) = @ARGV; rm($b);", "$a = one ; $b = two"},
		{"ruby", "a, b = ARGV\nrm(b)", "a = one ; b = two"},
		{"php", "[$a, $b] = ['x', 'y'];", "$a = x ; $b = y"},
	} {
		if got := spelled(Read(tt.lang, tt.text, p)); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.lang, tt.text, got, tt.want)
		}
	}
}

// What is never called does nothing, and what is called is read where it is.
func TestUncalled(t *testing.T) {
	for _, tt := range []struct {
		lang, text string
		runs       bool
	}{
		{"python", "def f():\n    rm('x')\nprint(1)\n", false},
		{"python", "def f():\n    rm('x')\nf()\n", true},
		{"python", "def f():\n    rm('x')\nrun(f)\n", true},
		{"python", "@app.command()\ndef f():\n    rm('x')\napp()\n", true},
		{"python", "def f():\n    rm('x')\ngetattr(m, 'f')()\n", true},
		{"python", "class A:\n    def f(self):\n        rm('x')\n", true},
		{"javascript", "function f() { rm('x') }\nlog(1)", false},
		{"javascript", "export function f() { rm('x') }", true},
		{"javascript", "const f = () => { rm('x') };\non('e', f)", true},
	} {
		if got := strings.Contains(spelled(Lex(tt.lang, tt.text)), "rm ( x )"); got != tt.runs {
			t.Errorf("%s: %q: read %v, want %v", tt.lang, tt.text, got, tt.runs)
		}
	}
}

func TestExpandIsBounded(t *testing.T) {
	slowtest.Alone(t)
	many := "def f0(p):\n    rm(p)\n"
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		prev := string(n[0] - 1)
		many += "def f" + n + "(p):\n" + strings.Repeat("    f"+prev+"(p + p)\n", 30)
	}
	for _, text := range []string{
		many + "f6('x')\n", "def f(p):\n    f(p)\nf('x')\n", "def f(p):\n    g(p)\ndef g(p):\n    f(p)\nf('x')\n",
		strings.Repeat("for d in ['a','b','c']:\n", 50) + "rm(d)\n", strings.Repeat("def f(", 5000), strings.Repeat("x = (", 5000),
		"for d in [" + strings.Repeat("'a',", 20000) + "]:\n    rm(d)\n",
	} {
		if got := len(Lex("python", text)); got > 3*maxTokens {
			t.Errorf("%.30q: %d tokens", text, got)
		}
	}
}

func TestExpandIndirect(t *testing.T) {
	for _, tt := range []struct{ lang, text, want string }{
		{"python", "for a, b in [('x', 1), ('y', 2)]:\n    rm(a)\n", "rm ( y )"},
		{"python", "for k, v in {'a': 'x', 'b': 'y'}.items():\n    rm(v)\n", "rm ( y )"},
		{"python", "[rm(d) for d in ('x', 'y')]\n", "rm ( y )"},
		{"python", "def ds():\n    yield 'x'\n    yield 'y'\nfor d in ds():\n    rm(d)\n", "rm ( y )"},
		{"python", "def ds():\n    return ['x', 'y']\nfor d in ds():\n    rm(d)\n", "rm ( y )"},
		{"python", "list(map(os.rm, ['x', 'y']))\n", "os . rm ( y )"},
		{"python", "def f(d):\n    rm(d)\nops = {'a': f}\nops['a']('x')\n", "rm ( x )"},
		{"python", "class C:\n    ds = ['x', 'y']\n    def run(self):\n        for d in self.ds: rm(d)\nc = C()\nc.run()\n", "rm ( y )"},
		{"python", "@dataclass\nclass C:\n    p: str\n    def run(self):\n        rm(self.p)\nC('x').run()\n", "rm ( x )"},
		{"python", "def f(p, n=1):\n    rm(p)\nf(**{'p': 'x'})\n", "rm ( x )"},
		{"javascript", "for (const [k, v] of Object.entries({a: 'x', b: 'y'})) rm(v)", "rm ( y )"},
		{"javascript", "for (const {path: p} of [{path: 'x'}, {path: 'y'}]) rm(p)", "rm ( y )"},
		{"javascript", "function f(d) { rm(d) }\n['x', 'y'].forEach(f)", "rm ( y )"},
		{"javascript", "const ds = ['x', 'y'].map(d => 'r/' + d);\nfor (const d of ds) rm(d)", "rm ( r/y )"},
		{"javascript", "class C { ds = ['x', 'y']; run() { for (const d of this.ds) rm(d) } }\nnew C().run()", "rm ( y )"},
		{"javascript", "class C { constructor(d) { this.d = d } run() { rm(this.d) } }\nconst c = new C('x'); c.run()", "rm ( x )"},
		{"ruby", "f = ->(d) { rm(d) }\n%w[x y].each(&f)", "rm ( y )"},
		{"ruby", "def f(d)\n  rm(d)\nend\n%w[x y].each(&method(:f))", "rm ( y )"},
		{"ruby", "{ a: 'x', b: 'y' }.each { |k, v| rm(v) }", "rm ( y )"},
		{"ruby", "class C\n  def initialize(d) = @d = d\n  def call\n    rm(@d)\n  end\nend\nC.new('x').call\n", "rm ( x )"},
		{"php", "array_map(fn($d) => rm($d), ['x', 'y']);", "rm ( y )"},
		{"php", "foreach (['a' => 'x', 'b' => 'y'] as $k => $d) { rm($d); }", "rm ( y )"},
		{"python", "from functools import partial\nf = partial(os.rm, 'x', n=1)\nf('y')\n", "os . rm ( x , n = 1 , y )"},
		{"python", "f = getattr(os, 'rm')\nf('x')\n", "os . rm ( x )"},
		{"python", "def root():\n    return 'r/' + 'x'\nrm(root())\n", "rm ( r/x )"},
		{"javascript", "const f = os.rm.bind(os);\nf('x')", "os . rm ( x )"},
		{"javascript", "class C { constructor(private readonly d: string) {} run(): void { rm(this.d) } }\nnew C('x').run()", "rm ( x )"},
		{"php", "class C { public function __construct(private string $d) {} public function run() { rm('a' . $this->d); } }\n$c = new C('x'); $c->run();", "rm ( ax )"},
		{"perl", "my %t = (a => 'x', b => 'y'); for my $k (keys %t) { rm($t{$k}) }", "rm ( y )"},
		{"perl", "my @l = ('x', 'y'); foreach my $l (@l) { rm($l) }", "rm ( y )"},
		{"perl", "my $f = sub { my $d = shift; rm($d); };\n$f->('x');", "rm ( x )"},
	} {
		got := spelled(Lex(tt.lang, tt.text))
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.lang, tt.text, got, tt.want)
		}
		for _, name := range []string{"rm ( d )", "rm ( v )", "rm ( p )"} {
			if strings.Contains(got, name) {
				t.Errorf("%s: %q: what was written out stands there once more: %s", tt.lang, tt.text, got)
			}
		}
	}
}
