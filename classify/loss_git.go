package classify

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"restrain/shellparse"
)

// A gitCommand is a git command that may take something away.
type gitCommand struct {
	*lossReader
	dir    string // that it runs in
	root   string // of the working tree
	verb   string
	args   lossArgs // without the verb
	all    []shellparse.Word
	config []string // what -c sets
}

const gitValues = "-C -c --git-dir --work-tree --namespace -s --source -m -e --exclude -b -B -u --onto --pathspec-from-file --conflict --repo -o --push-option"

// readGit reads a git command: what it takes from the working tree, and of
// what the repository has.
func (l *lossReader) readGit(words []shellparse.Word) {
	g := gitCommand{lossReader: l}
	words, ok := g.enter(words)
	if !ok {
		return
	}
	g.verb, g.all = words[0].Text, words[1:]
	g.args = splitWords(g.all, gitValues)
	outer := l.dir
	l.dir = g.dir
	gitReader(g.verb)(&g)
	l.dir = outer
}

func gitReader(verb string) func(*gitCommand) {
	switch verb {
	case "checkout":
		return (*gitCommand).checkout
	case "switch":
		return (*gitCommand).switchTo
	case "restore":
		return (*gitCommand).restore
	case "checkout-index":
		return (*gitCommand).checkoutIndex
	case "read-tree":
		return (*gitCommand).readTree
	case "reset":
		return (*gitCommand).reset
	case "clean":
		return (*gitCommand).clean
	case "rm":
		return (*gitCommand).rm
	case "mv":
		return (*gitCommand).mv
	case "apply":
		return (*gitCommand).apply
	case "add", "stage":
		return (*gitCommand).add
	case "stash":
		return (*gitCommand).stash
	case "fetch", "pull":
		return (*gitCommand).fetch
	case "remote":
		return (*gitCommand).remote
	case "branch", "tag", "update-ref":
		return (*gitCommand).refs
	case "push":
		return (*gitCommand).push
	case "merge", "rebase", "cherry-pick", "revert", "am":
		return (*gitCommand).abort
	case "worktree":
		return (*gitCommand).worktree
	case "submodule":
		return (*gitCommand).submodule
	case "filter-branch", "filter-repo", "reflog", "gc", "prune":
		return (*gitCommand).history
	}
	return nil
}

// ask asks git in the directory of the command.
func (g *gitCommand) ask(args ...string) (string, bool) {
	out, err := g.git(g.dir, args...)
	return strings.TrimRight(string(out), "\n"), err == nil
}

// commit gives the full name of a commit.
func (g *gitCommand) commit(name string) string {
	if name == "" || name[0] == '-' || strings.Contains(name, hole) {
		return ""
	}
	id, _ := g.ask("rev-parse", "--verify", "--quiet", "--end-of-options", name)
	return id
}

// discard takes files with changes: those at or below the named paths, or all.
// unstaged leaves out what is only staged.
func (g *gitCommand) discard(words []shellparse.Word, unstaged bool) {
	paths := g.pathspecs(words)
	v := g.view(g.root, g.plainPaths(paths))
	if !v.asked {
		g.note(knownPart)
		return
	}
	for name, state := range v.states {
		p := path.Join(v.root, name)
		switch {
		case state == gitUntracked && !unstaged && !g.adds(p), state != gitUntracked && state != gitChanged, unstaged && !v.unstaged[name]:
		case !v.fresh && fits(paths, p):
			g.take(taking{path: p, discarded: true}, false)
		}
	}
	for range g.popped {
		g.loseStashes("drop", "stash@{0}")
	}
	if !unstaged && len(words) == 0 && g.staged(v) {
		g.index()
	}
}

// plainPaths gives paths that git can be asked about by themselves; nil when
// there are others, or none.
func (g *gitCommand) plainPaths(paths []string) []string {
	for _, p := range paths {
		if strings.ContainsAny(p, `*?[\`) || !isBelow(p, g.root) {
			return nil
		}
	}
	return paths
}

// fits reports whether a path fits one of the pathspecs; none fit all.
func fits(paths []string, p string) bool {
	for _, spec := range paths {
		if isBelow(p, spec) || shellparse.Fits(spec, p) {
			return true
		}
	}
	return paths == nil
}

// pathspecs gives the absolute paths and patterns that words name, of which
// nil stands for all.
func (g *gitCommand) pathspecs(words []shellparse.Word) (paths []string) {
	if len(words) == 0 {
		return nil
	}
	paths = []string{}
	for _, w := range words {
		names, ok := g.names(w)
		if !ok {
			g.note(knownPart)
		}
		for _, name := range names {
			if rest, ok := strings.CutPrefix(name, ":/"); ok {
				paths = append(paths, path.Join(g.root, rest))
				continue
			}
			if strings.HasPrefix(name, ":") { // magic
				return nil
			}
			if p, ok := g.path(name); ok {
				paths = append(paths, strings.TrimSuffix(p, "/"))
			}
		}
	}
	return paths
}

// staged reports that something is staged that the working tree has no more.
func (g *gitCommand) staged(v *gitView) bool {
	for name, state := range v.states {
		if state == gitChanged && v.unstaged[name] {
			out, ok := g.ask("diff", "--cached", "--no-ext-diff", "--no-textconv", "--name-only")
			return ok && out != ""
		}
	}
	return false
}

// index takes the repository's index.
func (g *gitCommand) index() {
	dir, ok := g.ask("rev-parse", "--absolute-git-dir")
	if !ok {
		return
	}
	p := path.Join(dir, "index")
	if info, err := g.looks.Lstat(p); err == nil {
		loss := Loss{Kind: LossIndex, Path: p, Repo: g.root, Command: g.n, indexOnly: g.view(g.root, nil).indexOnly}
		loss.add(info.Size(), info.ModTime())
		g.losses = append(g.losses, loss)
	}
}

// checkout reads git checkout in its three forms: paths, forced, -B.
func (g *gitCommand) checkout() {
	a := &g.args
	if b, ok := a.value("-B"); ok {
		g.moveBranch(b, a.words)
	}
	if a.has("-p", "--patch", "--help") {
		return
	}
	if a.has("-f", "--force") && a.after < 0 && len(g.existing(a.words)) == 0 {
		g.discard(nil, false)
		return
	}
	if a.has("-b", "-B", "--orphan", "--detach", "-t", "--track") {
		return
	}
	words := a.words
	switch {
	case a.has("--pathspec-from-file"):
		g.discard(nil, true)
	case a.after == 0:
	case a.after > 0:
		g.fromTree(words[0].Text, words[a.after:])
		return
	case len(words) > 0 && (words[0].Known() && g.commit(words[0].Text) != ""):
		if len(words) == 1 {
			return // git itself refuses to lose anything
		}
		g.fromTree(words[0].Text, words[1:])
		return
	}
	if len(words) > 0 {
		g.discard(words, true)
	}
}

// existing gives the words that name files which are there.
func (g *gitCommand) existing(words []shellparse.Word) (there []shellparse.Word) {
	for _, w := range words {
		if p, ok := g.path(w.Text); ok && g.exists(p) {
			there = append(there, w)
		}
	}
	return there
}

// fromTree takes what the files of a commit replace.
func (g *gitCommand) fromTree(commit string, words []shellparse.Word) {
	if g.discard(words, false); len(words) == 0 {
		return
	}
	out, ok := g.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit)
	if !ok {
		g.note(knownPart)
		return
	}
	v := g.view(g.root, nil)
	paths := g.pathspecs(words)
	for _, name := range lines(out) {
		if p := path.Join(g.root, name); v.states[name] == gitUntracked && fits(paths, p) {
			g.take(taking{path: p, discarded: true}, false)
		}
	}
}

func (g *gitCommand) switchTo() {
	if b, ok := g.args.value("-C", "--force-create"); ok {
		g.moveBranch(b, g.args.words)
	}
	if g.args.has("-f", "--force", "--discard-changes") {
		g.discard(nil, false)
	}
}

func (g *gitCommand) restore() {
	a := splitWords(g.all, "-s --source --conflict --pathspec-from-file")
	if a.has("-p", "--patch", "-h", "--help") || a.has("-S", "--staged") && !a.has("-W", "--worktree") {
		return
	}
	words := a.words
	source, sourced := a.value("-s", "--source")
	if len(words) == 0 {
		g.note(knownPart)
	}
	if sourced {
		g.fromTree(source, words)
		return
	}
	g.discard(words, !a.has("-S", "--staged"))
}

func (g *gitCommand) checkoutIndex() {
	a := &g.args
	if a.has("-f", "--force") && !a.has("--prefix", "--temp", "--stage") {
		if len(a.words) == 0 && !a.has("-a", "--all") {
			g.note(knownPart)
			return
		}
		g.discard(a.words, true)
	}
}

func (g *gitCommand) readTree() {
	if g.args.has("--reset") && g.hasU() && !g.args.has("-n", "--dry-run") {
		g.discard(nil, false)
	}
}

// hasU reports -u, which is bundled and takes no value for read-tree.
func (g *gitCommand) hasU() bool {
	return slices.ContainsFunc(g.all, func(w shellparse.Word) bool { return w.Text == "-u" || w.Text == "-um" || w.Text == "-mu" })
}

func (g *gitCommand) reset() {
	a := &g.args
	switch {
	case a.has("--hard"):
		g.discard(nil, false)
		if len(a.words) > 0 {
			g.inTheWay(a.words[0].Text)
			g.leaves(a.words[0].Text)
		}
	case a.has("--merge"):
		g.discard(nil, false)
	}
}

// leaves moves the branch that is checked out to another commit: what it alone
// reaches is lost but for the reflog. The files that differ go along, and the
// index, so that undo brings back a working tree that fits.
func (g *gitCommand) leaves(commit string) {
	branch, ok := g.ask("symbolic-ref", "--quiet", "HEAD")
	if !ok || g.commit(commit) == "" || g.commit(commit) == g.commit("HEAD") {
		return
	}
	before := len(g.losses)
	if g.lostRefs([]string{strings.TrimSpace(branch)}, commit); len(g.losses) == before {
		return
	}
	out, ok := g.ask("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "HEAD", commit, "--")
	if !ok {
		g.note(knownPart)
		return
	}
	for _, name := range lines(out) {
		if p := path.Join(g.root, name); g.exists(p) {
			g.take(taking{path: p}, false)
		}
	}
	g.index()
}

// inTheWay takes files that git does not know where a commit has others.
func (g *gitCommand) inTheWay(commit string) {
	v := g.view(g.root, nil)
	if g.commit(commit) == g.commit("HEAD") {
		return
	}
	out, ok := g.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit)
	if !ok {
		return
	}
	for _, name := range lines(out) {
		if v.states[name] == gitUntracked {
			g.take(taking{path: path.Join(g.root, name)}, false)
		}
	}
}

// clean asks git what it would remove.
func (g *gitCommand) clean() {
	a := &g.args
	if a.has("-n", "--dry-run", "-i", "--interactive", "--help") || !a.has("-f", "--force") && !slices.Contains(g.config, "clean.requireforce=false") {
		return
	}
	g.untracked()
	args := []string{"clean", "-n"}
	for _, w := range g.all {
		if !w.Known() || w.Glob {
			g.note(knownPart)
			return
		}
		if w.Text != "--quiet" && w.Text != "-q" {
			args = append(args, w.Text)
		}
	}
	if i := slices.IndexFunc(args, func(s string) bool { return len(s) > 1 && s[0] == '-' && s[1] != '-' && strings.Contains(s, "q") }); i >= 0 {
		args[i] = strings.ReplaceAll(args[i], "q", "")
	}
	out, ok := g.ask(args...)
	if !ok {
		g.note(knownPart)
		return
	}
	for line := range strings.SplitSeq(out, "\n") {
		name, ok := strings.CutPrefix(line, "Would remove ")
		if !ok {
			continue
		}
		if strings.HasPrefix(name, `"`) {
			if unquoted, err := strconv.Unquote(name); err == nil {
				name = unquoted
			}
		}
		if p, ok := g.path(name); ok {
			g.removeTree(strings.TrimSuffix(p, "/"))
		}
	}
}

// rm is refused for files with changes, unless it is forced.
func (g *gitCommand) rm() {
	if g.args.has("--cached") {
		g.uncached = append(g.uncached, g.pathspecs(g.args.words)...)
		return
	}
	if g.args.has("-n", "--dry-run") || !g.args.has("-f", "--force") {
		return
	}
	g.discard(g.args.words, false)
}

func (g *gitCommand) mv() {
	a := splitWords(g.all, "")
	t, ok := g.transfers(&a)
	if !ok || a.has("-n", "--dry-run") {
		return
	}
	for _, s := range t.sources {
		if to := t.to(s); a.has("-f", "--force") || !g.exists(to) {
			g.moveTo(s, to, t.dir || len(t.sources) == 1)
		}
	}
}

// apply takes the files that a patch changes; one that git diff makes and that
// is taken back is all changes.
func (g *gitCommand) apply() {
	a := splitWords(g.all, "-p -C --exclude --include --directory --whitespace")
	if a.has("--check", "--stat", "--numstat", "--summary", "--cached") {
		return
	}
	if from := g.cmd.From; from >= 0 && from < len(g.script.Commands) && a.has("-R", "--reverse") {
		if c := &g.script.Commands[from]; c.Name == "git" && len(c.Argv) > 1 && (c.Argv[1].Text == "diff" || c.Argv[1].Text == "stash") {
			staged := slices.ContainsFunc(c.Argv, func(w shellparse.Word) bool { return w.Text == "--cached" || w.Text == "--staged" || w.Text == "HEAD" })
			g.discard(nil, !staged)
			return
		}
	}
	text, ok := g.input(&a)
	if !ok {
		g.note(knownPart)
		return
	}
	for _, name := range patched(text, 1) {
		g.replaceEdited(path.Join(g.root, name), !a.has("-R", "--reverse"))
	}
}
