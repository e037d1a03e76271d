package intercept

import (
	"errors"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A fileCall is a call that may take a file away, as it was read from the
// thread that waits in it. They are used again, so that a call which concerns
// nobody costs no memory.
type fileCall struct {
	tid       uint32
	home      rootID // our own root directory
	births    *births
	dirs      *openDirs
	now       time.Time // when it was read
	root      rootID    // the thread's, once it was asked for
	rootErrno unix.Errno
	rootAsked bool
	op        FileOp
	noReplace bool   // RENAME_NOREPLACE
	length    uint64 // what a truncated file keeps
	// harmless reports a call that certainly takes nothing away; unknown says
	// why it cannot be told what it does.
	harmless bool
	unknown  string
	// begins is where the relative path of the first end begins.
	begins *openDir
	list   [2]fileEnd
	ends   []fileEnd // those of list that the call names
}

var fileCalls = sync.Pool{New: func() any { return new(fileCall) }}

// Flags of renameat2(2).
const (
	renameNoReplace = 1
	renameExchange  = 2
)

// resolveCached is RESOLVE_CACHED of openat2(2): fail rather than wait for a disk.
const resolveCached = 0x20

// readFileCall reads a call, and in which directories its files are; close gives
// it back. The error is errGone alone.
func (s *ExecDoor) readFileCall(n *notification, kind fileCallKind, a *abi) (*fileCall, error) {
	c := fileCalls.Get().(*fileCall)
	c.tid, c.home, c.births, c.dirs = n.tid, s.home, s.births, &s.dirs
	c.now = s.options.Now()
	c.noReplace, c.length, c.harmless, c.unknown, c.ends = false, 0, false, "", c.list[:0]
	c.rootAsked, c.begins = false, nil
	m := openMemory(int(n.tid), a.pointer)
	defer m.close()
	err := c.read(m, n.args, kind)
	if errors.Is(err, errGone) {
		c.close()
		return nil, err
	}
	if err != nil {
		c.unknown = err.Error()
	}
	if !c.harmless && c.unknown == "" {
		for i := range c.ends {
			c.ends[i].dir = c.dirs.of(c, &c.ends[i])
		}
	}
	return c, nil
}

// look finds what the files are.
func (c *fileCall) look() {
	if c.harmless || c.unknown != "" {
		return
	}
	for i := range c.ends {
		c.lookAt(&c.ends[i])
	}
}

func (c *fileCall) close() {
	for i := range c.ends {
		e := &c.ends[i]
		e.close()
		if e.dir != nil {
			c.dirs.release(e.dir)
			e.dir = nil
		}
	}
	if c.begins != nil {
		c.dirs.release(c.begins)
		c.begins = nil
	}
	fileCalls.Put(c)
}

// read takes the call's arguments apart.
func (c *fileCall) read(m *memory, args [6]uint64, kind fileCallKind) error {
	const here = unix.AT_FDCWD
	first, second := int(int32(args[0])), int(int32(args[2]))
	switch kind {
	case callOpen:
		return c.opens(m, here, args[0], args[1], 0)
	case callOpenat:
		return c.opens(m, first, args[1], args[2], 0)
	case callOpenat2:
		return c.opensHow(m, first, args)
	case callCreat, callTruncate64:
		c.op = FileTruncate
		return c.name(m, here, args[0], true)
	case callTruncate:
		c.op, c.length = FileTruncate, args[1]
		return c.name(m, here, args[0], true)
	case callFtruncate:
		c.op, c.length = FileTruncate, args[1]
		c.descriptor(first)
		return nil
	case callFtruncate64:
		c.op = FileTruncate
		c.descriptor(first)
		return nil
	case callUnlink:
		c.op = FileUnlink
		return c.name(m, here, args[0], false)
	case callRmdir:
		c.op = FileRmdir
		return c.name(m, here, args[0], false)
	case callUnlinkat:
		c.op = FileUnlink
		if args[2]&unix.AT_REMOVEDIR != 0 {
			c.op = FileRmdir
		}
		return c.name(m, first, args[1], false)
	case callRename:
		return c.renames(m, here, args[0], here, args[1], 0)
	case callRenameat:
		return c.renames(m, first, args[1], second, args[3], 0)
	default: // callRenameat2
		return c.renames(m, first, args[1], second, args[3], args[4])
	}
}

// opens reads an open with O_TRUNC. With O_EXCL it makes a file or fails, and
// O_PATH opens nothing.
func (c *fileCall) opens(m *memory, dirfd int, path, flags, resolve uint64) error {
	const exclusive = unix.O_CREAT | unix.O_EXCL
	c.op = FileTruncate
	if flags&unix.O_TRUNC == 0 || flags&unix.O_PATH != 0 || flags&exclusive == exclusive {
		c.harmless = true
		return nil
	}
	err := c.name(m, dirfd, path, flags&unix.O_NOFOLLOW == 0)
	c.list[0].resolve = resolve &^ resolveCached
	return err
}

// opensHow reads openat2(2), which refuses a struct that is too small.
func (c *fileCall) opensHow(m *memory, dirfd int, args [6]uint64) error {
	c.op = FileTruncate
	if c.harmless = args[3] < unix.SizeofOpenHow; c.harmless {
		return nil
	}
	flags, err := m.word(args[2], 8)
	resolve, err2 := m.word(args[2]+16, 8)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	return c.opens(m, dirfd, args[1], flags, resolve)
}

func (c *fileCall) renames(m *memory, dirfd int, from uint64, todirfd int, to, flags uint64) error {
	c.op, c.noReplace = FileRename, flags&renameNoReplace != 0
	if flags&renameExchange != 0 {
		c.op = FileExchange
	}
	m.ahead(from, to)
	return errors.Join(c.name(m, dirfd, from, false), c.name(m, todirfd, to, false))
}

// end begins another end.
func (c *fileCall) end(dirfd int, follow bool) *fileEnd {
	c.ends = c.list[:len(c.ends)+1]
	e := &c.ends[len(c.ends)-1]
	e.dirfd, e.follow, e.resolve, e.exists, e.fd = dirfd, follow, 0, false, -1
	e.open, e.size, e.room[prefixRoom], e.dir = false, 0, 0, nil
	return e
}

// descriptor takes an open file for what the call names.
func (c *fileCall) descriptor(fd int) { c.end(fd, true).open = true }

// name reads a path that the call names.
func (c *fileCall) name(m *memory, dirfd int, addr uint64, follow bool) error {
	e := c.end(dirfd, follow)
	if m.find(addr) < 0 {
		m.ahead(addr)
	}
	path, err := m.appendString(e.room[prefixRoom:prefixRoom], addr, maxPath-1)
	if err != nil {
		path = path[:0]
	}
	e.size = len(path)
	e.room[prefixRoom+e.size] = 0
	return err
}

// passesAt reports a call whose files are in directories that the witness was
// found to spare, whatever they are. Of what gets another name is still looked at
// whether it is a directory.
func (c *fileCall) passesAt() bool {
	switch {
	case c.unknown != "" || c.harmless:
		return false
	case c.op == FileTruncate || c.op == FileExchange:
		return false
	}
	for i := range c.ends {
		e := &c.ends[i]
		if e.dir == nil {
			return false
		}
		if spares, _ := c.dirs.spares(e.dir, c.tid, c.now); !spares {
			return false
		}
	}
	if c.op == FileRename {
		c.lookAt(&c.ends[0])
		if c.moves() {
			c.dirs.forget()
		}
	}
	return c.unknown == ""
}

// passes reports that the call takes nothing away, or only what spared says does
// not concern the witness.
func (c *fileCall) passes(spared func(*fileEnd) bool) bool {
	if c.unknown != "" || c.harmless {
		return c.harmless
	}
	from := &c.ends[0]
	if !from.exists {
		return true // the call fails, or makes a file
	}
	switch c.op {
	case FileTruncate:
		return !from.is(unix.S_IFREG) || from.st.Size <= c.length || spared(from)
	case FileUnlink:
		return from.is(unix.S_IFDIR) || spared(from) // EISDIR
	case FileRmdir:
		return !from.is(unix.S_IFDIR) || spared(from) // ENOTDIR
	}
	to := &c.ends[1]
	switch {
	case !to.exists:
		return c.op == FileExchange || spared(from) // there must be two to exchange
	case c.noReplace || from.same(to):
		return true // it fails; nothing is done
	}
	return spared(from) && spared(to)
}

// moves reports that a directory gets another path.
func (c *fileCall) moves() bool {
	for i := range c.ends {
		if e := &c.ends[i]; e.exists && e.is(unix.S_IFDIR) && (c.op == FileRename || c.op == FileExchange) {
			return true
		}
	}
	return c.unknown != ""
}

// facts is what is known of an end.
func (c *fileCall) facts(e *fileEnd) FileFacts {
	tells, known := c.births.of(e.dev())
	if !known {
		tells = c.learn(e)
	}
	return e.facts(tells)
}

// learn asks the file system of an end whether it tells births.
func (c *fileCall) learn(e *fileEnd) (tells bool) {
	if e.dir != nil && e.dir.id.dev == e.dev() {
		return c.births.learn(e.dir.fd, e.dev())
	}
	if e.fd < 0 {
		c.open(e)
	}
	return c.births.learn(e.fd, e.dev())
}

// same reports that a call read again is what it was.
func (c *fileCall) same(other *fileCall) bool {
	if c.op != other.op || c.noReplace != other.noReplace || c.length != other.length || c.unknown != other.unknown || len(c.ends) != len(other.ends) {
		return false
	}
	for i := range c.ends {
		if !c.ends[i].unchanged(&other.ends[i]) {
			return false
		}
	}
	return true
}
