package session

import (
	"os"
	"syscall"

	"restrain/intercept"
)

// names reports that the path of a file names it here.
func names(t *intercept.File) bool {
	info, err := os.Lstat(t.Path)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && uint64(st.Dev) == t.Dev && st.Ino == t.Ino
}
