package shellparse

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// oracle lines call show, which prints its arguments; real bash says what they
// are. They must fold to the same words, all of them known.
var oracle = []string{
	`show a 'b c' "d e" f\ g ""`,
	`show a"b"'c'\d $'e\tf\x41\101\u00e9\cA\'"' $"loc"`,
	`show "\$x \" \\ \a \` + "`" + `"`,
	`show ~ ~/x "~" '~' \~ a~ ~x/y x=~ x=~/y -x=~`,
	`x=~/a:~/b; show "$x" $x`,
	`show {a,b}{1,2} {1..5} {5..1} {a..e} {01..03} {1..10..3} {a,b{c,d}} {x} {} {a,} a{b,c}d '{a,b}' \{a,b} "{a,b}"`,
	`show {-2..2} {c..a} {1..a} {1..3..0} x{1,2}{,y}`,
	`x=abc; show $x "$x" ${x} x${x}y "${x}d" '$x' \$x`,
	`x='a b  c'; show $x "$x" p$x"q"`,
	`x=' a b '; show $x; show p${x}q`,
	`x=; show $x "$x" a$x; show ${x:-d} ${x-d} ${y:-d e} "${y:-d e}" ${y-} ${x:+s} ${y+s}`,
	`x=v; show ${x:+s t} "${x:+s t}" ${x:=n} ${z:=n m} "$z"`,
	`x=abcdef; show ${x:1} ${x:1:2} ${x: -2} ${x:1:-1} ${x:9} ${#x} "${x:0:0}"`,
	`x=a/b/c.tar.gz; show ${x#*/} ${x##*/} ${x%.*} ${x%%.*} ${x%/*} "${x#a}" ${x#'*'} ${x%%[.]*}`,
	`x=abcabc; show ${x/b/X} ${x//b/X} ${x/z/Y} ${x//b} ${x/b}`,
	`x=hello; show ${x^} ${x^^} ${x@U} ${x@Q}; y=WORLD; show ${y,} ${y,,}`,
	`x=y; y=z; show ${!x}`,
	`a=(one 'two three' four); show "${a[@]}" "${a[0]}" "${a[1]}" ${#a[@]} "${a[@]:1:2}" ${a[2]} "${a[-1]}" "x${a[0]}y"`,
	`a=(1 2); a+=(3); show ${a[@]}; a[1]=9; show "${a[@]}"`,
	`x=a; x+=b; show $x`,
	`set -- p 'q r' s; show "$@"; show $#  "$1" $2 "${@:2}" "$*"; shift; show "$@"`,
	`show $((1+2*3)) $((7/2)) $((7%3)) $((2**10)) $((1<<4)) $((5>3)) $((!0)) $((-4)) $((0x1f)) $((010)) $((2#101)) $((1?2:3))`,
	`x=5; show $((x+1)) $(($x*2)) $((x++)) $x $((x+=10)) $((y)) $((x>3&&x<99))`,
	`show $(echo a b) "$(echo a b)" "$(printf 'x\n\n')" ` + "`echo c`",
	`show $(printf '%s-%s|' a b c) "$(echo -n x)" "$(echo -e 'a\tb')" "$(printf '%05d %x' 3 255 2>/dev/null || true)z" | cat`,
	`show "$(echo aGk= | base64 -d)" "$(echo hi | rev)" "$(echo abc | tr a-c A-C)" "$(echo abc | tr -d b)" "$(echo 'a  b' | cat)"`,
	`IFS=:; x=a:b::c; show $x "$x"`,
	`IFS=; x='a b'; show $x`,
	`x='*'; show "$x" '?' \* "a*"`,
	`for i in a b 'c d'; do show "$i" $i; done`,
	`for ((i=0;i<3;i++)); do show $i; done`,
	`x=1; if true; then show $x; fi; (x=2; show $x); show $x; { x=3; }; show $x`,
	`f() { show "$@" $#; }; f a 'b c'; f`,
	`eval 'show a "b c"'; eval show x\ y; bash -c 'true'`,
	`case abc in a*) show yes;; *) show no;; esac; case x in [a-c]) show 1;; x|y) show 2;; esac`,
	`cat <<E | while read a b; do show "$a" "$b"; done
one two three
  four  five
E`,
	`read x y <<< 'a b c'; show "$x" "$y"`,
	`x=v; show "$(cat <<E
a $x \$x
E
)" "$(cat <<'E'
a $x
E
)" "$(cat <<-E
	tabbed
	E
)"`,
	`x=a; x=b true; show $x`,
	`show a\
b "c\
d"`,
	`printf -v x '%s,' a b; show "$x"; show "$(printf '%b' 'a\nb')" "$(printf '\x41\102')"`,
	`cd /; show "$PWD"; cd /usr/../usr/bin; show $(pwd); cd ..; show "$PWD"`,
	`show $(seq 3) $(basename /a/b.c .c) $(dirname /a/b.c)`,
	`x=rm; y=x; show ${!y} "${x:0:1}"m r''m r"m" $'\x72\x6d'`,
	`a=(x y); for i in "${a[@]}"; do show $i; done; show "${#a[0]}"`,
	`while [ "${i:=0}" = 9 ]; do :; done; show done`,
}

func bashArgs(t *testing.T, line string) []string {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	cmd := exec.Command(bash, "--norc", "--noprofile", "-c", `show() { printf '%s\0' "$@" $'\1'; }`+"\n"+line)
	cmd.Env = []string{"HOME=/home/u", "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("bash: %v: %s\n%s", err, line, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// shown is what Parse says that show is called with, in bashArgs' form.
func shown(t *testing.T, line string) []string {
	t.Helper()
	s := Parse(line, Options{
		Home: "/home/u", Dir: "/w",
		Env: func(string) (string, bool) { return "", false },
	})
	if s.Err != nil || s.Limit != "" {
		t.Errorf("%s: err %v, limit %q", line, s.Err, s.Limit)
	}
	var out []string
	for _, c := range s.Commands {
		if c.Name != "show" {
			continue
		}
		for _, w := range c.Argv[1:] {
			if !w.Known() {
				t.Errorf("%s: %q depends on %q", line, w.Text, w.Unknown)
			}
			out = append(out, w.Text)
		}
		out = append(out, "\x01")
	}
	return out
}

func TestAgainstBash(t *testing.T) {
	for _, line := range oracle {
		compareWithBash(t, line)
	}
}

func compareWithBash(t *testing.T, line string) {
	t.Helper()
	got, want := shown(t, line), bashArgs(t, line)
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%s\n got %q\nbash %q", line, got, want)
	}
}

// TestQuotingAgainstBash puts random quoting together.
func TestQuotingAgainstBash(t *testing.T) {
	pieces := []string{"a", "'b c'", `"d e"`, `\ `, `\\`, `"$x"`, "${x}", `'$x'`, `"\""`, `$'\n'`, "{1,2}", " ", "=", `""`, "''", "${x:-z}", "${y:-z}", "~", "/", `"a\b"`}
	var lines []string
	rapid.Check(t, func(rt *rapid.T) {
		if len(lines) < 60 {
			lines = append(lines, "x='v w'; show "+strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 8).Draw(rt, "pieces"), ""))
		}
	})
	for _, line := range lines {
		compareWithBash(t, line)
	}
}
