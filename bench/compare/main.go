//go:build unix

// Command compare times restrain beside bash and script(1), interleaved in one
// run, and prints medians and ratios. bench/run builds and calls it.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/intercept"
)

func main() {
	restrain := flag.String("restrain", "", "the restrain binary")
	sessions := flag.String("sessions", "", "a file of sessions to judge")
	rounds := flag.Int("rounds", 200, "how often each short command is run")
	files := flag.String("files", "", "only measure what the word on files costs, with this directory of the project")
	only := flag.String("only", "", "of these, the ones whose name has this in it")
	network := flag.Bool("net", false, "only measure what the look at the network costs a session's start")
	long := flag.String("long", "", "also measure what takes minutes, with this directory of the project")
	intercept.StubMain(os.Args)
	flag.Parse()
	var err error
	switch verb := flag.Args(); {
	case len(verb) == 2 && verb[0] == spawnVerb:
		err = runSpawner(verb[1])
	case len(verb) == 2 && verb[0] == agentVerb:
		err = runAgent(verb[1])
	case len(verb) > 2 && verb[0] == timeVerb:
		err = runTimed(verb[1], verb[2:])
	case len(verb) > 1 && verb[0] == floorVerb:
		err = runFloor(verb[1:])
	case len(verb) == 2 && verb[0] == removeVerb:
		err = runRemover(verb[1])
	case *network:
		err = netStart(*restrain, *rounds)
	case *files != "":
		err = fileWorks(*restrain, *files, *only, *rounds)
	default:
		err = compare(*restrain, *sessions, *long, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(restrain, sessions, project string, rounds int) error {
	state, err := os.MkdirTemp("", "restrain-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(state)
	env := append(os.Environ(), "XDG_STATE_HOME="+state, "XDG_CONFIG_HOME="+state)
	bash := timed{name: "bash -c true", argv: []string{"bash", "-c", "true"}}
	door := timed{name: "restrain -c true", argv: []string{restrain, "-c", "true"}, env: env}
	fmt.Printf("%-44s %12s %12s %7s\n", "", "without", "with", "ratio")
	if err := pair("a line through the shell door", bash, door, rounds); err != nil {
		return err
	}
	hook := timed{name: "restrain hook claude", argv: []string{restrain, "hook", "claude"}, env: env, in: event}
	if err := pair("a command through the hook, beside bash -c true", bash, hook, rounds); err != nil {
		return err
	}
	config, err := ownRules(state, 20)
	if err != nil {
		return err
	}
	hook.env = append(slices.Clone(env), "XDG_CONFIG_HOME="+config)
	if err := pair("the same, with 20 rules of the user's own", bash, hook, rounds); err != nil {
		return err
	}
	if err := lengthen(door, 10_000); err != nil {
		return err
	}
	if err := pair("the same, 10,000 steps into a session", bash, door, rounds); err != nil {
		return err
	}
	if err := spawns(restrain, state, env, rounds/4); err != nil {
		return err
	}
	if err := gitSession(restrain, state, env, rounds/10); err != nil {
		return err
	}
	if err := throughput(restrain, env); err != nil {
		return err
	}
	if err := maskedOutput(restrain, env); err != nil {
		return err
	}
	if project != "" {
		if err := long(restrain, state, project, env); err != nil {
			return err
		}
	}
	if sessions == "" {
		return nil
	}
	return judging(restrain, sessions, env)
}

// event is an ordinary command as Claude Code sends it to a hook.
const event = `{"session_id":"5f0c1a52","transcript_path":"/tmp/t.jsonl","cwd":"/tmp","permission_mode":"default",` +
	`"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"go test ./... && git status --short"},"tool_use_id":"toolu_1"}`

// A timed is a command whose run is measured.
type timed struct {
	name string
	argv []string
	env  []string
	in   string // standard input
}

func (t timed) run() (time.Duration, error) {
	cmd := exec.Command(t.argv[0], t.argv[1:]...)
	cmd.Env, cmd.Stdin = t.env, strings.NewReader(t.in)
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", t.name, err, out)
	}
	return time.Since(start), nil
}

// pair runs two commands in turn and prints their medians.
func pair(label string, without, with timed, rounds int) error {
	var a, b []time.Duration
	for range rounds {
		first, err := without.run()
		if err != nil {
			return err
		}
		second, err := with.run()
		if err != nil {
			return err
		}
		a, b = append(a, first), append(b, second)
	}
	row(label, median(a), median(b))
	return nil
}

func row(label string, without, with time.Duration) {
	fmt.Printf("%-44s %12s %12s %7.2f\n", label, without.Round(time.Microsecond), with.Round(time.Microsecond), float64(with)/float64(without))
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// lengthen makes the session of a door n steps longer.
func lengthen(door timed, n int) error {
	script := fmt.Sprintf("for i in $(seq %d); do %q -c true || exit; done", n, door.argv[0])
	cmd := exec.Command("bash", "-c", script)
	cmd.Env = door.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("lengthen the session: %w: %s", err, out)
	}
	return nil
}

// throughput compares a session's PTY with script's, over 64 MB of text.
func throughput(restrain string, env []string) error {
	if _, err := exec.LookPath("script"); err != nil {
		fmt.Println("throughput: not measured, script(1) is not installed")
		return nil
	}
	big, err := os.CreateTemp("", "restrain-bench-")
	if err != nil {
		return err
	}
	defer os.Remove(big.Name())
	out := bufio.NewWriter(big)
	for i := range 1 << 20 {
		fmt.Fprintf(out, "%08d a line of text that an agent might print, 64 bytes long\n", i)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := big.Close(); err != nil {
		return err
	}
	cat := "cat " + big.Name()
	// Both run inside an outer script, which gives them a terminal.
	plain := timed{name: "script cat", argv: []string{"script", "-qc", "script -qc '" + cat + "' /dev/null", "/dev/null"}, env: env}
	guarded := timed{name: "restrain cat", argv: []string{"script", "-qc", restrain + " -- " + cat, "/dev/null"}, env: env}
	return pair("64 MB through the terminal, beside script(1)", plain, guarded, 7)
}

// judging measures check --batch over a file's commands, start-up excluded: the
// time for all commands less the time for none.
func judging(restrain, sessions string, env []string) error {
	batch, count, err := batchOf(sessions)
	if err != nil {
		return err
	}
	run := func(input string) (time.Duration, error) {
		cmd := exec.Command(restrain, "check", "--batch")
		cmd.Env = append(slices.Clone(env), "GOMAXPROCS=1")
		cmd.Stdin = strings.NewReader(input)
		start := time.Now()
		_, err := cmd.Output()
		return time.Since(start), err
	}
	var all, none []time.Duration
	for range 5 {
		empty, err := run("")
		if err != nil {
			return err
		}
		full, err := run(batch)
		if err != nil {
			return err
		}
		none, all = append(none, empty), append(all, full)
	}
	each := (median(all) - median(none)) / time.Duration(count)
	fmt.Printf("check --batch, %s: %d commands, %.1f µs a command, one core\n",
		filepath.Base(sessions), count, float64(each.Nanoseconds())/1000)
	return nil
}

func batchOf(sessions string) (batch string, count int, err error) {
	file, err := os.Open(sessions)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	for decoder := json.NewDecoder(file); decoder.More(); {
		var session struct {
			Commands []string `json:"commands"`
		}
		if err := decoder.Decode(&session); err != nil {
			return "", 0, fmt.Errorf("%s: %w", sessions, err)
		}
		for _, command := range session.Commands {
			if err := encoder.Encode(map[string]any{"id": count, "command": command}); err != nil {
				return "", 0, err
			}
			count++
		}
	}
	if count == 0 {
		return "", 0, fmt.Errorf("%s: no commands in it", sessions)
	}
	return b.String(), count, nil
}
