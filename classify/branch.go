package classify

import (
	"context"
	"errors"
	"path"
	"strings"
)

// readBranch weighs what a command does to branches by what the repository
// knows of them: the remote's default branch is everybody's, one that the
// remote has is shared, and one that it does not have loses nothing there.
// Nothing is asked of the remote: what was fetched last counts.
func (r *reader) readBranch() {
	verb := r.args.operand(0)
	if r.cmd.Name != "git" || verb != "push" && verb != "branch" || r.args.hasAny("-C", "--git-dir", "--all", "--mirror") || r.cmd.Host != "" {
		return
	}
	r.late = false
	for i := r.first; i < len(r.actions); i++ {
		a := &r.actions[i]
		if a.Severity < Low || !strings.HasPrefix(string(a.Class), "git.") {
			continue
		}
		if verb == "push" {
			r.weighPush(a)
		} else {
			r.weighBranch(a)
		}
	}
}

// weighPush weighs an overwriting or deleting push.
func (r *reader) weighPush(a *Action) {
	remote, branches := r.pushed()
	home, ok := r.openRefs(remote)
	if !ok || len(branches) == 0 {
		return
	}
	fresh, own, merged := home.standard != "", true, r.deletesThere()
	for _, b := range branches {
		own = own && r.ownRef(remote, b)
		merged = merged && home.merged(remote, b)
		switch {
		case b == "" || strings.Contains(b, hole):
			fresh = false
		case b == home.standard:
			a.Severity, a.Setting = max(a.Severity, High), "branch: "+b+", the default of "+remote
			return
		case home.tip("refs/remotes/"+remote+"/"+b) != "":
			fresh = false
			a.Setting = "branch: " + b + ", which " + remote + " has"
		}
	}
	switch {
	case own:
		a.Severity, a.Setting, a.own = None, "branch: "+strings.Join(branches, " ")+", which this session has pushed", true
	case merged && a.Severity <= Medium:
		a.Severity, a.Setting = Low, "branch: "+strings.Join(branches, " ")+", all of which "+remote+"/"+home.standard+" has"
	case fresh && !r.late:
		a.Severity, a.Setting = min(a.Severity, Low), "branch: "+strings.Join(branches, " ")+", which "+remote+" does not have"
	}
}

// deletesThere reports a push that only deletes branches.
func (r *reader) deletesThere() bool {
	if r.args.hasAny("-d", "--delete") {
		return true
	}
	for _, i := range r.args.operands[min(2, len(r.args.operands)):] {
		if !strings.HasPrefix(r.args.words[i].Text, ":") {
			return false
		}
	}
	return len(r.args.operands) > 2 && !r.args.hasAny("--prune", "--tags", "--follow-tags")
}

// merged reports a branch of the remote that its default branch has all of, both
// as they were fetched last: then only the name goes.
func (h *refs) merged(remote, branch string) bool {
	tip, into := h.tip("refs/remotes/"+remote+"/"+branch), h.tip("refs/remotes/"+remote+"/"+h.standard)
	if h.r.looks == nil || h.standard == "" || branch == "" || !isCommit(tip) || !isCommit(into) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), h.r.looks.Within())
	defer cancel()
	_, err := h.r.looks.Git(ctx, h.dir, "merge-base", "--is-ancestor", tip, into)
	return err == nil
}

// isCommit reports the name of an object in full.
func isCommit(id string) bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(id, "0123456789abcdef") == ""
}

// weighBranch weighs the deletion of branches: nothing is lost that the remote
// has as well.
func (r *reader) weighBranch(a *Action) {
	const remote = "origin"
	home, ok := r.openRefs(remote)
	if !ok || len(r.args.operands) < 2 {
		return
	}
	for _, i := range r.args.operands[1:] {
		b := r.args.words[i].Text
		tip := home.tip("refs/heads/" + b)
		if tip == "" || tip != home.tip("refs/remotes/"+remote+"/"+b) {
			return
		}
	}
	a.Severity, a.Setting = None, "branch: "+remote+" has all of it"
}

// pushed gives the remote and the branches that a push names there; the
// current branch is "".
func (r *reader) pushed() (remote string, branches []string) {
	remote = "origin"
	for n, i := range r.args.operands {
		text := r.args.words[i].Text
		switch n {
		case 0:
		case 1:
			remote = text
		default:
			text = strings.TrimPrefix(text, "+")
			if _, there, ok := strings.Cut(text, ":"); ok {
				text = there
			}
			if text = strings.TrimPrefix(text, "refs/heads/"); text == "HEAD" || text == "@" {
				text = ""
			}
			branches = append(branches, text)
		}
	}
	if len(branches) == 0 {
		branches = []string{""}
	}
	if home, ok := r.openRefs(remote); ok {
		for i := range branches {
			if branches[i] == "" {
				branches[i] = home.current
			}
		}
	}
	return remote, branches
}

// refs is what a repository knows of its branches.
type refs struct {
	r        *reader
	dir      string // of what working trees share
	packed   string
	current  string // the branch that is checked out, or empty
	standard string // the remote's default branch, or empty
}

// openRefs opens the repository of the workspace, when the remote is one that
// it has a name for.
func (r *reader) openRefs(remote string) (refs, bool) {
	workspace := r.workspace()
	if workspace == "" || remote == "" || strings.ContainsAny(remote, ":/") || strings.Contains(remote, hole) {
		return refs{}, false
	}
	own := workspace + "/.git"
	if link := r.glance(own); link != "" { // a linked working tree
		own = strings.TrimSpace(strings.TrimPrefix(link, "gitdir:"))
		if !path.IsAbs(own) {
			own = path.Join(workspace, own)
		}
	}
	home := refs{r: r, dir: own}
	if common := strings.TrimSpace(r.glance(own + "/commondir")); common != "" {
		if home.dir = common; !path.IsAbs(common) {
			home.dir = path.Join(own, common)
		}
	}
	head := r.glance(own + "/HEAD")
	if head == "" {
		return refs{}, false
	}
	home.current, _ = strings.CutPrefix(strings.TrimSpace(head), "ref: refs/heads/")
	home.packed = r.glance(home.dir + "/packed-refs")
	standard := strings.TrimSpace(r.glance(home.dir + "/refs/remotes/" + remote + "/HEAD"))
	home.standard, _ = strings.CutPrefix(standard, "ref: refs/remotes/"+remote+"/")
	return home, true
}

// tip gives the commit of a reference, or "".
func (h *refs) tip(name string) string {
	if strings.Contains(name, "..") {
		return ""
	}
	if commit := strings.TrimSpace(h.r.glance(h.dir + "/" + name)); commit != "" {
		return commit
	}
	if at := strings.Index(h.packed, " "+name+"\n"); at >= 0 {
		return h.packed[strings.LastIndexByte(h.packed[:at], '\n')+1 : at]
	}
	return ""
}

// glance gives the text of a small file, or "". What there was no time to read is
// not the same as what is not there.
func (r *reader) glance(path string) string {
	text, err := r.ctx.Glance(path, maxSetting)
	if err != nil {
		r.late = r.late || errors.Is(err, context.DeadlineExceeded)
		return ""
	}
	return string(text)
}
