// Package platform is what the parts of restrain ask of every operating system in
// the same words: opening a file without following a link, locking it, whose it
// is and which, and the home directory. Each question has one answer for Unix and
// one for Windows; where a system cannot answer, the answer is the safe one.
//
// It must not know what the files are for.
package platform

import "errors"

// ErrLink says that what a path names is a symbolic link, which is not followed.
var ErrLink = errors.New("is a symbolic link")

// ErrLocked says that another process holds the lock.
var ErrLocked = errors.New("is locked by another process")

// A FileID tells a file from all others of this machine, whatever its name.
type FileID struct{ Device, File uint64 }
