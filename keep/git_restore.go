//go:build unix

package keep

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// git gives back what repositories had. Stashes go in from the oldest on, so
// that the latest ends on top. Pushes come first: what a remote's tag has become
// only the tag here tells, until it is given back itself.
func (r *restorer) git(refs []task) error {
	slices.SortStableFunc(refs, func(a, b task) int { return strings.Compare(a.path, b.path) })
	slices.SortStableFunc(refs, func(a, b task) int {
		if a.path == b.path && a.ref.Kind == Stash && b.ref.Kind == Stash {
			return b.n - a.n
		}
		if push := a.ref.Kind == RemoteTip; push != (b.ref.Kind == RemoteTip) && a.path == b.path {
			if push {
				return -1
			}
			return 1
		}
		return 0
	})
	for i := range refs {
		t := &refs[i]
		c := Change{Path: t.path, Ref: t.ref.String(), Action: Refused}
		var err error
		if r.o.To != "" {
			c, err = r.bundleTo(t, c)
		} else {
			c.Action, err = r.ref(t)
		}
		if err != nil {
			if r.ctx.Err() != nil {
				return r.ctx.Err()
			}
			c.Action, c.Why = Refused, err.Error()
		}
		if err := r.done(t, c); err != nil {
			return err
		}
	}
	return nil
}

// bundleTo writes the bundle that has the ref below Options.To.
func (r *restorer) bundleTo(t *task, c Change) (Change, error) {
	if t.ref.bundle == noBundle {
		return c, errors.New("its commits are still in the repository: git branch NAME " + t.ref.ID)
	}
	c.Action = Created
	c.Path = filepath.Join(r.parent.to, filepath.Base(t.path)+"-"+t.w.id+"-"+strconv.Itoa(t.ref.bundle)+".bundle")
	dir, err := r.parent.open(c.Path, nil, r.o.DryRun)
	if r.o.DryRun || err != nil {
		return c, err
	}
	bundle := task{record: &record{n: t.ref.bundle, how: asCopy, st: stat{size: t.st.size}}, w: t.w}
	src, err := bundle.content()
	if err != nil {
		return c, err
	}
	defer src.Close()
	if bundle.st, err = statOf(src); err != nil {
		return c, err
	}
	err = r.copyOut(&bundle, dir, filepath.Base(c.Path))
	if errors.Is(err, os.ErrExist) { // an earlier ref's
		c.Action, err = Unchanged, nil
	}
	return c, err
}

// ref gives a ref back in its repository.
func (r *restorer) ref(t *task) (Action, error) {
	repo, err := findRepository(t.path)
	if err != nil {
		return Refused, fmt.Errorf("the repository: %w: write a bundle elsewhere with --to", err)
	}
	name, now := t.ref.full(0), ""
	switch t.ref.Kind {
	case Detached:
		name = "refs/heads/restored/" + t.w.id + "-" + strconv.Itoa(t.n)
	case Stash:
		name = "refs/stash"
	}
	if now, err = repo.ref(name); err != nil {
		return Refused, err
	}
	switch {
	case t.ref.Kind == RemoteTip:
		return r.push(t, repo, now)
	case t.ref.Kind == Stash && repo.hasStash(t.ref.ID), t.ref.Kind != Stash && now == t.ref.ID:
		return Unchanged, nil
	}
	action := Created
	if now != "" && t.ref.Kind != Stash {
		action = Replaced
	}
	if r.o.DryRun {
		return action, nil
	}
	if action == Replaced {
		was := t.ref
		was.ID = now
		if err := r.keepNow(Item{Git: &GitLoss{Dir: t.path, Refs: []Ref{was}}}); err != nil {
			return Refused, err
		}
	}
	if err := r.bringObjects(t, repo); err != nil {
		return Refused, err
	}
	return action, r.updateRef(t, repo, name, now)
}

// updateRef sets a ref in the user's repository, if it still is what it was
// looked at. Hooks are the one thing of a configuration that this could run.
func (r *restorer) updateRef(t *task, repo repository, name, now string) error {
	message := "restrain undo"
	args := []string{"--git-dir=" + repo.common, "update-ref", "--create-reflog", "-m"}
	if t.ref.Kind == Stash { // as git stash store does
		message = t.ref.Message
	}
	if now == "" {
		now = strings.Repeat("0", len(t.ref.ID))
	}
	g := &gitCall{ctx: r.ctx, program: gitProgram(), dir: "/", env: gitEnv()}
	_, err := g.run(nil, append(args, message, name, t.ref.ID, now)...)
	return err
}

// bringObjects puts the objects of a ref into the user's repository.
func (r *restorer) bringObjects(t *task, repo repository) error {
	work, err := os.MkdirTemp(filepath.Join(r.store.dir, t.w.id), "git-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	g, err := borrow(r.ctx, work, repo, t.ref.ID)
	if err != nil {
		return err
	}
	if t.ref.bundle == noBundle {
		if _, err := g.run(nil, "cat-file", "-e", t.ref.ID); err != nil {
			return fmt.Errorf("the commit %s is not in the repository any more: %w", t.ref.ID, err)
		}
		return nil
	}
	path := content(r.store.dir, t.w.id, t.ref.bundle)
	needed, err := prerequisites(path)
	if err != nil {
		return err
	}
	// git wants refs that reach what a bundle builds on.
	if err := g.setRefs(needed); err != nil {
		return err
	}
	g.env = append(g.env, "GIT_OBJECT_DIRECTORY="+g.objects)
	_, err = g.run(nil, "bundle", "unbundle", path)
	return err
}

// prerequisites are the commits that a bundle builds on.
func prerequisites(path string) ([]namedRef, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errGone
	}
	defer file.Close()
	var list []namedRef
	in := bufio.NewScanner(file)
	for in.Scan() && in.Text() != "" {
		id, ok := strings.CutPrefix(in.Text(), "-")
		if id, _, _ = strings.Cut(id, " "); ok && isObjectID(id) {
			list = append(list, namedRef{"refs/needed/" + strconv.Itoa(len(list)), id})
		}
	}
	return list, in.Err()
}

// push brings the objects of a remote's old tip and says how the remote gets
// it back, if the branch there is still what it was seen to be last.
func (r *restorer) push(t *task, repo repository, now string) (Action, error) {
	there := "refs/heads/" + t.ref.Name
	if strings.HasPrefix(t.ref.Name, "tags/") {
		there = "refs/" + t.ref.Name
		id, err := repo.ref(there)
		if err != nil {
			return Refused, err
		}
		if now = id; now == t.ref.ID {
			now = "" // only the remote's is gone
		}
	} else if now == t.ref.ID {
		return Unchanged, nil
	}
	r.report.Pushes = append(r.report.Pushes, Push{Dir: t.path, Argv: []string{
		"git", "-C", t.path, "push", "--force-with-lease=" + there + ":" + now, t.ref.Remote, t.ref.ID + ":" + there,
	}})
	if r.o.DryRun {
		return Pending, nil
	}
	return Pending, r.bringObjects(t, repo)
}
