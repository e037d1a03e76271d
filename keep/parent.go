//go:build unix

package keep

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// An openParent opens the directories that files are given back to. No
// symbolic link on the way is followed, for whoever put it there would say
// where the files go. The last one stays open.
type openParent struct {
	to   string // directory that all is below; empty: the root
	toFD int
	path string
	fd   int
}

// openTo makes and opens the directory that all is written to.
func (p *openParent) openTo(to string, dryRun bool) error {
	if !dryRun {
		if err := os.MkdirAll(to, 0o777); err != nil {
			return err
		}
	}
	fd, real, err := openDir(to)
	if isGone(err) && dryRun {
		p.to = to
		return nil
	}
	if err != nil {
		return err
	}
	p.to, p.toFD = real, fd
	return nil
}

func (p *openParent) close() {
	for _, fd := range []int{p.fd, p.toFD} {
		if fd > 0 {
			unix.Close(fd)
		}
	}
	p.fd, p.toFD = 0, 0
}

// open gives the directory that path is in. Missing ones are made, unless only
// is set; those in private are open to the user alone until they get their mode.
func (p *openParent) open(path string, private map[string]bool, only bool) (int, error) {
	dir := filepath.Dir(path)
	if p.fd > 0 && p.path == dir {
		return p.fd, nil
	}
	at, done, rest := p.toFD, p.to, strings.TrimPrefix(dir, p.to)
	if p.toFD <= 0 {
		if p.to != "" {
			return -1, unix.ENOENT // a dry run, and To is not there
		}
		done = ""
		root, err := unix.Open("/", searchFlags, 0)
		if err != nil {
			return -1, err
		}
		at = root
	}
	for name := range strings.SplitSeq(rest, "/") {
		if name == "" {
			continue
		}
		done += "/" + name
		_, known := private[done]
		next, err := step(at, name, done, known, only)
		if at != p.toFD {
			unix.Close(at)
		}
		if err != nil {
			return -1, err
		}
		at = next
	}
	if at == p.toFD {
		var err error
		if at, err = unix.FcntlInt(uintptr(at), unix.F_DUPFD_CLOEXEC, 0); err != nil {
			return -1, err
		}
	}
	if p.fd > 0 {
		unix.Close(p.fd)
	}
	p.path, p.fd = dir, at
	return at, nil
}

// step opens a directory in an open one, and makes it when it is missing.
func step(at int, name, path string, private, only bool) (int, error) {
	fd, err := unix.Openat(at, name, searchFlags|unix.O_NOFOLLOW, 0)
	if isGone(err) && !only {
		var raw unix.Stat_t
		if unix.Fstatat(at, name, &raw, unix.AT_SYMLINK_NOFOLLOW) != nil {
			mode := uint32(0o777)
			if private {
				mode = 0o700
			}
			if err := unix.Mkdirat(at, name, mode); err != nil {
				return -1, err
			}
			fd, err = unix.Openat(at, name, searchFlags|unix.O_NOFOLLOW, 0)
		}
	}
	if err == nil {
		return fd, nil
	}
	var raw unix.Stat_t
	if unix.Fstatat(at, name, &raw, unix.AT_SYMLINK_NOFOLLOW) == nil && raw.Mode&unix.S_IFMT != unix.S_IFDIR {
		return -1, fmt.Errorf("%s is no directory any more, but a file or a link: move it away, or write elsewhere with --to", path)
	}
	return -1, err
}
