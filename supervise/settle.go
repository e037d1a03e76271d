//go:build unix

package supervise

import (
	"time"

	"golang.org/x/sys/unix"
)

// A device is a terminal: the file system that its file is on, and its number.
type device struct{ on, number uint64 }

func deviceOf(fd int) (device, error) {
	var st unix.Stat_t
	err := unix.Fstat(fd, &st)
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFCHR {
		return device{}, err
	}
	return device{uint64(st.Dev), uint64(st.Rdev)}, nil //nolint:unconvert // differs between systems
}

// Owns reports whether a descriptor is the agent's side of the session's PTY.
func (s *Session) Owns(fd int) bool {
	select {
	case <-s.started:
	default:
		return false
	}
	if s.front == nil {
		return false
	}
	d, err := deviceOf(fd)
	return err == nil && d != device{} && d == s.slave
}

// Settle waits until what was written to the PTY before has been through the
// filter: nothing more comes for a moment. It reports false when that took longer
// than within, as where the human's terminal takes nothing.
func (s *Session) Settle(moment, within time.Duration) bool {
	if s.front == nil {
		return true
	}
	const step = time.Millisecond
	_, before := s.front.output.settled(s.front.agent)
	var still time.Duration
	for end := time.Now().Add(within); time.Now().Before(end); {
		select {
		case <-time.After(step):
		case <-s.gone:
			return true
		}
		quiet, reads := s.front.output.settled(s.front.agent)
		if still += step; !quiet || reads != before {
			still = 0
		}
		if before = reads; still >= moment {
			return true
		}
	}
	return false
}
