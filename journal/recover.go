package journal

import (
	"bytes"
	"fmt"

	"restrain/platform"
)

// catchUp makes l.head the end of the file, which another process may have
// moved, or a crash or a hand damaged. What it found amiss comes back as the
// kind and reason of an entry to write; the reason is empty when all is well.
func (l *Log) catchUp() (kind, why string, err error) {
	info, err := l.file.Stat()
	if err != nil {
		return "", "", fmt.Errorf("journal %s: stat: %w: check the disk", l.path, err)
	}
	if platform.Removed(info) {
		return "", "", fmt.Errorf("journal %s: was removed while it was in use: nothing can run; start a new session", l.path)
	}
	kept := l.head
	intact, err := l.holds(kept, info.Size())
	if err != nil || intact && info.Size() == kept.Size {
		return "", "", err
	}
	cut, err := l.findHead(info.Size())
	if err != nil {
		return "", "", err
	}
	switch {
	case !intact:
		return Tamper, fmt.Sprintf("the journal was changed from outside: entry %d, which the session wrote, is not where it was", kept.Seq), nil
	case cut > 0:
		return Note, fmt.Sprintf("cut off %d bytes of an entry that a crash left unfinished", cut), nil
	}
	return "", "", nil
}

// holds reports whether the file still has the entry of head where it was.
func (l *Log) holds(head Head, size int64) (bool, error) {
	if head.Seq == 0 {
		return true, nil
	}
	if head.Size > size || head.Size < int64(trailLen) {
		return false, nil
	}
	trail := make([]byte, trailLen)
	if err := l.readAt(trail, head.Size-int64(trailLen)); err != nil {
		return false, err
	}
	_, hash, ok := unseal(trail)
	return ok && hash == head.Hash, nil
}

// findHead takes l.head from the last whole line of a file of the given size,
// and cuts off what stands behind it; it returns how many bytes that were.
func (l *Log) findHead(size int64) (cut int64, err error) {
	tail, err := l.readTail(size)
	if err != nil {
		return 0, err
	}
	whole := bytes.LastIndexByte(tail, '\n') + 1
	if cut = int64(len(tail) - whole); cut > 0 {
		if err := platform.Truncate(l.file, size-cut); err != nil {
			return 0, fmt.Errorf("journal %s: cut off an unfinished entry: %w: check the disk", l.path, err)
		}
	}
	if whole == 0 {
		l.head = Head{}
		return cut, nil
	}
	start := bytes.LastIndexByte(tail[:whole-1], '\n') + 1
	e, err := decode(tail[start:whole])
	if err != nil {
		return 0, fmt.Errorf("journal %s: last entry: %w: run restrain verify, then move the file away", l.path, err)
	}
	l.head = Head{Seq: e.Seq, Hash: e.Hash, Size: size - cut}
	return cut, nil
}

// readTail reads from the end of the file until it has a whole line, with the
// newline before it, and what stands behind it.
func (l *Log) readTail(size int64) ([]byte, error) {
	for n := int64(4 << 10); ; n *= 4 {
		n = min(n, size)
		tail := make([]byte, n)
		if err := l.readAt(tail, size-n); err != nil {
			return nil, err
		}
		if n == size || bytes.Count(tail, []byte{'\n'}) >= 2 {
			return tail, nil
		}
		if n > 2*MaxLine {
			return nil, fmt.Errorf("journal %s: the last line is above %d bytes: run restrain verify, then move the file away", l.path, MaxLine)
		}
	}
}

func (l *Log) readAt(p []byte, off int64) error {
	if _, err := l.file.ReadAt(p, off); err != nil {
		return fmt.Errorf("journal %s: read: %w: check the disk", l.path, err)
	}
	return nil
}
