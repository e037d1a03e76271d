package classify

import (
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
			if got := set.index.Paths[i].has(&f); got != has {
				t.Errorf("%s has %q: %v, want %v", set.Paths[i].ID, path, got, has)
			}
			in := has || slices.ContainsFunc(globs, func(g string) bool {
				return g[0] == '~' && f.inHome && f.below != "" && strings.HasPrefix(g[1:], f.below+"/") ||
					g[0] == '/' && strings.Count(f.path, "/") > 1 && strings.HasPrefix(g, f.path+"/")
			})
			if got := set.index.Paths[i].hasIn(&f); got != in {
				t.Errorf("%s has in %q: %v, want %v", set.Paths[i].ID, path, got, in)
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
