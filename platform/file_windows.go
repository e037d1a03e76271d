package platform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// OpenFile is [os.OpenFile] that follows no link in the last name of the path. A
// link, or a file put in another's place meanwhile, is [ErrLink]. What it creates
// with permissions for nobody else is closed to all but this user and the system.
func OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	linked := &fs.PathError{Op: "open", Path: path, Err: ErrLink}
	if info, err := os.Lstat(path); err == nil && isLink(info) {
		return nil, linked
	}
	if flag&os.O_CREATE != 0 && perm&0o077 == 0 {
		if err := createPrivate(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, &fs.PathError{Op: "create", Path: path, Err: err}
		}
	}
	file, err := os.OpenFile(path, flag, perm)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil {
		var named fs.FileInfo
		if named, err = os.Lstat(path); err == nil && (isLink(named) || !os.SameFile(named, opened)) {
			err = linked
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// createPrivate creates an empty file with an access list of its own.
func createPrivate(path string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	list, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return err
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: list}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, &attributes, windows.CREATE_NEW, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return err
	}
	return windows.CloseHandle(handle)
}

// isLink reports a symbolic link or another kind of reparse point.
func isLink(info fs.FileInfo) bool { return info.Mode()&(fs.ModeSymlink|fs.ModeIrregular) != 0 }

// IsPipeAlone reports the error of opening a pipe that nobody reads: none here.
func IsPipeAlone(error) bool { return false }

// A lock is on one byte far behind the end: those of the file itself would be
// closed to whoever reads it.
const lockOffset = 1 << 30

// Lock waits for the lock of a file, which keeps out all others.
func Lock(file *os.File) error { return lock(file, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// TryLock takes the lock of a file, or fails with [ErrLocked].
func TryLock(file *os.File) error {
	return lock(file, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
}

// TryShare takes a share in the lock of a file, or fails with [ErrLocked] when
// somebody has it alone.
func TryShare(file *os.File) error { return lock(file, windows.LOCKFILE_FAIL_IMMEDIATELY) }

// Unlock gives a lock back; closing the file does too.
func Unlock(file *os.File) error {
	return windows.UnlockFileEx(windows.Handle(file.Fd()), 0, 1, 0, &windows.Overlapped{OffsetHigh: lockOffset})
}

func lock(file *os.File, flags uint32) error {
	err := windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: lockOffset})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrLocked
	}
	return err
}

// Private fails unless an open file is this user's own and closed to all others
// but the system and its administrators.
func Private(file *os.File) error {
	return closedTo(windows.Handle(file.Fd()), anyAccess)
}

// OnlyOurs reports that what lies at a path is this user's own, and that nobody
// but the system and its administrators can write it.
func OnlyOurs(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || isLink(info) {
		return false
	}
	handle, err := openHandle(path, windows.READ_CONTROL)
	if err != nil {
		return false
	}
	defer windows.CloseHandle(handle)
	return closedTo(handle, writeAccess) == nil
}

// What an entry of an access list may grant others: of anyAccess nothing, or
// nothing of what changes a file.
const (
	anyAccess   = ^windows.ACCESS_MASK(windows.SYNCHRONIZE)
	writeAccess = windows.ACCESS_MASK(windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | windows.DELETE |
		windows.WRITE_DAC | windows.WRITE_OWNER | windows.GENERIC_WRITE | windows.GENERIC_ALL)
)

// closedTo fails unless this user owns an open file and its access list grants
// nobody else anything of what. A list that cannot be read grants everything.
func closedTo(handle windows.Handle, what windows.ACCESS_MASK) error {
	descriptor, err := windows.GetSecurityInfo(handle, windows.SE_FILE_OBJECT,
		windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("whose it is cannot be told: %w: use a file system with access lists", err)
	}
	trusted, err := trustedUsers()
	if err != nil {
		return fmt.Errorf("this process's user cannot be told: %w: log in again", err)
	}
	owner, _, err := descriptor.Owner()
	if err != nil || !oneOf(owner, trusted) {
		return errors.New("belongs to another user: remove it, or run as its owner")
	}
	list, _, err := descriptor.DACL()
	if err != nil || list == nil {
		return errors.New("has no access list: use a file system with access lists")
	}
	for i := range uint32(list.AceCount) {
		var entry *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &entry); err != nil {
			return fmt.Errorf("its access list cannot be read: %w: remove it", err)
		}
		if entry.Header.AceType == windows.ACCESS_DENIED_ACE_TYPE || entry.Header.AceFlags&windows.INHERIT_ONLY_ACE != 0 || entry.Mask&what == 0 {
			continue
		}
		// Other types than this have the user elsewhere.
		if entry.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || !oneOf((*windows.SID)(unsafe.Pointer(&entry.SidStart)), trusted) {
			return errors.New("its access list lets others in: take them off, or remove it")
		}
	}
	return nil
}

// trustedUsers are this process's user, and those who may do everything anyway.
func trustedUsers() ([]*windows.SID, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	trusted := []*windows.SID{user.User.Sid}
	for _, kind := range [...]windows.WELL_KNOWN_SID_TYPE{windows.WinLocalSystemSid, windows.WinBuiltinAdministratorsSid} {
		sid, err := windows.CreateWellKnownSid(kind)
		if err != nil {
			return nil, err
		}
		trusted = append(trusted, sid)
	}
	return trusted, nil
}

func oneOf(sid *windows.SID, list []*windows.SID) bool {
	for _, other := range list {
		if sid.Equals(other) {
			return true
		}
	}
	return false
}

// openHandle opens whatever lies at a path, of a link the link itself.
func openHandle(path string, access uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return windows.InvalidHandle, err
	}
	return windows.CreateFile(name, access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS|windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
}

// Identify tells which file one is that os.Lstat or os.Stat described at a path,
// and how many names it has.
func Identify(path string, info fs.FileInfo) (id FileID, links uint64, ok bool) {
	if !isLink(info) {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
	}
	handle, err := openHandle(path, 0)
	if err != nil {
		return FileID{}, 0, false
	}
	defer windows.CloseHandle(handle)
	var facts windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(handle, &facts) != nil {
		return FileID{}, 0, false
	}
	return FileID{uint64(facts.VolumeSerialNumber), uint64(facts.FileIndexHigh)<<32 | uint64(facts.FileIndexLow)}, uint64(facts.NumberOfLinks), true
}

// Removed reports that an open file has no name any more: it keeps its name here
// while it is open.
func Removed(fs.FileInfo) bool { return false }

// Truncate cuts an open file. One that is open to append only cannot be cut
// through its own handle.
func Truncate(file *os.File, size int64) error { return os.Truncate(file.Name(), size) }

// GiveTo does nothing: a file here belongs to whom its directory says.
func GiveTo(*os.File, fs.FileInfo) error { return nil }

// Getenv is [os.Getenv], by which HOME is the user's profile where nobody has
// set it.
func Getenv(name string) string {
	value := os.Getenv(name)
	if value == "" && name == "HOME" {
		return os.Getenv("USERPROFILE")
	}
	return value
}
