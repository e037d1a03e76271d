package classify

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// The page has each key with its kind; what is said of them is compared where
// the page is generated.
func TestReferenceHasWhatTheLoaderReads(t *testing.T) {
	page, err := os.ReadFile("../docs/rule-reference.md")
	if err != nil {
		t.Fatal(err)
	}
	var now bytes.Buffer
	if err := Reference(&now, func(string, string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	if got, want := keyRows(string(page)), keyRows(now.String()); got != want {
		t.Errorf("docs/rule-reference.md has not the keys that the loader reads: run go generate ./classify\n%s\nwant\n%s", got, want)
	}
}

// keyRows keeps the tables' titles, and of each row the key and its kind.
func keyRows(page string) string {
	var rows strings.Builder
	for line := range strings.SplitSeq(page, "\n") {
		switch cells := strings.SplitN(line, " | ", 3); {
		case strings.HasPrefix(line, "## "):
			rows.WriteString(line + "\n")
		case len(cells) == 3:
			rows.WriteString(cells[0] + " " + cells[1] + "\n")
		}
	}
	return rows.String()
}
