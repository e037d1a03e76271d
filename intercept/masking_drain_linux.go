package intercept

import "golang.org/x/sys/unix"

// drain passes on what had been printed when it is called, as whoever printed it
// ends. Others may have the pipes, and go on.
func (r *maskRelay) drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	buffer := make([]byte, pipeSize)
	for _, s := range r.streams {
		if s.over {
			continue
		}
		there, err := unix.IoctlGetInt(s.fd, unix.TIOCINQ)
		for err == nil && there > 0 && !s.over {
			n := s.copy(buffer[:min(there, len(buffer))])
			if n <= 0 {
				break
			}
			there -= n
		}
		if !s.over {
			_ = s.masker.Settle()
		}
	}
}
