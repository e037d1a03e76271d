package classify

import (
	"path"
	"slices"
	"strings"
)

// This file reads what a line tells git before it throws something away, and
// what git takes of the refs that stand for a remote's.

// add notes the files that the line puts under git's care.
func (g *gitCommand) add() {
	if a := splitWords(g.all, "--chmod --pathspec-from-file"); len(a.words) > 0 {
		g.added = append(g.added, g.pathspecs(a.words)...)
	} else if a.has("-A", "--all") {
		g.added = append(g.added, g.root)
	}
}

// adds reports a file that the line has put under git's care.
func (g *gitCommand) adds(p string) bool { return len(g.added) > 0 && fits(g.added, p) }

// untracked takes the files with changes that the line has made strange to git.
func (g *gitCommand) untracked() {
	if len(g.uncached) == 0 {
		return
	}
	v := g.view(g.root, nil)
	for name, state := range v.states {
		if p := path.Join(v.root, name); state == gitChanged && fits(g.uncached, p) {
			g.take(taking{path: p, discarded: true}, false)
		}
	}
}

// fetch takes what --prune may remove, and the branches that a refspec
// replaces.
func (g *gitCommand) fetch() {
	a := splitWords(g.all, "-o --server-option --depth --deepen --shallow-since --shallow-exclude --upload-pack -j --jobs --refmap --negotiation-tip --filter -s -X --strategy --strategy-option")
	if a.has("--dry-run") {
		return
	}
	remote := "origin"
	if len(a.words) > 0 {
		remote = a.words[0].Text
	}
	if a.has("-p", "--prune") {
		g.prunes(remote)
	}
	forced := a.has("-f", "--force")
	for _, w := range a.words[min(1, len(a.words)):] {
		from, to, both := strings.Cut(strings.TrimPrefix(w.Text, "+"), ":")
		switch {
		case !both || !forced && w.Text[0] != '+' || from == "":
		case strings.Contains(to, "*") || !w.Known():
			g.note(knownPart)
		case strings.HasPrefix(to, "refs/"):
			g.lostRefs([]string{to}, "")
		default:
			g.lostRefs([]string{"refs/heads/" + to}, "")
		}
	}
	if forced && a.has("-t", "--tags") || a.has("-P", "--prune-tags") {
		g.lostRefs(g.refsBelow("refs/tags"), "")
	}
}

// remote takes the refs that stand for a remote's.
func (g *gitCommand) remote() {
	a := splitWords(g.all, "-t -m")
	if len(a.words) == 0 {
		return
	}
	switch verb := a.words[0].Text; {
	case verb == "update" && a.has("-p", "--prune") && len(a.words) == 1:
		g.prunes("")
	case verb == "rm", verb == "remove", verb == "prune" && !a.has("-n", "--dry-run"), verb == "update" && a.has("-p", "--prune"):
		for _, w := range a.words[1:] {
			g.prunes(w.Text)
		}
	}
}

// prunes takes what only the refs that stand for a remote's hold: which of them
// the remote has no more it alone knows.
func (g *gitCommand) prunes(remote string) {
	refs := g.refsBelow(strings.TrimSuffix("refs/remotes/"+remote, "/"))
	if len(refs) > maxRefLosses || g.ctx.Own(g.root+"/.git") {
		return
	}
	losses := g.refLosses(refs, "")
	for i := range losses {
		if losses[i].Commits > maxPruned || losses[i].Partial {
			return
		}
	}
	g.losses = append(g.losses, losses...)
}

// maxPruned is how many commits a ref may hold that stands for a remote's, for
// them to be kept: a history that long is not what a prune is about.
const maxPruned = 500

// refsBelow gives the refs of the repository below a name.
func (g *gitCommand) refsBelow(prefix string) []string {
	if strings.Contains(prefix, hole) {
		g.note(knownPart)
		return nil
	}
	out, ok := g.ask("for-each-ref", "--format=%(refname)", prefix)
	if !ok {
		g.note(knownPart)
	}
	return slices.DeleteFunc(lines(out), func(ref string) bool { return strings.HasSuffix(ref, "/HEAD") })
}
