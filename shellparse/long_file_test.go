package shellparse

import (
	"strings"
	"testing"
)

// A script at hand is read as far as the bounds go. That it goes on is no reason
// to stop it, and what stands in the line behind it is read all the same.
func TestLongFile(t *testing.T) {
	long := strings.Repeat("if test -n \"$x\"; then\n  x=`echo y | sed s/y/z/`\nfi\n", 10_000)
	heredoc := strings.Repeat("echo one >> log\n", 100) + "cat > x <<'END'\n" + strings.Repeat("it's text\n", 20_000) + "END\n"
	many := strings.Repeat("echo\n", 20_000)
	files := map[string]string{
		"/w/configure": "#!/bin/sh\nrm -r early\n" + long + "rm -r late\n",
		"/w/heredoc":   "rm -r early\n" + heredoc,
		"/w/many":      "rm -r early\n" + many,
		"/w/accents":   "rm -r early\n" + strings.Repeat("# é\n#\n", 40_000),
		"/w/functions": "work() {\nrm -r early\n" + many + "}\n",
		"/w/bundle.js": "require('child_process').execSync('rm -r early')\n" + strings.Repeat("f(1);", 50_000),
	}
	for _, line := range []string{
		"./configure --prefix=/x", "sh ./configure", ". ./configure", "bash heredoc", "sh many", "sh < many",
		"sh accents", ". ./functions; work", "node bundle.js",
	} {
		s := Parse(line+"; rm -r behind", Options{Dir: "/w", ReadFile: func(path string) ([]byte, error) { return []byte(files[path]), nil }})
		if s.Err != nil || s.Limit != "" {
			t.Errorf("%s: error %v, limit %q", line, s.Err, s.Limit)
		}
		all := show(s)
		for _, want := range []string{"rm|-r|early", "rm|-r|behind"} {
			if !strings.Contains(all, want) {
				t.Errorf("%s: %s is missing in %.300s", line, want, all)
			}
		}
	}
	for _, line := range []string{many, strings.Repeat("sh many;", 4), "eval '" + many + "'"} {
		s := Parse(line, Options{Dir: "/w", ReadFile: func(path string) ([]byte, error) { return []byte(files[path]), nil }})
		if s.Limit == "" {
			t.Errorf("%.40s…: no limit", line)
		}
	}
}

// A program is not read. A shell reads a script whatever follows its first line.
func TestBinaryFile(t *testing.T) {
	for text, reads := range map[string]bool{
		"\x7fELF\x02\x01\x01\x00\x00" + strings.Repeat("rm -r x\n", 40_000): false,
		"PK\x03\x04\x14\x00\x00\x00rm -r x\n":                               false,
		"\xcb\r\r\n\x00\x00\x00\x00rm -r x\n":                               false,
		"#!/usr/bin/env python3\nPK\x03\x04\x14\x00\x00":                    false,
		"rm -r x\n\x00":                          true,
		"#!/bin/sh\nrm -r x\nexit\n\x00\x01\x02": true,
	} {
		s := Parse("bash x", Options{Dir: "/w", ReadFile: func(string) ([]byte, error) { return []byte(text), nil }})
		if got := strings.Contains(show(s), "rm|-r|x"); got != reads || !reads && s.Limit != "" {
			t.Errorf("%.20q: read %v, limit %q, %s", text, got, s.Limit, show(s))
		}
	}
}

// What make has yet to expand need not be a shell's text, and is read as far as
// it is.
func TestRecipeBeforeMake(t *testing.T) {
	makefile := "all:\n\t$(call am__x,$(y)) ) || echo one; (\n\trm -r x\n"
	s := Parse("make all; rm -r behind", Options{Dir: "/w", ReadFile: func(string) ([]byte, error) { return []byte(makefile), nil }})
	if all := show(s); s.Err != nil || !strings.Contains(all, "rm|-r|x") || !strings.Contains(all, "rm|-r|behind") {
		t.Errorf("error %v, %s", s.Err, all)
	}
}
