package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Problem is what is wrong with an entry.
type Problem string

// The problems that Read and Verify name.
const (
	BadJSON    Problem = "json"      // the line is no entry
	BadVersion Problem = "version"   // written by a newer restrain
	BadHash    Problem = "hash"      // the line was changed after it was written
	BadLink    Problem = "link"      // it does not follow the entry before it
	Gap        Problem = "gap"       // entries before it are missing, or out of order
	Truncated  Problem = "truncated" // the last line is unfinished
	Shortened  Problem = "shortened" // entries at the end are missing
	TooLong    Problem = "too long"  // the line is above MaxLine
)

// A BrokenError names the first broken entry of a journal.
type BrokenError struct {
	Line    int    // 1-based
	Seq     uint64 // the number that the entry should have
	Problem Problem
	Detail  string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("journal line %d (entry %d): %s: %s", e.Line, e.Seq, e.Problem, e.Detail)
}

const keepCopy = "keep a copy of the file; what stands before this line can be trusted"

// Read calls f with each entry of r, in order, without verifying the chain. It
// stops at f's first error and returns it. A line that is no entry, too long or
// unfinished is a *[BrokenError]; f has then seen all entries before it.
func Read(r io.Reader, f func(Entry) error) error {
	return lines(r, func(n int, line []byte) error {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return &BrokenError{Line: n, Seq: uint64(n), Problem: BadJSON, Detail: fmt.Sprintf("%v; run restrain verify", err)}
		}
		return f(e)
	})
}

// Verify checks every line of r against the chain and returns the number of
// entries that are good. A *[BrokenError] names the first that is not; other
// errors are r's.
func Verify(r io.Reader) (n int, err error) {
	return VerifyTo(r, Head{})
}

// VerifyTo is Verify for a caller that kept a head: it also finds that entries
// up to that head were taken away or replaced. The zero Head asks for nothing.
func VerifyTo(r io.Reader, kept Head) (n int, err error) {
	var head Head
	err = lines(r, func(number int, line []byte) error {
		next, err := follow(head, number, line)
		if err != nil {
			return err
		}
		if next.Seq == kept.Seq && next.Hash != kept.Hash {
			return &BrokenError{number, next.Seq, BadHash, "not the entry that the session wrote; " + keepCopy}
		}
		head = next
		return nil
	})
	if err == nil && head.Seq < kept.Seq {
		err = &BrokenError{int(head.Seq) + 1, head.Seq + 1, Shortened,
			fmt.Sprintf("the session wrote %d entries; look for a copy of the file", kept.Seq)}
	}
	return int(head.Seq), err
}

// follow checks that line is the entry behind head.
func follow(head Head, number int, line []byte) (Head, error) {
	want := head.Seq + 1
	broken := func(p Problem, format string, args ...any) (Head, error) {
		return head, &BrokenError{number, want, p, fmt.Sprintf(format, args...) + "; " + keepCopy}
	}
	e, err := decode(line)
	if errors.Is(err, errHash) {
		return broken(BadHash, "the line was changed after it was written")
	}
	if err != nil {
		return broken(BadJSON, "%v", err)
	}
	if e.V != Version {
		return broken(BadVersion, "version %d, this restrain reads %d", e.V, Version)
	}
	if e.Seq != want {
		return broken(Gap, "entry %d stands where %d should be", e.Seq, want)
	}
	prev := head.Hash
	if head.Seq == 0 {
		prev = genesis(e.Session)
	}
	if e.Prev != prev {
		return broken(BadLink, "it does not follow the entry before it")
	}
	return Head{Seq: e.Seq, Hash: e.Hash, Size: head.Size + int64(len(line))}, nil
}

// lines calls f with each whole line of r, newline included, and its number.
// The line is valid until f returns.
func lines(r io.Reader, f func(n int, line []byte) error) error {
	br := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	for n := 1; ; {
		part, err := br.ReadSlice('\n')
		if len(long)+len(part) > MaxLine {
			return &BrokenError{n, uint64(n), TooLong, fmt.Sprintf("above %d bytes; %s", MaxLine, keepCopy)}
		}
		line := part
		if len(long) > 0 || errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			line = long
		}
		switch {
		case err == nil:
			if err := f(n, line); err != nil {
				return err
			}
			n, long = n+1, long[:0]
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			if len(line) > 0 {
				return &BrokenError{n, uint64(n), Truncated,
					fmt.Sprintf("%d bytes of an unfinished entry; the next step of the session cuts them off", len(line))}
			}
			return nil
		default:
			return fmt.Errorf("read journal line %d: %w: check the file and its disk", n, err)
		}
	}
}
