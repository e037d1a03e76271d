package intercept

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// openDirs are the directories that files were taken from last, held open: in
// bulk each call names a file in the directory of the one before. One that was
// found again by its identity needs no name, whatever root the caller has, since
// no other mount namespace has the same mounts. They are held only while calls
// follow each other closely, for what is open keeps a file system mounted.
type openDirs struct {
	mu    sync.Mutex
	list  []*openDir // the one used last comes first
	named namedDir
}

// A namedDir is the directory that a path led to last, without a link on the way.
// Renaming and removing directories is what could make it lead elsewhere.
type namedDir struct {
	start dirID // zero for absolute paths
	above string
	dir   *openDir // nil when there is none
	read  time.Time
}

// maxOpenDirs bounds them; a walk over a tree is in one after the other.
const maxOpenDirs = 8

// An openDir is a directory among our mounts. All but its identity and
// descriptor are read and written with the lock of openDirs.
type openDir struct {
	id   dirID
	fd   int // O_PATH
	uses int
	path string
	read time.Time // when path was
	// guarded is what the witness said of the path judged.
	judged  string
	guarded bool
	// asker is the thread for which the witness said whether it spares the
	// directory, spares what it said, and told when.
	asker  uint32
	spares bool
	told   time.Time
}

type dirID struct{ mount, dev, ino uint64 }

// believed is how long what was learned of an open directory holds, unless a
// directory is renamed or a program started: what the session does not do
// itself may change it meanwhile.
const believed = 250 * time.Millisecond

// of finds the directory that an end's last name is in. It is nil where that takes
// more than names: a link, "..", a name of proc(5), a root that is not ours.
func (o *openDirs) of(c *fileCall, e *fileEnd) *openDir {
	path := e.path()
	slash := bytes.LastIndexByte(path, '/')
	name := path[slash+1:]
	if e.open || e.resolve != 0 || len(name) == 0 || name[0] == '.' && (len(name) == 1 || string(name) == "..") {
		return nil
	}
	if slash < 0 {
		return o.start(c, e)
	}
	above := path[:max(slash, 1)]
	if bytes.Contains(above, []byte("..")) {
		return nil
	}
	at, from := unix.AT_FDCWD, dirID{}
	if path[0] != '/' {
		start := o.start(c, e)
		if start == nil {
			return nil
		}
		defer o.release(start)
		at, from = start.fd, start.id
	} else if ownName(c.tid, path) != nil || !c.atHome() {
		return nil
	}
	if d := o.byName(from, above, c.now); d != nil {
		return d
	}
	var end [maxPath + 1]byte
	copy(end[:], above)
	fd, errno := openPathAt(at, &end[0], unix.OpenHow{Flags: dirFlags, Resolve: unix.RESOLVE_NO_SYMLINKS})
	if errno != 0 {
		return nil
	}
	d := o.adopt(c, fd)
	if d != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.named = namedDir{from, string(above), d, c.now}
	}
	return d
}

// byName gives the directory that the same path led to lately, to be released.
func (o *openDirs) byName(from dirID, above []byte, now time.Time) *openDir {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := &o.named
	if n.dir == nil || n.start != from || n.above != string(above) || now.Sub(n.read) > believed {
		return nil
	}
	n.dir.uses++
	return n.dir
}

const dirFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC

// start is where an end's path begins, to be released. The two ends of a call
// mostly begin in the same place.
func (o *openDirs) start(c *fileCall, e *fileEnd) *openDir {
	if e.dirfd != c.ends[0].dirfd {
		return o.startOf(c, e)
	}
	if c.begins == nil {
		c.begins = o.startOf(c, e)
	}
	if c.begins != nil {
		o.hold(c.begins)
	}
	return c.begins
}

func (o *openDirs) hold(d *openDir) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d.uses++
}

func (o *openDirs) startOf(c *fileCall, e *fileEnd) *openDir {
	first := e.room[prefixRoom]
	defer func() { e.room[prefixRoom] = first }()
	e.room[prefixRoom] = 0
	path := e.base(c.tid)
	var st unix.Statx_t
	if statxAt(unix.AT_FDCWD, path, 0, &st) != 0 {
		return nil
	}
	if d := o.find(idOf(&st)); d != nil {
		return d
	}
	fd, errno := openPathAt(unix.AT_FDCWD, path, unix.OpenHow{Flags: dirFlags})
	if errno != 0 {
		return nil
	}
	return o.adopt(c, fd)
}

func idOf(st *unix.Statx_t) dirID {
	return dirID{st.Mnt_id, unix.Mkdev(st.Dev_major, st.Dev_minor), st.Ino}
}

// find gives a directory that is held, to be released.
func (o *openDirs) find(id dirID) *openDir {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, d := range o.list {
		if d.id == id {
			copy(o.list[1:i+1], o.list[:i])
			o.list[0] = d
			d.uses++
			return d
		}
	}
	return nil
}

// adopt takes over a descriptor of a directory, to be released.
func (o *openDirs) adopt(c *fileCall, fd int) *openDir {
	var st unix.Statx_t
	if statxAt(fd, &[]byte{0}[0], unix.AT_EMPTY_PATH, &st) != 0 {
		_ = unix.Close(fd)
		return nil
	}
	if d := o.find(idOf(&st)); d != nil {
		_ = unix.Close(fd)
		return d
	}
	if !c.atHome() {
		_ = unix.Close(fd)
		return nil
	}
	d := &openDir{id: idOf(&st), fd: fd, uses: 2} // the list's and the caller's
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.list) == maxOpenDirs {
		o.drop(o.list[maxOpenDirs-1])
		o.list = o.list[:maxOpenDirs-1]
	}
	o.list = slices.Insert(o.list, 0, d)
	return d
}

func (o *openDirs) release(d *openDir) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop(d)
}

// drop is release with the lock held.
func (o *openDirs) drop(d *openDir) {
	if d.uses--; d.uses > 0 {
		return
	}
	_ = unix.Close(d.fd)
	if o.named.dir == d {
		o.named.dir = nil
	}
}

// unname forgets which path led where: a directory goes.
func (o *openDirs) unname() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.named.dir = nil
}

// forget lets all directories go.
func (o *openDirs) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.named.dir = nil
	for _, d := range o.list {
		o.drop(d)
	}
	o.list = o.list[:0]
}

// pathOf is where a directory is; "" when it cannot be told.
func (o *openDirs) pathOf(d *openDir, now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return d.where(now)
}

// where is pathOf with the lock held.
func (d *openDir) where(now time.Time) string {
	if d.path == "" || now.Sub(d.read) > believed {
		d.path, d.read = linkOf(d.fd), now
	}
	return d.path
}

// guards reports a directory that has something of restrain's own in it, or may.
func (o *openDirs) guards(d *openDir, now time.Time, guards func(path string) bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if path := d.where(now); path == "" || path != d.judged {
		d.judged, d.guarded = path, path == "" || guards(path)
	}
	return d.guarded
}

// spares reports what the witness said of a directory lately; known that it did.
func (o *openDirs) spares(d *openDir, tid uint32, now time.Time) (spares, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	known = d.asker == tid && now.Sub(d.told) <= believed
	return known && d.spares, known
}

func (o *openDirs) remember(d *openDir, tid uint32, spares bool, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d.asker, d.spares, d.told = tid, spares, now
}
