package examples

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// An instruction of a Dockerfile, with its lines joined.
type instruction struct{ name, text string }

func instructions(text string) []instruction {
	var list []instruction
	text = regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`\\\n\s*`).ReplaceAllString(text, "")
	for line := range strings.Lines(text) {
		if name, rest, found := strings.Cut(strings.TrimSpace(line), " "); found {
			list = append(list, instruction{name, rest})
		}
	}
	return list
}

// The RUN lines behind SHELL are what the shell named there is given, as docker
// build gives them. There is no Docker in the tests.
func TestDockerfile(t *testing.T) {
	d := newDesk(t)
	kept := d.kept()
	var shell []string
	guarded := 0
	for _, line := range instructions(string(readExample(t, "docker/Dockerfile"))) {
		switch {
		case line.name == "SHELL":
			if err := json.Unmarshal([]byte(line.text), &shell); err != nil {
				t.Fatal(err)
			}
			shell[0] = strings.TrimPrefix(shell[0], "/usr/local/bin/")
		case line.name == "RUN" && shell != nil:
			guarded++
			if r := d.runs("", append(slices.Clone(shell), line.text)...); r.status != 0 {
				t.Errorf("RUN %s: exit status %d\n%s%s", line.text, r.status, r.stdout, r.stderr)
			}
		case line.name == "ENTRYPOINT":
			var argv []string
			if err := json.Unmarshal([]byte(line.text), &argv); err != nil {
				t.Fatal(err)
			}
			if r := d.runs("", append(argv, "sh", "-c", "echo started")...); r.status != 0 || r.stdout != "started\n" {
				t.Errorf("ENTRYPOINT: %+v", r)
			}
		}
	}
	if guarded < 2 {
		t.Errorf("%d RUN lines are guarded", guarded)
	}
	if r := d.runs("", append(slices.Clone(shell), canary)...); r.status != 126 || !strings.Contains(r.stderr, "restrain: denied: ") {
		t.Errorf("the canary: %+v", r)
	}
	kept()
	if text := string(readExample(t, d.dir+"/notes/first")); text != "made under guard\n" {
		t.Errorf("got %q", text)
	}
}
