package keep

import (
	"strings"
)

// A GitLoss is what a step would take away from a repository. The index and
// uncommitted changes are files, and items of their own.
type GitLoss struct {
	// Dir is the working tree, or a repository without one.
	Dir  string
	Refs []Ref
}

// A Ref is a commit or a tag's object, and what leads to it now.
type Ref struct {
	Kind    RefKind
	Name    string // "feature", "v1.2"; empty for Stash and Detached
	ID      string // the object that is lost
	Remote  string // of a RemoteTip: "origin"
	Message string // of a Stash
	bundle  int    // entry number of the bundle that has it, or noBundle
}

// A RefKind says how a ref is given back.
type RefKind string

// The kinds of refs.
const (
	Branch    RefKind = "branch"
	Tag       RefKind = "tag"
	Stash     RefKind = "stash"    // several are given with the latest first, as git lists them
	RemoteTip RefKind = "remote"   // a branch, or "tags/" and a tag, as the remote had it: given back by a push
	Tracking  RefKind = "tracking" // what stands for a remote's branch: "origin/feature"
	Detached  RefKind = "detached" // commits without a name: given back as a branch
)

// String names the ref for people.
func (r *Ref) String() string {
	short := r.ID[:min(len(r.ID), 10)]
	switch r.Kind {
	case Stash:
		return "stash " + short + ": " + r.Message
	case Detached:
		return "commit " + short
	case RemoteTip:
		if tag, is := strings.CutPrefix(r.Name, "tags/"); is {
			return "tag " + tag + " of " + r.Remote + " at " + short
		}
		return "branch " + r.Remote + "/" + r.Name + " at " + short
	case Tracking:
		return "branch " + r.Name + " at " + short
	}
	return string(r.Kind) + " " + r.Name + " at " + short
}
