package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"restrain/platform"

	"restrain/journal"
)

// ErrTaken says that another exporter follows the session already.
var ErrTaken = errors.New("another exporter follows this session")

// positionFile holds, beside a session's journal, how far it has been sent.
const positionFile = "otel.position"

// A Source is a session's journal and how far it has been sent.
type Source struct {
	journal, position *os.File
	follower          *journal.Follower
}

// Open opens the journal at path to send it, from where the last exporter got
// to. There is one exporter a session: another gets [ErrTaken].
func Open(path string) (*Source, error) {
	position, err := platform.OpenFile(filepath.Join(filepath.Dir(path), positionFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("telemetry position: %w; check the session's directory", err)
	}
	if err := platform.TryLock(position); err != nil {
		position.Close()
		if errors.Is(err, platform.ErrLocked) {
			return nil, ErrTaken
		}
		return nil, fmt.Errorf("telemetry position: lock: %w; use a file system that can lock", err)
	}
	file, err := os.Open(path)
	if err != nil {
		position.Close()
		return nil, fmt.Errorf("journal: %w; name a session's journal.jsonl", err)
	}
	return &Source{file, position, journal.NewFollower(file, sent(position, file))}, nil
}

// sent reads the position. One that cannot be is the journal's start: a record
// that comes twice is better than one that does not.
func sent(position, file *os.File) int64 {
	var text [32]byte
	n, err := position.ReadAt(text[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0
	}
	offset, err := strconv.ParseInt(strings.TrimSpace(string(text[:n])), 10, 64)
	info, statErr := file.Stat()
	if err != nil || statErr != nil || offset < 0 || offset > info.Size() {
		return 0
	}
	return offset
}

// Close lets another exporter take over.
func (s *Source) Close() error { return errors.Join(s.journal.Close(), s.position.Close()) }

// Send sends what the journal has got, and returns how many entries that were.
// After an error they are sent again by the next call.
func (s *Source) Send(ctx context.Context, e *Exporter) (int, error) {
	total := 0
	for {
		before := s.follower.Offset()
		n, err := s.follower.Next(batch-1, func(entry journal.Entry) error {
			e.Record(ctx, entry)
			return nil
		})
		if n == 0 {
			return total, err
		}
		if flushErr := flush(ctx, e); flushErr != nil {
			s.follower = journal.NewFollower(s.journal, before)
			return total, errors.Join(err, fmt.Errorf("telemetry: %w; check %s", flushErr, Endpoint))
		}
		total += n
		if _, writeErr := s.position.WriteAt(fmt.Appendf(nil, "%-20d\n", s.follower.Offset()), 0); writeErr != nil {
			return total, errors.Join(err, fmt.Errorf("telemetry position: %w; check the disk", writeErr))
		}
		if err != nil {
			return total, err
		}
	}
}

// flush is given up after a while, and a batch is then sent again that may have
// arrived: the time is each batch's own, however many a slow collector is sent.
func flush(ctx context.Context, e *Exporter) error {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	return e.Flush(ctx)
}

// How Follow spends its time.
const (
	pollEvery = 200 * time.Millisecond
	retryMax  = 30 * time.Second
	sendLimit = 10 * time.Second // for one batch
)

// Follow sends entries as they come, until the session is over: when done is
// closed, or with linger above 0 when nothing came for so long. An unreachable
// collector is tried again, less and less often; report gets each error once
// until it changes. It returns the error that was left at the end.
func (s *Source) Follow(ctx context.Context, e *Exporter, done <-chan struct{}, linger time.Duration, report func(error)) error {
	wait, last := pollEvery, time.Now()
	said := ""
	for over := false; ; {
		n, err := s.Send(ctx, e)
		switch {
		case err == nil:
			wait, said = pollEvery, ""
		case err.Error() != said:
			said = err.Error()
			report(err)
			fallthrough
		default:
			wait = min(2*wait, retryMax)
		}
		if n > 0 {
			last = time.Now()
		}
		if over || linger > 0 && time.Since(last) >= linger {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-done:
			over = true // once more, for what came meanwhile
		case <-ctx.Done():
			over = true
		}
		timer.Stop()
	}
}
