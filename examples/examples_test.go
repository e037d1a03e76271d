// Package examples is for those who look for a beginning. Its tests run each
// example as it stands.
package examples

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// bin has restrain, and its links as a shell.
var bin string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if flag.Parse(); testing.Short() {
		fmt.Println("left out of a short run: restrain is built for these")
		return 0
	}
	dir, err := os.MkdirTemp("", "restrain-examples-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = dir
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "restrain"), "restrain/cmd/restrain")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	if err := os.Symlink("restrain", filepath.Join(dir, "restrain-bash")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// lookAtSources looks at every file that restrain is built from, so that go test
// does not take an old result for one of the program as it is now. It notes what
// tests look at, once they run.
var lookAtSources = sync.OnceValue(func() error {
	const each = `{{if .Module}}{{if .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`
	list, err := exec.Command("go", "list", "-deps", "-f", each, "restrain/cmd/restrain").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	for name := range strings.Lines(string(list)) {
		if _, err := os.Stat(strings.TrimSpace(name)); err != nil && strings.TrimSpace(name) != "" {
			return err
		}
	}
	return nil
})

// A desk is a machine to try an example on: a home, a working directory, and
// nothing of the environment that the tests run in.
type desk struct {
	t    *testing.T
	dir  string // the working directory
	home string
	env  map[string]string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	if err := lookAtSources(); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	d := &desk{t: t, dir: filepath.Join(root, "work"), home: filepath.Join(root, "home")}
	for _, dir := range []string{d.dir, d.home, filepath.Join(root, "tmp")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.env = map[string]string{
		"PATH": bin + ":" + os.Getenv("PATH"), "HOME": d.home, "TMPDIR": filepath.Join(root, "tmp"), "SHELL": "/bin/bash", "LC_ALL": "C.UTF-8",
		"XDG_STATE_HOME": filepath.Join(root, "state"), "XDG_CONFIG_HOME": filepath.Join(root, "config"),
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	}
	return d
}

// A result is what came of a program.
type result struct {
	status         int
	stdout, stderr string
}

// runs runs a program on the desk.
func (d *desk) runs(stdin string, argv ...string) result {
	d.t.Helper()
	program := argv[0]
	if path := filepath.Join(bin, program); !strings.Contains(program, "/") {
		if _, err := os.Stat(path); err == nil {
			program = path
		}
	}
	cmd := exec.Command(program, argv[1:]...)
	cmd.Dir = d.dir
	for name, value := range d.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.t.Fatalf("%v: %v", argv, err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// must runs a program that has to succeed.
func (d *desk) must(argv ...string) string {
	d.t.Helper()
	r := d.runs("", argv...)
	if r.status != 0 {
		d.t.Fatalf("%v: exit status %d\n%s%s", argv, r.status, r.stdout, r.stderr)
	}
	return strings.TrimSpace(r.stdout)
}

// lays copies a file to a place below the working directory.
func (d *desk) lays(from, to string) {
	d.t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		d.t.Fatal(err)
	}
	info, err := os.Stat(from)
	if err != nil {
		d.t.Fatal(err)
	}
	path := filepath.Join(d.dir, to)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, info.Mode())); err != nil {
		d.t.Fatal(err)
	}
}

func readExample(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// canary is a line that no guard may let run: it would empty the desk's home.
const canary = "rm -rf ~/"

// kept puts a file into the home, and gives a function that wants it there.
func (d *desk) kept() func() {
	d.t.Helper()
	path := filepath.Join(d.home, "kept")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		d.t.Fatal(err)
	}
	return func() {
		d.t.Helper()
		if _, err := os.Stat(path); err != nil {
			d.t.Errorf("the canary ran: %v", err)
		}
	}
}
