package classify

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"restrain/platform"
)

// guardSet is the path set of restrain's own files. Where a Guard is known they
// are also what they are, and not only what they are called.
const guardSet = "restrain-files"

// A Guard knows the files that a session rests on, wherever the environment, a
// link or another name puts them: configuration, records, sockets, the program.
type Guard struct {
	program string
	roots   []string                        // absolute and clean
	shares  string                          // where files are stored under links of the user's own
	real    func() []string                 // the same without links
	head    func() []byte                   // how the program begins
	linked  func() map[platform.FileID]bool // regular files below the roots
}

const (
	// maxGuarded bounds the files whose identity is known.
	maxGuarded = 4096
	// guardHead is how much of a program tells one build from another: its
	// headers, with the build's own id.
	guardHead = 64 << 10
)

// NewGuard knows the program and the files and directories at paths, of which
// those that are not absolute are none. A file below shares may be one of the
// user's as well, by a hard link, so what is there is restrain's own only by its
// path.
func NewGuard(program, shares string, paths ...string) *Guard {
	g := &Guard{program: program, shares: shares}
	for _, path := range append(paths, program) {
		if filepath.IsAbs(path) {
			g.roots = append(g.roots, filepath.Clean(path))
		}
	}
	g.real = sync.OnceValue(func() []string {
		list := make([]string, 0, len(g.roots))
		for _, root := range g.roots {
			if real := realPath(root); real != root {
				list = append(list, real)
			}
		}
		return list
	})
	g.head = sync.OnceValue(func() []byte {
		head, _ := readRegular(program, guardHead)
		return head
	})
	g.linked = sync.OnceValue(g.identities)
	return g
}

// realPath follows the links of a path, also where its last names are not there.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	above := filepath.Dir(path)
	if above == path {
		return path
	}
	return filepath.Join(realPath(above), filepath.Base(path))
}

// has reports a path that is one of the files or lies below them; whole, also
// one that they lie below.
func (g *Guard) has(path string, whole bool) bool {
	return g.covers(path, whole) || g.covers(realPath(path), whole) ||
		g.covers(filepath.Join(realPath(filepath.Dir(path)), filepath.Base(path)), whole) || g.isLink(path)
}

func (g *Guard) covers(path string, whole bool) bool {
	for _, roots := range [...][]string{g.roots, g.real()} {
		for _, root := range roots {
			if isBelow(path, root) || whole && isBelow(root, path) {
				return true
			}
		}
	}
	return false
}

// isLink reports another name of one of the files.
func (g *Guard) isLink(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	id, links, ok := platform.Identify(path, info)
	return ok && links > 1 && g.linked()[id]
}

// identities are the files below the roots that are nobody else's.
func (g *Guard) identities() map[platform.FileID]bool {
	ids, shares := map[platform.FileID]bool{}, realPath(g.shares)
	for _, root := range g.roots {
		_ = filepath.WalkDir(realPath(root), func(path string, entry fs.DirEntry, err error) error {
			if len(ids) == maxGuarded {
				return fs.SkipAll
			}
			if err != nil {
				return nil
			}
			if path == shares {
				return fs.SkipDir
			}
			if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
				if id, _, ok := platform.Identify(path, info); ok {
					ids[id] = true
				}
			}
			return nil
		})
	}
	return ids
}

// IsProgram reports a link to the program, or a copy of it, under whatever name.
func (g *Guard) IsProgram(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return false
	}
	if own, err := os.Stat(g.program); err == nil && os.SameFile(info, own) {
		return true
	}
	if info.Size() < guardHead {
		return false
	}
	head, err := readRegular(path, guardHead)
	return err == nil && len(head) == guardHead && bytes.Equal(head, g.head())
}

// Guard says which files restrain's own are.
func (l *Live) Guard(g *Guard) { l.guard = g }

// Guards reports a path of restrain's own files; whole, also one that they lie
// below.
func (l *Live) Guards(path string, whole bool) bool {
	if l.guard == nil || strings.Contains(path, hole) {
		return false
	}
	path = l.absolute(path)
	if l.guard.covers(filepath.Clean(path), whole) {
		return true
	}
	found, ok := wait(l, func(context.Context) bool { return l.guard.has(filepath.Clean(path), whole) })
	return found && ok
}

// Guards knows no files.
func (o Offline) Guards(string, bool) bool { return false }

// guards reports a file of restrain's own that the set's globs do not name.
func (r *reader) guards(sets pathMask, f *fileFact) bool {
	if sets&r.set.index.Fixed.Own == 0 || f.path == "" || r.cmd.Host != "" && !f.here {
		return false
	}
	whole := f.op == "move" || f.op == "delete" && r.cmd.Name != "find" && r.cmd.Name != "fd" || f.op == "chmod" && f.recursive
	return r.ctx.Guards(f.path, whole)
}
