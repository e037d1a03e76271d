package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"restrain/platform"
)

// A Log appends to a journal file. It is safe for several goroutines, and with
// other processes' Logs of the same file: every append holds the file's lock
// and costs the same however long the journal is. Entries survive the death of
// every process, not a power cut: nothing is synced.
type Log struct {
	path string
	file *os.File
	// write is the file's; tests put a full disk in its place.
	write func(p []byte) (int, error)

	mu   sync.Mutex // held with the file's lock
	head Head
	line bytes.Buffer
}

// Open opens the journal at path to append to it, and creates it (mode 0600,
// its directories 0700) when it is not there. It refuses symbolic links, other
// users' files, files that others can read or write, and what is no regular file.
func Open(path string) (*Log, error) { return OpenAt(path, Head{}) }

// OpenAt is Open for a caller that kept the head of the last append. When the
// file does not continue from there, the next append says so in the journal
// with a "tamper" entry before its own.
func OpenAt(path string, head Head) (*Log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("journal directory: %w: nothing can run until it can be created", err)
	}
	file, err := platform.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if errors.Is(err, platform.ErrLink) {
		return nil, fmt.Errorf("journal %s: is a symbolic link: remove it", path)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w: nothing can run until it can be written", err)
	}
	l := &Log{path: path, file: file, write: file.Write, head: head}
	if err := l.checkFile(); err != nil {
		file.Close()
		return nil, err
	}
	return l, nil
}

func (l *Log) checkFile() error {
	info, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("journal %s: stat: %w: check the disk", l.path, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("journal %s: is no regular file: remove it", l.path)
	}
	if err := platform.Private(l.file); err != nil {
		return fmt.Errorf("journal %s: %w", l.path, err)
	}
	return nil
}

// Close releases the file, and its lock if it is held.
func (l *Log) Close() error { return l.file.Close() }

// Head returns the end of the journal as of the last append.
func (l *Log) Head() Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// Lock waits for the journal's lock, which keeps out all other goroutines and
// processes. A caller whose own state must match the journal reads it, calls
// [Log.AppendLocked] and writes it, all before Unlock.
func (l *Log) Lock() error {
	l.mu.Lock()
	if err := platform.Lock(l.file); err != nil {
		l.mu.Unlock()
		return fmt.Errorf("journal %s: lock: %w: use a file system that can lock", l.path, err)
	}
	return nil
}

// Unlock gives the lock back.
func (l *Log) Unlock() error {
	defer l.mu.Unlock()
	if err := platform.Unlock(l.file); err != nil {
		return fmt.Errorf("journal %s: unlock: %w: end the session", l.path, err)
	}
	return nil
}

// Append writes e as the journal's next entry and returns it as written. An
// error means that the entry is not in the journal: what it is about must not run.
func (l *Log) Append(e Entry) (Entry, error) {
	if err := l.Lock(); err != nil {
		return e, err
	}
	e, err := l.AppendLocked(e)
	return e, errors.Join(err, l.Unlock())
}

// AppendLocked is Append for the goroutine that holds the lock.
func (l *Log) AppendLocked(e Entry) (Entry, error) {
	kind, why, err := l.catchUp()
	if err != nil {
		return e, err
	}
	if why != "" {
		said := Entry{Time: e.Time, Session: e.Session, Kind: kind, Reason: why}
		if err := l.put(&said); err != nil {
			return e, err
		}
	}
	err = l.put(&e)
	return e, err
}

// HeadLocked is Head for the goroutine that holds the lock.
func (l *Log) HeadLocked() Head { return l.head }

// SetHead tells the log, whose lock the caller holds, where the journal ended
// when the caller's state was written.
func (l *Log) SetHead(h Head) { l.head = h }

// put writes e behind l.head, all of it or nothing.
func (l *Log) put(e *Entry) error {
	l.line.Reset()
	if err := seal(&l.line, e, l.head); err != nil {
		return err
	}
	n, err := l.write(l.line.Bytes())
	if err == nil && n == l.line.Len() {
		l.head = Head{Seq: e.Seq, Hash: e.Hash, Size: l.head.Size + int64(n)}
		return nil
	}
	if err == nil {
		err = fmt.Errorf("only %d of %d bytes: %w", n, l.line.Len(), io.ErrShortWrite)
	}
	if n > 0 {
		// When this fails too, the next append finds the unfinished line.
		if cut := platform.Truncate(l.file, l.head.Size); cut != nil {
			err = errors.Join(err, cut)
		}
	}
	return fmt.Errorf("journal %s: write entry %d: %w: make room on the disk", l.path, e.Seq, err)
}
