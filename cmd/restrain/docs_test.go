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

// TestDocsVerbs: the pages name no verb that there is not.
func TestDocsVerbs(t *testing.T) {
	var verbs []string
	for _, command := range newApp(&host{Host: session.Host{}}, new(int)).Commands {
		verbs = append(verbs, command.Names()...)
	}
	named := regexp.MustCompile(`(?m)^    restrain ([a-z]+)\b`)
	tried := 0
	for _, path := range docPages(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			tried++
			if !slices.Contains(verbs, m[1]) {
				t.Errorf("%s: restrain %s is no verb", path, m[1])
			}
		}
	}
	if tried < 30 {
		t.Errorf("the pages show %d lines with a verb", tried)
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
