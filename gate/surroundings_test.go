//go:build unix

package gate

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/secret"
)

// What has changed since a walk is seen without another: files that came, went or
// say something else, and directories.
func TestSurroundingsFollowTheFiles(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	long := time.Now().Add(-time.Hour)
	write := func(name, token string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name+"_TOKEN="+token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{path, filepath.Dir(path), dir} {
			if err := os.Chtimes(p, long, long); err != nil { // as if all were old, and told apart by time
				t.Fatal(err)
			}
		}
		long = long.Add(time.Second)
	}
	for name, s := range map[string]func(before *Surroundings) *Surroundings{
		"one process": func(before *Surroundings) *Surroundings { return before },
		"many": func(before *Surroundings) *Surroundings {
			before.Save()
			return OpenSurroundings(state)
		},
	} {
		known := OpenSurroundings(state)
		has := func(want ...string) {
			t.Helper()
			l := lookup{set: classify.Shipped(), known: known}
			l.below(dir)
			var got []string
			for _, v := range l.values {
				got = append(got, strings.TrimPrefix(v.Origin.Path, dir+"/"))
				if !masks(v, map[string]string{"a/.env": "rw_Fe26dead0c4a9b8e77aa", "a/.env.local": "rw_0123dead0c4a9b8e77bb", "c/d/.env": "rw_4567dead0c4a9b8e77cc"}[got[len(got)-1]]) {
					t.Errorf("%s: another value of %s", name, got)
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
			known = s(known)
		}
		write("a/.env", "rw_ffffdead0c4a9b8e77aa")
		write("b/main.go", "x")
		lookup := lookup{set: classify.Shipped(), known: known}
		lookup.below(dir)
		write("a/.env", "rw_Fe26dead0c4a9b8e77aa")
		has("a/.env")
		write("a/.env.local", "rw_0123dead0c4a9b8e77bb")
		has("a/.env", "a/.env.local")
		write("c/d/.env", "rw_4567dead0c4a9b8e77cc")
		if err := os.Chtimes(filepath.Join(dir, "c"), long, long); err != nil {
			t.Fatal(err)
		}
		has("a/.env", "a/.env.local", "c/d/.env")
		if err := os.RemoveAll(filepath.Join(dir, "c")); err != nil {
			t.Fatal(err)
		}
		has("a/.env", "a/.env.local")
		_ = os.RemoveAll(filepath.Join(dir, "a"))
		has()
	}
	text, err := os.ReadFile(filepath.Join(state, walkedFile))
	if err != nil || strings.Contains(string(text), "dead") {
		t.Errorf("what is left is %q, %v", text, err)
	}
}

// masks reports that a secret has a value.
func masks(v secret.Value, value string) bool {
	var out strings.Builder
	m := secret.NewMasker(&out, []secret.Value{v})
	_, err := m.Write([]byte(value))
	return err == nil && m.Close() == nil && !strings.Contains(out.String(), value)
}

// What somebody else wrote in the place of what was left is not trusted to be whole.
func TestSurroundingsThatAreDamaged(t *testing.T) {
	for _, text := range []string{"", "file 0 \"/x\"\n", "below x \"/\"\n", "below 1 \"/a\"\nfile 0 \"/a/.env\"\n", "dir 1 \"/a\"\n", "below 1 /a\n"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, walkedFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := OpenSurroundings(dir)
		if s.load(); len(s.roots) > 0 {
			t.Errorf("%q: %v", text, s.roots)
		}
	}
}

// What changes in any of many directories is known at the next look, however
// many there are.
func TestSurroundingsSeeEveryChange(t *testing.T) {
	dir := manyFiles(t, 800)
	known := NewSurroundings()
	l := lookup{set: classify.Shipped(), known: known}
	if l.below(dir); len(l.values) != 2 || len(l.whole) != 1 {
		t.Fatalf("%d values", len(l.values))
	}
	w := known.roots[dir]
	last := w.dirs[len(w.dirs)-1].path
	if err := os.WriteFile(filepath.Join(last, ".env"), []byte("A_TOKEN=rw_Fe26dead0c4a9b8e77last\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l = lookup{set: classify.Shipped(), known: known}
	if l.below(dir); len(l.values) != 3 {
		t.Errorf("%d values of %d directories", len(l.values), len(w.dirs))
	}
}
