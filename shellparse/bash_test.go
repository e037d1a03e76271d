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
	`x=hello; show ${x^^}; y=WORLD; show ${y,,}`,
	`x=y; y=z; show ${!x}`,
	`a=(one 'two three' four); show "${a[@]}" "${a[0]}" "${a[1]}" ${#a[@]} "${a[@]:1:2}" ${a[2]} "${a[-1]}" "x${a[0]}y"`,
	`a=(1 2); a+=(3); show ${a[@]}`,
	`x=a; x+=b; show $x`,
	`set -- p 'q r' s; show "$@"; show $#  "$1" $2 "${@:2}" "$*"; shift; show "$@"`,
	`show $((1+2*3)) $((7/2)) $((7%3)) $((5>3)) $((!0)) $((-4)) $((0x1f)) $((010)) $((2#101)) $((1?2:3))`,
	`x=5; show $((x+1)) $(($x*2)) $((x++)) $x $((x+=10)) $((y)) $((x>3&&x<99))`,
	`show $(echo a b) "$(echo a b)" "$(printf 'x\n\n')" ` + "`echo c`",
	`show $(printf '%s-%s|' a b c) "$(echo -n x)" "$(echo -e 'a\tb')" | cat`,
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
	`read -ra a <<< ' a  b c '; show "${a[@]}"; IFS=, read -r -a b <<< 'x,,y z'; show "${b[@]}"`,
	`read -d , v <<< 'a b,c'; show "$v"; read <<< ' a b'; show "$REPLY"`,
	`mapfile -t a <<< $'x y\n\nz'; show "${a[@]}"; mapfile a <<< b; show "${a[0]}"`,
	`mapfile -t -d , a < <(printf 'x,y,'); show "${a[@]}"`,
	`declare -l l=ABC; declare -u u=abc; declare 'd=e f'; show $l $u "$d"`,
	`shopt -s extglob
x=aaabbc; show ${x%%+(b|c)} ${x##*(a)} ${x/@(ab|bb)/-} ${x//?(a)b/_} ${x%!(*b*)} ${x#!(x)}`,
	`shopt -s extglob
case abab in +(ab)) show yes;; *) show no;; esac; case aba in +(ab)) show yes;; *) show no;; esac`,
	`show "$(tee >(cat >/dev/null) <<< x)"; echo 'show in' > >(cat > /dev/null)`,
	`: ${x:=$(echo d)}; show $x; type() { echo t; }; show $(type x)`,
	`set -- a; eval 'show "$1"'; f() { show "$1"; }; f b; show "$1"`,
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
	`x=show; "$x" a; y="show b"; $y; z=(show "c d"); "${z[@]}"`,
	`printf -v v '%s-%s' a b; show "$v"`,
	`read -r a b <<< 'x y z'; show "$a" "$b"; IFS=: read a b <<< 'p:q:r'; show "$a" "$b"; read -a arr <<< 'one two'; show "${arr[1]}" "${#arr[@]}"`,
	`read -d '' v <<< 'ab'; show "$v"`,
	`read -p hi v <<< abc; show "$v"`,
	`mapfile -t a <<< $'x\ny z'; show "${a[@]}" ${#a[@]}; mapfile b <<< x; show "$b"`,
	`mapfile -t a < <(printf 'x\ny\n'); show "${a[@]}"`,
	`a=(x yy zzz); show ${!a[@]} ${#a[1]}`,
	`a=(x yy zzz); show "${a[@]/y/Y}" "${a[@]^^}" "${a[@]#x}"`,
	`a=(x yy zzz); show "${a[@]: -1}" "${a[@]:0:2}"`,
	`unset x; show "${x-d}" "${x:-e}"; x=; show "${x-d}" "${x:-e}"`,
	`f() { local x=in; show $x; g; }; g() { show "$x"; }; x=out; f; show $x`,
	`f() { shift; show "$@"; g "$@" z; }; g() { show $# "$2"; }; f a b c`,
	`f() { set -- x y; show "$@"; }; set -- p; f q; show "$@"`,
	`set -- a b c; for x; do show "$x"; done`,
	`set -- a b c; show "${@: -1}" "${*:1:2}" "${!#}" "${@:$#}"`,
	`set -- a 'b c'; show "pre$@post" "$*" $*; IFS=,; show "$*"`,
	`x=b; case $x in a) show a;; b) show b;& c) show c;; d) show d;; esac`,
	`x=b; case $x in b) show 1;;& *) show 2;; esac`,
	`case "a b" in "a b") show quoted;; esac; case x in [!a]) show neg;; esac; case A in [[:upper:]]) show up;; esac`,
	`x=hello; show ${x/l*/L} ${x//[el]/_} ${x/#h/J} ${x/%o/0} ${x:0:1}${x:4}`,
	`x=a.b.c; show ${x//./ } "${x//./ }" ${x%%.*}; IFS=.; show $x; set -- $x; show $2`,
	`x='a b'; IFS= ; show $x; unset IFS; show $x`,
	`IFS=' :'; x='a : b:c'; show $x; x=':a::b:'; show $x`,
	`show $'\a\b\e\E\f\n\r\t\v\\\'\"\?\101\x41\u0041\U00000041\cA'`,
	`show $'\x4' $'\1011' $'\xzz' $'a\0b' $'\u41g' $'\c?'`,
	`show "$(echo -e '\x41\0101\n\tz\cno')" "$(echo -e 'a\\b')" "$(echo '\n')" "$(echo -E 'a\nb')" "$(echo -ne 'q\n')"`,
	`show "$(printf '%b' 'a\x20b\0101')" "$(printf 'a%sb%s' 1)" "$(printf '%s,' 1 2 3)" "$(printf -- '-%s' x)"`,
	`show "$(echo 6869 | xxd -r -p)" "$(echo hi | xxd -p)" "$(echo hi | base64)"`,
	`show "$(echo abc | rev)" "$(echo HELLO | tr A-Z a-z)" "$(echo a-b | tr - _)"`,
	`show "$(echo abc | tr -d b-c)" "$(echo a1b2 | tr -cd 0-9)" "$(echo 'a b' | tr ' ' '\n')"`,
	`show "$(echo uryyb | tr 'A-Za-z' 'N-ZA-Mn-za-m')"`,
	`show "$(printf 'a\nb\n' | sed 's/^/rm /')" "$(echo a | sed 's/$/ x/')" "$(echo a | sed 's/.*/[&]/')"`,
	`show "$(printf 'a b\nc\n' | awk '{print "rm " $0}')" "$(echo a b | awk '{ print $2, $1 "x" }')"`,
	`show "$(echo foo | sed s/o/0/g)" "$(echo foo | sed 's/f/b/;s/oo/ar/')" "$(echo a/b | sed 's|/|-|')"`,
	`show "$(printf 'b\na\n' | sort)"`,
	`show "$(echo aGk= | openssl base64 -d)" "$(echo aGk= | openssl enc -base64 -d)" "$(base64 -d <<< aGk=)"`,
	`show "$(printf '\150\151')" "$(printf %s h i)"`,
	`show {a..c}{1..2} {a..e..2} {10..1..3} {x,y{1..2}} pre{a,b}post {,x} {{a,b},c} {a,b\,c} {1..3}a {-1..1} {001..3}`,
	`v=a,b; show {$v,c} {$v} "{a,b}" {'a b',c}`,
	`show $(( 10#08 )) $((~5)) $((1,2)) $((x=3, x*2)) $x $(((1+2)*3)) $((1==1))`,
	`let x=3+4 y=x*2; show $x $y; ((x+=2)); show $x; ((x==9)) && show yes`,
	`x=ab; show ${#x} ${x:$((1))} ${x:${#x}-1}`,
	`a() { echo out; }; show "$(a)" "$(a; a)"; b() { echo "[$1]"; }; show "$(b 'q r')"`,
	`f() { echo $1 | rev; }; show "$(f abc)"`,
	`x=$(cat <<< hi); show $x; y=$(cat < <(echo yo)); show $y`,
	`show "a
b" 'c\
d' "e\
f" g\
h`,
	`x=1 y=$x; show "$x" "$y"; x=5 true; show $x; x=2 eval 'show $x'; show $x`,
	`export A=1 B="2 3"; show $A "$B"; readonly C=4; show $C; typeset D=5; show $D`,
	`x='show a'; eval "$x" b; eval "eval show c"; eval 'y=7'; show $y`,
	`x=y; eval "$x=3"; show $y; eval "f() { show in-f \$1; }"; f 9`,
	`x="a'b\"c"; show "$x" $x`,
	`x=-n; show $x; show -- -x --`,
	`show ${x:-$(echo z)} ${y:=$(echo w)} $y ${u+set}${y+set}`,
	`x='$HOME'; show $x "$x"; eval "show $x"`,
	`a="1 2" b='3 4'; for i in $a "$b"; do show $i; done`,
	`for f in a.{c,h}; do show ${f%.*}.o ${f##*.}; done`,
	`while read -r k v; do show "$k" "$v"; done <<< $'a 1\nb 2 3'`,
	`while IFS== read -r k v; do show "$k" "$v"; done <<< 'a=b=c'`,
	`while IFS= read -r l; do show "$l"; done <<< '  sp  '`,
	`printf 'a\nb\n' | while read x; do show $x; done`,
	`false || show or; ! false && show not`,
	`[[ abc == a* ]] && show m; [[ -z "" ]] && show z`,
	`x=5; (( x > 3 )) && show big`,
	`. /dev/stdin <<< 'show sourced'`,
	`. <(echo 'show psub')`,
	`x=(a b c); for i in "${!x[@]}"; do show "$i=${x[$i]}"; done`,
	`x=$'a\nb'; show $x "$x"; show "${x%%$'\n'*}"`,
	`cd /tmp && show "$PWD"; cd /usr && cd ../tmp; show "$PWD"; pushd /usr >/dev/null; show "$PWD"`,
	`x=a; x+=b; x+=(c); show "${x[@]}"; y=1; ((y+=1)); y+=1; show $y`,
	`show "$((1+1))$((2))" $(( $(echo 3) + 1 ))`,
	`n=3; for ((i=n;i>0;i--)); do show $i; done; for ((i=0,j=5;i<j;i++,j--)); do show $i$j; done`,
	`f() { return 1; }; f || show failed; g() { return 0; }; g && show ok`,
	`f() { local a=$1 b="${2:-def}"; show "$a" "$b"; }; f x; f x y; a=z; show $a`,
	`function f { show fn; }; f; f() (show sub); f`,
	`x=1; { x=2; show $x; } ; (x=3); show $x; x=4 | cat; show $x`,
	`exec 3>&1; show x >&3; show y 2>&1; show z | cat`,
	`x=aXbXc; show ${x%X*} ${x%%X*} ${x#*X} ${x##*X} ${x/X/} ${x//X/--}`,
	`x=abc; y=b; show ${x/$y/Q} ${x#a$y} "${x/"$y"/R}"`,
	`x='a*b'; show "${x/\*/S}" "${x%'*'*}"`,
	`show a#b '#c' #d`,
	`x=y=z; show $x; show a=b; y="x=1"; show $y`,
	`x=rm; y=${x}dir; show ${y:0:2}${y:2}`,
	`x=(r m); show ${x[0]}${x[1]}; printf -v y %s "${x[@]}"; show $y`,
	`e=; show r${e}m r""m r\m 'r'm`,
	`x=0a; show $((16#$( echo ff)))`,
	`f() { for a in "$@"; do show "[$a]"; done; }; f 1 '2 3'`,
	`f() { case $1 in start) show up;; *) show other;; esac; }; f start; f x`,
	`f() { [ -n "$1" ] && show has; }; f a`,
	`a=1; b=2; ((a<b)) && show less; [ $a -lt $b ] && show lt; [[ $a < $b ]] && show sl`,
	`set -e; show a; set +e; show b`,
	`unset -f f; f() { show x; }; f; unset x; x=3; unset x; show "${x-gone}"`,
	`x=$(printf '\x72\x6d'); show $x; y=$(echo "r m" | tr -d ' '); show $y; z=$(echo mr | rev); show $z`,
	`x=abcdef; show ${x:1:1}${x:0:1}; show ${x: -1:1}`,
	`x=aGVsbG8=; show $(base64 -d <<<"$x") $(echo "$x" | base64 --decode)`,
	`IFS=$'\n'; x=$'a b\nc'; show $x`,
	`show "$(echo '{"a":"b"}' | cat)" "$(cat - <<< x)" "$(tee <<< y)"`,
	`x='a b c'; set -- $x; show $# $3; y=($x); show ${#y[@]} ${y[2]}`,
	`x="a
b"; show "${x//$'\n'/,}"`,
	`show "$(printf '%s' "$(printf '%s' deep)")" $(echo $(echo $(echo 3)))`,
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
