//go:build unix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The verbs of what runs below a session.
const (
	timeVerb   = "__time"   // FILE ARGV…: runs a command and writes how many nanoseconds it took
	removeVerb = "__remove" // DIR: removes the files below it, one by one
	floorVerb  = "__floor"  // ARGV…: runs a command below a supervisor that looks at nothing
)

func runTimed(file string, argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%q: %w", argv, err)
	}
	return os.WriteFile(file, strconv.AppendInt(nil, time.Since(start).Nanoseconds(), 10), 0o600)
}

func runRemover(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Remove(path)
	})
}

// A work is something that takes files away, in a directory made for it.
type work struct {
	label  string
	rounds int
	limit  string // what the ratio may be
	make   string // a line of bash that makes what there is before the session
	argv   []string
}

// install writes a tree of packages over the one that is there, as npm does:
// each file under another name first.
const install = `const fs = require('fs');
for (let d = 0; d < 100; d++) for (let i = 0; i < 59; i++) {
  const to = 'node_modules/p' + d + '/f' + i;
  fs.writeFileSync(to + '.tmp', 'module.exports = ' + i);
  fs.renameSync(to + '.tmp', to);
}`

func works(self, project string) []work {
	const (
		tree = `mkdir -p node_modules/d{0..199}; for d in node_modules/d*; do for i in {0..99}; do echo x > $d/f$i; done; done`
		git  = `git init -q -b main .; git config user.email a@b; git config user.name a; `
		// What git ignores, and a program makes again.
		ignored = git + `echo node_modules > .gitignore; git add .; git commit -qm one; `
		repo    = git + `mkdir s; for i in {0..1999}; do echo $i > s/f$i; done; git add .; git commit -qm one; git checkout -qb other; for i in {0..1999}; do echo other $i > s/f$i; done; git commit -qam two`
		sql     = `sqlite3 d.db 'create table t (a)'; for i in {1..1000}; do echo "insert into t values ($i);"; done > in.sql`
		c       = `for i in {0..149}; do echo "int f$i(void) { return $i; }" > f$i.c; done; echo 'all: $(patsubst %.c,%.o,$(wildcard *.c))' > Makefile`
		// Real packages, from files instead of a registry.
		packages = `for i in {0..99}; do mkdir -p k/package; echo "{\"name\":\"p$i\",\"version\":\"1.0.0\"}" > k/package/package.json
for j in {0..58}; do seq $i 400 > k/package/f$j.js; done; tar czf p$i.tgz -C k package; rm -r k; done
{ echo '{"name":"a","version":"1.0.0","dependencies":{'; for i in {0..99}; do echo "\"p$i\":\"file:p$i.tgz\","; done | sed '$ s/,$//'; echo '}}'; } > package.json
npm install --offline --no-audit --no-fund --cache "$PWD/cache" > /dev/null; rm -rf cache`
		modules = `mkdir -p node_modules/p{0..99}; for d in node_modules/p*; do for i in {0..58}; do echo x > $d/f$i; done; done`
	)
	remove := []string{self, removeVerb, "node_modules"}
	return []work{
		{"rm -rf of 20,000 ignored files", 7, "1.5", ignored + tree, []string{"rm", "-rf", "node_modules"}},
		{"a program removes them", 7, "1.5", ignored + tree, remove},
		{"a program removes 20,000 files, all kept", 7, "2.5", git + tree, remove},
		{"git checkout of 2,000 files and back", 9, "1.25", repo, []string{"bash", "-c", "git checkout -q main && git checkout -q other"}},
		{"sqlite, 1,000 commits", 7, "1.25", sql, []string{"bash", "-c", "sqlite3 d.db < in.sql"}},
		{"make -j2 of 150 C files", 5, "1.03", c, []string{"make", "-sj2"}},
		{"5,900 files written beside, and renamed", 7, "1.1", ignored + modules, []string{"node", "-e", install}},
		{"npm ci of 100 packages, 6,000 files", 5, "1.1", ignored + packages, []string{"npm", "ci", "--offline", "--no-audit", "--no-fund", "--cache", "cache"}},
		{"tsc", 5, "1.03", `for i in {0..59}; do echo "export const x$i: number = $i" > f$i.ts; done`, []string{"tsc", "--outDir", "out", "f0.ts"}},
		{"grep -r over the Go sources", 7, "1.03", "", []string{"bash", "-c", "grep -rc nowhere-to-be-found $(go env GOROOT)/src > /dev/null; :"}},
		{"go build of this project, cold cache", 3, "1.03", "", []string{"bash", "-c", "export GOCACHE=$PWD; cd " + project + " && go build -buildvcs=false -o /dev/null ./cmd/restrain"}},
	}
}

// fileWorks compares sessions with and without the kernel's word on files.
func fileWorks(restrain, project, only string, most int) error {
	base, err := os.MkdirTemp("", "restrain-files-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(base)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b := fileBench{restrain, self, filepath.Join(base, "template")}
	for _, w := range works(self, project) {
		if !strings.Contains(w.label, only) {
			continue
		}
		if _, err := exec.LookPath(w.argv[0]); err != nil {
			fmt.Printf("%s: not measured, %v\n", w.label, err)
			continue
		}
		if err := b.compare(&w, min(w.rounds, most)); err != nil {
			return fmt.Errorf("%s: %w", w.label, err)
		}
	}
	return errors.Join(b.memory(only), keeping(restrain, only))
}

// A fileBench runs works in copies of a template.
type fileBench struct{ restrain, self, template string }

func (b *fileBench) compare(w *work, rounds int) error {
	if err := w.prepare(b.template); err != nil {
		return err
	}
	var without, with []time.Duration
	for range rounds {
		for _, list := range []*[]time.Duration{&without, &with} {
			var options []string
			if list == &without {
				options = []string{"--no-files"}
			}
			took, _, err := b.once(options, w.argv)
			if err != nil {
				return err
			}
			*list = append(*list, took)
		}
	}
	ratios := make([]float64, rounds)
	for i := range ratios {
		ratios[i] = float64(with[i]) / float64(without[i])
	}
	slices.Sort(ratios)
	row(w.label, median(without), median(with))
	fmt.Printf("%58s %7.2f\n", "median of the ratios", ratios[rounds/2])
	if w.limit != "" {
		fmt.Printf("%58s %7s\n", "at most", w.limit)
	}
	b.floor(w, rounds)
	return os.RemoveAll(b.template)
}

// floor prints the kernel's own part in a ratio: how long a work takes below a
// supervisor that looks at nothing, beside how long it takes plainly.
func (b *fileBench) floor(w *work, rounds int) {
	ratios := make([]float64, rounds)
	for i := range ratios {
		var took [2]time.Duration
		for j, front := range [...][]string{nil, {b.self, floorVerb}} {
			var err error
			if took[j], _, err = b.run(front, w.argv); err != nil {
				return // there is none here
			}
		}
		ratios[i] = float64(took[1]) / float64(took[0])
	}
	slices.Sort(ratios)
	fmt.Printf("%58s %7.2f\n", "the kernel's own part", ratios[rounds/2])
}

// memory prints what memory a supervisor has at most that was told of few calls,
// and of ten times as many.
func (b *fileBench) memory(only string) error {
	const label = "memory after 10,000 and 100,000 calls told"
	if !strings.Contains(label, only) {
		return nil
	}
	w := work{make: "echo x > old"}
	if err := w.prepare(b.template); err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	var peaks [2]int64
	for i, calls := range [...]string{"10000", "100000"} {
		// Another name of an old file goes each time.
		_, peak, err := b.once(nil, []string{"python3", "-c", "import os\nfor i in range(" + calls + "): os.link('old', 'x'); os.unlink('x')"})
		if err != nil {
			return fmt.Errorf("%s: %w", label, err)
		}
		peaks[i] = peak
	}
	fmt.Printf("%-44s %9d kB %9d kB %7.2f\n", label, peaks[0], peaks[1], float64(peaks[1])/float64(peaks[0]))
	return os.RemoveAll(b.template)
}

// prepare makes the directory that every run gets a copy of.
func (w *work) prepare(template string) error {
	if err := os.Mkdir(template, 0o700); err != nil {
		return err
	}
	made := exec.Command("bash", "-ec", w.make)
	made.Dir = template
	if out, err := made.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// once runs a command as an agent does, in a copy of the template, and tells how
// long it took and how much memory the session had, in getrusage(2)'s unit.
func (b *fileBench) once(options, argv []string) (took time.Duration, memory int64, err error) {
	return b.run(slices.Concat([]string{b.restrain}, options, []string{"--"}), argv)
}

// run runs argv in a copy of the template, by a front such as a session.
func (b *fileBench) run(front, argv []string) (took time.Duration, memory int64, err error) {
	above, err := os.MkdirTemp(filepath.Dir(b.template), "work-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(above)
	dir, result := filepath.Join(above, "dir"), filepath.Join(above, "took")
	if out, err := exec.Command("cp", "-a", b.template, dir).CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("%w: %s", err, out)
	}
	front = slices.Concat(front, []string{b.self, timeVerb, result}, argv)
	cmd := exec.Command(front[0], front[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(above, "home"), "XDG_STATE_HOME="+filepath.Join(above, "state"), "XDG_CONFIG_HOME="+filepath.Join(above, "config"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("%w: %s", err, out)
	}
	text, err := os.ReadFile(result)
	if err != nil {
		return 0, 0, err
	}
	used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, 0, errors.New("this system tells no use of memory")
	}
	took, err = time.ParseDuration(string(text) + "ns")
	return took, used.Maxrss, err
}
