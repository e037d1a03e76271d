package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// long measures what takes minutes: a build, and a session of very many execs.
func long(restrain, dir, project string, env []string) error {
	if err := builds(restrain, dir, project, env, 3); err != nil {
		return err
	}
	return manyExecs(restrain, dir, env, 100_000)
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

// manyExecs runs n execs in one session. The columns are the first thousand and
// the last one.
func manyExecs(restrain, dir string, env []string, n int) error {
	w, err := startWay(fmt.Sprintf("the first and the last 1,000 of %d execs", n), restrain, dir, env, false)
	if err != nil {
		return err
	}
	const turn = 1000
	var first, last []time.Duration
	var early, late int
	for done := 0; done < n; done += turn {
		if last, err = w.spawner.spawn(turn); err != nil {
			return err
		}
		if done == 0 {
			first = last
			early, err = residentOf(w.spawner.cmd.Process.Pid)
		} else {
			late, err = residentOf(w.spawner.cmd.Process.Pid)
		}
		if err != nil {
			return err
		}
	}
	row(w.label, median(first), median(last))
	fmt.Printf("memory of the supervisor: %.1f MB after 1,000 execs, %.1f MB after all\n", float64(early)/1024, float64(late)/1024)
	return w.spawner.stop()
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
