package classify

import (
	"path"
	"strings"

	"restrain/shellparse"
)

// localRepository is where refs are that no remote is named with.
const localRepository = "."

// refObjects names the branches, tags and stashes that a command of git takes
// away or moves elsewhere.
func (r *reader) refObjects() {
	if r.cmd.Name != "git" {
		return
	}
	switch r.args.operand(0) {
	case "push":
		r.pushObjects()
	case "branch":
		if r.args.hasAny("-D", "-d", "--delete", "-f", "--force", "-M") {
			r.localRefs(1)
		}
	case "tag":
		if r.args.hasAny("-d", "--delete", "-f", "--force") {
			r.localRefs(1)
		}
	case "update-ref":
		r.localRefs(1)
	case "stash":
		switch r.args.operand(1) {
		case "drop":
			if r.localRefs(2) == 0 {
				r.addRef(EffectDestroy, localRepository, "stash/stash@{0}")
			}
		case "clear":
			r.addRef(EffectDestroy, localRepository, "stash")
		}
	case "reflog", "gc", "prune":
		if r.doesHarm() {
			r.addRef(EffectDestroy, localRepository, "")
		}
	}
}

// localRefs adds the operands from the nth as refs that are taken away.
func (r *reader) localRefs(n int) (count int) {
	for _, i := range r.args.operands[min(n, len(r.args.operands)):] {
		name := plainRef(r.args.words[i].Text)
		if n == 2 {
			name = "stash/" + name
		}
		r.addRef(EffectDestroy, localRepository, name)
		count++
	}
	return count
}

// pushObjects adds the refs that a push overwrites or deletes on the remote.
func (r *reader) pushObjects() {
	force := r.args.hasAny("-f", "--force", "--force-with-lease", "--force-if-includes", "-d", "--delete", "--mirror", "--prune")
	every := r.args.hasAny("--mirror", "--all", "--prune")
	remote, branches := r.pushed()
	if every && force {
		r.addRef(EffectDestroy, remote, "")
		return
	}
	named := r.args.operands[min(2, len(r.args.operands)):]
	for n, b := range branches {
		overwrites := force
		if n < len(named) {
			text := r.args.words[named[n]].Text
			overwrites = force || strings.HasPrefix(text, "+") || strings.HasPrefix(text, ":")
		}
		if overwrites {
			r.addRef(EffectDestroy, remote, plainRef(b))
		}
	}
}

func (r *reader) addRef(effect Effect, remote, name string) {
	r.addObject(Object{Effect: effect, Kind: ObjectRef, At: knownText(remote), Name: knownText(name), Deep: knownText(name) == "" || name == "stash"})
}

// plainRef is the short name of a ref.
func plainRef(name string) string {
	for _, prefix := range [...]string{"refs/heads/", "refs/tags/", "refs/remotes/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return strings.TrimPrefix(name, "+")
}

// discardObjects names the files whose changes git throws away.
func (r *reader) discardObjects() {
	if r.cmd.Name != "git" {
		return
	}
	verb := r.args.operand(0)
	switch verb {
	case "reset", "checkout", "restore", "clean", "switch", "rm", "checkout-index", "read-tree":
	default:
		return
	}
	if !r.hasClass("git.destroy", "file.destroy", "file.delete") {
		return
	}
	base := r.gitDir()
	var paths []shellparse.Word
	if verb != "reset" && verb != "switch" && len(r.args.operands) > 1 {
		paths = r.gitPaths(&r.args)
	}
	if len(paths) == 0 {
		if ws := r.workspace(); ws != "" && isBelow(base, ws) && verb != "clean" {
			base = ws
		}
		r.pathObject(&fileFact{op: opDelete, text: base, recursive: true}, Object{Effect: EffectDestroy, Deep: true})
		return
	}
	for _, w := range paths {
		text := strings.TrimPrefix(w.Text, ":/")
		if !path.IsAbs(text) && base != r.dir && base != "" {
			text = base + "/" + text
		}
		r.pathObject(&fileFact{op: opDelete, text: text, unknown: w.Unknown, recursive: true}, Object{Effect: EffectDestroy, Deep: true})
	}
}

// revisionObjects names the files that git shows of some revision: HEAD:.env.
func (r *reader) revisionObjects() {
	if verb := r.args.operand(0); r.cmd.Name != "git" || verb != "show" && verb != "cat-file" {
		return
	}
	for _, i := range r.args.operands[1:] {
		if _, name, ok := strings.Cut(r.args.words[i].Text, ":"); ok && name != "" {
			if !path.IsAbs(name) {
				name = r.gitDir() + "/" + name
			}
			r.pathObject(&fileFact{op: opRead, text: name}, Object{Effect: EffectReveal})
		}
	}
}

// gitDir is the directory that a git command works in.
func (r *reader) gitDir() string {
	dir := r.dir
	if text, ok := r.args.value("-C"); ok {
		at := fileFact{text: text}
		r.locate(&at)
		dir = at.path
	}
	if dir == "" {
		dir = "."
	}
	return dir
}
