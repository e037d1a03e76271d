package classify

import (
	"fmt"
	"strings"
	"time"

	"restrain/figure"
)

// A LossKind says what sort of content a step would take away.
type LossKind string

// The kinds of loss.
const (
	LossFile    LossKind = "file"        // one file that git does not have
	LossTree    LossKind = "tree"        // a directory with all that is in it
	LossChanges LossKind = "git-changes" // a file whose content no commit has
	LossIndex   LossKind = "index"       // what is staged in a repository
	LossStash   LossKind = "stash"
	LossBranch  LossKind = "branch"
	LossTag     LossKind = "tag"
	LossRemote  LossKind = "remote-ref" // the old tip of a branch or tag on a remote
	LossHistory LossKind = "history"    // what a repository keeps of commits that nothing refers to any more
)

// A Loss is content that a step takes away and that nothing else has.
type Loss struct {
	Kind LossKind
	// Path is where the content is now: absolute, with links followed as the
	// step would. Empty for what only a repository has.
	Path string
	// Repo is the root of the working tree, for what git keeps or knows. Ref
	// is a full name of it, or stash@{n}, and Commit what it stands for.
	Repo, Ref, Commit string
	// Message is what a stash is called.
	Message string
	// InPlace reports that the content is changed where it is, so that it has
	// to be copied. Else it is unlinked or replaced, and a link keeps it.
	InPlace bool
	// Edited reports that most of the content stays, as with sed -i.
	Edited  bool
	Files   int
	Bytes   int64
	Commits int // that no other ref reaches
	// Oldest and Newest are the times of the last change to a file, or those
	// of the first and the last commit.
	Oldest, Newest time.Time
	// Partial reports that looking stopped at a bound: it is at least this.
	Partial bool
	// Command is the index in Script.Commands of the command that does it.
	Command int

	minor     bool // likely to be of little worth
	discarded bool // thrown away by git
	indexOnly bool // an index has content that the working tree lacks
}

// Taken is a path that a step takes away, whether or not anything else has what
// is there.
type Taken struct {
	Path    string
	Tree    bool // with all that is below
	InPlace bool // as in a Loss
	// History reports a repository that goes with commits which nothing else
	// is known to have, or that is the project's own.
	History bool
}

// String gives a loss in words: "draft, 4 files, 1.2 kB".
func (l *Loss) String() string {
	var b strings.Builder
	switch {
	case l.Ref != "":
		b.WriteString(strings.TrimPrefix(strings.TrimPrefix(l.Ref, "refs/heads/"), "refs/"))
	case l.Path != "":
		b.WriteString(l.Path)
	default:
		b.WriteString(l.Repo)
	}
	if l.Partial {
		b.WriteString(", at least")
	}
	if l.Files > 0 {
		fmt.Fprintf(&b, ", %s, %s", figure.Number(l.Files, "file"), figure.Bytes(l.Bytes))
	}
	if l.Commits > 0 {
		b.WriteString(", " + figure.Number(l.Commits, "commit"))
	}
	return b.String()
}

// add counts one more file.
func (l *Loss) add(bytes int64, changed time.Time) {
	l.Files++
	l.Bytes += bytes
	l.age(changed, changed)
}

// merge counts what another loss counts.
func (l *Loss) merge(other *Loss) {
	l.Files += other.Files
	l.Bytes += other.Bytes
	l.Commits += other.Commits
	l.Partial = l.Partial || other.Partial
	l.age(other.Oldest, other.Newest)
}

func (l *Loss) age(oldest, newest time.Time) {
	if l.Oldest.IsZero() || !oldest.IsZero() && oldest.Before(l.Oldest) {
		l.Oldest = oldest
	}
	if newest.After(l.Newest) {
		l.Newest = newest
	}
}

// The bounds of the looks at what a line would lose. What lies beyond them is
// "at least", and cannot be kept.
const (
	lossTime   = 2 * time.Second
	lossFiles  = maxFiles // files and directories that are looked at
	lossPlaces = 20_000   // losses that are told apart; more are told as whole directories
)
