//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// long measures what takes minutes: a session of very many execs, and a build.
func long(restrain, dir, project string, env []string) error {
	if err := manyExecs(restrain, dir, env, 100_000); err != nil {
		return err
	}
	return builds(restrain, dir, project, env, 3)
}

// builds compares go build of the project, each time with a cold cache.
func builds(restrain, dir, project string, env []string, rounds int) error {
	build := func(argv ...string) (time.Duration, error) {
		cache, err := os.MkdirTemp(dir, "go-build-")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(cache)
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = project, append(env[:len(env):len(env)], "GOCACHE="+cache, "GOFLAGS=-buildvcs=false")
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%q: %w: %s", argv, err, out)
		}
		return time.Since(start), nil
	}
	goBuild := []string{"go", "build", "-o", os.DevNull, "./cmd/restrain"}
	var without, with []time.Duration
	for range rounds {
		plain, err := build(goBuild...)
		if err != nil {
			return err
		}
		guarded, err := build(append([]string{restrain, "run", "--ci", "--"}, goBuild...)...)
		if err != nil {
			return err
		}
		without, with = append(without, plain), append(with, guarded)
	}
	row("go build of this project, cold cache", median(without), median(with))
	return nil
}

// manyExecs runs n execs in one session, the first and the last thousand of
// them in turn with plain ones.
func manyExecs(restrain, dir string, env []string, n int) error {
	plain, err := startWay("", "", dir, env, false)
	if err != nil {
		return err
	}
	many, err := startWay("", restrain, dir, env, false)
	if err != nil {
		return err
	}
	supervisor := many.spawner.cmd.Process.Pid
	if err := inTurns([]*way{&plain, &many}, 50); err != nil {
		return err
	}
	row(fmt.Sprintf("the first 1,000 of %d spawns in a session", n), median(plain.took), median(many.took))
	early, err := residentOf(supervisor)
	if err != nil {
		return err
	}
	if _, err := many.spawner.spawn(n - 2000); err != nil {
		return err
	}
	plain.took, many.took = nil, nil
	if err := inTurns([]*way{&plain, &many}, 50); err != nil {
		return err
	}
	row("the last 1,000 of them", median(plain.took), median(many.took))
	late, err := residentOf(supervisor)
	if err != nil {
		return err
	}
	fmt.Printf("memory of the supervisor: %.1f MB after the first 1,000, %.1f MB at the end\n", float64(early)/1024, float64(late)/1024)
	return errors.Join(plain.spawner.stop(), many.spawner.stop())
}

// residentOf reads VmRSS of proc_pid_status(5), in KiB.
func residentOf(pid int) (int, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0, fmt.Errorf("process %d: no VmRSS", pid)
	}
	return strconv.Atoi(string(fields[0]))
}
