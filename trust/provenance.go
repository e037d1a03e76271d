package trust

import "restrain/classify"

// maxLeft is how many of the files that steps have left behind a session
// remembers; the oldest is forgotten first.
const maxLeft = 64

// A left is a file that an earlier step left behind, by the hash of its path.
type left struct {
	path   uint64
	origin classify.Origin
}

// leave remembers what a step has left behind. The list is made anew, for pasts
// have the one of before.
func (s *Session) leave(files []classify.Left) {
	for i := range files {
		l := left{pathHash(files[i].Path), files[i].Origin}
		kept := make([]left, 0, len(s.left)+1)
		for _, before := range s.left {
			if before.path != l.path {
				kept = append(kept, before)
			}
		}
		s.left = append(kept[max(0, len(kept)-maxLeft+1):], l)
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
