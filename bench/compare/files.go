package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"restrain/intercept"
)

// superviseVerb MODE DIR ARGV… runs a command in a directory below a supervisor
// of execs that allows everything, and prints the nanoseconds that it took and
// how much memory the supervisor had at most, in getrusage(2)'s unit. The mode says what is done about the files that it takes away.
const superviseVerb = "__supervise"

// The modes.
const (
	modeExec = "exec" // they are not looked at
	modePass = "pass" // looked at, and none concerns the witness
	modeTell = "tell" // the witness is told of each that is older than the session
	modeLink = "link" // and links it into a store first
)

// A files is a witness that keeps nothing, or links what it is told of.
type files struct {
	began time.Time
	mode  string
	store string
	kept  atomic.Int64
}

func (f *files) Began() time.Time { return f.began }

func (f *files) Spares(string, intercept.Process, int) bool { return f.mode == modePass }

func (f *files) File(_ context.Context, c intercept.FileCall) intercept.FileReply {
	file := c.Target
	if c.Op == intercept.FileRename {
		file = c.To
	}
	if f.mode == modeLink && file.Exists && c.Op != intercept.FileRmdir {
		n := f.kept.Add(1)
		if err := keepLink(file.Path, filepath.Join(f.store, strconv.FormatInt(n%256, 16), strconv.FormatInt(n, 10))); err != nil {
			return intercept.FileReply{Message: err.Error()}
		}
	}
	return intercept.FileReply{Allow: true}
}

// runSupervised is the supervisor of one command.
func runSupervised(mode, dir string, argv []string) error {
	var o intercept.ExecOptions
	if mode != modeExec {
		store, err := os.MkdirTemp(filepath.Dir(dir), "store-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(store)
		for i := range int64(256) {
			if err := os.Mkdir(filepath.Join(store, strconv.FormatInt(i, 16)), 0o700); err != nil {
				return err
			}
		}
		o.Files = &files{began: time.Now(), mode: mode, store: store}
	}
	took, err := supervise(o, dir, argv)
	if err != nil {
		return err
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return err
	}
	fmt.Println(took.Nanoseconds(), used.Maxrss)
	return nil
}

func supervise(o intercept.ExecOptions, dir string, argv []string) (time.Duration, error) {
	door, err := intercept.NewExecDoor(o)
	if err != nil {
		return 0, err
	}
	launch := &intercept.Launch{Argv: argv, Env: os.Environ(), Dir: dir}
	if err := door.Prepare(launch); err != nil {
		return 0, err
	}
	cmd := exec.Command(launch.Argv[0], launch.Argv[1:]...)
	cmd.Dir, cmd.ExtraFiles, cmd.Stderr = dir, launch.Files, os.Stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	for _, file := range launch.Files {
		if err := file.Close(); err != nil {
			return 0, err
		}
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.Background(), yes{}) }()
	err = cmd.Wait()
	took := time.Since(start)
	return took, errors.Join(err, <-served)
}

// yes is a judge that allows everything at once.
type yes struct{}

func (yes) Judge(context.Context, intercept.Request) intercept.Reply {
	return intercept.Reply{Allow: true}
}

// A work is something that takes files away, in a directory made for it.
type work struct {
	label  string
	rounds int
	limit  string // what the ratio may be
	mode   string // beside modeExec
	make   string // a line of bash that makes what there is before the session
	argv   []string
}

// removal is a program that removes files one by one.
const removal = "import os, sys\nfor d, _, names in os.walk('tree'):\n for n in names: os.remove(os.path.join(d, n))"

func works(project string) []work {
	const (
		tree = `mkdir -p tree/d{0..199}; for d in tree/d*; do for i in {0..99}; do echo x > $d/f$i; done; done`
		repo = `git init -q -b main .; git config user.email a@b; git config user.name a; mkdir s; for i in {0..1999}; do echo $i > s/f$i; done; git add .; git commit -qm one; git checkout -qb other; for i in {0..1999}; do echo other $i > s/f$i; done; git commit -qam two`
		sql  = `sqlite3 d.db 'create table t (a)'; for i in {1..1000}; do echo "insert into t values ($i);"; done > in.sql`
		c    = `for i in {0..149}; do echo "int f$i(void) { return $i; }" > f$i.c; done; echo 'all: $(patsubst %.c,%.o,$(wildcard *.c))' > Makefile`
	)
	rm, python := []string{"rm", "-rf", "tree"}, []string{"python3", "-c", removal}
	checkout := []string{"bash", "-c", "git checkout -q main && git checkout -q other"}
	sqlite := []string{"bash", "-c", "sqlite3 d.db < in.sql"}
	return []work{
		{"rm -rf of 20,000 files, none concerns", 7, "1.5", modePass, tree, rm},
		{"the same, all told", 7, "1.5", modeTell, tree, rm},
		{"the same, all linked", 5, "2.5", modeLink, tree, rm},
		{"python removes 20,000 files, all linked", 5, "2.5", modeLink, tree, python},
		{"git checkout of 2,000 files and back", 9, "1.25", modeTell, repo, checkout},
		{"the same, all linked", 7, "", modeLink, repo, checkout},
		{"sqlite, 1,000 commits", 7, "1.25", modeTell, sql, sqlite},
		{"make -j2 of 150 C files", 5, "1.03", modeTell, c, []string{"make", "-sj2"}},
		{"grep -r over the Go sources", 7, "1.03", modeTell, "", []string{"bash", "-c", "grep -rc nowhere-to-be-found $(go env GOROOT)/src > /dev/null; :"}},
		{"go build of this project, cold cache", 3, "1.03", modeTell, "", []string{"bash", "-c", "export GOCACHE=$PWD; cd " + project + " && go build -buildvcs=false -o /dev/null ./cmd/restrain"}},
	}
}

// fileWorks compares a supervisor with and without a witness of files.
func fileWorks(project, only string, most int) error {
	base, err := os.MkdirTemp("", "restrain-files-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(base)
	for _, w := range works(project) {
		if !strings.Contains(w.label, only) {
			continue
		}
		if _, err := exec.LookPath(w.argv[0]); err != nil {
			fmt.Printf("%s: not measured, %v\n", w.label, err)
			continue
		}
		template := filepath.Join(base, "template")
		if err := w.prepare(template); err != nil {
			return fmt.Errorf("%s: %w", w.label, err)
		}
		var without, with []time.Duration
		for range min(w.rounds, most) {
			for _, mode := range []string{modeExec, w.mode} {
				took, _, err := w.once(template, mode)
				if err != nil {
					return fmt.Errorf("%s: %w", w.label, err)
				}
				if mode == modeExec {
					without = append(without, took)
				} else {
					with = append(with, took)
				}
			}
		}
		if err := os.RemoveAll(template); err != nil {
			return err
		}
		row(w.label, median(without), median(with))
		if w.limit != "" {
			fmt.Printf("%66s %7s\n", "at most", w.limit)
		}
	}
	return fileMemory(base, only)
}

// fileMemory prints what memory a supervisor has at most that told its witness
// of few calls, and of ten times as many.
func fileMemory(base, only string) error {
	const label = "memory after 10,000 and 100,000 calls told"
	if !strings.Contains(label, only) {
		return nil
	}
	template := filepath.Join(base, "template")
	w := work{make: "echo x > old"}
	if err := w.prepare(template); err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	var peaks [2]int64
	for i, calls := range [...]string{"10000", "100000"} {
		// Another name of an old file goes each time.
		w.argv = []string{"python3", "-c", "import os\nfor i in range(" + calls + "): os.link('old', 'x'); os.unlink('x')"}
		var err error
		if _, peaks[i], err = w.once(template, modeTell); err != nil {
			return fmt.Errorf("%s: %w", label, err)
		}
	}
	fmt.Printf("%-44s %9d kB %9d kB %7.2f\n", label, peaks[0], peaks[1], float64(peaks[1])/float64(peaks[0]))
	return os.RemoveAll(template)
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

// once runs the work in a copy of the template.
func (w *work) once(template, mode string) (took time.Duration, memory int64, err error) {
	above, err := os.MkdirTemp(filepath.Dir(template), "work-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(above)
	dir := filepath.Join(above, "dir")
	if out, err := exec.Command("cp", "-a", template, dir).CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("%w: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	cmd := exec.Command(self, slices.Concat([]string{superviseVerb, mode, dir}, w.argv)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, 0, err
	}
	_, err = fmt.Sscan(string(out), &took, &memory)
	return took, memory, err
}
