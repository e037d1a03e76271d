package intercept

import (
	"bytes"
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// answerFile has a call looked at that may take a file away. Without a witness
// it goes on: the filter may be another door's that had one.
func (s *ExecDoor) answerFile(ctx context.Context, n *notification, kind fileCallKind, a *abi) {
	w := s.options.Files
	if w == nil {
		resume(s.listener, n.id)
		return
	}
	c, err := s.readFileCall(n, kind, a)
	if err != nil {
		refuse(s.listener, n.id, unix.EACCES)
		return
	}
	defer c.close()
	if s.passes(c, n) || s.witness(ctx, n, kind, a, c) {
		resume(s.listener, n.id)
		return
	}
	refuse(s.listener, n.id, unix.EACCES)
}

// passes reports a call that does not concern the witness: by its directory
// alone, or by what the files are.
func (s *ExecDoor) passes(c *fileCall, n *notification) bool {
	if c.op == FileRmdir {
		s.dirs.unname()
	}
	if c.passesAt() {
		return true
	}
	c.look()
	if c.moves() {
		s.dirs.forget()
	}
	began := s.options.Files.Began()
	return c.passes(func(e *fileEnd) bool {
		return e.exists && (c.facts(e).Born.After(began) && !s.guards(c, e) || s.spares(c, e, n))
	})
}

// guards reports an end that is restrain's own, or cannot be told from it. Where
// it is, and not what the process calls it, decides. In a directory that has
// nothing of restrain's only a name can be its own.
func (s *ExecDoor) guards(c *fileCall, e *fileEnd) bool {
	w := s.options.Files
	if e.dir == nil {
		if e.fd < 0 {
			c.open(e)
		}
		path := linkOf(e.fd)
		return path == "" || w.Guards(path)
	}
	if !s.dirs.guards(e.dir, c.now, w.Guards) && !bytes.HasPrefix(e.name(), []byte(".restrain")) {
		return false
	}
	dir := s.dirs.pathOf(e.dir, c.now)
	return dir == "" || w.Guards(strings.TrimSuffix(dir, "/")+"/"+string(e.name()))
}

// spares reports an end in a directory that the witness spares.
func (s *ExecDoor) spares(c *fileCall, e *fileEnd, n *notification) bool {
	if e.dir == nil {
		return false
	}
	spares, known := s.dirs.spares(e.dir, n.tid, c.now)
	if known {
		return spares
	}
	path := s.dirs.pathOf(e.dir, c.now)
	p, err := s.callers.identify(int(n.tid))
	if err != nil || path == "" {
		return false
	}
	defer p.close()
	if !valid(s.listener, n.id) {
		return false
	}
	spares = s.options.Files.Spares(path, Process{p.pid, p.serial}, p.ppid)
	s.dirs.remember(e.dir, n.tid, spares, c.now)
	return spares
}

// witness puts a call to the witness, and reports that it may go on: that it is
// still what the witness was told of.
func (s *ExecDoor) witness(ctx context.Context, n *notification, kind fileCallKind, a *abi, c *fileCall) bool {
	p, err := s.callers.identify(int(n.tid))
	if err != nil {
		return false
	}
	defer p.close()
	if s.decisions.allow && p.enter() != nil { // to see its end by
		return false
	}
	told := c.describe(p)
	if !valid(s.listener, n.id) {
		return false // what was read may have been another process's
	}
	asked := s.options.Now()
	reply := s.whileWaiting(ctx, n, p, func(ctx context.Context) Reply {
		judge := func() Reply {
			reply := s.options.Files.File(ctx, told)
			if !reply.Allow {
				deliver(p.pid, reply.Message)
			}
			return Reply{Allow: reply.Allow}
		}
		if told.Unknown != "" {
			return judge()
		}
		f := &told.Target
		again := attempt{p.pid, p.serial, hashArgv(s.refusals.seed, []string{string(told.Op), f.Path, told.To.Path})}
		file := fileID{dev: f.Dev, ino: f.Ino, size: f.Size, mtime: f.Modified.UnixNano()}
		return s.refusals.of(ctx, again, file, judge)
	})
	if !reply.Allow || s.options.Now().Sub(asked) <= slow {
		return reply.Allow
	}
	after, err := s.readFileCall(n, kind, a)
	if err != nil {
		return false
	}
	defer after.close()
	after.look()
	return c.same(after) && valid(s.listener, n.id)
}

// describe says what the call is, to whoever decides about it. Its files are
// open until the call is closed.
func (c *fileCall) describe(p *process) FileCall {
	told := FileCall{Op: c.op, Process: Process{p.pid, p.serial}, PPID: p.ppid, UID: p.uid,
		Target: File{Dir: -1, FD: -1}, To: File{Dir: -1, FD: -1}}
	foreign, errno := c.foreign()
	p.foreign = foreign || errno != 0
	told.Foreign = p.foreign
	for i := range c.ends {
		f := &told.Target
		if i == 1 {
			f = &told.To
		}
		c.describeEnd(&c.ends[i], f, p)
	}
	told.Unknown = c.unknown
	return told
}

func (c *fileCall) describeEnd(e *fileEnd, f *File, p *process) {
	f.Exists, f.FD = e.exists, e.fd
	if e.exists {
		f.FileFacts = c.facts(e)
	}
	if e.dir != nil && !p.foreign {
		if dir := c.dirs.pathOf(e.dir, c.now); dir != "" {
			f.Dir, f.Path = e.dir.fd, strings.TrimSuffix(dir, "/")+"/"+string(e.name())
			return
		}
	}
	if e.exists && e.fd < 0 {
		c.open(e)
		f.Exists, f.FD = e.exists, e.fd
	}
	if e.exists && !p.foreign {
		f.Path = linkOf(e.fd)
		return
	}
	if path := e.absolutePath(p); path != "" {
		f.Path = filepath.Clean(path)
	}
}

// linkOf tells where the file behind a descriptor is.
func linkOf(fd int) string {
	var buf [maxPath]byte
	n, err := unix.Readlinkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), buf[:])
	if err != nil {
		return ""
	}
	return string(buf[:n])
}
