package secret

import (
	"bytes"
	"strings"
	"testing"
)

const changes = `commit 1f0c5bb4f0ffeef0f0cde1d9aa9c2ae0b2cdb8d1
Author: A <a@b>

    keys

diff --git a/.env b/.env
index 5f6c8f4..9b1e1d2 100644
--- a/.env
+++ b/.env
@@ -1,2 +1,2 @@
 PORT=3000
-API_TOKEN=OLD
+API_TOKEN=NEW
diff --git a/main.go b/main.go
--- a/main.go
+++ b/main.go
@@ -1 +1 @@
-token := "OLD"
+token := "x"
`

// Of changes, the secrets of files of settings are withheld wherever the writes are
// cut, and all else is as it was.
func TestDiffForm(t *testing.T) {
	before, after := "rw_Aa77dead0c4a9b8e77", "rw_Fe26dead0c4a9b8e77"
	text := strings.NewReplacer("OLD", before, "NEW", after).Replace(changes)
	mark := "‹API_TOKEN: withheld by restrain, 21 characters›"
	want := strings.NewReplacer("TOKEN="+before, "TOKEN="+mark, "TOKEN="+after, "TOKEN="+mark).Replace(text)
	coloured := strings.NewReplacer("\n+API", "\n\x1b[32m+\x1b[mAPI", "\ndiff", "\n\x1b[1mdiff")
	for name, c := range map[string]struct{ text, want string }{"plain": {text, want}, "coloured": {coloured.Replace(text), coloured.Replace(want)}, "no end": {strings.TrimSpace(text), strings.TrimSpace(want)}} {
		for _, size := range []int{1, 7, 64, 1 << 20} {
			var out bytes.Buffer
			m := NewMasker(&out, []Value{Printed("git", Diff, "")})
			for rest := c.text; rest != ""; {
				n := min(size, len(rest))
				if _, err := m.Write([]byte(rest[:n])); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := m.Close(); err != nil || out.String() != c.want {
				t.Errorf("%s, writes of %d: %v\n%s", name, size, err, out.String())
			}
			if len(m.Withheld()) == 0 {
				t.Errorf("%s: nothing is said to be withheld", name)
			}
		}
	}
}

// Changes of a file that are too many to be read are withheld.
func TestDiffFormOfAnyLength(t *testing.T) {
	var out bytes.Buffer
	m := NewMasker(&out, []Value{Printed("git", Diff, "")})
	text := "diff --git a/.env b/.env\n+A_TOKEN=rw_Fe26dead0c4a9b8e77\n" + strings.Repeat("+# some\n", maxFormed/7) + "+B_TOKEN=rw_Aa77dead0c4a9b8e77\ncommit 12\n"
	_, _ = m.Write([]byte(text))
	if err := m.Close(); err != nil || strings.Contains(out.String(), "dead") || !strings.HasSuffix(out.String(), "commit 12\n") || !strings.Contains(out.String(), "withheld") {
		t.Errorf("%v: %q", err, out.String()[:min(200, out.Len())])
	}
}

// The secrets of changes are those of both sides.
func TestParseChanges(t *testing.T) {
	values := ParseChanges([]byte(strings.NewReplacer("OLD", "rw_Aa77dead0c4a9b8e77", "NEW", "rw_Fe26dead0c4a9b8e77").Replace(changes)))
	if len(values) != 2 || values[0].Name != "API_TOKEN" || values[1].Len() != 21 {
		t.Errorf("%v", values)
	}
}
