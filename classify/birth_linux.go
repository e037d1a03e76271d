package classify

import (
	"time"

	"golang.org/x/sys/unix"
)

// birthTime is when a file was made, of a link itself; ok is false on file
// systems that do not say.
func birthTime(path string) (made time.Time, ok bool) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BTIME, &st)
	if err != nil || st.Mask&unix.STATX_BTIME == 0 {
		return time.Time{}, false
	}
	return time.Unix(st.Btime.Sec, int64(st.Btime.Nsec)), true
}
