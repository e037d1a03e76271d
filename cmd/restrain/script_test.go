//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"restrain/intercept"
	"restrain/internal/slowtest"
)

// quickExit keeps a program that was built with the race detector from waiting
// a second for other threads' races before it ends, which every start of
// restrain in these tests would do (go.dev/doc/articles/race_detector).
const quickExit = "GORACE=atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	if name, value, _ := strings.Cut(quickExit, "="); os.Getenv(name) == "" {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	// The test binary stands in for restrain wherever restrain starts itself
	// again: inside a PTY, and under the names of shells.
	hidden := len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "__")
	name := filepath.Base(os.Args[0])
	isTest := name == filepath.Base(mustExecutable())
	if _, other := testPrograms[name]; hidden || !other && !isTest {
		main()
	}
	if isTest {
		heedSignals()
	}
	testscript.Main(m, testPrograms)
}

// testPrograms are what the test binary stands in for, and testConditions what
// scripts can ask for.
var (
	testPrograms   = map[string]func(){"restrain": main}
	testConditions = map[string]func() bool{"setuid": intercept.KeepsSetuid, "exits": knowsExits}
)

// heedSignals takes back that signals are ignored, as in a script's background
// job or below nohup: the shells that the tests start would hand that on.
// Children begin with the default for what is caught here.
func heedSignals() {
	for _, sig := range []os.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT} {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
}

func mustExecutable() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// scriptCommands are what scripts can do besides what every testscript can.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){"status": status, "held": held, "takes": takes}

// scriptsOf lists the scripts; for a short run the first of each kind, which is
// the name up to the underscore.
func scriptsOf(t *testing.T) []string {
	all, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	if !testing.Short() && !slowtest.Raced() {
		return all // under the race detector one of a kind; CI runs all without it
	}
	return slices.CompactFunc(all, func(a, b string) bool { return kindOf(a) == kindOf(b) })
}

func kindOf(script string) string {
	kind, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(script), ".txtar"), "_")
	return kind
}

// TestScripts runs testdata/script, one behaviour of the command line a file.
func TestScripts(t *testing.T) { runScripts(t, scriptsOf(t)) }

// TestScriptsAlone runs those of testdata/alone, that work long through a lot of data.
func TestScriptsAlone(t *testing.T) {
	slowtest.Alone(t)
	all, err := filepath.Glob(filepath.Join("testdata", "alone", "*.txtar"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	runScripts(t, all)
}

func runScripts(t *testing.T, files []string) {
	t.Helper()
	evalData, err := filepath.Abs(filepath.Join("testdata", "eval"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: files,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Vars = append(env.Vars, quickExit)
			env.Setenv("HOME", home)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Setenv("SHELL", "/bin/bash")
			env.Setenv("EVAL", evalData)
			env.Setenv("SOON", time.Now().AddDate(0, 0, 10).Format(time.DateOnly))
			env.Setenv("TMPDIR", filepath.Join(env.WorkDir, "tmp"))
			for _, dir := range []string{home, filepath.Join(env.WorkDir, "tmp")} {
				if err := os.MkdirAll(dir, 0o700); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: scriptCommands,
		Condition: func(name string) (bool, error) {
			if met, ok := testConditions[name]; ok {
				return met(), nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
	})
}

// knowsExits reports a kernel that tells how the children of others end.
func knowsExits() bool {
	exit, err := intercept.WatchExit(os.Getpid())
	if err != nil {
		return false
	}
	exit.Close()
	return true
}

// status N PROGRAM [ARGS…] runs a program without a terminal and wants its
// exit status to be N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM [ARGS…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := exitStatusOf(err); got != args[0] {
		ts.Fatalf("%s ended with exit status %s, not %s: %v", args[1], got, args[0], err)
	}
}

func exitStatusOf(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strconv.Itoa(exit.ExitCode())
	}
	return err.Error()
}
