package classify

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

// statusLines gives git's answer or ours in order.
func statusLines(out []byte) string {
	lines := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Whatever is done to a repository: what is read without git is what git says.
func TestStatusIsGits(t *testing.T) {
	slowtest.Long(t)
	t.Parallel()
	if gitProgram() == "" {
		t.Skip("git is not installed")
	}
	deadline, read, all := time.Now().Add(4*time.Second), 0, 0
	base := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		if time.Now().After(deadline) {
			return
		}
		dir, err := os.MkdirTemp(base, "r")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		gitIn(t, dir, "init", "-q")
		names := []string{"a", "d/a", "d/b", "d-x", "e/f/a", "x.o", "d/n.log"}
		for _, name := range names[1:] {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, name), "one\n")
		}
		gitIn(t, dir, "add", "-A")
		gitIn(t, dir, "commit", "-q", "-m", "first")
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			change(rt, dir, rapid.SampledFrom(names).Draw(rt, "name"))
			switch rapid.IntRange(0, 9).Draw(rt, "else") {
			case 0:
				gitIn(t, dir, "repack", "-adq")
			case 1:
				rules := rapid.SliceOfN(rapid.SampledFrom([]string{"*.log", "!d/n.log", "d/", "/e", "e/**", "**/a", "!a", "x.?", "# no", "/d/*", "!/d/b", "[ab]", "f/"}), 1, 4).Draw(rt, "rules")
				_ = os.WriteFile(filepath.Join(dir, rapid.SampledFrom([]string{"", "d/", "e/"}).Draw(rt, "where")+".gitignore"), []byte(strings.Join(rules, "\n")), 0o644)
			}
			for _, path := range append(names, "d", "e", "e/f", "nothing", "") {
				at, tree := filepath.Join(dir, path), &gitTree{root: dir}
				tree.open()
				all++
				got, err := tree.readStatus(t.Context(), []string{at})
				if err != nil {
					continue
				}
				read++
				want, err := gitStatus(t.Context(), dir, at)
				if err != nil {
					rt.Fatal(err)
				}
				if _, gone := os.Lstat(at); gone != nil && got == nil && strings.HasPrefix(string(want), "!! ") {
					continue // nothing is there, and git names an ignored directory above
				}
				if got, want := statusLines(got), statusLines(want); got != want {
					rt.Fatalf("status of %q is\n%s\nand git says\n%s", path, got, want)
				}
			}
		}
	})
	if read < all/2 {
		t.Errorf("of %d answers only %d were read without git", all, read)
	}
}
