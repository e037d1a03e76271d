//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/keep"
)

// keeping measures what it takes to keep files, and what it costs a step that
// loses nothing.
func keeping(restrain, only string) error {
	for _, m := range []struct {
		label   string
		measure func(label, restrain, dir string) error
	}{
		{"keep 1,000 files of 10 kB by link, beside link", keepByLink},
		{"a step that loses nothing, of 20,000 files, p99", stepWithoutLoss},
	} {
		if !strings.Contains(m.label, only) {
			continue
		}
		dir, err := os.MkdirTemp("", "restrain-keeping-")
		if err != nil {
			return err
		}
		err = errors.Join(m.measure(m.label, restrain, dir), os.RemoveAll(dir))
		if err != nil {
			return fmt.Errorf("%s: %w", m.label, err)
		}
	}
	return nil
}

// keepByLink compares the store with link(2) alone.
func keepByLink(label, _, dir string) error {
	const files = 1000
	tree := filepath.Join(dir, "tree")
	if err := os.Mkdir(tree, 0o700); err != nil {
		return err
	}
	text := []byte(strings.Repeat("x", 10_000))
	for i := range files {
		if err := os.WriteFile(fmt.Sprintf("%s/%d", tree, i), text, 0o600); err != nil {
			return err
		}
	}
	store, err := keep.Open(filepath.Join(dir, "state"), keep.Limits{})
	if err != nil {
		return err
	}
	var linked, kept []time.Duration
	for round := range 21 {
		to := fmt.Sprintf("%s/links%d", dir, round)
		if err := os.Mkdir(to, 0o700); err != nil {
			return err
		}
		start := time.Now()
		for i := range files {
			if err := os.Link(fmt.Sprintf("%s/%d", tree, i), fmt.Sprintf("%s/%d", to, i)); err != nil {
				return err
			}
		}
		linked = append(linked, time.Since(start))
		start = time.Now()
		result, err := store.Keep(context.Background(), keep.Step{Command: "rm"}, []keep.Item{{Path: tree}})
		kept = append(kept, time.Since(start))
		if err != nil || result.Files != files {
			return fmt.Errorf("%d kept: %w", result.Files, err)
		}
	}
	row(label, median(linked), median(kept))
	fmt.Printf("%58s %7s\n", "at most", "50ms")
	return nil
}

// stepWithoutLoss compares a line that removes nothing with the same line where
// nothing is kept.
func stepWithoutLoss(label, restrain, dir string) error {
	const repository = `git init -q . && git config user.email a@b && git config user.name a && mkdir s{0..199} &&
for d in s*; do for i in {0..99}; do echo $d $i > $d/f$i; done; done && git add . && git commit -qm one`
	project := filepath.Join(dir, "project")
	if err := errors.Join(os.Mkdir(project, 0o700), os.MkdirAll(dir+"/off/restrain", 0o700), os.Mkdir(dir+"/on", 0o700),
		os.WriteFile(dir+"/off/restrain/rules.toml", []byte("[keep]\noff = true\n"), 0o600)); err != nil {
		return err
	}
	made := exec.Command("bash", "-ec", repository)
	made.Dir = project
	if out, err := made.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	var took [2][]time.Duration
	for range 200 {
		for i, config := range [...]string{"off", "on"} {
			cmd := exec.Command(restrain, "-c", "cd "+project+" && rm -f s0/none.o s1/*.o && git status --short -uno")
			cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir+"/state-"+config, "XDG_CONFIG_HOME="+filepath.Join(dir, config))
			start := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	for i := range took {
		slices.Sort(took[i])
	}
	p99 := len(took[0]) * 99 / 100
	row(label, took[0][p99], took[1][p99])
	fmt.Printf("%58s %7s\n", "more", (took[1][p99] - took[0][p99]).Round(10*time.Microsecond))
	fmt.Printf("%58s %7s\n", "at most", "2ms")
	return nil
}
