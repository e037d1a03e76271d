package classify

import (
	"os"
	"path/filepath"
	"strings"
)

// An ignoreList is one file of git's that says what is not to be tracked.
type ignoreList struct {
	base  string // the directory that it is about, from the root; "" is the root
	rules []ignoreRule
	hard  bool // git has to be asked what it means
}

// An ignoreRule is a line of it.
type ignoreRule struct {
	pattern  string // without the slashes around it
	keeps    bool   // it was written with "!"
	anchored bool   // it is about the path from the base, not about a name
	dirs     bool   // it is about directories
}

// ignores tells what git ignores in a working tree, as far as the repository
// itself says it. What a user ignores everywhere is not part of it.
type ignores struct {
	root   string
	always ignoreList // info/exclude
	lists  map[string]ignoreList
	hard   bool // a list was met that git has to read
}

func newIgnores(root, common string) *ignores {
	g := &ignores{root: root, always: readIgnores(filepath.Join(common, "info", "exclude"), ""), lists: map[string]ignoreList{}}
	config, err := readConfig(filepath.Join(common, "config"))
	g.hard = g.always.hard || err != nil || strings.Contains(config, "excludesfile")
	return g
}

func readIgnores(file, base string) ignoreList {
	list := ignoreList{base: base}
	if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
		return list // git follows no link here
	}
	text, err := readRegular(file, maxConfig)
	list.hard = err != nil || len(text) == maxConfig
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line = trimSpaces(line); line == "" || line[0] == '#' {
			continue
		}
		rule := ignoreRule{}
		if line, rule.keeps = strings.CutPrefix(line, "!"); rule.keeps && line == "" {
			continue
		}
		line, rule.dirs = strings.CutSuffix(line, "/")
		rule.anchored = strings.Contains(line, "/")
		if rule.pattern = strings.TrimPrefix(line, "/"); rule.pattern != "" {
			list.rules = append(list.rules, rule)
			list.hard = list.hard || isHardPattern(rule.pattern)
		}
	}
	return list
}

// isHardPattern reports a pattern that Go's matcher may read in another way than
// git's, or that takes long.
func isHardPattern(pattern string) bool {
	_, err := filepath.Match(pattern, "")
	return err != nil || strings.ContainsAny(pattern, `[\`) || strings.Count(pattern, "**") > 2
}

// trimSpaces takes spaces at the end away, but for one behind a backslash.
func trimSpaces(line string) string {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	return line
}

// at gives the list in a directory.
func (g *ignores) at(dir string) ignoreList {
	list, ok := g.lists[dir]
	if !ok {
		list = readIgnores(filepath.Join(g.root, dir, ".gitignore"), dir)
		g.lists[dir], g.hard = list, g.hard || list.hard
	}
	return list
}

// fits reports a path that is ignored by itself, when nothing above it is.
func (g *ignores) fits(rel string, isDir bool) bool {
	for dir := rel; dir != ""; {
		dir = parentOf(dir)
		list := g.at(dir)
		if rule := list.last(rel, isDir); rule != nil {
			return !rule.keeps
		}
	}
	rule := g.always.last(rel, isDir)
	return rule != nil && !rule.keeps
}

// above gives the uppermost directory or file at or above a path that is
// ignored, "" for none.
func (g *ignores) above(rel string, isDir bool) string {
	for at, c := range rel {
		if c == '/' && g.fits(rel[:at], true) {
			return rel[:at] + "/"
		}
	}
	switch {
	case rel == "" || !g.fits(rel, isDir):
		return ""
	case isDir:
		return rel + "/"
	}
	return rel
}

func parentOf(rel string) string {
	return rel[:max(strings.LastIndexByte(rel, '/'), 0)]
}

// last gives the last rule of a list that fits a path: that one counts.
func (l *ignoreList) last(rel string, isDir bool) *ignoreRule {
	rel = strings.TrimPrefix(strings.TrimPrefix(rel, l.base), "/")
	for i := len(l.rules) - 1; i >= 0; i-- {
		rule := &l.rules[i]
		if rule.dirs && !isDir {
			continue
		}
		name := rel
		if !rule.anchored {
			name = rel[strings.LastIndexByte(rel, '/')+1:]
		}
		if fitsIgnore(rule.pattern, name) {
			return rule
		}
	}
	return nil
}

// fitsIgnore matches as git does: a star goes up to a slash, two between
// slashes are any directories.
func fitsIgnore(pattern, name string) bool {
	for {
		part, rest, more := strings.Cut(pattern, "/")
		if part == "**" {
			if !more {
				return name != ""
			}
			for {
				if fitsIgnore(rest, name) {
					return true
				}
				_, after, deeper := strings.Cut(name, "/")
				if !deeper {
					return false
				}
				name = after
			}
		}
		head, tail, deeper := strings.Cut(name, "/")
		if ok, err := filepath.Match(part, head); err != nil || !ok || more != deeper {
			return false
		}
		if !more {
			return true
		}
		pattern, name = rest, tail
	}
}
