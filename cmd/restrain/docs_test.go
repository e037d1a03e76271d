//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/session"
)

// docPages are what users read.
func docPages(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages in docs: %v", len(pages), err)
	}
	return append(pages, "../../README.md")
}

// codeBlocks are the indented blocks of a page, without their indentation.
func codeBlocks(page string) []string {
	var blocks []string
	inside := false
	for line := range strings.Lines(page) {
		code, indented := strings.CutPrefix(line, "    ")
		switch {
		case indented && inside:
			blocks[len(blocks)-1] += code
		case indented:
			blocks = append(blocks, code)
		}
		inside = indented
	}
	return blocks
}

// TestDocsRules: a rule that a page shows is one that restrain takes, and that
// matches its own examples.
func TestDocsRules(t *testing.T) {
	slowtest.Alone(t)
	tried := 0
	for _, path := range docPages(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range codeBlocks(string(text)) {
			if !strings.HasPrefix(block, "[[rule]]") {
				continue
			}
			tried++
			file := filepath.Join(t.TempDir(), "rules.toml")
			if err := os.WriteFile(file, []byte(block), 0o600); err != nil {
				t.Fatal(err)
			}
			if out := stdoutOf(t, "rules", "check", file); !strings.Contains(out, "all examples hold") {
				t.Errorf("%s: %s\n%s", path, out, block)
			}
		}
	}
	if tried == 0 {
		t.Error("no page shows a rule")
	}
}

// TestDocsVerbs: the pages name no verb, and no option of one, that there is not.
func TestDocsVerbs(t *testing.T) {
	verbs := map[string][]string{}
	for _, command := range newApp(&host{Host: session.Host{}}, new(int)).Commands {
		options := flagNames(command.Flags)
		for _, sub := range command.Subcommands {
			options = append(options, flagNames(sub.Flags)...)
		}
		for _, name := range command.Names() {
			verbs[name] = options
		}
	}
	named := regexp.MustCompile(`(?m)^    restrain ([a-z]+)\b((?: [^\s#']+)*)`)
	option := regexp.MustCompile(` --([a-z][a-z0-9-]*)`)
	tried, options := 0, 0
	for _, path := range docPages(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			tried++
			known, ok := verbs[m[1]]
			if !ok {
				t.Errorf("%s: restrain %s is no verb", path, m[1])
			}
			for _, o := range option.FindAllStringSubmatch(m[2], -1) {
				options++
				if !slices.Contains(known, o[1]) && o[1] != "help" {
					t.Errorf("%s: restrain %s has no option --%s", path, m[1], o[1])
				}
			}
		}
	}
	if tried < 30 || options < 20 {
		t.Errorf("the pages show %d lines with a verb, and %d options", tried, options)
	}
}

// TestDocsTests: the tests and scripts that the pages name are there.
func TestDocsTests(t *testing.T) {
	tests := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasSuffix(path, ".txtar"):
			tests[strings.TrimSuffix(d.Name(), ".txtar")] = true
		case strings.HasSuffix(path, "_test.go"):
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(text)) {
				if rest, ok := strings.CutPrefix(line, "func Test"); ok {
					name, _, _ := strings.Cut(rest, "(")
					tests["Test"+name] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/failures.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test[A-Za-z0-9]+|[a-z]+_[a-z_]+)`").FindAllStringSubmatch(string(text), -1)
	for _, m := range named {
		if !tests[m[1]] {
			t.Errorf("no test or script %s", m[1])
		}
	}
	if len(named) < 50 {
		t.Errorf("the page names %d tests", len(named))
	}
}

// TestDocsLinks: the pages link to files that there are.
func TestDocsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, path := range docPages(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// TestReadmeLength: what everybody reads stays short; the rest is in docs.
func TestReadmeLength(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if words := len(strings.Fields(string(text))); words > 700 {
		t.Errorf("README.md has %d words; move some to docs, 700 are enough", words)
	}
}
