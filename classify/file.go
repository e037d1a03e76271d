package classify

import (
	"strings"

	"restrain/shellparse"
)

// readFiles reads the file facts that the data about a program describes.
func (r *reader) readFiles(sub *Sub, took int) {
	files := &r.program.Files
	if sub != nil && sub.Files.named() {
		files = &sub.Files
	}
	r.choose(files.Reads, opRead, took)
	r.choose(files.Writes, opWrite, took)
	r.choose(files.Deletes, opDelete, took)
	for i := range r.args.flags {
		f := &r.args.flags[i]
		switch {
		case !f.valued:
		case contains(files.ReadsFlag, f.name):
			r.addFlagFile(opRead, f)
		case contains(files.WritesFlag, f.name) && !r.packs():
			r.addFlagFile(opWrite, f)
		}
	}
	if r.unpacksHere() {
		r.addWord(opWrite, shellparse.Word{Text: "."})
	}
}

// unpacksHere reports that an archive is unpacked to where the command runs.
func (r *reader) unpacksHere() bool {
	switch r.cmd.Name {
	case "unzip":
		return !r.args.hasAny("-d", "-l", "-t", "-p", "-v", "-Z")
	case "tar", "gtar", "bsdtar":
		return r.tarMode('x', "-x", "--extract", "--get") && !r.args.hasAny("-C", "--directory", "-O", "--to-stdout")
	}
	return false
}

// named reports whether anything is said about files.
func (f *Files) named() bool {
	return f.Reads != "" || f.Writes != "" || f.Deletes != "" || f.ReadsFlag != nil || f.WritesFlag != nil
}

// choose adds a fact for each of the chosen operands.
func (r *reader) choose(which Operands, op string, took int) {
	all := r.args.operands
	n := len(all)
	if n == 0 {
		return
	}
	switch which {
	case NoOperands:
		return
	case FirstOperand:
		all = all[:1]
	case LastOperand:
		all = all[n-1:]
	case AllButLast:
		all = all[:n-1]
	case RestOperands:
		all = all[1:]
	case AfterArgs:
		all = all[min(took, n):]
	}
	for _, i := range all {
		r.addWord(op, r.args.words[i])
	}
}

// addWord adds a fact about the file that a word names.
func (r *reader) addWord(op string, w shellparse.Word) {
	if w.Text == "" || w.Text == "-" || isDevice(w.Text) {
		return
	}
	r.facts.files = append(r.facts.files, fileFact{
		op: op, text: w.Text, unknown: w.Unknown,
		recursive: r.args.recursive,
	})
	if path, ok := withDefault(w); ok {
		last := len(r.facts.files) - 1
		r.facts.files = r.facts.files[:last]
		r.addPath(op, path, r.args.recursive)
	}
	if op == opRead && w.Glob && strings.HasSuffix(w.Text, "*") { // .env* is .env too
		r.addPath(op, strings.TrimSuffix(w.Text, "*"), false)
	}
	if op == opRead && w.Glob {
		r.addGlobPath(op, w.Text)
	}
}

// withDefault is the path that a word stands for where its variable is not set:
// "${DIR:-dist}"/*. Who wrote the line says with it what the variable is when
// nobody gives it; the value of one that the line or the session sets is known.
func withDefault(w shellparse.Word) (path string, ok bool) {
	if len(w.Unknown) != 1 || !strings.HasPrefix(w.Text, hole) || strings.Count(w.Text, hole) > 1 {
		return "", false
	}
	inner, ok := strings.CutPrefix(w.Unknown[0], "${")
	inner = strings.TrimLeft(strings.TrimSuffix(inner, "}"), nameBytes)
	path = strings.TrimLeft(inner, ":")
	if !ok || path == "" || path[0] != '-' && path[0] != '=' {
		return "", false
	}
	if path = path[1:]; path == "" || path[0] == '-' || strings.ContainsAny(path, "$`\"'{}*?[") {
		return "", false
	}
	if rest := strings.TrimPrefix(w.Text, hole); rest != "" {
		return strings.TrimSuffix(path, "/") + rest, true
	}
	return path, true
}

// nameBytes are what the names of variables are made of.
const nameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// addFlagFile adds a fact about the file that a flag's value names.
func (r *reader) addFlagFile(op string, f *flag) {
	if f.value == "" || f.value == "-" || isDevice(f.value) {
		return
	}
	r.facts.files = append(r.facts.files, fileFact{op: op, text: f.value, unknown: r.args.words[f.word].Unknown})
}

// addPath adds a fact about a file that a part of a word names.
func (r *reader) addPath(op, text string, recursive bool) {
	if text == "" || isDevice(text) {
		return
	}
	r.facts.files = append(r.facts.files, fileFact{op: op, text: text, recursive: recursive})
}

// isDevice reports a device that neither keeps nor gives anything.
func isDevice(name string) bool {
	rest, ok := strings.CutPrefix(name, "/dev/")
	if !ok {
		return false
	}
	switch rest {
	case "null", "stdout", "stderr", "stdin", "tty", "zero", "random", "urandom":
		return true
	}
	return strings.HasPrefix(rest, "fd/")
}

// readRedirs reads the file facts of a command's redirections.
func (r *reader) readRedirs() {
	for i := range r.cmd.Redirs {
		redir := &r.cmd.Redirs[i]
		switch redir.Op {
		case shellparse.RedirRead:
			r.addRedir(r.opOfInput(redir.Target), redir.Target)
		case shellparse.RedirWrite:
			op := opWrite
			if r.writesNothing() {
				op = opTruncate
			}
			r.addRedir(op, redir.Target)
		case shellparse.RedirAppend:
			r.addRedir(opAppend, redir.Target)
		case shellparse.RedirReadWrite:
			r.addRedir(opRead, redir.Target)
			r.addRedir(opWrite, redir.Target)
		}
	}
}

// opOfInput is what the command does with a file that it reads as its input.
func (r *reader) opOfInput(w shellparse.Word) string {
	f := fileFact{op: opRead, text: w.Text, unknown: w.Unknown}
	if w.Text == "" || !r.hidesContent(&f) {
		return opRead
	}
	if h := r.handling(""); h != nil && h.Op == opLoad || h != nil && h.Op == opList && !r.passesInput() {
		return h.Op
	}
	return opRead
}

// passesInput reports a program that prints its input, whatever it does with the
// files that it names: read in a loop, tee.
func (r *reader) passesInput() bool {
	switch r.cmd.Name {
	case "", "read", "mapfile", "readarray", "tee", "sponge", "gpg", "grep", "sed", "awk", "cut":
		return true
	}
	return false
}

func (r *reader) addRedir(op string, w shellparse.Word) {
	if w.Text == "" || isDevice(w.Text) {
		return
	}
	r.facts.files = append(r.facts.files, fileFact{op: op, text: w.Text, unknown: w.Unknown})
}

// writesNothing reports a command whose output is empty, so that redirecting
// it only empties the file.
func (r *reader) writesNothing() bool {
	switch r.cmd.Name {
	case "":
		return len(r.cmd.Argv) == 0 && !r.cmd.Carrier // what a group prints goes there
	case ":", "true":
		return true
	case "cat":
		return r.args.operand(0) == "/dev/null" && len(r.args.operands) == 1
	}
	return false
}
