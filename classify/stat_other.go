//go:build !linux

package classify

import "os"

// statFile says what every system says. When a file was made, only exec
// supervision wants to know, which is Linux's; and git is asked for what its
// index would tell.
func statFile(path string) (fileStat, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return fileStat{}, err
	}
	return fileStat{mode: info.Mode(), size: info.Size()}, nil
}
