package classify

import (
	"path"
	"strings"
)

// irregular reads the facts of programs whose words data cannot describe, and
// reports whether it was one.
func (r *reader) irregular() bool {
	switch r.cmd.Name {
	case "find", "gfind":
		r.readFind()
	case "fd", "fdfind":
		r.readFd()
	case "grep", "egrep", "fgrep", "zgrep", "ggrep":
		r.readGrep(&grepProgram, 0)
	case "rg", "ag", "ack", "ugrep", "rga":
		r.readGrep(&rgProgram, 0)
	case "git":
		if r.args.operand(0) != "grep" {
			r.readPickaxe()
			return false
		}
		r.readGrep(&grepProgram, 1)
	case "locate", "plocate", "mlocate", "mdfind":
		r.searchNames(r.args.operand(0), "/", nil)
	case "env", "printenv", "set", "export", "declare", "typeset", "compgen":
		r.readEnv()
	case "echo", "printf":
		r.readEcho()
	case "dd":
		r.readDD()
	case "shred", "srm", "unlink":
		r.choose(AllOperands, opDelete, 0)
	case "truncate":
		r.choose(AllOperands, opTruncate, 0)
	case "mv":
		r.readMove(opMove)
	case "cp", "install", "ditto":
		r.readMove(opCopy)
	case "ln":
		r.readMove(opCopy) // what is read under the new name is the same
	case "chmod", "chown", "chgrp", "chattr", "setfacl":
		r.readChmod()
	case "rsync", "scp", "sftp", "rclone":
		r.readRemoteCopy()
	case "aws", "gsutil", "gcloud", "mc", "s3cmd", "s5cmd", "b2", "oci":
		r.readCloudCopy()
		return false
	case "cut":
		r.args.read(&cutProgram, r.args.words)
		r.choose(AllOperands, r.opOfFilter(), 0)
	case "sed", "gsed":
		r.readSed()
	case "source", ".":
		r.choose(FirstOperand, opLoad, 0)
	case "perl", "ruby":
		if r.editsInPlace() {
			r.choose(AllOperands, opWrite, 0)
		}
		return false
	case "jq", "gojq", "yq", "php":
		r.readEnvOf()
		return false
	default:
		return false
	}
	return true
}

// readDD reads dd's own way of naming files.
func (r *reader) readDD() {
	for _, i := range r.args.operands {
		w := r.args.words[i]
		if name, ok := strings.CutPrefix(w.Text, "if="); ok && !isDevice(name) {
			r.addPath(opRead, name, false)
		}
		if name, ok := strings.CutPrefix(w.Text, "of="); ok {
			r.addPath(opWrite, name, false)
		}
	}
}

// readChmod reads a mode or an owner, then files. A mode may look like a flag:
// chmod -x.
func (r *reader) readChmod() {
	files := RestOperands
	for i := range r.args.words {
		if mode, ok := strings.CutPrefix(r.args.words[i].Text, "-"); ok && mode != "" && strings.Trim(mode, "rwxXst") == "" {
			files = AllOperands
		}
	}
	r.choose(files, opChmod, 0)
}

// readMove reads mv and cp: all operands but the last go to the last, or to
// the directory of -t.
func (r *reader) readMove(op string) {
	if op == opCopy && printsCopy(r.cmd) {
		r.choose(AllButLast, opRead, 0)
		return
	}
	if dir, ok := r.args.value("-t", "--target-directory"); ok {
		r.choose(AllOperands, op, 0)
		r.addPath(opWrite, dir, false)
		return
	}
	if len(r.args.operands) < 2 {
		return
	}
	r.choose(AllButLast, op, 0)
	into := r.args.operand(len(r.args.operands) - 1)
	if !strings.HasSuffix(into, "/") {
		r.choose(LastOperand, opWrite, 0)
		return
	}
	for _, i := range r.args.operands[:len(r.args.operands)-1] {
		r.addPath(opWrite, into+path.Base(r.args.words[i].Text), false)
	}
}

// readRemoteCopy reads copies to and from another machine. What goes there is
// sent; a mirror deletes what the source does not have.
func (r *reader) readRemoteCopy() {
	n := len(r.args.operands)
	if n == 0 {
		return
	}
	last := r.args.operand(n - 1)
	if printsCopy(r.cmd) {
		r.choose(AllButLast, opRead, 0)
		return
	}
	away := isRemotePath(last)
	if r.args.hasAny("-n", "--dry-run") && (r.cmd.Name == "rsync" || r.cmd.Name == "rclone") {
		return
	}
	for _, i := range r.args.operands[:n-1] {
		w := r.args.words[i]
		switch {
		case isRemotePath(w.Text):
		case away:
			r.addWord(opSend, w)
		default:
			r.addWord(opCopy, w)
		}
		if r.args.has("--remove-source-files") && !isRemotePath(w.Text) {
			r.addPath(opDelete, w.Text, true)
		}
	}
	if away {
		return
	}
	r.choose(LastOperand, opWrite, 0)
	if r.args.hasAny("--delete", "--del", "--delete-before", "--delete-after", "--delete-during",
		"--delete-delay", "--delete-excluded") {
		r.addPath(opDelete, last, true)
	}
}

// readCloudCopy reads copies into the storage of a cloud: aws s3 cp X s3://Y.
func (r *reader) readCloudCopy() {
	n := len(r.args.operands)
	if n < 3 || !strings.Contains(r.args.operand(n-1), "://") {
		return
	}
	copies := false
	for _, i := range r.args.operands[:n-1] {
		switch w := r.args.words[i]; w.Text {
		case "cp", "sync", "mv", "rsync", "put", "copy", "mirror":
			copies = true
		default:
			if copies && !strings.Contains(w.Text, "://") {
				r.addWord(opSend, w)
			}
		}
	}
}

// isRemotePath reports host:path and url:// forms.
func isRemotePath(s string) bool {
	colon := strings.IndexByte(s, ':')
	return colon > 0 && !strings.Contains(s[:colon], "/")
}

// How the filters that files are shown through read their flags.
var (
	cutProgram = Program{Bundle: true, Values: []string{"-b", "-c", "-d", "-f", "--bytes", "--characters", "--delimiter", "--fields"}}
	sedProgram = Program{Bundle: true, Values: []string{"-e", "-f", "-l", "--expression", "--file", "--line-length"}}
)

// opOfFilter is what a filter does to its files: one that keeps only the names
// of NAME=value lines does not read them for their values.
func (r *reader) opOfFilter() string {
	if sightOf(r.cmd) != seenAll {
		return opList
	}
	return opRead
}

// readSed reads sed: a script, unless flags give it, then files.
func (r *reader) readSed() {
	r.args.read(&sedProgram, r.args.words)
	files := RestOperands
	if _, given := r.args.value("-e", "--expression", "-f", "--file"); given {
		files = AllOperands
	}
	op := r.opOfFilter()
	for i := range r.args.flags {
		if f := &r.args.flags[i]; strings.HasPrefix(f.name, "-i") || f.name == "--in-place" {
			op = opWrite
		}
	}
	r.choose(files, op, 0)
}

// editsInPlace reports perl -i and ruby -i, also in a bundle: -pi, -ni.bak.
func (r *reader) editsInPlace() bool {
	for i := range r.args.flags {
		name := r.args.flags[i].name
		if at := strings.IndexByte(name, 'i'); at > 0 && name[1] != '-' && strings.Trim(name[1:at], "pnlaw0") == "" {
			return true
		}
	}
	return false
}
