package secret

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// onTerminal is what is shown of what is written in parts.
func onTerminal(t *Terminal, writes ...string) string {
	var out strings.Builder
	for _, w := range writes {
		out.Write(t.Filter([]byte(w)))
	}
	out.Write(t.Rest(true))
	return out.String()
}

func TestTerminal(t *testing.T) {
	pem := "-----BEGIN KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASC\nAT4wggE6AgEAAkEAq7BFUpkGp3+LQmlQ\n-----END KEY-----\n"
	for _, test := range []struct {
		name   string
		value  string
		writes []string
		want   string
	}{
		{"plain", "s3cr3t-value", []string{"a s3cr3t-value b\r\n"}, "a " + mark0(12) + " b\r\n"},
		{"split", "s3cr3t-value", []string{"a s3c", "r3t-", "value b"}, "a " + mark0(12) + " b"},
		{"colours within", "s3cr3t-value", []string{"a s3c\x1b[1;31mr3t\x1b[m-value b"}, "a " + mark0(12) + "\x1b[1;31m\x1b[m b"},
		{"colours around", "s3cr3t-value", []string{"\x1b[31ms3cr3t-value\x1b[m\x1b(B!"}, "\x1b[31m" + mark0(12) + "\x1b[m\x1b(B!"},
		{"a sequence split", "s3cr3t-value", []string{"s3c\x1b", "[1", ";31", "mr3t-value\x1b[", "m."}, mark0(12) + "\x1b[1;31m\x1b[m."},
		{"wrapped", "s3cr3t-value", []string{"a s3cr3t\r\n-value b"}, "a " + mark0(12) + "\r\n b"},
		{"short, and no wrap", "30003001", []string{"3000\r\n3001\r\n"}, "3000\r\n3001\r\n"},
		{"short", "30003001", []string{"30003001\r\n"}, mark0(8) + "\r\n"},
		{"PEM", pem, []string{strings.ReplaceAll(pem, "\n", "\r\n")}, mark0(len(pem)) + "\r\n\r\n\r\n\r\n"},
		{"a line of PEM", pem, []string{"AT4wggE6AgEAAkEAq7BFUpkGp3+LQmlQ\r\n"}, mark0(len(pem)) + "\r\n"},
		{"a title", "s3cr3t-value", []string{"\x1b]0;s3cr3t-value\x07$ "}, "\x1b]0;" + mark0(12) + "\x07$ "},
		{"nothing of it", "s3cr3t-value", []string{"\x1b[2J\x1b[H\x1b[?25l", "s3cr3t", "-other\xff\xfe"}, "\x1b[2J\x1b[H\x1b[?25ls3cr3t-other\xff\xfe"},
	} {
		var terminal Terminal
		step := terminal.Withhold(valuesOf(test.value))
		if got := onTerminal(&terminal, test.writes...); got != test.want {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
		if found := step.Withheld(); (len(found) == 1) != (test.want != strings.Join(test.writes, "")) {
			t.Errorf("%s: told %v", test.name, found)
		}
	}
}

// What comes when nothing is withheld is the very bytes that came.
func TestTerminalWithNothingToWithhold(t *testing.T) {
	var terminal Terminal
	in := []byte("s3cr3t-value")
	if out := terminal.Filter(in); &out[0] != &in[0] || terminal.Holds() {
		t.Errorf("%q, holds %v", out, terminal.Holds())
	}
	step := terminal.Withhold(valuesOf("s3cr3t-value"))
	if out := terminal.Filter([]byte("a s3c")); string(out) != "a " || !terminal.Holds() {
		t.Errorf("%q, holds %v", out, terminal.Holds())
	}
	step.End()
	if out := terminal.Filter([]byte("r3t-value")); string(out) != "s3cr3t-value" {
		t.Errorf("behind the end: %q", out)
	}
	if out := terminal.Filter(in); &out[0] != &in[0] || terminal.Holds() {
		t.Errorf("%q, holds %v", out, terminal.Holds())
	}
	if n := testing.AllocsPerRun(100, func() { terminal.Filter(in) }); n != 0 {
		t.Errorf("%v allocations with nothing to withhold", n)
	}
}

// A prompt that a secret begins with appears; what is surely one waits.
func TestTerminalLetsPromptsGo(t *testing.T) {
	var terminal Terminal
	defer terminal.Withhold(valuesOf("s3cr3t-value")).End()
	terminal.Filter([]byte("$ s3c"))
	if got := terminal.Rest(false); string(got) != "s3c" {
		t.Errorf("%q", got)
	}
	if got := terminal.Filter([]byte("r3t-val")); len(got) > 0 || string(terminal.Rest(false)) != "" {
		t.Errorf("%q of what is surely a secret", got)
	}
	if got := string(terminal.Filter([]byte("ue."))); !strings.HasPrefix(got, "‹V0: withheld") || !strings.HasSuffix(got, "›.") {
		t.Errorf("%q", got)
	}
	terminal.Filter([]byte("$ s3cr3t-val"))
	terminal.came = terminal.came.Add(-slowly)
	if got := terminal.Rest(false); string(got) != "s3cr3t-val" || terminal.Holds() {
		t.Errorf("%q after a while", got)
	}
}

// Steps that are under way at once have each what was withheld of theirs, and no
// secret is lost where one begins or ends within it.
func TestTerminalOfTwo(t *testing.T) {
	var terminal Terminal
	v := valuesOf("s3cr3t-value", "another-value")
	one := terminal.Withhold(v[:1])
	got := string(terminal.Filter([]byte("\x1b[1ms3cr\x1b[m")))
	two := terminal.Withhold(v[1:])
	got += string(terminal.Filter([]byte("3t-value anoth")))
	one.End()
	got += string(terminal.Filter([]byte("er-value s3cr3t-value\n")))
	two.End()
	a, b := one.Withheld(), two.Withheld()
	if want := "\x1b[1m" + mark0(12) + "\x1b[m " + mark1(13) + " " + mark0(12) + "\n"; got != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if len(a) != 1 || a[0].Times != 1 || a[0].Value.Name != "V0" || len(b) != 1 || b[0].Times != 1 || b[0].Value.Name != "V1" {
		t.Errorf("told %v and %v", a, b)
	}
}

// Whatever is written, in whatever parts: no letter of a secret is shown, and all
// else is as it came.
func TestTerminalOnRandomOutput(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\x1b[31m", "\x1b[m", "\x1b]0;t\x07", "\r\n", "x", "s3cr3t", "\x1b", "\xff", "\x1b(B", "-", "s3cr3t-value-long"}
	for range 3000 {
		var all string
		for range random.IntN(12) {
			all += pieces[random.IntN(len(pieces))]
		}
		var terminal Terminal
		step := terminal.Withhold(valuesOf("s3cr3t-value-long"))
		var writes []string
		for rest := all; rest != ""; {
			n := 1 + random.IntN(len(rest))
			writes = append(writes, rest[:n])
			rest = rest[n:]
		}
		got := onTerminal(&terminal, writes...)
		times := 0
		for _, w := range step.Withheld() {
			times += w.Times
		}
		letters := func(s string) []byte { return bytes.Clone(new(controls).split([]byte(s))) }
		want := bytes.ReplaceAll(letters(all), []byte("s3cr3t-value-long"), []byte(mark0(17)))
		if !bytes.Equal(letters(got), want) || strings.Count(got, "\x1b") != strings.Count(all, "\x1b") || strings.Count(got, mark0(17)) != times {
			t.Fatalf("%q:\n got %q\nwant %q", writes, got, want)
		}
	}
}

// FuzzTerminal: a terminal that withholds nothing that came shows all of it.
func FuzzTerminal(f *testing.F) {
	for _, s := range []string{"", "\x1b[31ms3cr3t\x1b[m-value-long\r\n", "\x1b]0;t\x07s3cr3t-value", "\x1b", "a\x1b[\x00m"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, cut uint8) {
		var terminal Terminal
		step := terminal.Withhold(valuesOf("s3cr3t-value-long"))
		at := min(int(cut), len(text))
		got := onTerminal(&terminal, text[:at], text[at:])
		if strings.Contains(got, "s3cr3t-value-long") || len(step.Withheld()) == 0 && got != text {
			t.Errorf("%q: %q, %v", text, got, step.Withheld())
		}
	})
}
