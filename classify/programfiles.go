package classify

import (
	"path"
	"strings"

	"restrain/shellparse"
)

// readScript notes the files that a command runs as programs: the script of an
// interpreter, also on its standard input, and what is put in its place.
func (r *reader) readScript() {
	if !r.remembers() || len(r.cmd.Argv) == 0 {
		return
	}
	if readsProgram(r.cmd) {
		if file := r.inputFile(); file != "" {
			r.addPath(opRun, file, false)
		}
		r.addPath(opRun, r.fedFrom(r.cmd.From), false)
	}
	w := programWord(r.cmd)
	switch {
	case w == nil || strings.ContainsAny(w.Text, " \n") || w == &r.cmd.Argv[0] && !strings.Contains(w.Text, "/"):
	case w.Text == hole:
		r.readFoundScript(w)
	default:
		r.addWord(opRun, *w)
	}
}

// fedFrom is the downloaded file that command at, or one that feeds it, has read.
func (r *reader) fedFrom(at int) string {
	for n := 0; at >= 0 && n < maxStages; n++ {
		for i := range r.sources {
			if s := &r.sources[i]; s.command == at && s.downloaded != "" {
				return s.downloaded
			}
		}
		at = r.script.Commands[at].From
	}
	return ""
}

// readFoundScript reads a script whose name is not known: the output of a command,
// bash <(cat x.sh), or one of the files that find, xargs or a pattern gives, of
// which each that the line has left there may be one.
func (r *reader) readFoundScript(w *shellparse.Word) {
	for i := range r.sources {
		if s := &r.sources[i]; s.downloaded != "" && inside(r.script.Commands[s.command].Span, w.Span) {
			r.addPath(opRun, s.downloaded, false)
			return
		}
	}
	if len(r.cmd.Wrappers) == 0 {
		return
	}
	tests := r.cmd.Wrappers[len(r.cmd.Wrappers)-1].Args
	for i := range r.artifacts {
		if artifact := &r.artifacts[i]; artifact.Origin == FromNetwork && mayFind(tests, artifact.Path) {
			r.addPath(opRun, artifact.Path, false)
			return
		}
	}
}

// mayFind reports that find's tests on names let a file through; words without
// such a test let all through.
func mayFind(tests []shellparse.Word, file string) bool {
	for i := 1; i < len(tests); i++ {
		pattern := &tests[i]
		if tests[i-1].Text != "-name" || !pattern.Known() {
			continue
		}
		if ok, err := path.Match(pattern.Text, path.Base(file)); err == nil && !ok {
			return false
		}
	}
	return true
}
