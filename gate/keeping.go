package gate

import (
	"cmp"
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/keep"
	"restrain/secret"
)

// What a step would lose is stored before it runs, and then nobody need be asked
// about it: its harm is low, for it can be taken back. What the session, the
// persona or a sequence say of the step stays.

// keepTime bounds how long a step waits for what it would lose to be stored;
// where an agent waits for its hook, that is less.
const (
	keepTime     = 20 * time.Second
	keepTimeHook = 2 * time.Second
)

// A keeping is what is known of storing what a step would lose.
type keeping uint8

const (
	cannotKeep keeping = iota // nothing is to be stored, or it could not be
	canKeep                   // it would be stored
	isKept
)

// A safety is how a step is made safe before it runs.
type safety struct {
	kept    bool // its losses are stored
	masked  bool // the secrets that it prints are withheld
	watched bool // what it removes is stored when the kernel tells of it
}

// lowered is the severity of a step that is made safe: that of what no store can
// bring back, and of what is told all the same.
func lowered(step *classify.Step, made safety) classify.Severity {
	most, grave := classify.None, takesHistory(step)
	for i := range step.Actions {
		a := &step.Actions[i]
		severity := a.Severity
		if (made.masked && a.Maskable || made.kept && a.Keepable && !grave || made.watched && a.Unlinks && !grave) && severity < classify.Critical {
			severity = min(severity, classify.Low)
		}
		most = max(most, severity)
	}
	return most
}

// watches reports that the kernel tells what a step removes by names that its
// text does not have: that is stored first, or asked about then.
func (g *Gate) watches(r *Request, step *classify.Step) bool {
	return g.Watched && r.Live && !r.Elsewhere && r.Door == execDoor &&
		slices.ContainsFunc(step.Actions, func(a classify.Action) bool { return a.Unlinks && a.Severity > classify.Low })
}

// takesHistory reports a step that takes a repository away with all that it
// knows: a store may bring it back, and a human is asked all the same.
func takesHistory(step *classify.Step) bool {
	return slices.ContainsFunc(step.Taken, func(t classify.Taken) bool { return t.History })
}

// keepable reports whether there is anything that a step would lose and that can
// be stored here.
func (g *Gate) keepable(r *Request, step *classify.Step) keeping {
	if g.Keeps == nil || !r.Live || r.Elsewhere || len(step.Losses) == 0 {
		return cannotKeep
	}
	return canKeep
}

// keep stores what a step would lose. The error says what could not be stored:
// the step loses that for good.
func (g *Gate) keep(ctx context.Context, r *Request, step *classify.Step, number int) (*Kept, error) {
	limit := keepTime
	if r.Door == hookDoor {
		limit = keepTimeHook
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	store, err := g.Keeps()
	if err != nil {
		return nil, err
	}
	writer := store.Begin(keep.Step{
		Session: g.Store.ID(), Number: number, Time: g.now(), Command: g.Store.redact(r.text()),
	})
	defer writer.Close()
	result, err := writer.Keep(ctx, itemsOf(step.Losses))
	if result.ID == "" {
		return nil, err
	}
	if err == nil {
		// What git or a build has goes along, so that undo brings back all that
		// there was. Without it nothing is lost.
		along, _ := writer.Keep(ctx, takenItems(step))
		result.Files, result.Bytes = result.Files+along.Files, result.Bytes+along.Bytes
	}
	kept := &Kept{ID: result.ID, Files: result.Files, Bytes: result.Bytes}
	for i := range step.Losses {
		if l := &step.Losses[i]; l.Ref != "" {
			kept.Refs = append(kept.Refs, secret.Redact(l.Ref))
			kept.Files--
		}
	}
	kept.Files = max(0, kept.Files)
	return kept, err
}

// itemsOf says to the store what a step would lose.
func itemsOf(losses []classify.Loss) []keep.Item {
	var items []keep.Item
	repositories := map[string]*keep.GitLoss{}
	for i := range losses {
		l := &losses[i]
		if l.Path != "" {
			items = append(items, keep.Item{Path: l.Path, InPlace: l.InPlace})
			continue
		}
		git := repositories[l.Repo]
		if git == nil {
			git = &keep.GitLoss{Dir: l.Repo}
			repositories[l.Repo] = git
			items = append(items, keep.Item{Git: git})
		}
		git.Refs = append(git.Refs, refOf(l))
	}
	return items
}

// takenItems is the rest of what a step takes away.
func takenItems(step *classify.Step) []keep.Item {
	var items []keep.Item
	for _, t := range step.Taken {
		if slices.ContainsFunc(step.Losses, func(l classify.Loss) bool { return l.Path == t.Path }) {
			continue
		}
		if !t.Tree {
			if info, err := os.Lstat(t.Path); err != nil || info.IsDir() {
				continue
			}
		}
		items = append(items, keep.Item{Path: t.Path, InPlace: t.InPlace})
	}
	return items
}

func refOf(l *classify.Loss) keep.Ref {
	ref := keep.Ref{ID: l.Commit}
	switch l.Kind {
	case classify.LossBranch:
		ref.Kind, ref.Name = keep.Branch, strings.TrimPrefix(l.Ref, "refs/heads/")
		if name, is := strings.CutPrefix(l.Ref, "refs/remotes/"); is {
			ref.Kind, ref.Name = keep.Tracking, name
		}
	case classify.LossTag:
		ref.Kind, ref.Name = keep.Tag, strings.TrimPrefix(l.Ref, "refs/tags/")
	case classify.LossStash:
		ref.Kind, ref.Message = keep.Stash, cmp.Or(secret.Redact(l.Message), "stash")
	case classify.LossRemote:
		remote, name, _ := strings.Cut(l.Ref, " ")
		ref.Kind, ref.Remote, ref.Name = keep.RemoteTip, remote, strings.TrimPrefix(strings.TrimPrefix(name, "refs/heads/"), "refs/")
	default:
		ref.Kind = keep.Detached
	}
	return ref
}

// keepFor stores what a step would lose that a human let run, as far as that can
// be done; the answer says what could not.
func (g *Gate) keepFor(ctx context.Context, r *Request, d *Decision, number int) {
	if g.keepable(r, d.Step) == cannotKeep {
		return
	}
	kept, err := g.keep(ctx, r, d.Step, number)
	d.Kept = kept
	if err != nil {
		d.Answer.Reason = strings.TrimSpace(d.Answer.Reason + " " + secret.Redact(firstLine(err)))
	}
}

// SettleKept gives up what was stored of a step, which has ended, and which it
// did not take away after all.
func (g *Gate) SettleKept(kept *Kept) {
	if store, err := g.Keeps(); err == nil {
		_, _, _ = store.Settle(context.Background(), kept.ID) // it stays, and goes with its age
	}
}

// drop takes back what was kept for a step that does not run after all.
func (g *Gate) drop(kept *Kept) {
	if kept == nil {
		return
	}
	if store, err := g.Keeps(); err == nil {
		_ = store.Drop(kept.ID) // it is too much, and goes with its age
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
