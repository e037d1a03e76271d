package classify

import (
	"path"
	"slices"
	"strings"

	"restrain/shellparse"
)

// enter finds the repository and the working tree of a git command, as its
// options and the environment name them, and gives the words after these. ok is
// false where nothing can be lost, or where that cannot be told, which is noted.
func (g *gitCommand) enter(words []shellparse.Word) (rest []shellparse.Word, ok bool) {
	known := true
	variable := func(name string) (value string) {
		value, set := g.variable(name)
		known = known && (!set || !strings.Contains(value, hole))
		return value
	}
	gitDir, tree := variable("GIT_DIR"), variable("GIT_WORK_TREE")
	for _, name := range [...]string{"GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"} {
		known = known && variable(name) == ""
	}
	g.dir = g.lossReader.dir
	for len(words) > 0 && strings.HasPrefix(words[0].Text, "-") {
		name, value, joined := strings.Cut(words[0].Text, "=")
		if takes := name == "-C" || name == "-c" || name == "--git-dir" || name == "--work-tree" || name == "--namespace"; takes && !joined && len(words) > 1 {
			words = words[1:]
			value = words[0].Text
			known = known && words[0].Known()
		}
		switch name {
		case "-C":
			g.dir = under(g.dir, value, g.surroundings().home)
		case "-c":
			g.config = append(g.config, strings.ToLower(value))
			known = known && !strings.HasPrefix(strings.ToLower(value), "core.worktree")
		case "--git-dir":
			gitDir = value
		case "--work-tree":
			tree = value
		}
		words = words[1:]
	}
	switch {
	case len(words) == 0 || gitReader(words[0].Text) == nil:
		return nil, false
	case strings.HasPrefix(g.dir, tempMark): // a directory that is yet to be made
		return nil, false
	case !known || g.dir == "" || g.dir[0] != '/' || strings.Contains(g.dir+gitDir+tree, hole) || !words[0].Known():
		g.note(knownPart)
		return nil, false
	}
	return words, g.settleRoot(gitDir, tree, words[0].Text)
}

// settleRoot finds the working tree. One that is not around its repository is
// not looked at; what the repository itself has is.
func (g *gitCommand) settleRoot(gitDir, tree, verb string) bool {
	home := g.surroundings().home
	if tree = under(g.dir, tree, home); gitDir == "" {
		root, ok := g.rootOf(g.dir + "/.")
		if !ok {
			if g.exists(g.dir) {
				g.note(knownPart)
			}
			return false // the line makes it first
		}
		g.root = root
	} else {
		gitDir = under(g.dir, gitDir, home)
		if g.root = path.Dir(gitDir); path.Base(gitDir) != ".git" || !g.exists(path.Join(gitDir, "HEAD")) {
			g.note(knownPart)
			return false
		}
	}
	if !isBelow(g.dir, g.root) && (tree == g.root || verbOfRefs(verb)) {
		g.dir = g.root
	}
	if tree != g.root && (gitDir != "" || tree != g.dir) && !verbOfRefs(verb) {
		g.note(knownPart)
		return false
	}
	return true
}

// under gives a path that git is told, seen from a directory.
func under(dir, p, home string) string {
	switch {
	case p == "":
		return dir
	case strings.HasPrefix(p, "~/"):
		return path.Join(home, p[1:])
	case p[0] == '/':
		return path.Clean(p)
	}
	return path.Join(dir, p)
}

// verbOfRefs reports git's commands that only touch what the repository has.
func verbOfRefs(verb string) bool {
	return slices.Contains([]string{"branch", "tag", "update-ref", "push", "fetch", "remote", "reflog", "gc", "prune"}, verb)
}

// variable gives what the environment of the command has, which the line may
// have set.
func (g *gitCommand) variable(name string) (value string, set bool) {
	return variableOf(g.ctx, g.script, g.n, name)
}

func variableOf(ctx Context, script *shellparse.Script, n int, name string) (value string, set bool) {
	for i := n; i >= 0; i-- {
		c := &script.Commands[i]
		if i < n && c.Name != "export" {
			continue
		}
		for j := range c.Assigns {
			if a := &c.Assigns[j]; a.Name == name {
				if !a.Value.Known() {
					return hole, true
				}
				return a.Value.Text, true
			}
		}
	}
	value, set = ctx.LookupEnv(name)
	return value, set && value != ""
}
