package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// A Follower reads a journal that is still being written.
type Follower struct {
	r      io.ReaderAt
	offset int64
}

// NewFollower follows the journal r from offset, in bytes, where an entry
// begins; 0 is the first.
func NewFollower(r io.ReaderAt, offset int64) *Follower {
	return &Follower{r: r, offset: offset}
}

// Offset is where the next entry begins, in bytes.
func (f *Follower) Offset() int64 { return f.offset }

var errEnough = errors.New("enough entries")

// Next calls take with the entries that were added since the last call, in
// order, and returns how many it took. It stops after limit entries, at take's
// first error, which it returns, and before an entry that is not finished yet.
func (f *Follower) Next(limit int, take func(Entry) error) (n int, err error) {
	added := io.NewSectionReader(f.r, f.offset, math.MaxInt64-f.offset)
	err = lines(added, func(number int, line []byte) error {
		if n == limit {
			return errEnough
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return &BrokenError{Line: number, Problem: BadJSON, Detail: fmt.Sprintf("%v, behind byte %d; run restrain verify", err, f.offset)}
		}
		if err := take(e); err != nil {
			return err
		}
		f.offset += int64(len(line))
		n++
		return nil
	})
	if broken := (*BrokenError)(nil); errors.Is(err, errEnough) || errors.As(err, &broken) && broken.Problem == Truncated {
		err = nil
	}
	return n, err
}
