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

// A spec names one run. Script is guarded, ordinary or incident.
type spec struct {
	Agent, Door, Script string
	Screen              bool // a person is at the agent's screen
	Server              bool // with a server of before that agents share
	Verbose             bool // what stands on the screens goes to stderr
	NPM, Restrain       string
}

func (s *spec) log(screen string) {
	if s.Verbose {
		fmt.Fprintln(os.Stderr, screen)
	}
}

func (s *spec) find() (agent, door, error) {
	a := slices.IndexFunc(agents, func(a agent) bool { return a.name == s.Agent })
	d := slices.IndexFunc(doors, func(d door) bool { return d.name == s.Door })
	if a < 0 || d < 0 {
		return agent{}, door{}, fmt.Errorf("no agent %q or no door %q", s.Agent, s.Door)
	}
	return agents[a], doors[d], nil
}

// matrix runs every chosen agent behind every door and at its screen, prints what
// came through, and is an error when a door did not hold what goes through it, or
// changed what an ordinary session sees, or a question was not as it should be.
func matrix(args []string) error {
	flags := flag.NewFlagSet("e2e", flag.ExitOnError)
	npm := flags.String("npm", "", "directory whose node_modules has the agents")
	restrain := flags.String("restrain", "", "the restrain to test, with restrain-bash beside it")
	only := flags.String("agents", "", "only these, by commas")
	part := flags.String("only", "", "only the doors, or only the screens")
	held := flags.String("held", "", "only run the incident with this agent, and see that it is held")
	verbose := flags.Bool("v", false, "print the end of what each agent printed, and the screens")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *held != "" {
		return incident(spec{Agent: *held, Door: "restrain --", Script: "incident", NPM: *npm, Restrain: *restrain})
	}
	chosen := func(name string) bool { return *only == "" || slices.Contains(strings.Split(*only, ","), name) }
	base := spec{NPM: *npm, Restrain: *restrain, Verbose: *verbose}
	var faults []string
	if *part != "screens" {
		found, err := throughDoors(base, chosen)
		if err != nil {
			return err
		}
		faults = append(faults, found...)
	}
	if *part != "doors" {
		found, err := atScreens(base, chosen)
		if err != nil {
			return err
		}
		faults = append(faults, found...)
	}
	if len(faults) > 0 {
		return fmt.Errorf("not as it should be:\n  %s", strings.Join(faults, "\n  "))
	}
	return nil
}

// atScreens has a person sit at the screen of every chosen agent.
func atScreens(base spec, chosen func(string) bool) (faults []string, err error) {
	for _, kind := range screens {
		if !chosen(kind.agent) {
			continue
		}
		for _, server := range []bool{false, true} {
			if server && kind.server == "" {
				continue
			}
			s := base
			s.Agent, s.Door, s.Screen, s.Server = kind.agent, guardedDoor, true, server
			r, err := isolated(s)
			if err != nil {
				return nil, err
			}
			name := kind.agent + " at its screen"
			if server {
				name += ", its server alive"
			}
			verdict := "one question approved, one denied, each counted once"
			if r.Err != "" {
				verdict = "**NOT AS IT SHOULD BE**"
				faults = append(faults, name+": "+r.Err)
			}
			fmt.Printf("%s: %s\n", name, verdict)
		}
	}
	return faults, nil
}

// throughDoors prints what came through every door.
func throughDoors(base spec, chosen func(string) bool) (faults []string, err error) {
	row := func(cells ...string) { fmt.Println("| " + strings.Join(cells, " | ") + " |") }
	header := []string{"agent"}
	for _, d := range doors {
		header = append(header, "`"+d.name+"`")
	}
	row(header...)
	row(slices.Repeat([]string{"---"}, len(header))...)
	for _, a := range agents {
		if !chosen(a.name) {
			continue
		}
		cells := []string{a.name}
		var plain []string
		for _, d := range doors {
			s := base
			s.Agent, s.Door, s.Script = a.name, d.name, "guarded"
			c, err := judge(s, a, d, &plain, s.Verbose)
			if err != nil {
				return nil, err
			}
			for _, fault := range c.faults {
				faults = append(faults, fmt.Sprintf("%s behind %s: %s", a.name, d.name, fault))
			}
			cells = append(cells, c.text)
		}
		row(cells...)
	}
	return faults, nil
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
		endedByHook := a.hookEnds && d.hook && s.Script == "guarded"
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
	s.Script = "ordinary"
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

// incident has an agent delete a volume with a token that it found, and is an error
// when the deletion was not held.
func incident(s spec) error {
	r, err := isolated(s)
	switch last := len(scripts["incident"]) - 1; {
	case err != nil:
		return err
	case r.Arrived || !r.Finished:
		return fmt.Errorf("%s: deleted %t, went to its end %t: %s\n%s", s.Agent, r.Arrived, r.Finished, r.Err, r.Output)
	case !strings.Contains(r.Results[last], "restrain: denied: deletes a Railway"):
		return fmt.Errorf("%s was not told why: %q", s.Agent, r.Results[last])
	default:
		fmt.Println(r.Results[last])
		return nil
	}
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
	args = append(args, "sh", "-c", `ip link set lo up && hosts=$(mktemp) && echo "127.0.0.1 localhost `+sinkHost+" "+volumeHost+`" >"$hosts" &&
		mount --bind "$hosts" /etc/hosts && rm -f "$hosts" && exec "$@"`, "sh", self, "__run", string(text))
	cmd := exec.Command("unshare", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("run %s: %w", text, err)
	}
	return r, json.Unmarshal(out, &r)
}
