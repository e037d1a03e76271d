package classify

import (
	"path"
	"slices"
	"strings"

	"restrain/shellparse"
)

// A BulkRead is what a step reads beyond the files that its line names, and may print:
// the files below a directory that it searches, those that its code opens, what was
// committed. Whatever of it is secret can be withheld without a look at the line.
type BulkRead struct {
	Dirs []string // absolute
	// Diffs reports that it prints changes of files, as git does.
	Diffs bool
	// History reports that it prints what was committed in another form than that.
	History bool
}

// maxBulkDirs bounds the directories of a BulkRead.
const maxBulkDirs = 16

// readWide notes where the command reads without naming the files.
func (r *reader) readWide() {
	if r.nested || r.cmd.Host != "" || r.cmd.Name == "" {
		return
	}
	diffs := false
	switch r.program.Class {
	case "file.search":
	case "file.read":
		if !slices.ContainsFunc(r.args.words, func(w shellparse.Word) bool { return w.Glob || len(w.Unknown) > 0 }) {
			return // it names them
		}
	default:
		if diffs = r.cmd.Name == "git" && showsChanges(r.args.operand(0)); !diffs && !r.runsCode() {
			return
		}
	}
	if r.bulk == nil {
		r.bulk = new(BulkRead)
	}
	r.bulk.Diffs = r.bulk.Diffs || diffs
	r.bulk.History = r.bulk.History || diffs && (r.args.operand(0) == "grep" || r.next() != nil)
	r.wideTo(r.absolute(r.dir))
	for i := range r.facts.files {
		f := &r.facts.files[i]
		r.locate(f)
		r.wideTo(r.absolute(f.path))
	}
	for i := range r.facts.searches {
		f := &r.facts.searches[i].where
		r.locate(f)
		r.wideTo(r.absolute(f.path))
	}
}

// wideTo adds a directory, or that of a file whose name has a part that is not known.
func (r *reader) wideTo(dir string) {
	if at := strings.IndexAny(dir, hole+"*?["); at >= 0 {
		dir = path.Dir(dir[:at] + "x")
	}
	if s := r.bulk; strings.HasPrefix(dir, "/") && len(s.Dirs) < maxBulkDirs && !slices.Contains(s.Dirs, dir) {
		s.Dirs = append(s.Dirs, dir)
	}
}

// showsChanges reports a verb of git that prints what was committed or changed.
func showsChanges(verb string) bool {
	switch verb {
	case "show", "diff", "log", "stash", "grep", "blame", "annotate", "cat-file", "whatchanged", "format-patch", "range-diff", "diff-tree", "diff-index", "diff-files", "reflog", "archive":
		return true
	}
	return false
}

// runsCode reports a shell, or a language's program, that may open any file.
func (r *reader) runsCode() bool {
	if len(r.cmd.Snippets) > 0 || r.cmd.Name == "." || r.cmd.Name == "source" || shellparse.IsShell(r.cmd.Name) || r.cmd.Name == "xargs" {
		return true
	}
	return slices.ContainsFunc(r.set.Outputs, func(o Output) bool { return o.Form == formKnown && matchAny(o.Command, r.cmd.Name) })
}

// IsCredential reports a path that by its name is a file of credentials.
func (s *Set) IsCredential(file, home string) bool {
	f := fileFact{path: file, located: true}
	if below, ok := strings.CutPrefix(file, home); ok && home != "" && strings.HasPrefix(below, "/") {
		f.below, f.inHome = below, true
	}
	return s.index.Paths.has(&f, s.index.Fixed.Credentials) != 0
}
