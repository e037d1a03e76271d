package classify

import (
	"slices"
	"strings"
	"time"

	"restrain/shellparse"
)

// The kinds of harm that a rule about losses can name.
const (
	losesFiles     = "files"     // files are removed
	losesContent   = "content"   // files are overwritten
	losesChanges   = "changes"   // git throws uncommitted work away
	losesReference = "reference" // a stash, branch, tag or history goes
)

var lossWhats = []string{losesFiles, losesContent, losesChanges, losesReference}

// From how much on a loss is called much.
const (
	manyFiles = 10
	manyBytes = 1 << 20
)

// freshTime is how young changes are that are most likely the agent's own: an
// experiment that it takes back.
const freshTime = time.Hour

// worth is how bad it is to lose something, for a rule's own severity.
func (l *Loss) worth(rule Severity) Severity {
	switch {
	case l.Kind == LossIndex && l.indexOnly:
		return rule
	case l.Edited, l.Kind == LossIndex, l.Kind == LossHistory:
		return None
	case l.Kind == LossTag, l.Kind == LossBranch:
		if l.Commits == 0 || strings.HasPrefix(l.Ref, "refs/remotes/") {
			return None // what a remote has, or had when it was last asked
		}
		return rule
	case l.Kind == LossRemote:
		if strings.Contains(l.Ref, " refs/tags/") { // what was published
			return rule
		}
		return None
	case l.Kind == LossStash:
		return rule
	case l.Bytes == 0:
		return None
	case l.minor, l.discarded && time.Since(l.Newest) < freshTime && l.Files < manyFiles:
		return min(rule, Low)
	case l.Files >= manyFiles || l.Bytes >= manyBytes || l.Partial || old(l.Oldest):
		return max(rule, High)
	}
	return rule
}

// what is the kind of harm of a loss.
func (l *Loss) what() string {
	switch l.Kind {
	case LossStash, LossBranch, LossTag, LossRemote, LossHistory, LossIndex:
		return losesReference
	}
	switch {
	case l.discarded:
		return losesChanges
	case l.InPlace:
		return losesContent
	}
	return losesFiles
}

// weighLosses brings the actions in line with what is lost: what loses nothing
// is no harm, and what loses something is.
func (r *reader) weighLosses(losses []Loss, known []known) {
	if known == nil {
		r.presume()
		return
	}
	sums := make([]Loss, len(known)) // of what counts, by command
	worst := make([]Severity, len(known))
	limited := make([]bool, len(known))
	for i := range losses {
		l := &losses[i]
		limited[l.Command] = limited[l.Command] || l.Partial
		if l.worth(Medium) == None {
			continue
		}
		sum := &sums[l.Command]
		if sum.Kind == "" {
			sum.Kind, sum.InPlace, sum.Path, sum.Ref, sum.minor, sum.discarded = l.Kind, l.InPlace, l.Path, l.Ref, l.minor, l.discarded
		}
		sum.merge(l)
		sum.minor = sum.minor && l.minor
		worst[l.Command] = max(worst[l.Command], l.worth(Medium))
	}
	for n := range known {
		whole := known[n] == knownWhole && !limited[n]
		if sums[n].Kind != "" {
			r.harm(n, &sums[n], max(worst[n], sums[n].worth(Medium)))
		}
		for i := range r.actions {
			a := &r.actions[i]
			if a.Command == n && !whole && !limited[n] {
				a.Unlinks = r.unlinks(a)
			}
			if a.Command == n && whole && (a.Target == nil || !a.Target.Late) && !isRemotePath(a.Resource.Name) && (a.takes() || a.Class == "db.destroy" && r.script.Commands[n].Name == "sqlite3") {
				a.Keepable = true
				if sums[n].Kind == "" && a.Severity < Critical && !a.movesOnly() {
					a.Severity = None
				}
			}
		}
	}
	slices.SortStableFunc(r.actions, func(a, b Action) int { return a.Command - b.Command })
}

// presume marks what could be kept as far as the text tells, where files are not
// looked at: one thing by its name, on this machine or in its repository.
func (r *reader) presume() {
	for i := range r.actions {
		a := &r.actions[i]
		a.Unlinks = r.looks != nil && r.unlinks(a)
		a.Keepable = a.takes() && a.Severity < Critical && !strings.ContainsAny(a.Resource.Name, hole+"$`") && r.namesKept(a)
	}
}

// namesKept reports an action that is about files that the text names, or is
// git's: what a cluster, a server or another tool's store loses nobody keeps.
func (r *reader) namesKept(a *Action) bool {
	rule, c := r.set.Rule(a.Finding.Rule), &r.script.Commands[a.Command]
	return c.Host == "" && (c.Name == "git" || rule != nil && (rule.File != nil || rule.Loss != nil))
}

// unlinks reports an action that removes files by calls of its own process: git
// knows more than its files, and neither is what a service is told to do such a call,
// nor what another system does that runs beside this one.
func (r *reader) unlinks(a *Action) bool {
	if a.Command >= len(r.script.Commands) { // a definition alone has none
		return false
	}
	c := &r.script.Commands[a.Command]
	if a.Class != classDelete && a.Class != classDestroy || !a.takes() || a.Severity >= Critical || c.Name == "git" || hasDrive(a.Resource.Name) || !r.namesKept(a) {
		return false
	}
	return c.Origin != shellparse.Remote && c.Origin != shellparse.Deferred && !slices.ContainsFunc(c.Wrappers, func(w shellparse.Wrapper) bool {
		switch w.Name {
		case "env", "nice", "ionice", "nohup", "setsid", "time", "timeout", "stdbuf", "chronic", "command", "builtin", "exec", "xargs", "find",
			"pyenv", "rbenv", "nodenv", "asdf", "mise", "direnv", "uv", "poetry", "pipenv", "conda", "npx", "pnpm", "yarn", "bun", "bundle", "cross-env":
			return false // what these start is below them
		}
		return true
	})
}

// takes reports an action that takes files or git's content away.
func (a *Action) takes() bool {
	switch a.Class {
	case classDelete, classDestroy, "git.destroy":
		return a.Finding != nil
	case "git.remote": // a forced push replaces the tip of a branch
		return a.Finding != nil && a.Resource.Kind == "branch"
	}
	return false
}

// movesOnly reports a git command that drops commits from a branch, and that
// was looked at: the reflog has them, but it is more than nothing.
func (a *Action) movesOnly() bool {
	return a.Class == "git.destroy" && a.Severity == Low && a.Target != nil && a.Target.Git && a.Target.Dirty == 0
}

// harm makes an action of the nth command as severe as what it loses, or adds
// one.
func (r *reader) harm(n int, sum *Loss, severity Severity) {
	ordinary, strongest := -1, -1
	for i := range r.actions {
		a := &r.actions[i]
		switch {
		case a.Command != n:
		case a.Finding == nil:
			ordinary = i
		case a.takes() && (strongest < 0 || a.Severity > r.actions[strongest].Severity):
			strongest = i
		}
	}
	if strongest >= 0 {
		if a := &r.actions[strongest]; severity > a.Severity {
			if a.Severity = severity; a.Class == classDelete && severity >= High {
				a.Class = classDestroy
			}
		}
		return
	}
	what := sum.what()
	for _, i := range r.set.index.Loss {
		rule := &r.set.Rules[i]
		if !within(rule.Loss.What, what) {
			continue
		}
		if ordinary >= 0 {
			r.actions = slices.Delete(r.actions, ordinary, ordinary+1)
		}
		name := sum.Path
		if sum.Ref != "" {
			name = sum.Ref
		}
		r.n, r.cmd, r.first = n, &r.script.Commands[n], len(r.actions)
		r.addFinding(rule, r.evidence(), name, severity, &TargetInfo{Known: true, Exists: true, Files: sum.Files, Bytes: sum.Bytes, Partial: sum.Partial})
		return
	}
}
