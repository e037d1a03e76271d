package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"restrain/shellparse"
)

// pastFiles is files, with a past that nothing is known of but that there is one.
type pastFiles struct{ files }

func (pastFiles) Origin(string) Origin { return OriginNone }

func objectsOf(ctx Context, line string) []Object {
	sc := shellparse.Parse(line, shellparse.Options{Dir: "/w", Home: "/home/bo"})
	return Shipped().Classify(sc, ctx).Objects
}

// Ordinary work names nothing while there is no past to hold it against.
func TestOrdinaryStepsNameNoObjects(t *testing.T) {
	for _, line := range []string{"cat README.md", "python3 x.py notes", "git status", "go test ./...", "curl -s https://api.example.com/v1/x"} {
		if got := objectsOf(testFiles, line); got != nil {
			t.Errorf("%s: %+v", line, got)
		}
	}
}

// A name that stands behind more of them than are kept is not overlooked.
func TestObjectsAreBounded(t *testing.T) {
	var many strings.Builder
	for i := range 3 * maxObjects {
		fmt.Fprintf(&many, " f%d", i)
	}
	for _, line := range []string{
		"sometool" + many.String(),
		"python3 -c 'for f in [\"" + strings.ReplaceAll(strings.TrimSpace(many.String()), " ", "\", \"") + "\"]: os.unlink(f)'",
		strings.Repeat("sometool a b c d e f g h; ", maxObjects/2),
	} {
		got := objectsOf(pastFiles{testFiles}, line)
		all := slices.ContainsFunc(got, func(o Object) bool {
			return o.Effect == EffectDestroy && o.Name == "/" && o.Deep && o.Minor
		})
		if !all || len(got) > maxObjects+8 {
			t.Errorf("%.40s…: %d objects, everything among them: %t", line, len(got), all)
		}
	}
}

// How often directories are listed for one step is bounded.
func TestListingsAreBounded(t *testing.T) {
	ctx := &countingNames{pastFiles: pastFiles{testFiles}}
	objectsOf(ctx, "sometool "+strings.Repeat("/a*/b*/c* ", 500))
	if ctx.listings == 0 || ctx.listings > maxListings {
		t.Errorf("%d listings", ctx.listings)
	}
}

type countingNames struct {
	pastFiles
	listings int
}

func (c *countingNames) Names(string) []string {
	c.listings++
	return []string{"a1", "a2", "b1", "b2", "c1", "c2"}
}
