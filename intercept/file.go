package intercept

import (
	"context"
	"time"
)

// This file is about what supervised processes take away: files that a program
// unlinks, replaces or empties, whatever the text of its command said.

// A FileWitness is told of each call that would take a file away, before the
// kernel carries it out, and says whether it may. Its methods are called from
// many goroutines at once, while the calling process is stopped. The witness
// owns what follows from a call: what is kept, what is asked.
//
// Not told are calls that certainly fail or take nothing away (no such file, an
// empty or special file truncated, a name renamed to itself), and those where
// every file concerned was born after Began and is not guarded, or is in a directory
// that is spared.
type FileWitness interface {
	// Began is when the session began: what was born later is its own.
	Began() time.Time
	// Spares reports a directory in which nothing is lost to anybody, whatever
	// the process takes away or replaces directly in it: what is there is made
	// again, for example, or was judged with the line that removes it. It is asked
	// once for a directory, and again after a moment, after an exec, and after a
	// directory was renamed.
	Spares(dir string, p Process, ppid int) bool
	// Guards reports a path of restrain's own files, or one that holds them. They are
	// told of whenever they were born.
	Guards(path string) bool
	// File decides about one call. The context ends when the process that
	// waits has gone. What needs long is seen to while other calls go on.
	File(ctx context.Context, c FileCall) FileReply
}

// A FileReply is what the witness said. A call that is not allowed fails with
// EACCES, and the message is written to the process's standard error: one line,
// safe for a terminal.
type FileReply struct {
	Allow   bool
	Message string
}

// A FileOp is what a call would do.
type FileOp string

// The operations. Those of one kind are one, by whichever call they are made.
const (
	FileUnlink   FileOp = "unlink"   // the name Target goes
	FileRmdir    FileOp = "rmdir"    // the directory Target goes
	FileRename   FileOp = "rename"   // Target becomes To, and what was To goes
	FileExchange FileOp = "exchange" // Target and To change places
	FileTruncate FileOp = "truncate" // the content of Target goes
)

// A FileCall is one call that would take a file away.
type FileCall struct {
	Op     FileOp
	Target File
	To     File // of a rename or exchange

	// Process is who calls, PPID its parent, UID its user. Steps.StepOf
	// tells which step it belongs to.
	Process Process
	PPID    int
	UID     int

	// Foreign reports a process with its own root directory or mount namespace:
	// the paths are its own and may name something else here. Descriptors and
	// facts are right.
	Foreign bool
	// Unknown says why it cannot be told what the call is about; empty when it
	// can. What is filled in besides is then only what was seen of it.
	Unknown string
}

// A File is one that a call names.
type File struct {
	// Path is where the file is, absolute and without links on the way. Of a
	// file that does not exist, or of a foreign process, it is as the process
	// named it. It is empty when the call could not be read.
	Path string
	// Exists reports that something has this name; the facts are its.
	Exists bool
	FileFacts
	// Dir is an O_PATH descriptor of the directory that has the file under the
	// last name of Path, -1 when there is none.
	Dir int
	// FD is an O_PATH descriptor of the file itself, not of what a link at the
	// end leads to unless the call follows it. It is -1 when there is none.
	// Both are closed when the witness returns.
	FD int
}

// FileFacts is what the kernel says of a file: statx(2).
type FileFacts struct {
	Dev, Ino uint64
	Mode     uint32 // with the file's type, as in stat(2)
	Links    uint32
	UID      uint32
	Size     int64
	Modified time.Time
	// Born is zero where the file system does not tell, or where what it tells
	// is not when the content was born: an overlay gives a file that is changed
	// a new one.
	Born time.Time
}
