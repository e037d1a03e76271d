//go:build unix

package keep

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A testRepo is a repository whose own configuration would run something at
// every occasion.
type testRepo struct {
	t      *testing.T
	dir    string
	ran    string // a file that says that something of it ran
	config []byte // before trap
}

func newRepo(t *testing.T, args ...string) *testRepo {
	t.Helper()
	if gitProgram() == "" {
		t.Skip("git is not installed")
	}
	r := &testRepo{t: t, dir: realTemp(t)}
	r.ran = filepath.Join(realTemp(t), "ran")
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	r.commit("first")
	return r
}

func (r *testRepo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *testRepo) commit(text string) string {
	r.t.Helper()
	write(r.t, r.dir+"/file", text)
	r.git("add", "-A")
	r.git("commit", "-q", "-m", text)
	return r.git("rev-parse", "HEAD")
}

// trap makes everything in the repository that git can run leave a trace.
func (r *testRepo) trap() {
	r.t.Helper()
	var err error
	r.config, err = os.ReadFile(r.dir + "/.git/config")
	do(r.t, err)
	run := "touch '" + r.ran + "'; cat"
	for _, hook := range []string{"reference-transaction", "post-update", "post-checkout", "pre-auto-gc", "post-rewrite", "fsmonitor-watchman", "pre-push"} {
		path := filepath.Join(r.dir, ".git", "hooks", hook)
		do(r.t, os.MkdirAll(filepath.Dir(path), 0o755))
		do(r.t, os.WriteFile(path, []byte("#!/bin/sh\n"+run+"\n"), 0o755))
	}
	for _, setting := range []string{"core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy", "gpg.program",
		"filter.x.clean", "filter.x.smudge", "diff.x.textconv", "diff.external", "core.alternateRefsCommand", "uploadpack.packObjectsHook", "credential.helper"} {
		r.git("config", setting, run)
	}
	r.git("config", "gc.auto", "1")
	r.git("config", "core.hooksPath", r.dir+"/.git/hooks")
	write(r.t, r.dir+"/.git/info/attributes", "* filter=x diff=x\n")
}

func (r *testRepo) untouched(before string) {
	r.t.Helper()
	if _, err := os.Stat(r.ran); err == nil {
		r.t.Error("something of the repository's own ran")
	}
	if before != "" {
		if now := r.refs(); now != before {
			r.t.Errorf("refs were\n%s\nand are\n%s", before, now)
		}
	}
}

// refs reads what a mirror push would send, without git.
func (r *testRepo) refs() string {
	r.t.Helper()
	repo, err := findRepository(r.dir)
	do(r.t, err)
	list, err := repo.refs()
	do(r.t, err)
	var lines []string
	for _, ref := range list {
		lines = append(lines, ref.id+" "+ref.name)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (r *testRepo) disarm() {
	r.t.Helper()
	do(r.t, os.RemoveAll(r.dir+"/.git/hooks"))
	do(r.t, os.Remove(r.dir+"/.git/info/attributes"))
	do(r.t, os.WriteFile(r.dir+"/.git/config", r.config, 0o644))
}

// expire makes git forget what no ref reaches.
func (r *testRepo) expire() {
	r.t.Helper()
	r.git("reflog", "expire", "--expire=now", "--all")
	r.git("-c", "gc.auto=0", "prune", "--expire=now")
	r.git("repack", "-q", "-a", "-d")
}

func TestGitBranchAndTag(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			r := newRepo(t, "--object-format="+format)
			r.git("checkout", "-q", "-b", "feature/x")
			r.commit("second")
			tip := r.commit("third")
			r.git("tag", "-a", "v1", "-m", "a tag")
			tag := r.git("rev-parse", "v1")
			r.git("checkout", "-q", "main")
			r.trap()
			before := r.refs()
			s := newStore(t, Limits{})
			kept := keepAll(t, s, Item{Git: &GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "feature/x", ID: tip}, {Kind: Tag, Name: "v1", ID: tag}}}})
			r.untouched(before)
			if kept.Files != 2 || contents(t, s, kept.ID) != 1 {
				t.Errorf("%+v, %d stored", kept, contents(t, s, kept.ID))
			}
			r.disarm()
			r.git("branch", "-q", "-D", "feature/x")
			r.git("tag", "-d", "v1")
			r.expire()
			r.trap()
			restore(t, s, kept.ID)
			r.untouched("")
			r.disarm()
			if got := r.git("rev-parse", "feature/x", "v1", "v1^{commit}"); got != tip+"\n"+tag+"\n"+tip {
				t.Errorf("%s", got)
			}
			r.git("fsck", "--strict")
			if left, _ := s.List(Filter{Waiting: true}); len(left) != 0 || contents(t, s, kept.ID) != 0 {
				t.Errorf("still stored: %+v", left)
			}
		})
	}
}

func TestGitStash(t *testing.T) {
	r := newRepo(t)
	var want []string
	for _, text := range []string{"one", "two", "three"} {
		write(t, r.dir+"/file", text)
		write(t, r.dir+"/new "+text, text)
		r.git("stash", "push", "-q", "-u", "-m", text)
	}
	loss := &GitLoss{Dir: r.dir}
	for line := range strings.SplitSeq(r.git("stash", "list", "--format=%H %gs"), "\n") {
		id, message, _ := strings.Cut(line, " ")
		loss.Refs = append(loss.Refs, Ref{Kind: Stash, ID: id, Message: message})
		want = append(want, line)
	}
	s := newStore(t, Limits{})
	kept := keepAll(t, s, Item{Git: loss})
	r.git("stash", "clear")
	r.expire()
	restore(t, s, kept.ID)
	if got := r.git("stash", "list", "--format=%H %gs"); got != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	r.git("stash", "pop", "-q")
	if text, _ := os.ReadFile(r.dir + "/new three"); string(text) != "three" {
		t.Errorf("popped %q", text)
	}
}

// A branch that has moved meanwhile is kept before it is moved back.
func TestGitBranchMoved(t *testing.T) {
	r := newRepo(t)
	tip := r.commit("work of a day")
	s := newStore(t, Limits{})
	kept := keepAll(t, s, Item{Git: &GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "main", ID: tip}}}})
	r.git("reset", "-q", "--hard", "HEAD~1")
	newer := r.commit("newer work")
	report := restore(t, s, kept.ID)
	if got := r.git("rev-parse", "main"); got != tip || report.Count(Replaced) != 1 || report.Undo == "" {
		t.Errorf("%s, %+v", got, report)
	}
	restore(t, s, report.Undo)
	if got := r.git("rev-parse", "main"); got != newer {
		t.Errorf("after undoing the undo: %s", got)
	}
}

func TestGitRemoteTip(t *testing.T) {
	origin := realTemp(t)
	r := newRepo(t)
	r.git("init", "-q", "--bare", origin)
	r.git("remote", "add", "origin", origin)
	old := r.commit("published")
	r.git("push", "-q", "origin", "main")
	r.git("reset", "-q", "--hard", "HEAD~1")
	r.commit("other")
	s := newStore(t, Limits{})
	kept := keepAll(t, s, Item{Git: &GitLoss{Dir: r.dir, Refs: []Ref{{Kind: RemoteTip, Remote: "origin", Name: "main", ID: old}}}})
	listed, err := s.Get(kept.ID)
	do(t, err)
	refs, err := s.Refs(kept.ID)
	do(t, err)
	if listed.Refs != 1 || listed.Files != 1 || len(refs) != 1 || !strings.HasPrefix(refs[0].String(), "branch origin/main at ") {
		t.Errorf("listed as %+v with %v", listed, refs)
	}
	r.git("push", "-q", "--force", "origin", "main")
	r.expire()
	report := restore(t, s, kept.ID)
	if len(report.Pushes) != 1 || report.Count(Pending) != 1 {
		t.Fatalf("%+v", report)
	}
	if listed, err = s.Get(kept.ID); err != nil || listed.Refs != 0 || listed.Files != 0 {
		t.Errorf("given back, it is listed as %+v: %v", listed, err)
	}
	if got := r.git("ls-remote", origin, "main"); strings.HasPrefix(got, old) {
		t.Error("it was pushed unasked")
	}
	r.git(report.Pushes[0].Argv[1:]...)
	if got := r.git("ls-remote", origin, "main"); !strings.HasPrefix(got, old) {
		t.Errorf("after the push: %s", got)
	}
}

// A tag that was pushed by force, or deleted on the remote, is given back by a
// push as well, also together with the tag here.
func TestGitRemoteTag(t *testing.T) {
	for _, forced := range []bool{true, false} {
		origin, r := realTemp(t), newRepo(t)
		r.git("init", "-q", "--bare", origin)
		r.git("remote", "add", "origin", origin)
		r.git("tag", "v1")
		old := r.git("rev-parse", "v1")
		r.git("push", "-q", "origin", "v1")
		s := newStore(t, Limits{})
		kept := keepAll(t, s, Item{Git: &GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Tag, Name: "v1", ID: old}, {Kind: RemoteTip, Remote: "origin", Name: "tags/v1", ID: old}}}})
		if forced {
			r.commit("other")
			r.git("tag", "-f", "v1")
			r.git("push", "-q", "--force", "origin", "v1")
		} else {
			r.git("tag", "-d", "v1")
			r.git("push", "-q", "origin", ":refs/tags/v1")
		}
		report := restore(t, s, kept.ID)
		if len(report.Pushes) != 1 || r.git("rev-parse", "v1") != old {
			t.Fatalf("%+v", report)
		}
		r.git(report.Pushes[0].Argv[1:]...)
		if got := r.git("ls-remote", origin, "refs/tags/v1"); !strings.HasPrefix(got, old) {
			t.Errorf("forced %t: after the push: %s", forced, got)
		}
	}
}

// A ref that stands for a remote's branch is given back as one.
func TestGitTracking(t *testing.T) {
	r := newRepo(t)
	r.git("checkout", "-q", "--detach")
	lost := r.commit("only on a remote, once")
	r.git("update-ref", "refs/remotes/origin/gone", lost)
	r.git("checkout", "-q", "main")
	s := newStore(t, Limits{})
	kept := keepAll(t, s, Item{Git: &GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Tracking, Name: "origin/gone", ID: lost}}}})
	r.git("update-ref", "-d", "refs/remotes/origin/gone")
	r.expire()
	restore(t, s, kept.ID)
	if got := r.git("rev-parse", "refs/remotes/origin/gone^{commit}"); got != lost {
		t.Errorf("given back: %s", got)
	}
}

func TestGitDetachedAndElsewhere(t *testing.T) {
	r := newRepo(t)
	r.git("checkout", "-q", "--detach")
	lost := r.commit("on no branch")
	s := newStore(t, Limits{})
	kept := keepAll(t, s, Item{Git: &GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Detached, ID: lost}}}})
	r.git("checkout", "-q", "main")
	r.expire()
	out := realTemp(t)
	report, err := s.Restore(t.Context(), []string{kept.ID}, nil, Options{To: out})
	do(t, err)
	if report.Count(Created) != 1 {
		t.Fatalf("%+v", report)
	}
	if got := r.git("bundle", "list-heads", report.Changes[0].Path); !strings.HasPrefix(got, lost) {
		t.Errorf("the bundle has %s", got)
	}
	restore(t, s, kept.ID)
	if got := r.git("log", "--all", "--format=%H", "--branches=restored/*"); !strings.Contains(got, lost) {
		t.Errorf("%s", got)
	}
}

// A branch whose commits others have too needs no bundle.
func TestGitMergedBranch(t *testing.T) {
	r := newRepo(t)
	r.git("branch", "same")
	id := r.git("rev-parse", "same")
	s := newStore(t, Limits{})
	loss := &GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "same", ID: id}}}
	kept := keepAll(t, s, Item{Git: loss})
	if contents(t, s, kept.ID) != 0 {
		t.Error("it has a bundle")
	}
	r.git("branch", "-q", "-D", "same")
	restore(t, s, kept.ID)
	if r.git("rev-parse", "same") != id {
		t.Error("it is not given back")
	}
	again := keepAll(t, s, Item{Git: loss})
	if _, ok, err := s.Settle(t.Context(), again.ID); ok || err != nil {
		t.Errorf("a branch that is still there is kept: %v, %v", ok, err)
	}
}

func TestGitRefusals(t *testing.T) {
	r := newRepo(t)
	tip := r.git("rev-parse", "HEAD")
	write(t, r.dir+"/large", strings.Repeat("0123456789abcdef", 64)+strings.Join(slices.Repeat([]string{tip}, 3), ""))
	r.git("checkout", "-q", "-b", "big")
	big := r.commit("big")
	for _, test := range []struct {
		name, want string
		limits     Limits
		loss       GitLoss
	}{
		{"no repository", "no git repository", Limits{}, GitLoss{Dir: realTemp(t), Refs: []Ref{{Kind: Branch, Name: "x", ID: tip}}}},
		{"no id", "no object of git", Limits{}, GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "x", ID: "--output=x"}}}},
		{"an option for a name", "no name of a ref", Limits{}, GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "--upload-pack=x", ID: tip}}}},
		{"two lines for a name", "no name of a ref", Limits{}, GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "a\nb", ID: tip}}}},
		{"no such object", "git", Limits{}, GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "x", ID: strings.Repeat("1", 40)}}}},
		{"above the bound", "exceeds the bound", Limits{StepBytes: 100}, GitLoss{Dir: r.dir, Refs: []Ref{{Kind: Branch, Name: "big", ID: big}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStore(t, test.limits)
			result, err := s.Keep(t.Context(), Step{}, []Item{{Git: &test.loss}})
			if missed := notKept(t, err); !strings.Contains(missed.Error(), test.want) || result.ID != "" {
				t.Errorf("%+v, %v", result, missed)
			}
			if list, _ := s.List(Filter{}); len(list) != 0 {
				t.Errorf("left %+v", list)
			}
		})
	}
}

// A linked working tree's refs are those of its repository.
func TestGitWorktree(t *testing.T) {
	r := newRepo(t)
	tree := filepath.Join(realTemp(t), "tree")
	r.git("worktree", "add", "-q", "-b", "side", tree)
	main := r.dir
	r.dir = tree
	tip := r.commit("on the side")
	r.dir = main
	s := newStore(t, Limits{})
	kept := keepAll(t, s, Item{Git: &GitLoss{Dir: tree, Refs: []Ref{{Kind: Branch, Name: "side", ID: tip}}}}, Item{Path: tree})
	r.git("worktree", "remove", "--force", tree)
	r.git("branch", "-q", "-D", "side")
	r.expire()
	restore(t, s, kept.ID)
	if got := r.git("rev-parse", "side"); got != tip {
		t.Errorf("%s", got)
	}
	if text, err := os.ReadFile(tree + "/file"); string(text) != "on the side" {
		t.Errorf("%q, %v", text, err)
	}
}
