//go:build linux

package session

import (
	"os"
	"os/exec"
	"testing"

	"restrain/intercept"
	"restrain/keep"
)

// A directory is spared where nothing that goes directly from it is a loss.
func TestDirectoriesThatAreSpared(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	l := newFilesLab(t, keep.Limits{})
	for _, name := range []string{
		"work/node_modules/a/b", "work/node_modules/repo/.git/HEAD", "work/node_modules/ruled/.restrain.toml", "work/dist/tracked/x",
		"work/dist/tracked/deep/y", "work/build/a", "work/src/a", "work/judged/deep/a", "home/.cache/tool/a", "home/dir/a", "state/restrain/x", "temp/a/b",
	} {
		l.write(name)
	}
	if err := os.WriteFile(l.at("work/.gitignore"), []byte("node_modules\ndist\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.git("init", "-q")
	l.git("add", "-f", ".gitignore", "dist/tracked/deep")
	l.git("commit", "-qm", "first")
	step, none := l.step("rm -rf judged"), intercept.Process{PID: 1<<30 + 99, Serial: 1}
	for _, test := range []struct {
		dir  string
		by   intercept.Process
		want bool
	}{
		{"work/node_modules/a", none, true},
		{"work/node_modules/repo", none, false},      // it has a repository
		{"work/node_modules/repo/.git", none, false}, // it is in one
		{"work/node_modules/ruled", none, false},
		{"work/dist/tracked", none, false}, // what is below it may be renamed
		{"work/dist/tracked/deep", none, false},
		{"work/build", none, false}, // not ignored
		{"work/src", none, false},
		{"work", none, false},
		{"work/judged", step, true},
		{"work/judged/deep", step, true},
		{"work/judged/deep", none, false},
		{"home/.cache/tool", none, true},
		{"home/dir", none, false},
		{"home", none, false},
		{"state/restrain", none, false},
		{"temp/a", none, false}, // as young as its files are
	} {
		if got := l.Spares(l.at(test.dir), test.by, 1); got != test.want {
			t.Errorf("%s: spared %v, want %v", test.dir, got, test.want)
		}
	}
}

// What tools fill again goes at once; of the system's directories only what its
// package manager takes.
func TestFilesThatToolsBringBack(t *testing.T) {
	l := newFilesLab(t, keep.Limits{})
	step := l.step("true")
	at := func(path string) fileVerdict {
		c := l.call(step, intercept.FileUnlink, path)
		c.Process.PID = os.Getpid() // no package manager
		c.Target.Links = 1
		return l.verdict(&fileCall{&c, step, nil}, &c.Target)
	}
	if got := at(l.write("home/.cache/tool/a")); got != letGo {
		t.Errorf("a cache: %v, want it to go", got)
	}
	l.places.work = l.at("home/.cache/tool")
	if got := at(l.at("home/.cache/tool/a")); got != keepFirst {
		t.Errorf("a cache that the agent works in: %v, want it to be kept", got)
	}
	if got := at("/usr/share/some/file"); got != keepFirst {
		t.Errorf("the system's, by any program: %v, want it to be kept", got)
	}
	for path, want := range map[string]bool{"/usr/lib/x": true, "/var/lib/dpkg/status": true, "/usr/local/bin/x": false, "/etc/passwd": false, "/home/me/x": false} {
		if got := l.places.isPackage(path); got != want {
			t.Errorf("%s: of the package manager %v, want %v", path, got, want)
		}
	}
}
