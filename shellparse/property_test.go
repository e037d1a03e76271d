package shellparse

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// wraps are ways to run a line that must not hide it.
var wraps = []struct {
	name string
	wrap func(line string) string
}{
	{"bash -c", func(s string) string { return "bash -c " + Quote([]string{s}) }},
	{"eval", func(s string) string { return "eval " + Quote([]string{s}) }},
	{"sudo", func(s string) string { return "sudo sh -c " + Quote([]string{s}) }},
	{"substitution", func(s string) string { return "echo $(" + s + "\n)" }},
	{"subshell", func(s string) string { return "(" + s + "\n)" }},
	{"function", func(s string) string { return "f() { " + s + "\n}; f" }},
	{"heredoc", func(s string) string { return "bash <<'WRAP_EOF'\n" + s + "\nWRAP_EOF" }},
	{"base64", func(s string) string {
		return "echo " + base64.StdEncoding.EncodeToString([]byte(s)) + " | base64 -d | bash"
	}},
	{"if", func(s string) string { return "if true; then " + s + "\nfi" }},
	{"loop", func(s string) string { return "for i in 1; do " + s + "\ndone" }},
	{"ssh", func(s string) string { return "ssh host " + Quote([]string{s}) }},
	{"python", func(s string) string {
		return "python3 -c " + Quote([]string{"import os; os.system(" + pythonString(s) + ")"})
	}},
	{"harmless before", func(s string) string { return "ls -la; " + s }},
	{"harmless after", func(s string) string { return s + "\nls -la" }},
	{"background", func(s string) string { return "{ " + s + "\n} &" }},
	{"trap", func(s string) string { return "trap " + Quote([]string{s}) + " EXIT" }},
	{"xargs", func(s string) string { return "ls | xargs -0 sh -c " + Quote([]string{s}) }},
	{"find", func(s string) string { return "find . -exec sh -c " + Quote([]string{s}) + ` \;` }},
}

func pythonString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// TestWrapping holds that no number of wraps hides a command.
func TestWrapping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		argv := append([]string{"frobnicate"}, rapid.SliceOfN(rapid.StringMatching(`[a-z/ '"$~*-]{1,8}`), 0, 3).Draw(t, "args")...)
		line := Quote(argv)
		for range rapid.IntRange(1, 3).Draw(t, "depth") {
			line = wraps[rapid.IntRange(0, len(wraps)-1).Draw(t, "wrap")].wrap(line)
		}
		s := Parse(line, Options{})
		for _, c := range s.Commands {
			if c.Name == "frobnicate" && len(c.Argv) == len(argv) && sameWords(c.Argv, argv) {
				return
			}
		}
		t.Fatalf("%s\nhides %q (err %v, limit %q): %s", line, argv, s.Err, s.Limit, show(s))
	})
}

func sameWords(words []Word, argv []string) bool {
	for i, w := range words {
		if w.Text != argv[i] {
			return false
		}
	}
	return true
}

// TestQuoteRoundTrip holds that Quote reads back as the same words.
func TestQuoteRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		argv := append([]string{"x"}, rapid.SliceOfN(rapid.StringMatching(`[ -~\n\t]{0,10}`), 0, 4).Draw(t, "args")...)
		if looksWindows(argv) {
			t.Skip("a path of Windows has its backslashes turned")
		}
		s := Parse(Quote(argv), Options{})
		if s.Err != nil || len(s.Commands) != 1 || len(s.Commands[0].Argv) != len(argv) || !sameWords(s.Commands[0].Argv, argv) {
			t.Fatalf("%q: %v %s", argv, s.Err, show(s))
		}
	})
}

func looksWindows(argv []string) bool {
	return strings.Contains(strings.Join(argv, " "), `:\`)
}

func TestFromArgv(t *testing.T) {
	for _, tt := range []struct {
		argv []string
		want string
	}{
		{[]string{"rm", "-rf", "a b; c"}, "rm|-rf|a b; c"},
		{[]string{"/bin/sh", "-c", "rm $1", "_", "x"}, "rm|x"},
		{[]string{"sudo", "env", "A=1", "rm", "*"}, "rm|*"},
		{[]string{"bash", "/w/x.sh", "a"}, "rm|a ; rm|lib"},
		{nil, ""},
	} {
		s := FromArgv(tt.argv, Options{Dir: "/w", ReadFile: readFile})
		if got := show(s); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.argv, got, tt.want)
		}
	}
}

func TestUnknownInside(t *testing.T) {
	s := Parse(`bash -c "rm $X/y; ls"`, Options{})
	for _, c := range s.Commands {
		if c.Name == "rm" && (c.Argv[1].Known() || c.Argv[1].Unknown[0] != "$X") {
			t.Errorf("the argument is %+v", c.Argv[1])
		}
		if c.Name == "ls" && !c.Argv[0].Known() {
			t.Errorf("the name is %+v", c.Argv[0])
		}
	}
	if len(s.Commands) != 3 {
		t.Errorf("got %s", show(s))
	}
}

// TestHostileInput bounds what the worst lines cost.
func TestHostileInput(t *testing.T) {
	for name, src := range hostile() {
		start := time.Now()
		s := Parse(src, Options{Home: "/home/u", Dir: "/w"})
		took := time.Since(start)
		t.Logf("%-28s %8v %5d commands limit %q err %v", name, took, len(s.Commands), s.Limit, s.Err)
		if took > 50*time.Millisecond*slowness {
			t.Errorf("%s took %v", name, took)
		}
		if s.Err == nil && s.Limit == "" && name != "comment" && name != "long word" && name != "many words" && name != "quoted" {
			t.Errorf("%s: neither Err nor Limit is set", name)
		}
	}
}

func hostile() map[string]string {
	return map[string]string{
		"NUL":             "rm\x00 -rf /",
		"invalid UTF-8":   "rm \xff\xfe; ls",
		"nested $(":       strings.Repeat("$(", 10_000),
		"nested $( 1 MB":  strings.Repeat("$(", 500_000),
		"closed $(":       strings.Repeat("$(", 10_000) + strings.Repeat(")", 10_000),
		"nested `":        strings.Repeat("`", 10_001),
		"nested ${":       "echo " + strings.Repeat("${x:-", 10_000),
		"nested (":        strings.Repeat("(", 10_000),
		"nested {":        strings.Repeat("{ ", 10_000),
		"nested if":       strings.Repeat("if ", 100_000),
		"nested case":     strings.Repeat("case x in x) ", 20_000),
		"arithmetic":      "echo $((" + strings.Repeat("-", 100_000) + "1))",
		"ternary":         "echo $((" + strings.Repeat("1?1:", 60_000) + "1))",
		"1 MB of ;":       strings.Repeat(";", 1<<20),
		"1 MB of a;":      strings.Repeat("a;", 1<<19),
		"1 MB of |":       "a" + strings.Repeat("|a", 1<<19),
		"1 MB of &&":      "a" + strings.Repeat("&&a", 1<<18),
		"1 MB of quotes":  strings.Repeat("'", 1<<20+1),
		"1 MB of heredoc": strings.Repeat("cat <<E\n", 1<<17),
		"1 MB of newline": strings.Repeat("(\n", 1<<19),
		"comment":         "ls # " + strings.Repeat("(", 1_000),
		"long word":       "ls " + strings.Repeat("a", 200_000),
		"many words":      "ls" + strings.Repeat(" a", 100_000),
		"quoted":          "echo '" + strings.Repeat("(", 250) + "'",
		"braces":          "echo " + strings.Repeat("{a,b}", 30) + " {1..999999999}" + strings.Repeat("$(", 2000),
		"loops":           strings.Repeat("for a in {1..30}; do ", 10) + "echo" + strings.Repeat("; done", 10),
		"fork bomb":       ":(){ :|:& };:; " + strings.Repeat("a;", maxCommands),
		"doubling":        "x=aaaaaaaaaaaaaaaa;" + strings.Repeat("x=$x$x;", 40),
		"replacing":       "x=" + strings.Repeat("a", 1000) + ";" + strings.Repeat("x=${x//a/aaaaaaaaaa};", 20),
		"evals":           strings.Repeat("eval ", 300) + "ls" + strings.Repeat(";$(", 2000),
	}
}

// TestRunawayInput holds that texts which feed on themselves end.
func TestRunawayInput(t *testing.T) {
	comment := strings.Repeat("x", 60_000)
	for name, src := range map[string]string{
		"unknown doubling": "x=$U;" + strings.Repeat("x=$x$x;", 60) + "echo $x",
		"last number":      "echo {9223372036854775806..9223372036854775807}; x=$(seq 9223372036854775806 9223372036854775807)",
		"long step":        "echo {1..9223372036854775807..9223372036854775807} {-9223372036854775808..9223372036854775807}",
		"evals of a text":  "x='#" + comment + "'; for i in {1..30}; do for j in {1..30}; do eval \"$x\"; done; done",
		"decoding a text":  "x=" + comment + "; for i in {1..30}; do for j in {1..30}; do echo $x | rev | rev | base64 | cat; done; done",
		"functions":        "a() { b; b; }; b() { c; c; }; c() { d; d; }; d() { e; e; }; e() { a; f; f; }; f() { a; g; g; }; g() { ls; ls; }; a",
		"aliases":          "alias a='b;b' b='c;c' c='d;d' d='a;e;e' e='ls;ls'; a; a; a",
		"substitutions":    "f() { echo $(f)$(f)$(f); }; f",
		"patterns":         "x=" + strings.Repeat("a", 1000) + "; for i in {1..30}; do echo ${x##*a*a*a*b} ${x%%*a*a*a*b}; done",
	} {
		start := time.Now()
		s := Parse(src, Options{})
		if took := time.Since(start); took > 100*time.Millisecond*slowness {
			t.Errorf("%s took %v, %d commands, limit %q", name, took, len(s.Commands), s.Limit)
		}
	}
}
