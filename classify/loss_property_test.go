package classify

import (
	options "flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
	"restrain/shellparse"
)

// Whatever commands are run in whatever tree, what is gone afterwards was said
// before, and a link keeps what is not said to change in place.
func TestLossesOfRandomLines(t *testing.T) {
	slowtest.Long(t)
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if options.Lookup("rapid.seed").Value.String() == "0" {
		options.Set("rapid.seed", "2026") // others are for those who look for them
		options.Set("rapid.checks", "25")
		t.Cleanup(func() {
			options.Set("rapid.seed", "0")
			options.Set("rapid.checks", "100")
		})
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		dir := filepath.Join(base, fmt.Sprint(n), "project")
		names := randomTree(rt, dir)
		line := strings.Join(rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) string { return randomCommand(rt, names) }), 1, 4).Draw(rt, "line"), "; ")
		before := contents(t, dir)
		script := shellparse.Parse(line, shellparse.Options{Dir: dir, Home: "/home/nobody-here", Env: func(string) (string, bool) { return "", false }})
		step := Shipped().Classify(script, live(dir))
		kept := linkAll(step.Losses, filepath.Join(base, fmt.Sprint(n), "kept"))
		shell(t, bash, dir, line)
		after := contents(t, dir)
		for _, p := range lostContents(before, after, nil) {
			if !covered(step.Losses, p) {
				rt.Fatalf("%s: lost and not said: %s (said: %s)", line, p[len(dir):], said(step.Losses, dir))
			}
		}
		for to, p := range kept {
			if text, _ := os.ReadFile(to); string(text) != before[p] {
				rt.Fatalf("%s: a link does not keep %s", line, p[len(dir):])
			}
		}
		os.RemoveAll(filepath.Dir(dir))
	})
}

// linkAll links all files of losses that a link is said to keep.
func linkAll(losses []Loss, store string) map[string]string {
	kept := map[string]string{}
	os.MkdirAll(store, 0o755)
	for i := range losses {
		x := &losses[i]
		if x.Path == "" || x.InPlace || strings.Contains(x.Path+"/", "/.git/") {
			continue
		}
		filepath.WalkDir(x.Path, func(p string, e os.DirEntry, err error) error {
			if to := filepath.Join(store, fmt.Sprint(len(kept))); err == nil && e.Type().IsRegular() && os.Link(p, to) == nil {
				kept[to] = p
			}
			return nil
		})
	}
	for to, p := range kept { // what another loss says is copied
		for i := range losses {
			if losses[i].InPlace && losses[i].Path == p {
				delete(kept, to)
			}
		}
	}
	return kept
}

// randomTree makes a tree and gives the names in it, and some that are not.
func randomTree(rt *rapid.T, dir string) []string {
	part := rapid.SampledFrom([]string{"a", "b", "c", ".d", "e f", "a.md", "b.md", "x1", "x2"})
	names := []string{"new", "nope/x", "."}
	for i := range rapid.IntRange(1, 8).Draw(rt, "files") {
		name := strings.Join(rapid.SliceOfN(part, 1, 3).Draw(rt, "name"), "/")
		at := filepath.Join(dir, name)
		if os.MkdirAll(filepath.Dir(at), 0o755) != nil || os.WriteFile(at, fmt.Appendf(nil, "content %d of %s\n", i, name), 0o644) != nil {
			continue // a file is in the way of a directory, or the other way around
		}
		names = append(names, name, filepath.Dir(name))
	}
	os.MkdirAll(dir, 0o755)
	return names
}

func randomCommand(rt *rapid.T, names []string) string {
	some := func() string { return shellparse.Quote([]string{rapid.SampledFrom(names).Draw(rt, "path")}) }
	pattern := rapid.SampledFrom([]string{"*", "a*", "*.md", "x[12]", "*/*", ".*", "?", "{a,b}", "*/", "**", "[!a]*", "x?"})
	forms := []func() string{
		func() string { return "rm -rf " + some() },
		func() string { return "rm " + some() + " " + some() },
		func() string { return "rm -r " + pattern.Draw(rt, "glob") },
		func() string { return "rm -f " + pattern.Draw(rt, "glob") },
		func() string { return "mv " + some() + " " + some() },
		func() string { return "mv " + pattern.Draw(rt, "glob") + " " + some() },
		func() string { return "cp " + some() + " " + some() },
		func() string { return "cp -r " + some() + " " + some() },
		func() string { return "cp -r " + some() + "/. " + some() },
		func() string { return "echo x > " + some() },
		func() string { return "echo x | tee " + some() },
		func() string { return "truncate -s 0 " + some() },
		func() string { return "ln -sf a " + some() },
		func() string { return "mkdir -p " + some() + "; cd " + some() },
		func() string { return "cd " + some() },
		func() string { return "find " + some() + " -type f -name '" + pattern.Draw(rt, "glob") + "' -delete" },
		func() string { return "find " + some() + ` -not -name '*.md' -type f -exec rm -f {} +` },
		func() string { return "find " + some() + ` -maxdepth 1 -name 'x*' -exec rm -rf {} +` },
		func() string { return "for f in " + pattern.Draw(rt, "glob") + `; do rm -rf "$f"; done` },
		func() string { return "for f in " + pattern.Draw(rt, "glob") + `; do mv "$f" ` + some() + "; done" },
		func() string { return "ls " + some() + " | while read f; do rm -rf \"$f\"; done" },
		func() string { return "find . -name '*.md' | xargs rm -f" },
	}
	return forms[rapid.IntRange(0, len(forms)-1).Draw(rt, "form")]()
}
