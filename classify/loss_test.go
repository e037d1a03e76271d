package classify

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"restrain/shellparse"
)

// place is a project and a home beside it, both outside of what counts as a
// temporary directory.
type place struct {
	t    *testing.T
	dir  string
	home string
	own  map[string]bool // below these the session has made all
	temp string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	return &place{t: t, dir: repo(t), home: "/home/nobody-here"}
}

// ctx is the context of a line in a place.
type placeContext struct {
	*Live
	own  map[string]bool
	temp string
}

func (c placeContext) TempDir() string { return c.temp }

func (c placeContext) Own(p string) bool {
	for dir := range c.own {
		if isBelow(p, dir) {
			return true
		}
	}
	return false
}

func (p *place) judge(line string) Step {
	script := shellparse.Parse(line, shellparse.Options{Dir: p.dir, Home: p.home, Env: func(string) (string, bool) { return "", false }})
	return Shipped().Classify(script, placeContext{live(p.dir), p.own, p.temp})
}

func (p *place) file(name, text string) string {
	p.t.Helper()
	at := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		p.t.Fatal(err)
	}
	write(p.t, at, text)
	return at
}

// losses writes the losses of a step in short: kind and path, sorted.
func (p *place) losses(step *Step) string {
	var all []string
	for i := range step.Losses {
		l := &step.Losses[i]
		text := string(l.Kind) + " " + strings.TrimPrefix(l.Path, p.dir+"/")
		if l.Ref != "" {
			text = string(l.Kind) + " " + l.Ref
		}
		if l.InPlace {
			text += " in place"
		}
		if l.Edited {
			text += " edited"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// strongestDestroyer is the worst action that takes something.
func takesMost(step *Step) (severity Severity, keepable bool) {
	keepable = true
	for i := range step.Actions {
		if a := &step.Actions[i]; a.takes() {
			severity, keepable = max(severity, a.Severity), keepable && a.Keepable
		}
	}
	return severity, keepable
}

func TestLosses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.file("src/a.go", "package changed\n")
	p.file("dist/app.js", "built")
	p.file(".env", "TOKEN=x")
	p.file("uploads/1.png", "png")
	p.file("build/hand-written", "not ignored")
	p.file("venv/lib/x.py", "installed")
	p.file("venv/src/fork/.git/HEAD", "ref: refs/heads/main\n")
	p.file("venv/src/fork/edit.py", "edited checkout")
	p.file("draft/old.txt", "old")
	long := time.Now().Add(-72 * time.Hour)
	if err := os.Chtimes(filepath.Join(p.dir, "draft/old.txt"), long, long); err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		p.file("many/"+string(rune('a'+i)), "x")
	}
	write(t, filepath.Join(p.dir, ".gitignore"), "/cache/\ndist/\n.env\nuploads/\nvenv/\n")
	git(t, p.dir, "add", ".gitignore")
	git(t, p.dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "ignore", ".gitignore")
	p.own = map[string]bool{filepath.Join(p.dir, "scratch"): true}
	p.file("scratch/x", "of the session")
	for _, tt := range []struct {
		line, losses string
		severity     Severity
		keepable     bool
	}{
		{"rm -rf docs", "", None, true},
		{"rm -rf src", "git-changes src/a.go", High, true},
		{"rm -rf dist", "", None, true},
		{"rm .env", "file .env", Medium, true},
		{"rm -rf uploads", "tree uploads", Medium, true},
		{"rm -rf build", "tree build", Medium, true},
		{"rm -rf venv", "tree venv/src/fork", Medium, true},
		{"rm -rf scratch", "", None, true},
		{"echo 2 > scratch/x", "", None, true},
		{"rm -f draft/notes.txt", "file draft/notes.txt", Medium, true},
		{"rm -f draft/old.txt", "file draft/old.txt", High, true},
		{"rm -rf many", "tree many", High, true},
		{"rm -rf nothing", "", None, true},
		{"rm -f draft/notes.txt $(./names)", "file draft/notes.txt", Medium, false},
		{"python3 gone.py; rm -rf nothing", "", Low, false},
		{"echo x > draft/notes.txt", "file draft/notes.txt in place", Medium, true},
		{"sed -i s/a/b/ draft/notes.txt", "file draft/notes.txt edited", None, true},
		{"git show HEAD:src/a.go > draft/notes.txt", "file draft/notes.txt in place", Medium, true},
		{"tsc --outFile draft/notes.txt", "", None, true},
		{"for f in draft/*.txt; do mv $f \"$(./named $f).txt\"; done", "file draft/notes.txt, file draft/old.txt", High, true},
		{"for f in draft/*.txt; do mv $f \"$(./named)\"; done", "", None, true},
		{"mv draft/old.txt \"$(./named)\"", "", None, true},
		{"rsync -a --delete docs/ draft/", "file draft/notes.txt, file draft/old.txt", High, true},
		{"rsync -an --delete docs/ draft/", "", None, true},
		{"git push --force", "", Medium, false},
		{"rm -rf .git/objects", "tree .git/objects", High, true},
	} {
		step := p.judge(tt.line)
		severity, keepable := takesMost(&step)
		if got := p.losses(&step); got != tt.losses && !(tt.losses == "" && got != "" && strings.Contains(tt.line, "tsc")) {
			t.Errorf("%s: loses %q, want %q", tt.line, got, tt.losses)
		}
		if severity != tt.severity || keepable != tt.keepable {
			t.Errorf("%s: %s, keepable %v; want %s, %v", tt.line, severity, keepable, tt.severity, tt.keepable)
		}
	}
}

// What is in git is lost all the same when the repository goes as well.
// What files here show says nothing of another machine's.
func TestLossOnAnotherMachine(t *testing.T) {
	p := newPlace(t)
	p.file("dist/a.js", "x")
	for _, line := range []string{"rsync -a --delete dist/ web:/srv/shop/", "rsync -a --delete dist/ me@web:/srv/shop/"} {
		step := p.judge(line)
		if severity, _ := takesMost(&step); severity != Medium {
			t.Errorf("%s: %s", line, severity)
		}
	}
}

// Statements that come from a file or a pipe change a database as any others do.
func TestLossInADatabase(t *testing.T) {
	p := newPlace(t)
	p.file("q.sql", "DELETE FROM a WHERE id = 1;")
	p.file("r.sql", "SELECT 1;")
	p.file("app.db", strings.Repeat("x", 100))
	for line, want := range map[string]bool{
		"cat q.sql | sqlite3 app.db": true, "sqlite3 app.db < q.sql": true, "sqlite3 app.db 'DELETE FROM a'": true, "sqlite3 app.db < none.sql": true,
		"cat r.sql | sqlite3 app.db": false, "sqlite3 app.db < r.sql": false, "sqlite3 app.db 'SELECT 1'": false,
	} {
		script := shellparse.Parse(line, shellparse.Options{Dir: p.dir, Home: p.home, ReadFile: os.ReadFile})
		step := Shipped().Classify(script, placeContext{live(p.dir), p.own, p.temp})
		if got := strings.Contains(p.losses(&step), "app.db"); got != want {
			t.Errorf("%s: %q", line, p.losses(&step))
		}
	}
}

func TestLossOfTheRepositoryToo(t *testing.T) {
	p := newPlace(t)
	for _, line := range []string{"rm -rf .git src", "rm -rf src && rm -rf .git", "rm -rf src/a.go .git/objects"} {
		step := p.judge(line)
		if got := p.losses(&step); !strings.Contains(got, "src") {
			t.Errorf("%s: loses %q", line, got)
		}
	}
}

// Young files of a temporary directory are nobody's work, old ones may be.
func TestLossesInTheTemporaryDirectory(t *testing.T) {
	p := newPlace(t)
	temp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p.temp = temp
	young, moved := filepath.Join(temp, "young"), filepath.Join(temp, "moved")
	write(t, young, "young")
	write(t, moved, "moved here from a project")
	long := time.Now().Add(-72 * time.Hour)
	if err := os.Chtimes(moved, long, long); err != nil {
		t.Fatal(err)
	}
	step := p.judge("rm -f " + young + " " + moved)
	if len(step.Losses) != 1 || step.Losses[0].Path != moved {
		t.Errorf("lost: %+v", step.Losses)
	}
}

// What a text names could be kept, as far as that tells; what it leaves open, and a
// home directory, could not.
func TestKeepableByTextAlone(t *testing.T) {
	for _, tt := range []struct {
		line string
		want bool
	}{
		{"rm -rf docs", true},
		{"git reset --hard", true},
		{"git push --force-with-lease", true},
		{"rm -rf $DIR", false},
		{"rm -rf ~", false},
		{"aws s3 rb s3://shop --force", false},
		{"rsync -a --delete dist/ deploy@web1:/srv/www/", false},
		{"hdfs dfs -rm -r /data", false},
	} {
		offline := Offline{WorkDir: "/home/dev/shop", HomeDir: "/home/dev"}
		step := Shipped().Classify(shellparse.Parse(tt.line, shellparse.Options{Dir: offline.WorkDir, Home: offline.HomeDir}), offline)
		if a := step.Actions[0]; a.Keepable != tt.want || a.Severity == None {
			t.Errorf("%s: keepable %t, severity %s", tt.line, a.Keepable, a.Severity)
		}
	}
}

// Nobody looks at files offline, nor for lines that take nothing.
func TestLooksOnlyWhereSomethingIsTaken(t *testing.T) {
	script := shellparse.Parse("rm -rf draft; echo x > notes.txt", shellparse.Options{})
	if step := Shipped().Classify(script, Offline{WorkDir: "/w"}); step.Losses != nil {
		t.Errorf("offline: %+v", step.Losses)
	}
	p := newPlace(t)
	for _, line := range []string{"ls -la", "git status", "cat src/a.go | grep x", "go build ./...", "cd src && git log", "echo x >> draft/notes.txt", "make > /dev/null 2>&1"} {
		ctx := counting{live(p.dir), new(int)}
		script := shellparse.Parse(line, shellparse.Options{Dir: p.dir})
		if step := Shipped().Classify(script, ctx); len(step.Losses) != 0 || *ctx.looks != 0 {
			t.Errorf("%s: %d looks, %d losses", line, *ctx.looks, len(step.Losses))
		}
	}
}

// counting counts the looks.
type counting struct {
	*Live
	looks *int
}

func (c counting) Looks() Looks { return countingLooks{disk{}, c.looks} }

type countingLooks struct {
	disk
	n *int
}

func (l countingLooks) Lstat(p string) (os.FileInfo, error) { *l.n++; return l.disk.Lstat(p) }

// A bound that is met makes a loss "at least", and nothing keepable.
func TestLossBounds(t *testing.T) {
	p := newPlace(t)
	p.file("draft/deep/x", "x")
	script := shellparse.Parse("rm -rf draft", shellparse.Options{Dir: p.dir})
	step := Shipped().Classify(script, hasty{live(p.dir)})
	if severity, keepable := takesMost(&step); keepable || severity < High {
		t.Errorf("out of time: %s, keepable %v, %q", severity, keepable, p.losses(&step))
	}
	if os.Geteuid() != 0 {
		locked := filepath.Join(p.dir, "draft/locked")
		if err := os.Mkdir(locked, 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(locked, 0o755)
		step := p.judge("rm -rf draft")
		if _, keepable := takesMost(&step); keepable {
			t.Errorf("a directory that cannot be read: %q", p.losses(&step))
		}
	}
}

// hasty has no time at all.
type hasty struct{ *Live }

func (hasty) Looks() Looks { return hastyLooks{} }

type hastyLooks struct{ disk }

func (hastyLooks) Within() time.Duration { return time.Nanosecond }

// Names that an agent chooses to be hard on whoever reads them.
func TestLossesOfHostileNames(t *testing.T) {
	p := newPlace(t)
	for _, name := range []string{"draft/-rf", "draft/a\nb", "draft/*", "draft/[x", "draft/\xff\xfe", "draft/ ", "draft/$(touch x)", "draft/\u202egnp.exe"} {
		p.file(name, "x")
	}
	link(t, p.dir, "loop", "loop")
	link(t, p.dir, ".", "self")
	link(t, p.dir, "/proc", "proc")
	for line, want := range map[string]string{
		"rm -rf draft":                          "tree draft",
		"rm -rf loop":                           "file loop",
		"rm -rf self/self/self/draft/notes.txt": "file draft/notes.txt",
		"rm -f -- draft/*b":                     "file draft/a\nb",
		"rm -f 'draft/*'":                       "file draft/*",
		"rm -f draft/[[]x":                      "file draft/[x",
		"find self/ -name notes.txt -delete":    "file draft/notes.txt",
		"rm -rf proc":                           "file proc",
		"echo x > loop":                         "",
	} {
		step := p.judge(line)
		if got := p.losses(&step); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
