package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// destroys reports a rule about losing something.
func (rule *Rule) destroys() bool { return strings.HasSuffix(string(rule.Class), ".destroy") }

// classAt gives the class of what a rule found. Deleting is ordinary work until
// something is lost by it.
func (rule *Rule) classAt(severity Severity) Class {
	if rule.Class == classDelete && severity >= High {
		return classDestroy
	}
	return rule.Class
}

// fileSeverity is a rule's severity for one file after context, with what is
// known of the file. What git can bring back is no loss; work that it has
// never seen is lost for good.
func (r *reader) fileSeverity(rule *Rule, f *fileFact) (Severity, *TargetInfo) {
	severity := rule.Severity
	switch {
	case !rule.destroys() && rule.Class != classDelete:
		return severity, nil
	case r.cmd.Host != "":
		return min(severity+1, Critical), nil
	case f.path == "" || f.path[0] != '/' && f.path[0] != '~' || strings.Contains(f.path, hole):
		return severity, nil
	}
	target := r.ctx.Target(f.path)
	target.Made = target.Made || !target.Recoverable() && r.ownPath(f.path)
	switch {
	case target.Made:
		severity = None
	case target.Late && target.Unasked && (f.recursive || f.contents): // counts as lost
		return max(severity, High), &target
	case !target.Known && !target.Late:
		return severity, nil
	case !target.Exists && len(r.script.Commands) > 1:
		return severity, nil // the line may put something there first
	case target.Recoverable():
		severity = None
	case target.Files == 0 || !f.recursive && !f.contents || target.Ignored:
	case target.Git:
		severity = max(severity, High)
	default: // nobody has a copy, as far as anybody can tell
		severity = max(severity, Medium)
	}
	return severity, &target
}

// wordSeverity is the same for a rule about a program's words: git commands
// that throw changes away lose nothing when there are none.
func (r *reader) wordSeverity(rule *Rule, args *argv) (Severity, *TargetInfo) {
	severity := rule.Severity
	switch {
	case !rule.destroys():
		return severity, nil
	case r.cmd.Host != "" && !r.aroundHere():
		return min(severity+1, Critical), nil
	case rule.Class != "git.destroy" || r.cmd.Name != "git":
		return severity, nil
	}
	verb := args.operand(0)
	var lost func(TargetInfo) int
	switch verb {
	case "reset", "switch", "checkout", "restore":
		lost = func(t TargetInfo) int { return t.Dirty }
	case "clean":
		if r.cleansBuild(args) {
			return None, nil
		}
		if args.hasAny("-x", "-X") {
			return severity, nil
		}
		lost = func(t TargetInfo) int { return t.Untracked }
	default:
		return severity, nil
	}
	target, ok := r.gitTarget(verb, args)
	switch {
	case target.Late:
		return severity, &target
	case !ok:
		return severity, nil
	}
	if lost(target) == 0 || target.Made {
		severity = None
		if verb == "reset" && len(args.operands) > 1 && args.operand(1) != "HEAD" {
			severity = min(rule.Severity, Low) // commits are dropped; the reflog has them
		}
	}
	return severity, &target
}

// cleansBuild reports a git clean that names only what a build makes again.
func (r *reader) cleansBuild(args *argv) bool {
	named := args.operands[1:]
	for _, i := range named {
		w := args.words[i]
		if r.place(&fileFact{op: opDelete, text: w.Text, unknown: w.Unknown}) != PlaceBuild {
			return false
		}
	}
	return len(named) > 0
}

// gitTarget looks at what a git command that throws changes away would touch:
// the paths it names, or everything.
func (r *reader) gitTarget(verb string, args *argv) (sum TargetInfo, ok bool) {
	if r.namesRepository(args) {
		return TargetInfo{}, false
	}
	dir, unknown := r.dir, r.dirUnknown
	if c, ok := args.value("-C"); ok {
		at := fileFact{text: c}
		r.locate(&at)
		dir, unknown = at.path, at.unknown
	}
	if len(unknown) > 0 || dir == "" || strings.Contains(dir, hole) {
		return TargetInfo{}, false
	}
	paths := []shellparse.Word{{Text: dir}}
	if verb != "reset" && verb != "switch" && len(args.operands) > 1 {
		if named := r.gitPaths(args); len(named) > 0 {
			paths = named
		}
	}
	for _, w := range paths {
		at := fileFact{text: w.Text, unknown: w.Unknown}
		r.locate(&at)
		t := r.ctx.Target(at.path)
		if t.Late {
			return t, false
		}
		t.Made = t.Made || r.ownPath(at.path)
		if !t.Known || !t.Git || !t.Exists && !r.namesPaths(verb, args) {
			return TargetInfo{}, false
		}
		sum = sum.plus(t)
	}
	return sum, true
}

// namesRepository reports a git command that is told which repository, working
// tree or index to use: what lies around the directory is not what it acts on.
func (r *reader) namesRepository(args *argv) bool {
	variables := [...]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"}
	for _, name := range variables {
		if value, ok := r.ctx.LookupEnv(name); ok && value != "" || r.runsWith([]string{name + "=*"}) {
			return true
		}
	}
	for i := range args.words {
		text := strings.ToLower(args.words[i].Text)
		if strings.HasPrefix(text, "--git-dir") || strings.HasPrefix(text, "--work-tree") || strings.Contains(text, "core.worktree=") {
			return true
		}
	}
	return false
}

// namesPaths reports that the operands of a git command are paths for certain,
// also where there is nothing: git checkout may mean a branch.
func (r *reader) namesPaths(verb string, args *argv) bool {
	return verb == "restore" || slices.ContainsFunc(args.words, func(w shellparse.Word) bool { return w.Text == "--" })
}

// gitPaths gives the operands after the verb that name paths: those after
// "--", or all when there is none.
func (r *reader) gitPaths(args *argv) []shellparse.Word {
	for i, w := range args.words {
		if w.Text == "--" {
			return args.words[i+1:]
		}
	}
	var paths []shellparse.Word
	for _, i := range args.operands[1:] {
		paths = append(paths, args.words[i])
	}
	return paths
}
