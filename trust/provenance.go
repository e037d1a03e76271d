package trust

import (
	"slices"

	"restrain/classify"
)

// maxArtifacts is how many of the files that steps have left behind a session
// remembers; the oldest is forgotten first.
const maxArtifacts = 64

// An artifact is a file that an earlier step left behind, by the hash of its path.
type artifact struct {
	path   uint64
	origin classify.Origin
}

// leave remembers what a step has left behind. The list is made anew, for pasts
// have the one of before.
func (s *Session) leave(files []classify.Artifact) {
	for i := range files {
		l := artifact{pathHash(files[i].Path), files[i].Origin}
		kept := make([]artifact, 0, len(s.artifacts)+1)
		for _, before := range s.artifacts {
			if before.path != l.path {
				kept = append(kept, before)
			}
		}
		s.artifacts = append(kept[max(0, len(kept)-maxArtifacts+1):], l)
	}
}

// letRun forgets that a file was downloaded which a human has let run: it is what they
// said yes to until it is downloaded again.
func (s *Session) letRun(step *classify.Step) {
	for i := range step.Actions {
		a := &step.Actions[i]
		if a.Class != "execute.download" || !a.Resource.Settled() {
			continue
		}
		ran := artifact{pathHash(a.Resource.Name), classify.FromNetwork}
		if slices.Contains(s.artifacts, ran) {
			s.artifacts = slices.DeleteFunc(slices.Clone(s.artifacts), func(a artifact) bool { return a == ran })
		}
	}
}

// pathHash is FNV-1a: a path that is made to collide with another makes a step
// look worse, never better.
func pathHash(path string) uint64 {
	hash := uint64(14695981039346656037)
	for i := range len(path) {
		hash = (hash ^ uint64(path[i])) * 1099511628211
	}
	return hash
}
