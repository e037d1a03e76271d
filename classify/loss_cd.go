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
		real, err := r.looks.Real(dir)
		if err != nil {
			return false
		}
		info, err := r.looks.Lstat(real)
		return err == nil && info.IsDir()
	})
	return there || !ok
}

// makesDir reports that an earlier command of the line names a directory, and
// so may make it: mkdir x, git clone HOST/x.git, tar xf x.tar.gz.
func (r *reader) makesDir(dir string) bool {
	name := path.Base(dir)
	for i := range r.script.Commands[:r.n] {
		c := &r.script.Commands[i]
		if c.Name != "mkdir" && (harmless(c.Name) || c.Name == "rm") {
			continue
		}
		words := c.Argv
		if n := len(words); (c.Name == "mv" || c.Name == "cp") && n > 2 { // what is moved is there by another name
			if words = words[n-1:]; words[0].Text == c.Argv[n-2].Text {
				continue
			}
		}
		for _, w := range words {
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
