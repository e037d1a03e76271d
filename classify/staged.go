package classify

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"
	"time"
)

// Bounds of a look for what git would take into the index without being told names.
const (
	maxStaged  = 64               // files
	stagedTime = 30 * time.Second // a git that hangs
)

// readStaged adds the files that git takes into the index, or commits: those that
// are named, and those that are new or changed below a directory.
func (r *reader) readStaged() {
	verb := r.args.operand(0)
	if r.cmd.Name != "git" || !slices.Contains([]string{"add", "stage", "commit"}, verb) || r.args.hasAny("-n", "--dry-run") {
		return
	}
	dir, home := r.gitDir(), r.ctx.Home()
	var dirs []string
	if verb == "commit" && r.args.hasAny("-a", "--all") || verb != "commit" && r.args.hasAny("-A", "--all", "-u", "--update") {
		dirs = append(dirs, dir)
	}
	for _, at := range r.args.operands[1:] {
		w := &r.args.words[at]
		f := fileFact{op: opStage, text: under(dir, w.Text, home), unknown: w.Unknown}
		if r.locate(&f); r.looks != nil && r.isDir(f.path) {
			dirs = append(dirs, f.path)
			continue
		}
		r.facts.files = append(r.facts.files, f)
	}
	for _, name := range r.changedBelow(dirs) {
		r.facts.files = append(r.facts.files, fileFact{op: opStage, text: name})
	}
}

// changedBelow gives the files below directories that git sees as new or changed.
// That takes as long as what is about to be done; where it takes longer than a
// person would notice, nothing is known.
func (r *reader) changedBelow(dirs []string) (names []string) {
	if r.looks == nil || r.cmd.Host != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stagedTime)
	defer cancel()
	for _, dir := range dirs {
		got, _ := inTime(ctx, func() (names []string) {
			root, ok := repository(dir)
			if !ok {
				return nil
			}
			out, err := r.looks.Status(ctx, root, []string{dir})
			if err != nil {
				return nil
			}
			for entry := range bytes.SplitSeq(out, []byte{0}) {
				if len(entry) < 4 || entry[0] == '!' || entry[1] == ' ' || entry[1] == 'D' || len(names) == maxStaged {
					continue
				}
				if name := path.Join(root, string(entry[3:])); isBelow(name, dir) {
					names = append(names, name)
				}
			}
			return names
		})
		names = append(names, got...)
	}
	return names[:min(len(names), maxStaged)]
}

// isDir reports a directory that is there, as far as that is known.
func (r *reader) isDir(dir string) bool {
	return dir != "" && dir[0] == '/' && !strings.Contains(dir, hole) && r.hasDir(dir)
}
