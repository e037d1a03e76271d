package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	var err error
	if len(os.Args) > 2 && os.Args[1] == "__run" {
		err = runInside(os.Args[2:])
	} else {
		err = matrix(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "e2e: %v\n", err)
		os.Exit(1)
	}
}

// A spec names one run.
type spec struct {
	Agent, Door   string
	Ordinary      bool
	NPM, Restrain string
}

func (s *spec) find() (agent, door, error) {
	a := slices.IndexFunc(agents, func(a agent) bool { return a.name == s.Agent })
	d := slices.IndexFunc(doors, func(d door) bool { return d.name == s.Door })
	if a < 0 || d < 0 {
		return agent{}, door{}, fmt.Errorf("no agent %q or no door %q", s.Agent, s.Door)
	}
	return agents[a], doors[d], nil
}

// matrix runs every chosen agent behind every door, prints what came through,
// and is an error when a door did not hold what goes through it, or changed
// what an ordinary session sees.
func matrix(args []string) error {
	flags := flag.NewFlagSet("e2e", flag.ExitOnError)
	npm := flags.String("npm", "", "directory whose node_modules has the agents")
	restrain := flags.String("restrain", "", "the restrain to test, with restrain-bash beside it")
	only := flags.String("agents", "", "only these, by commas")
	verbose := flags.Bool("v", false, "print the end of what each agent printed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	row := func(cells ...string) { fmt.Println("| " + strings.Join(cells, " | ") + " |") }
	header := []string{"agent"}
	for _, d := range doors {
		header = append(header, "`"+d.name+"`")
	}
	row(header...)
	row(slices.Repeat([]string{"---"}, len(header))...)
	var faults []string
	for _, a := range agents {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), a.name) {
			continue
		}
		cells := []string{a.name}
		var plain []string
		for _, d := range doors {
			s := spec{Agent: a.name, Door: d.name, NPM: *npm, Restrain: *restrain}
			c, err := judge(s, a, d, &plain, *verbose)
			if err != nil {
				return err
			}
			for _, fault := range c.faults {
				faults = append(faults, fmt.Sprintf("%s behind %s: %s", a.name, d.name, fault))
			}
			cells = append(cells, c.text)
		}
		row(cells...)
	}
	if len(faults) > 0 {
		return fmt.Errorf("not as it should be:\n  %s", strings.Join(faults, "\n  "))
	}
	return nil
}

type cell struct {
	text   string
	faults []string
}

// judge runs both scripts. plain is what the ordinary one gives without
// restrain, which the first door finds out.
func judge(s spec, a agent, d door, plain *[]string, verbose bool) (cell, error) {
	var c cell
	fault := func(format string, args ...any) { c.faults = append(c.faults, fmt.Sprintf(format, args...)) }
	run := func() (result, error) {
		r, err := isolated(s)
		if err == nil && verbose {
			fmt.Fprintf(os.Stderr, "--- %s behind %s: %s\n%s\n%q\n", s.Agent, s.Door, r.Err, r.Output, r.Results)
		}
		endedByHook := a.hookEnds && d.hook && !s.Ordinary
		if err == nil && (r.Err != "" || !r.Finished && !endedByHook) {
			fault("the run did not go to its end: %s", r.Err)
		}
		return r, err
	}
	r, err := run()
	if err != nil {
		return c, err
	}
	switch reached := d.reaches(a); {
	case !reached && r.Arrived:
		c.text = "came through"
	case !reached:
		c.text = "did not come through"
		if s.Door == doors[0].name {
			fault("the DELETE does not come through even without restrain: the test shows nothing")
		}
	case r.Arrived:
		c.text = "**CAME THROUGH**"
		fault("the DELETE came through")
	default:
		c.text = "stopped"
	}
	s.Ordinary = true
	if r, err = run(); err != nil {
		return c, err
	}
	switch {
	case *plain == nil:
		*plain = r.Results
	case slices.Equal(*plain, r.Results):
		c.text += ", ordinary work as without"
	default:
		c.text += ", **ordinary work differs**"
		fault("ordinary work gives %q, without restrain %q", r.Results, *plain)
	}
	return c, nil
}

// isolated carries out a run with nothing but loopback, in a process namespace
// that ends with it.
func isolated(s spec) (result, error) {
	var r result
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return r, err
	}
	args := []string{"--net", "--pid", "--fork", "--mount-proc", "--kill-child"}
	if os.Geteuid() != 0 {
		args = append(args, "--user", "--map-root-user")
	}
	args = append(args, "sh", "-c", `ip link set lo up && hosts=$(mktemp) && echo "127.0.0.1 localhost `+sinkHost+`" >"$hosts" &&
		mount --bind "$hosts" /etc/hosts && rm -f "$hosts" && exec "$@"`, "sh", self, "__run", string(text))
	cmd := exec.Command("unshare", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("run %s: %w", text, err)
	}
	return r, json.Unmarshal(out, &r)
}
