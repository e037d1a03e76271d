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

// leave remembers what a step has left behind.
func (s *Session) leave(files []classify.Left) {
	for i := range files {
		l := left{pathHash(files[i].Path), files[i].Origin}
		for j := range s.left {
			if s.left[j].path == l.path {
				s.left = append(s.left[:j], s.left[j+1:]...)
				break
			}
		}
		if len(s.left) == maxLeft {
			s.left = append(s.left[:0], s.left[1:]...)
		}
		s.left = append(s.left, l)
	}
}

// Remembers reports whether steps have left files behind whose origin matters.
func (s *Session) Remembers() bool { return len(s.left) > 0 }

// Origin is that of a file that an earlier step of the session left behind, by
// its path as in a classify.Left.
func (s *Session) Origin(path string) classify.Origin {
	hash := pathHash(path)
	for i := range s.left {
		if s.left[i].path == hash {
			return s.left[i].origin
		}
	}
	return classify.OriginNone
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
