package secret

import (
	"time"

	"golang.org/x/sys/windows"
)

// cpuTime is what f costs the processor.
func cpuTime(f func()) time.Duration {
	spent := func() time.Duration {
		var start, end, kernel, user windows.Filetime
		if err := windows.GetProcessTimes(windows.CurrentProcess(), &start, &end, &kernel, &user); err != nil {
			panic(err)
		}
		ticks := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
		return time.Duration((ticks(kernel) + ticks(user)) * 100)
	}
	before := spent()
	f()
	return spent() - before
}
