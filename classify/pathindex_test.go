package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"restrain/shellparse"
)

// TestPathIndex holds the index of each shipped set against trying its globs one
// by one.
func TestPathIndex(t *testing.T) {
	common := []string{"", "/", "~", "~/.ssh", "~/.ssh/id_rsa", "/home/bo/.aws", "/home/bo/.config/gh/hosts.yml", "/root/.kube/config",
		"/etc", "/etc/ssl/private", "/etc/shadow", "/var/lib/mysql/shop", ".env", "web/.env.local", "web/server.pem", "/srv/app/src/main.go",
		"/dev/sda", "/proc/1/environ", "C:/Users/bo/.ssh", "/tmp/a", "node_modules/x"}
	set := Shipped()
	for i := range set.Paths {
		bit := set.masks(set.Paths[i].ID)
		globs, paths := set.Paths[i].Globs, slices.Clone(common)
		for _, g := range globs { // one that fits, and what it lies below
			at := strings.NewReplacer("**/", "a/b/", "**", "c", "*", "d", "?", "e").Replace(g)
			paths = append(paths, at, at[:max(0, strings.LastIndexByte(at, '/'))])
		}
		for _, path := range paths {
			r := reader{set: set, ctx: Offline{}, cmd: &shellparse.Command{}}
			f := fileFact{op: opCopy, text: path}
			r.locate(&f)
			has := f.fits(globs, false)
			if got := set.index.Paths.has(&f, bit) != 0; got != has {
				t.Errorf("%s has %q: %v, want %v", set.Paths[i].ID, path, got, has)
			}
			in := has || slices.ContainsFunc(globs, func(g string) bool {
				return g[0] == '~' && f.inHome && f.below != "" && strings.HasPrefix(g[1:], f.below+"/") ||
					g[0] == '/' && strings.Count(f.path, "/") > 1 && strings.HasPrefix(g, f.path+"/")
			})
			if got := (set.index.Paths.has(&f, bit) | set.index.Paths.around(&f)&bit) != 0; got != in {
				t.Errorf("%s has in %q: %v, want %v", set.Paths[i].ID, path, got, in)
			}
		}
	}
}

// TestPlaceIndex holds the index of each shipped place against trying its globs one by
// one.
func TestPlaceIndex(t *testing.T) {
	set := Shipped()
	for i := range set.Places {
		globs, paths := set.Places[i].Globs, []string{"", "/", "~", "~/x~", "/home/bo/acme/build/x", "src/main.go", "x/y~/z"}
		for _, g := range globs {
			at := strings.NewReplacer("**/", "a/b/", "**", "c", "*", "d", "?", "e").Replace(g)
			paths = append(paths, at, at+"/x/y", "sub/"+at, at[:max(0, strings.LastIndexByte(at, '/'))])
		}
		for _, path := range paths {
			r := reader{set: set, ctx: Offline{}, cmd: &shellparse.Command{}}
			f := fileFact{text: path}
			r.locate(&f)
			if got, want := set.index.Places[i].hasBelow(&f), f.fits(globs, true); got != want {
				t.Errorf("%s has %q below: %v, want %v", set.Places[i].ID, path, got, want)
			}
		}
	}
}

// TestTildeIsNoName judges what lies in a home whose path is not known: its ~ is
// no name that ends in one, as those of backup files do.
func TestTildeIsNoName(t *testing.T) {
	for line, want := range map[string]string{
		"rm -rf ~/Documents": "delete-home-or-root critical",
		"pwsh -Command 'Remove-Item -Recurse ~/Documents'": "delete-home-or-root critical",
		"rm ~/notes.txt~": "",
	} {
		if got := rules(judge(Shipped(), line)); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// TestTooManyPathSets: a set without a bit would have nothing in it.
func TestTooManyPathSets(t *testing.T) {
	var text strings.Builder
	for n := range maxPathSets {
		fmt.Fprintf(&text, "[[paths]]\nid = \"own-%d\"\nglobs = [\"~/x\"]\n", n)
	}
	_, err := LoadOver(Shipped(), "own.toml", []byte(text.String()))
	if err == nil || !strings.Contains(err.Error(), "one set of paths too many") {
		t.Errorf("got %v", err)
	}
}
