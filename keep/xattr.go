//go:build unix

package keep

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// maxXattrs bounds the names and values of one file that go into a manifest.
const maxXattrs = 64 << 10

var errXattrs = errors.New("its extended attributes are too large")

// readXattrs gives the extended attributes of an open file. A file system
// without them has none.
func readXattrs(fd int) ([]xattr, error) {
	size, err := unix.Flistxattr(fd, nil)
	if err != nil || size == 0 {
		return nil, noXattrs(err)
	}
	if size > maxXattrs {
		return nil, errXattrs
	}
	names := make([]byte, size)
	if size, err = unix.Flistxattr(fd, names); err != nil {
		return nil, noXattrs(err)
	}
	var list []xattr
	room := maxXattrs - size
	for name := range strings.SplitSeq(strings.TrimRight(string(names[:size]), "\x00"), "\x00") {
		if name == "" || !isPortable(name) {
			continue
		}
		size, err := unix.Fgetxattr(fd, name, nil)
		if err != nil {
			return list, err
		}
		if room -= size; room < 0 {
			return list, errXattrs
		}
		value := make([]byte, size)
		if size > 0 {
			if size, err = unix.Fgetxattr(fd, name, value); err != nil {
				return list, err
			}
		}
		list = append(list, xattr{name, string(value[:size])})
	}
	return list, nil
}

// isPortable leaves out what the kernel gives a file by its own rules.
func isPortable(name string) bool {
	return name != "security.selinux" && !strings.HasPrefix(name, "trusted.") && !strings.HasPrefix(name, "system.nfs4")
}

func noXattrs(err error) error {
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS) {
		return nil
	}
	return err
}

// writeXattrs gives an open file the attributes in list, and no others. It is
// the first failure, when one cannot be set.
func writeXattrs(fd int, list []xattr) error {
	now, err := readXattrs(fd)
	if err != nil {
		return err
	}
	if slices.Equal(now, list) {
		return nil
	}
	for _, x := range now {
		if !slices.ContainsFunc(list, func(other xattr) bool { return other.name == x.name }) {
			err = errors.Join(err, unix.Fremovexattr(fd, x.name))
		}
	}
	for _, x := range list {
		err = errors.Join(err, unix.Fsetxattr(fd, x.name, []byte(x.value), 0))
	}
	return err
}
