package classify

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"restrain/shellparse"
)

// This file reads git commands that take whole working trees, and what a
// repository keeps of commits that nothing refers to.

// worktree takes a linked working tree that is removed by force.
func (g *gitCommand) worktree() {
	a := splitWords(g.all, "-b -B --reason --expire")
	switch {
	case len(a.words) < 2 || a.words[0].Text != "remove":
	case a.has("-f", "--force"):
		g.each(a.words[1], g.removeTree)
	}
}

// abort takes what was changed while git waited for conflicts to be settled.
func (g *gitCommand) abort() {
	if g.args.has("--abort") {
		g.discard(nil, false)
	}
}

// submodule takes what is in the working trees of submodules, or, with update,
// the changes in them.
func (g *gitCommand) submodule() {
	a := splitWords(g.all, "")
	if len(a.words) == 0 || !a.has("-f", "--force") {
		return
	}
	takes := g.removeTree
	switch a.words[0].Text {
	case "deinit":
	case "update":
		takes = func(p string) {
			inner := *g
			if inner.root = strings.TrimSuffix(p, "/"); g.exists(path.Join(inner.root, ".git")) {
				inner.discard(nil, false)
			}
		}
	default:
		return
	}
	if a.has("--all") || a.words[0].Text == "update" && len(a.words) == 1 {
		out, ok := g.ask("config", "--file", path.Join(g.root, ".gitmodules"), "--get-regexp", `\.path$`)
		for line := range strings.SplitSeq(out, "\n") {
			if _, name, is := strings.Cut(line, " "); is && ok {
				takes(path.Join(g.root, name))
			}
		}
		return
	}
	for _, w := range a.words[1:] {
		g.each(w, takes)
	}
}

// history takes what is kept of commits that no ref reaches: git's files
// themselves, which it never changes in place.
func (g *gitCommand) history() {
	dir, ok := g.ask("rev-parse", "--path-format=absolute", "--git-common-dir")
	if !ok {
		g.note(knownPart)
		return
	}
	var parts []string
	switch g.verb {
	case "filter-branch", "filter-repo":
		parts = []string{"objects", "logs", "refs", "packed-refs", "HEAD", "config"}
		g.discard(nil, false)
	case "reflog":
		if len(g.args.words) > 0 && (g.args.words[0].Text == "expire" || g.args.words[0].Text == "delete") {
			parts = []string{"logs"}
		}
	case "gc":
		if slices.ContainsFunc(g.all, func(w shellparse.Word) bool { return strings.HasPrefix(w.Text, "--prune=") }) {
			parts = []string{"objects"}
		}
	case "prune":
		if !g.args.has("-n", "--dry-run") {
			parts = []string{"objects"}
		}
	}
	for _, name := range parts {
		p := path.Join(dir, name)
		info, err := g.looks.Lstat(p)
		if err != nil {
			continue
		}
		loss := Loss{Kind: LossHistory, Path: p, Repo: g.root, Command: g.n}
		if !info.IsDir() {
			loss.add(info.Size(), info.ModTime())
		} else if !g.measure(&loss, p) {
			loss.Partial = true
		}
		if loss.Files > 0 && !g.ctx.Own(path.Join(g.root, ".git")) {
			g.losses = append(g.losses, loss)
		}
	}
}

// measure counts the files of a directory into a loss.
func (l *lossReader) measure(loss *Loss, dir string) bool {
	entries, err := l.looks.ReadDir(dir)
	if l.seen += len(entries); err != nil || l.over() {
		return false
	}
	whole := true
	for _, e := range entries {
		if e.IsDir() {
			whole = l.measure(loss, path.Join(dir, e.Name())) && whole
		} else if info, err := e.Info(); err == nil {
			loss.add(info.Size(), info.ModTime())
		}
	}
	return whole
}

// unixTime reads git's %ct.
func unixTime(text string) time.Time {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
