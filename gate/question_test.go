//go:build unix

package gate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The question says what would be lost, counted, and what the thing that is
// acted on calls itself.
func TestQuestionSaysWhatIsAtStake(t *testing.T) {
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "project")
	for name, text := range map[string]string{
		"project/notes/a.md": "12345", "project/notes/b.md": "12345", ".kube/config": "current-context: prod-eu\n",
	} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := func(name string) (string, bool) { return home, name == "HOME" }
	for line, want := range map[string]string{
		"rm -rf notes":        "2 files, 10 B",
		"kubectl delete ns x": "context: prod-eu",
	} {
		said := ""
		for range 20 { // a busy machine may not answer within the time of a look
			h := &human{}
			g := testGate(t, h)
			if _, err := g.Judge(context.Background(), Request{Door: "shell", Line: line, Dir: dir, Home: home, Env: env, Live: true}); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if len(h.asked) != 1 {
				t.Fatalf("%s: %d questions", line, len(h.asked))
			}
			if said = strings.Join(h.asked[0].What, " · "); strings.Contains(said, want) {
				break
			}
		}
		if !strings.Contains(said, want) {
			t.Errorf("%s: the question says %q, and not %q", line, said, want)
		}
	}
}
