package classify

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

// quoted is a line as one word of a shell.
func quoted(line string) string {
	return "'" + strings.ReplaceAll(line, "'", `'\''`) + "'"
}

// wraps are ways to have a shell run a line that must not hide what it does.
var wraps = []struct {
	name string
	wrap func(string) string
}{
	{"bash -c", func(l string) string { return "bash -c " + quoted(l) }},
	{"eval", func(l string) string { return "eval " + quoted(l) }},
	{"variable", func(l string) string { return "c=" + quoted(l) + "; eval \"$c\"" }},
	{"substitution", func(l string) string { return "x=$(\n" + l + "\n)" }},
	{"backquotes", func(l string) string {
		if strings.ContainsAny(l, "`\\$") {
			return l // what they quote once more
		}
		return "x=`" + l + "\n`"
	}},
	{"subshell", func(l string) string { return "(\n" + l + "\n)" }},
	{"group", func(l string) string { return "{\n" + l + "\n} 2>/dev/null" }},
	{"function", func(l string) string { return "f() {\n" + l + "\n}\nf" }},
	{"heredoc", func(l string) string {
		end := "END OF " + strconv.Itoa(len(l)) // another one inside must not end it
		return "bash <<'" + end + "'\n" + l + "\n" + end + "\n"
	}},
	{"here-string", func(l string) string { return "bash <<< " + quoted(l) }},
	{"process", func(l string) string { return "bash <(printf %s " + quoted(l) + ")" }},
	{"source", func(l string) string { return ". /dev/stdin <<< " + quoted(l) }},
	{"base64", func(l string) string {
		return "echo " + base64.StdEncoding.EncodeToString([]byte(l)) + " | base64 -d | sh"
	}},
	{"hex", func(l string) string { return "echo " + hex.EncodeToString([]byte(l)) + " | xxd -r -p | bash" }},
	{"sudo", func(l string) string { return "sudo bash -c " + quoted(l) }},
	{"env", func(l string) string { return "env A=1 -u B bash -c " + quoted(l) }},
	{"sudo env", func(l string) string { return "sudo env A=1 bash -c " + quoted(l) }},
	{"timeout", func(l string) string { return "timeout 5 nohup bash -c " + quoted(l) }},
	{"loop", func(l string) string { return "for i in 1; do\n" + l + "\ndone" }},
	{"while", func(l string) string { return "while true; do\n" + l + "\nbreak\ndone" }},
	{"if", func(l string) string { return "if true; then\n" + l + "\nfi" }},
	{"else", func(l string) string { return "if test -e x; then ls; else\n" + l + "\nfi" }},
	{"case", func(l string) string { return "case a in a)\n" + l + "\n;; esac" }},
	{"trap", func(l string) string { return "trap " + quoted(l) + " EXIT" }},
	{"background", func(l string) string { return "{\n" + l + "\n} &" }},
	{"xargs", func(l string) string {
		if strings.Contains(l, "%") {
			return l // it stands for what xargs is given
		}
		return "echo x | xargs -I% sh -c " + quoted(l)
	}},
	{"find", func(l string) string {
		if strings.Contains(l, "{}") {
			return l
		}
		return "find . -maxdepth 0 -exec sh -c " + quoted(l) + " \\;"
	}},
	{"python", func(l string) string {
		return "python3 -c " + quoted("import os; os.system("+strconv.QuoteToASCII(l)+")")
	}},
	{"harmless before", func(l string) string { return "ls -la; git status\n" + l }},
	{"harmless after", func(l string) string { return l + "\necho done; ls src | head" }},
	{"harmless around", func(l string) string { return "git diff --stat\n" + l + "\nnpm test" }},
}

// What a line does is the same however it is handed to a shell.
func TestWrappingNeverLowersSeverity(t *testing.T) {
	slowtest.Long(t)
	set := Shipped()
	for i := range set.Rules {
		for n, line := range set.Rules[i].Match {
			alone := judge(set, line)
			if alone.Severity < Medium || alone.Uncertain {
				continue
			}
			for j, w := range wraps {
				if underRace && (i+n+j)%len(wraps) > len(wraps)/8 {
					continue
				}
				if got := judge(set, w.wrap(line)); got.Severity < alone.Severity {
					t.Errorf("%s: %s\n\tis %v (%s), alone %v (%s)", w.name, line, got.Severity, rules(got), alone.Severity, rules(alone))
				}
			}
		}
	}
}

// The same holds for wraps in wraps, of any line that a rule is about.
func TestWrapsInTurn(t *testing.T) {
	set := Shipped()
	var lines []string
	for i := range set.Rules {
		lines = append(lines, set.Rules[i].Match...)
	}
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom(lines).Draw(t, "line")
		alone := judge(set, line)
		if alone.Uncertain {
			t.Skip("not read as a whole")
		}
		wrapped, names := line, ""
		for range rapid.IntRange(1, 4).Draw(t, "depth") {
			w := rapid.SampledFrom(wraps).Draw(t, "wrap")
			wrapped, names = w.wrap(wrapped), w.name+" of "+names
		}
		if got := judge(set, wrapped); got.Severity < alone.Severity {
			t.Fatalf("%s\n%s\nis %v (%s), alone %v (%s)\n%s", names, line, got.Severity, rules(got), alone.Severity, rules(alone), wrapped)
		}
	})
}
