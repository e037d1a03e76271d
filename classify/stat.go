package classify

import (
	"io/fs"
	"time"
)

// A fileStat is what the file system says of a file, of a link itself.
type fileStat struct {
	mode fs.FileMode
	size int64
	born time.Time // zero where the file system does not say
	// exact reports that what follows is known: with the size it tells one
	// state of a file from any other.
	exact           bool
	dev, ino        uint64
	links           uint32 // names of the file
	changed, status stamp  // mtime and ctime
}

// A stamp is a time of the file system.
type stamp struct {
	sec  int64
	nsec uint32
}

func (s stamp) before(t stamp) bool {
	return s.sec < t.sec || s.sec == t.sec && s.nsec < t.nsec
}
