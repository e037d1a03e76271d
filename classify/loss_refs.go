package classify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"restrain/shellparse"
)

// This file reads what git commands take of the refs of a repository, here and
// on its remotes.

// refs reads git branch, git tag and git update-ref.
func (g *gitCommand) refs() {
	switch g.verb {
	case "branch":
		g.branch()
	case "tag":
		g.tag()
	default:
		a := splitWords(g.all, "-m")
		if len(a.words) > 0 && (a.has("-d") || len(a.words) > 1) && strings.HasPrefix(a.words[0].Text, "refs/") {
			g.lostRefs([]string{a.words[0].Text}, g.target(a.words))
		} else {
			g.note(knownPart)
		}
	}
}

// target is the commit that a ref is moved to.
func (g *gitCommand) target(words []shellparse.Word) string {
	if g.args.has("-d") || len(words) < 2 {
		return ""
	}
	return words[1].Text
}

func (g *gitCommand) branch() {
	a := splitWords(g.all, "-u --set-upstream-to --contains --merged --no-merged --sort --format")
	prefix := "refs/heads/"
	if a.has("-r", "--remotes") {
		prefix = "refs/remotes/"
	}
	switch forced := a.has("-f", "--force"); {
	case a.has("-D") || a.has("-d", "--delete") && (forced || prefix != "refs/heads/"):
		g.lostRefs(g.notCheckedOut(g.refNames(prefix, a.words)), "")
	case a.has("-d", "--delete"): // git itself refuses what is not merged
	case a.has("-M", "-C") || a.has("-m", "-c", "--move", "--copy") && forced:
		if n := len(a.words); n > 0 {
			g.lostRefs(g.refNames(prefix, a.words[n-1:]), "HEAD")
		}
	case forced && len(a.words) > 0:
		g.moveBranch(a.words[0].Text, a.words[1:])
	}
}

// notCheckedOut leaves out the branches that a working tree is on, which git does
// not delete.
func (g *gitCommand) notCheckedOut(refs []string) []string {
	if len(refs) == 0 {
		return refs
	}
	out, err := g.git(g.dir, "for-each-ref", "--format=%(if)%(worktreepath)%(then)%(refname)%(end)", "refs/heads")
	if err != nil {
		return refs
	}
	there := lines(string(out))
	return slices.DeleteFunc(refs, func(ref string) bool { return slices.Contains(there, ref) })
}

// moveBranch takes the old place of a branch that is made anew.
func (g *gitCommand) moveBranch(name string, to []shellparse.Word) {
	target := "HEAD"
	if len(to) > 0 {
		target = to[0].Text
	}
	g.lostRefs([]string{"refs/heads/" + name}, target)
}

func (g *gitCommand) tag() {
	a := splitWords(g.all, "-m -F -u --message --file --contains --merged --sort --format --points-at --cleanup")
	switch {
	case a.has("-d", "--delete"):
		g.lostRefs(g.refNames("refs/tags/", a.words), "")
	case a.has("-f", "--force") && len(a.words) > 0:
		if g.retagged == nil {
			g.retagged = map[string]bool{}
		}
		g.retagged[a.words[0].Text] = true
		g.lostRefs(g.refNames("refs/tags/", a.words[:1]), "")
	}
}

// refNames gives the full names of refs.
func (g *gitCommand) refNames(prefix string, words []shellparse.Word) (refs []string) {
	for _, w := range words {
		names, ok := g.names(w)
		if !ok {
			g.note(knownPart)
		}
		for _, name := range names {
			refs = append(refs, prefix+strings.TrimSpace(strings.TrimLeft(name, "*+ ")))
		}
	}
	return refs
}

// maxRefLosses bounds the refs of one command that are looked at.
const maxRefLosses = 200

// lostRefs takes refs away, or moves them to target: what they alone reach is
// lost. A tag is lost even if its commit is not.
func (g *gitCommand) lostRefs(refs []string, target string) {
	if len(refs) > maxRefLosses {
		g.note(knownPart)
		refs = refs[:maxRefLosses]
	}
	if len(refs) == 0 || g.ctx.Own(g.root+"/.git") {
		return
	}
	g.losses = append(g.losses, g.refLosses(refs, target)...)
}

// refLosses gives what refs alone reach, which two questions to git tell of all.
func (g *gitCommand) refLosses(refs []string, target string) (losses []Loss) {
	for _, ref := range refs {
		if strings.Contains(ref, hole) {
			g.note(knownPart)
		}
	}
	out, _ := g.ask(append([]string{"for-each-ref", "--format=%(objectname) %(*objectname) %(refname)"}, refs...)...)
	log := []string{"log", "--no-show-signature", "--format=%H %ct %P"}
	peeled := map[string]string{}
	for _, line := range lines(out) {
		id, rest, _ := strings.Cut(line, " ")
		commit, ref, _ := strings.Cut(rest, " ")
		if !slices.Contains(refs, ref) {
			continue
		}
		loss := Loss{Kind: LossBranch, Repo: g.root, Ref: ref, Commit: id, Command: g.n}
		if strings.HasPrefix(ref, "refs/tags/") {
			loss.Kind = LossTag
		}
		peeled[ref] = cmp.Or(commit, id)
		losses = append(losses, loss)
		log = append(log, id)
	}
	if len(losses) == 0 {
		return nil
	}
	log = append(log, "--not")
	for _, ref := range refs {
		log = append(log, "--exclude="+ref)
	}
	log = append(log, "--glob=refs/*")
	if id := g.commit(target); id != "" {
		log = append(log, id)
	}
	out, ok := g.ask(log...)
	if !ok {
		g.note(knownPart)
	}
	history := historyOf(out)
	kept := losses[:0]
	for i := range losses {
		l := &losses[i]
		if history.count(l, peeled[l.Ref]); !ok {
			l.Commits, l.Partial = 1, true
		}
		if l.Commits > 0 || l.Kind == LossTag {
			kept = append(kept, *l)
		}
	}
	return kept
}

// A history is commits by their names: when they were made and on what.
type history map[string][]string

// historyOf reads lines of a commit's name, its time and its parents.
func historyOf(log string) history {
	h := history{}
	for line := range strings.SplitSeq(log, "\n") {
		if id, rest, ok := strings.Cut(line, " "); ok {
			h[id] = strings.Fields(rest)
		}
	}
	return h
}

// count counts what is reached from a commit.
func (h history) count(loss *Loss, from string) {
	seen, next := map[string]bool{}, []string{from}
	for len(next) > 0 {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		if fields := h[id]; len(fields) > 0 && !seen[id] {
			seen[id] = true
			loss.Commits++
			loss.age(unixTime(fields[0]), unixTime(fields[0]))
			next = append(next, fields[1:]...)
		}
	}
}

// countCommits counts what is reached from a commit and from none of others.
func (g *gitCommand) countCommits(loss *Loss, id string, others []string) bool {
	out, ok := g.ask(append([]string{"log", "--no-show-signature", "--format=%ct", id}, others...)...)
	if !ok {
		g.note(knownPart)
		loss.Commits, loss.Partial = 1, true
		return true
	}
	for line := range strings.SplitSeq(out, "\n") {
		if line != "" {
			loss.Commits++
			loss.age(unixTime(line), unixTime(line))
		}
	}
	return true
}

// stash reads git stash: drop and clear, also of what the line itself has put
// away.
func (g *gitCommand) stash() {
	verb, rest := "push", g.args.words
	if len(rest) > 0 {
		verb, rest = rest[0].Text, rest[1:]
	}
	switch verb {
	case "push", "save":
		g.putAway(rest)
	case "pop":
		g.pop()
	case "drop", "clear":
		g.dropped(verb, rest)
	}
}

// putAway remembers the files that the line puts into a stash.
func (g *gitCommand) putAway(words []shellparse.Word) {
	v := g.view(g.root, nil)
	paths := g.pathspecs(words)
	all := g.args.has("-a", "--all")
	untracked := all || g.args.has("-u", "--include-untracked") || slices.ContainsFunc(g.all, func(w shellparse.Word) bool { return w.Text == "-u" || w.Text == "-qu" || w.Text == "-uq" })
	for name, state := range v.states {
		p, dir := g.root+"/"+strings.TrimSuffix(name, "/"), strings.HasSuffix(name, "/")
		if fits(paths, p) && (state == gitChanged || state == gitUntracked && !dir && (untracked || g.adds(p)) || state == gitIgnored && all) {
			g.stashed = append(g.stashed, taking{path: p, tree: dir})
		}
	}
}

// pop notes that a stash is taken out: what it had is in the working tree, if
// that went well, and a later command may throw it away there.
func (g *gitCommand) pop() {
	g.stashed = nil
	g.popped++
}

// dropped takes stashes away: first what the line has put away itself.
func (g *gitCommand) dropped(verb string, words []shellparse.Word) {
	for _, t := range g.stashed {
		g.take(t, false)
	}
	own := len(g.stashed) > 0
	g.stashed = nil
	if own && verb == "drop" {
		return
	}
	wanted := 0
	if len(words) > 0 {
		var err error
		if wanted, err = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(words[0].Text, "stash@{"), "}")); err != nil || !words[0].Known() {
			verb = "clear"
		}
	}
	for n := range g.popped + 1 { // each of which may have failed
		g.loseStashes(verb, "stash@{"+strconv.Itoa(wanted+n)+"}")
	}
}

// loseStashes takes one stash away, or all.
func (g *gitCommand) loseStashes(verb, wanted string) {
	if g.ctx.Own(g.root + "/.git") {
		return
	}
	out, ok := g.ask("stash", "list", "--format=%gd %H %ct %gs")
	if !ok {
		g.note(knownPart)
		return
	}
	for line := range strings.SplitSeq(out, "\n") {
		fields := strings.SplitN(line, " ", 4)
		if len(fields) != 4 || verb == "drop" && fields[0] != wanted ||
			slices.ContainsFunc(g.losses, func(l Loss) bool { return l.Ref == fields[0] && l.Repo == g.root }) {
			continue
		}
		loss := Loss{Kind: LossStash, Repo: g.root, Ref: fields[0], Commit: fields[1], Commits: 1, Message: fields[3], Command: g.n}
		loss.age(unixTime(fields[2]), unixTime(fields[2]))
		g.losses = append(g.losses, loss)
	}
}

// push reads what a push takes away on a remote, as far as the tracking refs
// tell. Whether they tell it only git's own lease makes sure.
func (g *gitCommand) push() {
	a := splitWords(g.all, "-o --push-option --receive-pack --exec --repo")
	lease := slices.ContainsFunc(a.flags, func(f flag) bool { return strings.HasPrefix(f.name, "--force-with-lease") })
	forced := a.has("-f", "--force")
	deletes := a.has("-d", "--delete")
	if a.has("-n", "--dry-run") {
		return
	}
	if !lease || forced || deletes {
		g.note(knownPart)
	}
	remote := "origin"
	var specs []string
	if len(a.words) > 0 {
		remote = a.words[0].Text
		for _, w := range a.words[1:] {
			specs = append(specs, w.Text)
		}
	}
	if len(specs) == 0 {
		if current, ok := g.ask("symbolic-ref", "--quiet", "--short", "HEAD"); ok {
			specs = []string{current}
		}
	}
	for _, spec := range specs {
		from, to, both := strings.Cut(strings.TrimPrefix(spec, "+"), ":")
		if !both {
			to = from
		}
		gone := deletes || both && from == ""
		if !gone && !forced && !lease && !strings.HasPrefix(spec, "+") {
			continue
		}
		if gone || g.retagged[strings.TrimPrefix(from, "refs/tags/")] { // what the tag is by then is not known yet
			from = ""
		}
		g.lostRemote(remote, strings.TrimPrefix(to, "refs/heads/"), from)
	}
}

// lostRemote takes the old tip of a branch or tag on a remote.
func (g *gitCommand) lostRemote(remote, name, from string) {
	if name == "HEAD" || name == "" {
		name, _ = g.ask("symbolic-ref", "--quiet", "--short", "HEAD")
	}
	id := g.commit("refs/remotes/" + remote + "/" + name)
	ref := "refs/heads/" + name
	if id == "" {
		tag := strings.TrimPrefix(name, "refs/tags/")
		if id = g.commit("refs/tags/" + tag); id == "" {
			return
		}
		ref = "refs/tags/" + tag
	}
	loss := Loss{Kind: LossRemote, Repo: g.root, Ref: remote + " " + ref, Commit: id, Command: g.n}
	others := []string{"--not", "--exclude=refs/remotes/" + remote + "/" + name, "--exclude=" + ref, "--glob=refs/remotes/*"}
	if to := g.commit(from); from != "" && to != "" {
		if others = append(others, to); g.countCommits(&loss, id, others) && loss.Commits == 0 && (to == id || strings.HasPrefix(ref, "refs/heads/")) {
			return // it only goes forward
		}
	} else {
		if strings.HasPrefix(ref, "refs/heads/") {
			others = append(others, "--glob=refs/heads/*")
		}
		if g.countCommits(&loss, id, others) && loss.Commits == 0 && strings.HasPrefix(ref, "refs/heads/") {
			return // it is merged
		}
	}
	g.losses = append(g.losses, loss)
}
