package prompt

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"ls -la", "ls -la"},
		{"\x1b[31mred\x1b[0m", `\e[31mred\e[0m`},
		{"a\r\nb\tc\x00\x07\x7f", `a\r⏎b\tc\x00\x07\x7f`},
		{"\u009b31m\u0085", "<U+009B>31m<U+0085>"},
		{"\u202egnp.exe\u202c\u2066\u2069\u200e\u061c", "<U+202E>gnp.exe<U+202C><U+2066><U+2069><U+200E><U+061C>"},
		{"a\u200bb\u200d\ufeff\u00ad", "a<U+200B>b<U+200D><U+FEFF><U+00AD>"},
		{"\u2028\u2029\u00a0\u3000\u3164\u115f\u2800", "<U+2028><U+2029><U+00A0><U+3000><U+3164><U+115F><U+2800>"},
		{"\U000e0041\ufe0f\ue000\U0001f1e9", "<U+E0041><U+FE0F><U+E000><U+1F1E9>"},
		{"\xff\xc0\xaf\xed\xa0\x80", `\xff\xc0\xaf\xed\xa0\x80`},
		{"\ufffd", "\ufffd"},
		{"漢字 für e\u0301 🚀", "漢字 für e\u0301 🚀"},
		{"\u0301 \x1b\u0301", `<U+0301> \e<U+0301>`},
		{"e\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301<U+0301>"},
	}
	for _, tt := range tests {
		if got := Escape(tt.in); got != tt.want {
			t.Errorf("Escape(%+q) = %+q, want %+q", tt.in, got, tt.want)
		}
	}
	if got, want := EscapeLines("a\n\x1bb\n"), "a\n\\eb\n"; got != want {
		t.Errorf("EscapeLines: %q, want %q", got, want)
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "für": 3, "漢字": 4, "e\u0301": 1, "🚀x": 3, "한국": 4, "ｱ": 1, "Ａ": 2, "█": 1, "→…⏎": 3,
	} {
		if got := Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkSafe fails when a terminal could take s, one row, for more than text.
func checkSafe(t failer, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Fatalf("no UTF-8: %q", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Bidi_Control, r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			t.Fatalf("%U in %q", r, s)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"ls", "\x1b[2J", "\u202eabc", "\xff", "a\nb", "e\u0301\u0301\u0301\u0301", "\u009b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkSafe(t, Escape(s))
		for _, line := range strings.Split(EscapeLines(s), "\n") {
			checkSafe(t, line)
		}
		if again := Escape(Escape(s)); again != Escape(s) {
			t.Fatalf("escaping twice changes %q to %q", Escape(s), again)
		}
	})
}
