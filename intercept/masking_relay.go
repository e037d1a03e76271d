//go:build unix

package intercept

import (
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"restrain/secret"
)

// A maskRelay copies what a shell prints to where it was to go, masked.
type maskRelay struct {
	mu      sync.Mutex // held while something is moved
	streams []*stream
	// ended becomes readable when wake is closed, as the shell has ended; nil
	// where nobody tells.
	ended, wake *os.File
}

// pipeSize is how much of the output of a shell waits, in bytes.
const pipeSize = 256 << 10

// A stream is one output of the shell.
type stream struct {
	from   *os.File // of the pipe
	fd     int      // of that; it does not block
	to     output
	masker *secret.Masker
	over   bool // nothing more is moved
}

// An output is a descriptor of this process, which somebody else may have made
// non-blocking.
type output int

// Write writes all of p.
func (fd output) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n, err := unix.Write(int(fd), p[written:])
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, -1)
		case err != nil:
			return written, err
		default:
			written += n
		}
	}
	return written, nil
}

// newRelay makes a pipe for each of the two outputs of a shell that are seen, one
// for both where they are one; to has this process's descriptor of each, -1 for one
// that is closed. ends are the shell's, by descriptor.
func newRelay(values []secret.Value, to [2]int) (r *maskRelay, ends map[int]*os.File, err error) {
	r, ends = &maskRelay{}, map[int]*os.File{}
	defer func() {
		if err != nil {
			r.close()
			for _, end := range ends {
				end.Close()
			}
		}
	}()
	for i, to := range to {
		fd := i + 1
		seen, ok := outputOf(to)
		switch {
		case !ok && !isFile(to):
			return r, ends, errors.New("the output is no pipe, no socket and no file")
		case !seen:
			continue
		case fd == 2 && ends[1] != nil && sameOutput(int(r.streams[0].to), to):
			ends[2] = ends[1]
			continue
		}
		from, end, err := os.Pipe()
		if err != nil {
			return r, ends, err
		}
		ends[fd] = end
		widen(end)
		if fd == 2 { // apart from what is printed, errors have no form
			values = slices.DeleteFunc(slices.Clone(values), secret.Value.Unseen)
		}
		s := &stream{from: from, fd: int(from.Fd()), to: output(to), masker: secret.NewMasker(output(to), values)}
		if r.streams = append(r.streams, s); unix.SetNonblock(s.fd, true) != nil {
			return r, ends, errors.New("a pipe cannot be read without waiting")
		}
	}
	return r, ends, nil
}

func (r *maskRelay) close() {
	for _, s := range r.streams {
		s.over = true
		s.from.Close()
	}
	for _, f := range [...]*os.File{r.ended, r.wake} {
		if f != nil {
			f.Close()
		}
	}
}

// run copies until nobody can print any more; behind the end of the shell, for a
// moment only.
func (r *maskRelay) run() {
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.close()
	}()
	buffer := make([]byte, pipeSize)
	var until time.Time // the end of the moment; zero while the shell runs
	for open := r.streams; len(open) > 0; {
		r.mu.Lock()
		list, wait := pollList(open, r.ended, until)
		r.mu.Unlock()
		n, err := unix.Poll(list, wait)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if until.IsZero() && list[2*len(open)].Revents != 0 {
			until = time.Now().Add(remainTime)
		}
		r.mu.Lock()
		late := n == 0 && !until.IsZero() && !time.Now().Before(until)
		left := open[:0:0]
		for i, s := range open {
			if !s.over {
				s.move(list[2*i].Revents, list[2*i+1].Revents, buffer, n == 0)
			}
			if late && !s.over {
				s.end(true)
			}
			if !s.over {
				left = append(left, s)
			}
		}
		open = left
		r.mu.Unlock()
	}
	if until.IsZero() && r.ended != nil {
		// The shell has closed its outputs, and may go on for long.
		_, _ = r.ended.Read(buffer[:1])
	}
}

// pollList is what is waited for: of each stream that something comes and that its
// reader goes, and that the shell ends.
func pollList(open []*stream, ended *os.File, until time.Time) (list []unix.PollFd, milliseconds int) {
	milliseconds = -1
	for _, s := range open {
		list = append(list, unix.PollFd{Fd: int32(s.fd), Events: unix.POLLIN}, unix.PollFd{Fd: int32(s.to)})
		if s.masker.Holds() {
			milliseconds = int(promptTime / time.Millisecond)
		}
	}
	wake := unix.PollFd{Fd: -1, Events: unix.POLLIN}
	if ended != nil && until.IsZero() {
		wake.Fd = int32(ended.Fd())
	}
	if !until.IsZero() {
		left := max(0, int(time.Until(until)/time.Millisecond)+1)
		if milliseconds < 0 || left < milliseconds {
			milliseconds = left
		}
	}
	return append(list, wake), milliseconds
}

// move copies what is there, until that was the last.
func (s *stream) move(readable, gone int16, buffer []byte, quiet bool) {
	switch {
	case gone&(unix.POLLERR|unix.POLLNVAL) != 0:
		s.end(false) // what prints learns it as it would have
	case readable != 0:
		s.copy(buffer)
	case quiet:
		_ = s.masker.Flush()
	}
}

// copy passes on as much as is there, up to the buffer's length.
func (s *stream) copy(buffer []byte) (n int) {
	n, err := unix.Read(s.fd, buffer)
	switch {
	case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
		return 0
	case n <= 0:
		s.end(true)
	default:
		if _, err := s.masker.Write(buffer[:n]); err != nil {
			s.end(false)
		}
	}
	return n
}

// end ends a stream; with rest, what is held back is passed on.
func (s *stream) end(rest bool) {
	if rest {
		_ = s.masker.Close()
	}
	s.over = true
	s.from.Close()
}

// withheld lists what was masked in all streams.
func (r *maskRelay) withheld() []secret.Withheld {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []secret.Withheld
	for _, s := range r.streams {
		for _, w := range s.masker.Withheld() {
			list = secret.Count(list, w)
		}
	}
	return list
}

// sameFile reports descriptors of one file.
func sameFile(a, b int) bool {
	var one, other unix.Stat_t
	return unix.Fstat(a, &one) == nil && unix.Fstat(b, &other) == nil && one.Dev == other.Dev && one.Ino == other.Ino
}
