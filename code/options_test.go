package code

import (
	"strings"
	"testing"
)

func TestOptions(t *testing.T) {
	const python = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--dir', default='research')\np.add_argument('--dry-run', action='store_true')\np.add_argument('target')\na = p.parse_args()\nf(a.dir, a.target)"
	const node = "const { values } = parseArgs({options: {outDir: {type: 'string'}}});\nf(values.outDir)"
	const commander = "program.option('-o, --out <dir>', 'where to', 'research');\nconst o = program.opts();\nf(o.out)"
	for _, tt := range []struct {
		lang, code string
		args       []string
		want       string
	}{
		{"python", python, []string{"--dir", "coverage", "x"}, `f ( coverage , x )`},
		{"python", python, []string{"--dry-run", "x", "--dir=out"}, `f ( out , x )`},
		{"python", python, []string{"x"}, `f ( research , x )`},
		{"python", python, nil, `f ( research , a . target )`},
		{"python", "f(parser().parse_args().dir); x.parse_args(); y.dir", []string{"--dir", "a"}, `f ( parser ( ) . parse_args ( ) . dir ) ; x . parse_args ( ) ; y . dir`},
		{"python", "f(Path(p.parse_args().dir))", []string{"--dir", "a"}, `f ( Path ( a ) )`},
		{"javascript", node, []string{"--out-dir", "dist"}, `f ( dist )`},
		{"javascript", commander, nil, `f ( research )`},
		{"javascript", commander, []string{"--out", "dist"}, `f ( dist )`},
		{"javascript", "const a = minimist(process.argv.slice(2));\nf(a.dir)", []string{"--dir=x"}, `f ( x )`},
	} {
		var got []string
		for _, tok := range Read(tt.lang, tt.code, Program{File: "/w/g", Args: tt.args}) {
			got = append(got, tok.Text)
		}
		if out := strings.Join(got, " "); !strings.HasSuffix(out, tt.want) {
			t.Errorf("%s %q: %s\nwant the end %s", tt.lang, tt.args, out, tt.want)
		}
	}
}
