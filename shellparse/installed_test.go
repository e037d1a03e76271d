package shellparse

import "testing"

// An installed script is the program that it is, however it is started; one that
// the text wrote, or that nobody vouches for, is read.
func TestInstalledScriptsAreNotRead(t *testing.T) {
	opts := Options{Dir: "/w", ReadFile: func(string) ([]byte, error) { return []byte("#!/bin/sh\nrm -rf inside\n"), nil }}
	for line, want := range map[string]string{
		"/usr/bin/tool a":          "/usr/bin/tool a",
		"bash /usr/bin/tool a":     "bash /usr/bin/tool a | /usr/bin/tool a",
		"perl -w /usr/bin/tool a":  "perl -w /usr/bin/tool a | /usr/bin/tool a",
		"sh /usr/bin/env rm -rf x": "sh /usr/bin/env rm -rf x | rm -rf x",
		"bash ./tool.sh":           "bash ./tool.sh | rm -rf inside",
		"echo rm -rf mine > /usr/bin/tool.sh; bash /usr/bin/tool.sh": "echo rm -rf mine | bash /usr/bin/tool.sh | rm -rf mine",
		"bash -c 'rm -rf y' /usr/bin/tool":                           "bash -c rm -rf y /usr/bin/tool | rm -rf y",
	} {
		if got := commandsOf(Parse(line, opts)); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
	opts.Installed = func(path string) bool { return path == "/w/node_modules/.bin/tool" }
	for line, want := range map[string]string{
		"node_modules/.bin/tool a": "node_modules/.bin/tool a",
		"bash /usr/bin/tool a":     "bash /usr/bin/tool a | rm -rf inside",
	} {
		if got := commandsOf(Parse(line, opts)); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

func commandsOf(s *Script) (all string) {
	for i := range s.Commands {
		if i > 0 {
			all += " | "
		}
		for j, w := range s.Commands[i].Argv {
			if j > 0 {
				all += " "
			}
			all += w.Text
		}
	}
	return all
}
