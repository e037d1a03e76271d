//go:build unix

package classify

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is what f costs the processor. What a test may cost is told by this and
// not by the clock on the wall, which goes on while other programs run.
func cpuTime(f func()) time.Duration {
	spent := func() time.Duration {
		var usage unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
			panic(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := spent()
	f()
	return spent() - before
}
