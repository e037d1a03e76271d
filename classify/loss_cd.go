package classify

import (
	"context"
	"path"
	"strings"
)

// This file follows a cd that fails, where files are looked at: what comes
// after it runs where the shell was.

// enterCommand works out the directory that the command runs in.
func (r *reader) enterCommand() {
	r.absent = ""
	r.enterDir(r.cmd.Dir)
	if len(r.cmd.Otherwise) == 0 || r.looks == nil || r.cmd.Host != "" || r.hasDir(r.dir) || r.makesDir(r.dir) {
		return
	}
	missing := r.dir
	for _, dir := range r.cmd.Otherwise {
		if r.enterDir(dir); r.hasDir(r.dir) {
			r.absent = missing
			return
		}
	}
	r.enterDir(r.cmd.Dir)
}

// hasDir reports a directory that is there, or of which that is not known.
func (r *reader) hasDir(dir string) bool {
	if dir == "" || dir[0] != '/' || strings.Contains(dir, hole) {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.looks.Within())
	defer cancel()
	there, ok := inTime(ctx, func() bool {
		_, err := r.looks.Lstat(dir)
		return err == nil
	})
	return there || !ok
}

// makesDir reports that an earlier command of the line names a directory, and
// so may make it: mkdir x, git clone HOST/x.git, tar xf x.tar.gz.
func (r *reader) makesDir(dir string) bool {
	name := path.Base(dir)
	for i := range r.script.Commands[:r.n] {
		c := &r.script.Commands[i]
		if c.Name == "cd" || c.Name == "pushd" {
			continue
		}
		for _, w := range c.Argv {
			for part := range strings.SplitSeq(w.Text, "/") {
				if part == name || strings.HasPrefix(part, name+".") {
					return true
				}
			}
		}
	}
	return false
}

// there gives a path below a directory that is absent as one below that which
// the command runs in instead: $PWD is not what it was read as.
func (r *reader) there(p string) string {
	if r.absent == "" || p == "" || p[0] != '/' || !isBelow(path.Clean(p), r.absent) {
		return p
	}
	return r.dir + strings.TrimPrefix(p, r.absent)
}
