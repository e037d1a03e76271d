package asked

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTypedLines(t *testing.T) {
	for _, c := range []struct {
		keys string
		want []string
	}{
		{"fix it\r", []string{"fix it"}},
		{"fix it\n", []string{"fix it"}},
		{"fix ix\x7ft\r", []string{"fix it"}},
		{"für\x7f\x7fix\r", []string{"fix"}},
		{"x it\x01fi\r", []string{"fix it"}},
		{"fi it\x1b[D\x1b[D\x1b[Dx\r", []string{"fix it"}},
		{"no\x15fix it\r", []string{"fix it"}},
		{"fix that\x17it\r", []string{"fix it"}},
		{"fix it all\x1b\x7f\x7f\r", []string{"fix it"}},
		{"drop\x03fix it\r", []string{"fix it"}},
		{"\r\r  \r", nil},
		{"a\rb\r", []string{"a", "b"}},
		{"\x1b[200~drop it\rall\x1b[201~ please\r", []string{"drop it\nall please"}},
		{"one\\\rtwo\r", []string{"one\ntwo"}},
		{"one\x1b\rtwo\r", []string{"one\ntwo"}},
		{"\x1b[A\r", nil}, // from history: not known
		{"dro\t\r", nil},  // completed
		{"\x1b[Adrop it\rfix\r", []string{"fix"}},
		{"\x1b]l;drop it\r\x1b\\fix it\r", []string{"fix it"}}, // a title that the terminal reports
		{"\x1bP1$rdrop it\r\x1b\\fix it\r", []string{"fix it"}},
		{"\x1b[?1;2c\x1b[24;80Rfix it\r", []string{"fix it"}},
		{"\x1b[<0;10;10Mfix it\r", []string{"fix it"}},
		{"fix \xff it\r", nil},
		{strings.Repeat("x", 5000) + "\rfix\r", []string{"fix"}},
	} {
		var got []string
		line := &Line{}
		line.Typed([]byte(c.keys), func(text string) { got = append(got, text) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%.60q: %.60q, not %.60q", c.keys, got, c.want)
		}
	}
}

// TestEscapeKey: a lone Escape does not take the key that comes next.
func TestEscapeKey(t *testing.T) {
	var got []string
	line := &Line{}
	for _, keys := range []string{"\x1b", "fix it", "\r"} {
		line.Typed([]byte(keys), func(text string) { got = append(got, text) })
	}
	if !slices.Equal(got, []string{"fix it"}) {
		t.Errorf("%q", got)
	}
}

func TestCondense(t *testing.T) {
	words := loadWords(t)
	long := strings.Repeat("The tests of the parser have been slow for a while and nobody knows. ", 5)
	for _, c := range []struct {
		message, want string
		weighs        bool
	}{
		{"fix it", "fix it", true},
		{"\x1b[31mdrop\x00 it\u202e", "[31mdrop it", true},
		{long + "Delete the old branch. Don't delete the tag.", "Delete the old branch. … Don't delete the tag.", true},
		{strings.Repeat("Delete the old branch of this. ", 12), "", false},
		{strings.Repeat("drop it\n", 14), "", false},
		{strings.Repeat("a", 1<<20), "", false},
	} {
		got, weighs := words.Condense(c.message)
		if weighs != c.weighs || c.want != "" && got != c.want {
			t.Errorf("%.60q: %q, %t; want %q, %t", c.message, got, weighs, c.want, c.weighs)
		}
		if len(got) > MaxKept || !utf8.ValidString(got) {
			t.Errorf("%.60q: %d bytes", c.message, len(got))
		}
	}
}

// FuzzRead: no message is too strange, and what it says not to do is not asked
// for.
func FuzzRead(f *testing.F) {
	words := loadWords(f)
	for _, seed := range []string{"drop the test database", "不要删除分支", "ブランチを削除しないで", "l'ancienne", "feature/delete it", "…", "setze zurück", "a\xffb", "'`\"", "ＤＥＬＥＴＥ ß"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kept, _ := words.Condense(s)
		if len(kept) > MaxKept || !utf8.ValidString(kept) {
			t.Fatalf("kept %d bytes", len(kept))
		}
		readings := []*Reading{words.Read(kept)}
		for _, act := range []*Act{oldBranch, testDatabase, buildTree, forcePush} {
			words.Say(kept, words.Of(readings, act), act)
		}
		if Weighs("don't "+s) && !strings.ContainsAny(s, ".!?;\n\r。！？；…") && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x3000 }) {
			if words.Of([]*Reading{words.Read("don't " + s)}, oldBranch) == Wanted {
				t.Fatalf("%q is asked for", "don't "+s)
			}
		}
		var line Line
		line.Typed([]byte(s), func(string) {})
		if len(line.text) > maxLine || line.at > len(line.text) {
			t.Fatalf("a line of %d bytes, the cursor at %d", len(line.text), line.at)
		}
	})
}

func BenchmarkAnswer(b *testing.B) {
	words := loadWords(b)
	message := "please look at why the tests fail, then delete the old branch fix/login and tell me about it"
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			words.Read(message)
		}
	})
	readings := []*Reading{words.Read(message)}
	b.Run("of", func(b *testing.B) {
		for b.Loop() {
			words.Of(readings, oldBranch)
		}
	})
}
