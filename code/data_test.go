package code

import (
	"strings"
	"testing"
)

// What a program reads from a data file of the project stands where it reads it.
func TestDataFiles(t *testing.T) {
	files := map[string]string{
		"f.json":   `{"dirs": ["a", "b"], "n": {"d": "c"}}`,
		"f.yml":    "dirs:\n  - a\n  - \"b\"\nn:\n  d: c # comment\nl:\n- x\n- y: z\n",
		"f.toml":   "[n]\nd = \"c\"\n[t.u]\ndirs = [\n  \"a\",\n  'b',\n]\n",
		"l.txt":    "a\nb\n",
		"q.sql":    "DROP TABLE t;\n",
		".env":     "TOKEN=x\n",
		"bad.txt":  "a\x00b\n",
		"/w/c.php": "<?php\nreturn ['dirs' => ['a', 'b']];\n",
		"/w/k.js":  `x`, "/w/k.json": `["a", "b"]`,
	}
	p := Program{File: "/w/s.x", Open: func(name string) (string, bool) { text, ok := files[name]; return text, ok }}
	for _, tt := range []struct{ lang, text, want string }{
		{"python", "for d in json.load(open('f.json'))['dirs']:\n    rm(d)\n", "rm ( b )"},
		{"python", "with open('f.json') as f:\n    c = json.load(f)\nfor d in c['dirs']:\n    rm(d)\n", "rm ( b )"},
		{"python", "c = json.loads(Path('f.json').read_text())\nrm(c['n']['d'])\n", "rm ( c )"},
		{"python", "c = yaml.safe_load(open('f.yml'))\nrm(c['n']['d'], c['l'][0], c['l'][1]['y'])\n", "rm ( c , x , z )"},
		{"python", "c = tomllib.load(open('f.toml', 'rb'))\nfor d in c['t']['u']['dirs']:\n    rm(d)\n", "rm ( b )"},
		{"python", "for l in open('l.txt'):\n    rm(l.strip())\n", "rm ( b )"},
		{"python", "for l in open('l.txt').read().splitlines():\n    rm(l)\n", "rm ( b )"},
		{"python", "run(open('q.sql').read())\n", "run ( DROP TABLE t;"},
		{"python", "rm(open('.env').read())\n", "rm ( open ( .env ) . read ( ) )"},
		{"python", "rm(open('bad.txt').read())\n", "rm ( open ( bad.txt ) . read ( ) )"},
		{"python", "print(toml.load('gone.toml'))\n", "toml . load ( gone.toml )"},
		{"python", "run(''.join(chr(c) for c in [108, 115]))\n", "chr ( c ) for c in"},
		{"javascript", "for (const d of require('./k.json')) rm(d)", "rm ( b )"},
		{"javascript", "const {dirs} = JSON.parse(fs.readFileSync('f.json', 'utf8')); dirs.forEach(d => rm(d))", "rm ( b )"},
		{"javascript", "import ds from './k.json' with {type: 'json'}; for (const d of ds) rm(d)", "rm ( b )"},
		{"ruby", "YAML.load_file('f.yml')['dirs'].each { |d| rm(d) }", "rm ( b )"},
		{"ruby", "File.readlines('l.txt', chomp: true).each { |d| rm(d) }", "rm ( b )"},
		{"ruby", "File.foreach('l.txt') { |d| rm(d.chomp) }", "rm ( b )"},
		{"php", "$c = json_decode(file_get_contents('f.json'), true); foreach ($c['dirs'] as $d) rm($d);", "rm ( b )"},
		{"perl", "my $c = decode_json(read_file('f.json')); rm($_) for @{$c->{dirs}};", "rm ( b )"},
		{"perl", "open my $fh, '<', 'l.txt' or die; while (my $d = <$fh>) { chomp $d; rm($d); }", "rm ( b )"},
		{"perl", "open(my $fh, '<', 'l.txt'); my @d = <$fh>; rm($_) for @d;", "rm ( b )"},
		{"php", "$c = require __DIR__ . '/c.php'; foreach ($c['dirs'] as $d) rm('r/' . $d);", "rm ( r/b )"},
		{"python", "for d in json.load(open('f.json'))['dirs']:\n    rm(d)\n", "; readFileSync ( f.json )"},
	} {
		if got := spelled(Read(tt.lang, tt.text, p)); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.lang, tt.text, got, tt.want)
		}
	}
}
