package secret

import (
	"bytes"
	"strings"
	"testing"

	"restrain/internal/slowtest"
)

// What is printed in a form is withheld however its writes are cut, and all else
// stays as it was.
func TestFormsWithhold(t *testing.T) {
	const token, short = "gho_16C7e42F292c6912E7710c838347Ae178B4a", "hunter2x"
	tests := []struct {
		name       string
		form       Form
		path, text string
		want       string // with the values as # in place of a mark
	}{
		{"a token", Tokens, "", token + "\n", "#\n"},
		{"a password alone on its line", Tokens, "", short + "\n", "#\n"},
		{"words about a token", Tokens, "", "  ✓ Logged in\n  - Token: " + token + "\n  - scopes: repo\n", "  ✓ Logged in\n  - Token: #\n  - scopes: repo\n"},
		{"a warning", Tokens, "", "WARNING: your clock is late\n" + token, "WARNING: your clock is late\n#"},
		{"all", All, "", "a b\nc\n", "#\n"},
		{"nothing", All, "", "", ""},
		{"YAML", Fields, "", "data:\n  password: aHVudGVyMng=\n  url: \"" + token + "\"\nreplicas: 3\n", "data:\n  password: #\n  url: \"#\"\nreplicas: 3\n"},
		{"JSON", Fields, "", `{"kind":"Secret","data":{"a":"` + token + `","b":3}}` + "\n", `{"kind":"#","data":{"a":"#","b":3}}` + "\n"},
		{"escaped JSON", Fields, "", `{"a":"x\"` + token + `"}`, `{"a":"#"}`},
		{"a table", Fields, "", "Key         Value\n---         -----\npassword    " + short + "\n", "Key         #\n---         -----\npassword    #\n"},
		{"a diff", Fields, "", "diff --git a/.env b/.env\n@@ -1 +1 @@\n-A=" + token + "\n+A=" + short + "\n B=true\n", "diff --git a/.env b/.env\n@@ -1 +1 @@\n-A=#\n+A=#\n B=true\n"},
		{"a key in a block", Fields, "", "tls.key: |\n    " + token + "\n", "tls.key: |\n    #\n"},
		{"a file", Content, "/x/.env", "PORT=3000\nAPI_TOKEN=" + token + "\n", "PORT=3000\nAPI_TOKEN=#\n"},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 7, 1 << 10} {
			var out bytes.Buffer
			m := NewMasker(&out, []Value{Printed("gh", tt.form, tt.path)})
			for rest := []byte(tt.text); len(rest) > 0; rest = rest[min(size, len(rest)):] {
				if _, err := m.Write(rest[:min(size, len(rest))]); err != nil {
					t.Fatal(err)
				}
				_ = m.Flush()
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			got := out.String()
			for at := strings.Index(got, "‹"); at >= 0; at = strings.Index(got, "‹") {
				got = got[:at] + "#" + got[strings.Index(got, "›")+len("›"):]
			}
			if got != tt.want {
				t.Errorf("%s, %d bytes at a time: %q, not %q", tt.name, size, got, tt.want)
			}
			if marks := strings.Count(tt.want, "#"); marks > 0 && len(m.Withheld()) == 0 {
				t.Errorf("%s: nothing is said of it", tt.name)
			}
		}
	}
}

// What is too much to be held is withheld, and not let go.
func TestFormsAreBounded(t *testing.T) {
	slowtest.Alone(t)
	for _, form := range []Form{Tokens, Content, Fields, All} {
		var out bytes.Buffer
		m := NewMasker(&out, []Value{Printed("x", form, "/x/.env")})
		line := append([]byte("A="), bytes.Repeat([]byte("Ab1"), maxFormed/2)...)
		for range 3 {
			if _, err := m.Write(line); err != nil {
				t.Fatal(err)
			}
			if m.form != nil && len(m.form.held) > maxFormed+len(line) {
				t.Fatalf("form %d holds %d bytes", form, len(m.form.held))
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out.Bytes(), []byte("Ab1Ab1")) {
			t.Errorf("form %d let it go", form)
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add("data:\n  password: aHVudGVyMng=\n", byte(Fields), 3)
	f.Add(`{"a":"\"}`, byte(Fields), 1)
	f.Add("gho_16C7e42F292c6912E7710c838347Ae178B4a\n", byte(Tokens), 5)
	f.Add(changes, byte(noForm), 7)
	f.Add("\u0607", byte(Fields), 1)
	f.Fuzz(func(t *testing.T, text string, form byte, size int) {
		var whole, cut bytes.Buffer
		values := []Value{Printed("x", Form(form%byte(All))+1, "/x/.env")}
		m := NewMasker(&whole, values)
		_, _ = m.Write([]byte(text))
		_ = m.Close()
		m = NewMasker(&cut, values)
		size = max(1, size%100)
		for rest := []byte(text); len(rest) > 0; rest = rest[min(size, len(rest)):] {
			_, _ = m.Write(rest[:min(size, len(rest))])
		}
		_ = m.Close()
		if len(text) < maxFormedLine && whole.String() != cut.String() {
			t.Errorf("%q: %q, in pieces of %d %q", text, whole.String(), size, cut.String())
		}
	})
}

// A line of blanks, as the changes of any file have, is no field.
func TestFieldsOfBlankLines(t *testing.T) {
	for _, line := range []string{" ", " \n", "+\n", "- \t\n", "\n", "-", "+  "} {
		if got := (&formed{}).fields(line); got != line {
			t.Errorf("%q becomes %q", line, got)
		}
	}
}
