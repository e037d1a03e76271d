package classify

import (
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

// settle waits until what is written now is younger than everything below a
// directory, and lets git write its index again: no entry is racy then.
func settle(t testing.TB, dir string) {
	t.Helper()
	probe := filepath.Join(dir, ".git", "probe")
	newest := func() stamp {
		if err := os.WriteFile(probe, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(probe)
		file, err := statFile(probe)
		if err != nil {
			t.Fatal(err)
		}
		return file.changed
	}
	for start := newest(); !start.before(newest()); {
	}
	gitIn(t, dir, "update-index", "--force-write-index")
}

// gitIn runs git, and gives what it prints.
func gitIn(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := tryGit(dir, args...)
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return out
}

func tryGit(dir string, args ...string) (string, error) {
	cmd := exec.Command(gitProgram(), append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// vouched reports what the index alone says of a path.
func vouched(dir, path string) bool {
	tree := (&trees{}).at(dir)
	s := survey{top: filepath.Join(dir, path), tree: tree}
	s.openIndex()
	file, err := statFile(s.top)
	switch {
	case err != nil:
		return false
	case file.mode.IsDir():
		s.count(context.Background())
	default:
		s.note(s.top, &file)
	}
	return s.Files > 0 && s.isClean(context.Background())
}

// What the index says is what git says, in every version of it.
func TestIndexVouches(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2", "3", "4"} {
		t.Run("version "+version, func(t *testing.T) {
			t.Parallel()
			dir := repo(t)
			link(t, dir, "a.go", "src/link")
			if err := os.Chmod(filepath.Join(dir, "src/b.go"), 0o755); err != nil {
				t.Fatal(err)
			}
			long := strings.Repeat("long/", 60) + "name"
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, long)), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, long), "x\n")
			gitIn(t, dir, "add", "src", "long")
			gitIn(t, dir, "commit", "-q", "-m", "more")
			if version == "3" { // which git writes when it has something to say in it
				write(t, filepath.Join(dir, "intent"), "x\n")
				gitIn(t, dir, "add", "-N", "intent")
			} else {
				gitIn(t, dir, "update-index", "--index-version", version)
			}
			settle(t, dir)
			data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
			if err != nil || data[7] != version[0]-'0' {
				t.Fatalf("version %d, %v", data[7], err)
			}
			for path, want := range map[string]bool{
				"src": true, "src/a.go": true, "src/b.go": true, "src/link": true, "docs": true, "long": true,
				"draft": false, "cache": false, "draft/notes.txt": false, "intent": false, ".git": false, ".git/config": false,
			} {
				if got := vouched(dir, path); got != want {
					t.Errorf("%s: clean is %v, want %v", path, got, want)
				}
			}
		})
	}
}

// Nothing is clean that git would have to look at, or that is not as it was.
func TestIndexDoesNotVouch(t *testing.T) {
	slowtest.Long(t)
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, dir string){
		"changed": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "src/a.go"), "package b\n") },
		"same size and time": func(t *testing.T, dir string) {
			path := filepath.Join(dir, "src/a.go")
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, "package z\n")
			if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		},
		"racy": func(t *testing.T, dir string) {
			info, err := os.Stat(filepath.Join(dir, "src/a.go"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(filepath.Join(dir, ".git/index"), info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		},
		"mode": func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, "src/a.go"), 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"mode in a commit": func(t *testing.T, dir string) {
			gitIn(t, dir, "update-index", "--chmod=+x", "src/a.go")
			gitIn(t, dir, "commit", "-q", "-m", "mode")
		},
		"another file in its place": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "new"), "package a\n")
			if err := os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "src/a.go")); err != nil {
				t.Fatal(err)
			}
		},
		"missing": func(t *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, "src/b.go")) },
		"added":   func(t *testing.T, dir string) { write(t, filepath.Join(dir, "src/new.go"), "package a\n") },
		"staged": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "src/a.go"), "package b\n")
			gitIn(t, dir, "add", "src")
		},
		"staged, and the tree is worked out": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "src/a.go"), "package b\n")
			gitIn(t, dir, "add", "src")
			gitIn(t, dir, "write-tree")
		},
		"nothing is committed": func(t *testing.T, dir string) { gitIn(t, dir, "update-ref", "-d", "HEAD") },
		"assume-valid": func(t *testing.T, dir string) {
			gitIn(t, dir, "update-index", "--assume-unchanged", "src/a.go")
		},
		"skip-worktree": func(t *testing.T, dir string) { gitIn(t, dir, "update-index", "--skip-worktree", "src/a.go") },
		"intent to add": func(t *testing.T, dir string) {
			gitIn(t, dir, "rm", "-q", "--cached", "src/a.go")
			gitIn(t, dir, "add", "-N", "src/a.go")
		},
		"split": func(t *testing.T, dir string) { gitIn(t, dir, "update-index", "--split-index") },
		"sparse": func(t *testing.T, dir string) {
			gitIn(t, dir, "sparse-checkout", "set", "--cone", "--sparse-index", "src")
		},
		"conflict": func(t *testing.T, dir string) {
			blob := strings.TrimSpace(gitIn(t, dir, "rev-parse", "HEAD:src/a.go"))
			cmd := exec.Command(gitProgram(), "update-index", "--index-info")
			cmd.Dir = dir
			cmd.Stdin = strings.NewReader("0 " + strings.Repeat("0", 40) + "\tsrc/a.go\n100644 " + blob + " 1\tsrc/a.go\n100644 " + blob + " 2\tsrc/a.go\n")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		},
		"a filter": func(t *testing.T, dir string) { gitIn(t, dir, "config", "filter.x.clean", "cat") },
		"behind a link": func(t *testing.T, dir string) {
			if err := os.Rename(filepath.Join(dir, "src"), filepath.Join(dir, "moved")); err != nil {
				t.Fatal(err)
			}
			link(t, dir, "moved", "src")
		},
		"a repository within": func(t *testing.T, dir string) { gitIn(t, dir, "init", "-q", "src/inner") },
		"a submodule": func(t *testing.T, dir string) {
			gitIn(t, dir, "-c", "protocol.file.allow=always", "submodule", "add", "-q", repo(t), "src/sub")
			gitIn(t, dir, "commit", "-q", "-m", "sub")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := repo(t)
			settle(t, dir)
			if !vouched(dir, "src") || !vouched(dir, "src/a.go") {
				t.Fatal("not clean before")
			}
			change(t, dir)
			switch name {
			case "racy", "changed", "same size and time", "mode", "another file in its place":
			default:
				settle(t, dir)
			}
			if vouched(dir, "src") {
				t.Error("src is clean")
			}
			one, ok := map[string]string{
				"missing": "src/b.go", "added": "src/new.go", "a repository within": "src/inner", "a submodule": "src/sub",
			}[name]
			if !ok {
				one = "src/a.go"
			}
			if vouched(dir, one) {
				t.Errorf("%s is clean", one)
			}
		})
	}
}

// An index with object names of another length is git's to read.
func TestIndexOfAnotherHash(t *testing.T) {
	dir := t.TempDir()
	if out, err := tryGit(dir, "init", "-q", "--object-format=sha256"); err != nil {
		t.Skipf("this git has no SHA-256: %s", out)
	}
	write(t, filepath.Join(dir, "a"), "x\n")
	gitIn(t, dir, "add", "a")
	gitIn(t, dir, "commit", "-q", "-m", "first")
	settle(t, dir)
	if vouched(dir, "a") {
		t.Error("clean by an index that cannot be read")
	}
	if got := live(dir).Target(filepath.Join(dir, "a")); !got.Recoverable() {
		t.Errorf("git was not asked: %+v", got)
	}
}

// The bounds and the form of an index, each by one that is wrong in it alone.
func TestIndexIsRefused(t *testing.T) {
	slowtest.Long(t)
	dir := repo(t)
	settle(t, dir)
	data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	x, err := parseIndex(good)
	if err != nil || len(x.starts) != 4 {
		t.Fatalf("the index of git: %v", err)
	}
	at := strings.Index(good, "src/a.go")
	edit := func(at int, with string) string { return good[:at] + with + good[at+len(with):] }
	number := func(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }
	packed := strings.Builder{}
	packed.WriteString("DIRC" + number(4) + number(maxEntries))
	for range maxEntries {
		packed.WriteString(strings.Repeat("\x00", 60) + "\x0f\xff\x00" + strings.Repeat("p", 4000) + "\x00")
		if packed.Len() > maxIndex {
			break
		}
	}
	for name, text := range map[string]string{
		"empty":                      "",
		"another file":               edit(0, "CRID"),
		"version 1":                  edit(4, number(1)),
		"version 5":                  edit(4, number(5)),
		"more entries":               edit(8, number(5)),
		"too many entries":           edit(8, number(maxEntries+1)) + strings.Repeat("\x00", indexFixed*(maxEntries+2)),
		"as many as there are bytes": edit(8, number(1<<31)),
		"cut short":                  good[:at+40],
		"order":                      edit(at, "aaa/a.go"),
		"twice":                      edit(strings.Index(good, "src/b.go"), "src/a.go"),
		"length of a path":           edit(at+3, "\x00"),
		"no path":                    edit(at, strings.Repeat("\x00", 8)),
		"extended in version 2":      edit(at-2, "\x40\x08"),
		"a directory":                edit(at-38, number(0o040000)),
		"an extension to know":       edit(strings.LastIndex(good, "TREE"), "link"),
		"an extension too long":      edit(strings.LastIndex(good, "TREE")+4, number(1<<31)),
		"paths too long":             packed.String()[:maxIndex],
	} {
		if x, err := parseIndex(text); err == nil {
			t.Errorf("%s: read, with %d entries", name, len(x.starts))
		}
	}
	if x, err := parseIndex(edit(strings.LastIndex(good, "TREE"), "XREE")); err != nil || x.tree != "" {
		t.Errorf("an extension that may be passed over: %v", err)
	}
}

// A cached index is used for the same file only.
func TestIndexCache(t *testing.T) {
	dir := repo(t)
	settle(t, dir)
	path := filepath.Join(dir, ".git/index")
	var cache indexCache
	first, err := cache.load(path)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := cache.load(path); err != nil || again != first {
		t.Errorf("read again: %v", err)
	}
	settle(t, dir)
	if again, err := cache.load(path); err != nil || again == first {
		t.Errorf("what was known of another file: %v", err)
	}
	for range 2 * maxIndexes {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "index")
		write(t, copied, string(data))
		if _, err := cache.load(copied); err != nil {
			t.Fatal(err)
		}
	}
	if len(cache.known) != maxIndexes {
		t.Errorf("%d indexes are kept", len(cache.known))
	}
	cache.keep(cachedIndex{path: "large", file: fileStat{size: maxIndexBytes}, gitIndex: first})
	if len(cache.known) != 1 {
		t.Errorf("%d indexes are kept beside one that is as large as all may be", len(cache.known))
	}
}

func FuzzIndex(f *testing.F) {
	if gitProgram() == "" {
		f.Skip("git is not installed")
	}
	dir := f.TempDir()
	gitIn(f, dir, "init", "-q")
	for _, name := range []string{"a", "b/c", "b/d", "e"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			f.Fatal(err)
		}
		gitIn(f, dir, "add", name)
	}
	seed := func(args ...string) {
		gitIn(f, dir, args...)
		data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	seed("commit", "-q", "-m", "first")
	seed("update-index", "--index-version", "4")
	seed("update-index", "--skip-worktree", "a")
	seed("rm", "-q", "--cached", "b/c")
	seed("update-index", "--index-version", "3")
	seed("update-index", "--split-index")
	f.Fuzz(func(t *testing.T, data string) {
		x, err := parseIndex(data)
		if err != nil {
			return
		}
		if x.below("") != len(x.starts) || len(x.starts) > len(data)/indexFixed {
			t.Fatalf("%d entries of %d bytes", len(x.starts), len(data))
		}
		for i := range x.starts {
			e := x.entry(i)
			if found, ok := x.find(e.path); !ok || found.path != e.path || x.below(e.path) < 1 || len(e.path) > maxIndexPath {
				t.Fatalf("entry %d, %q, is not found", i, e.path)
			}
		}
	})
}

// A deletion that is staged is a change of a directory, whose other files are clean.
func TestStagedDeletionIsNotClean(t *testing.T) {
	if gitProgram() == "" {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	gitIn(t, dir, "init", "-q")
	for _, name := range []string{"d/a", "d/b", "e/a"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), "one\n")
	}
	gitIn(t, dir, "add", "-A")
	gitIn(t, dir, "commit", "-q", "-m", "first")
	settle(t, dir)
	gitIn(t, dir, "rm", "-q", "d/b")
	if vouched(dir, "d") {
		t.Error("d is clean, and git rm d/b is staged")
	}
	if !vouched(dir, "e") || !vouched(dir, "d/a") {
		t.Error("what is beside the deletion is not clean")
	}
}

// Whatever is done to a repository: what the index calls clean git does, too.
func TestIndexIsNeverCleanerThanGit(t *testing.T) {
	t.Parallel()
	if gitProgram() == "" {
		t.Skip("git is not installed")
	}
	var clean, all int
	deadline := time.Now().Add(3 * time.Second)
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
		names := []string{"a", "d/a", "d/b", "d-x", "e/f/a", "x.o"}
		for _, name := range names[1:] {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, name), "one\n")
		}
		gitIn(t, dir, "add", "-A")
		gitIn(t, dir, "commit", "-q", "-m", "first")
		settle(t, dir)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			name := rapid.SampledFrom(names).Draw(rt, "name")
			change(rt, dir, name)
			if rapid.IntRange(0, 3).Draw(rt, "look") > 0 {
				continue
			}
			for _, path := range append(names, "d", "e", "e/f") {
				all++
				if !vouched(dir, path) {
					continue
				}
				clean++
				if out := gitIn(t, dir, "status", "--porcelain", "--ignored", "--untracked-files=all", "--", path); out != "" {
					rt.Fatalf("%s is clean by the index, and git says\n%s", path, out)
				}
			}
		}
	})
	t.Logf("%d of %d looks found the path clean", clean, all)
	if clean == 0 {
		t.Errorf("of %d looks none found anything clean", all)
	}
}

// change does one thing to a repository; what fails does nothing.
func change(rt *rapid.T, dir, name string) {
	path := filepath.Join(dir, name)
	text := rapid.SampledFrom([]string{"", "one\n", "two\n", "other\n"}).Draw(rt, "text")
	switch rapid.IntRange(0, 13).Draw(rt, "what") {
	case 0, 1, 2:
		_ = os.MkdirAll(filepath.Dir(path), 0o755)
		_ = os.WriteFile(path, []byte(text), 0o644)
	case 3:
		_ = os.RemoveAll(path)
	case 4:
		_ = os.Chmod(path, 0o755)
	case 5:
		_ = os.Rename(path, filepath.Join(dir, "d-x"))
	case 6:
		_ = os.Symlink("d", path)
	case 7:
		_, _ = tryGit(dir, "add", "-A")
		_, _ = tryGit(dir, "commit", "-q", "-m", "x")
	case 8:
		_, _ = tryGit(dir, "add", name)
	case 9:
		_, _ = tryGit(dir, "rm", "-q", "--cached", name)
	case 10:
		_ = os.WriteFile(filepath.Join(dir, ".git/info/exclude"), []byte("*.o\n/e\n"), 0o644)
	case 11:
		_, _ = tryGit(dir, "update-index", "--refresh")
	case 12:
		_, _ = tryGit(dir, "reset", "-q", "--hard")
	case 13:
		version := rapid.SampledFrom([]string{"2", "4"}).Draw(rt, "version")
		_, _ = tryGit(dir, "update-index", "--index-version", version)
	}
}
