package classify

import (
	"path"
	"path/filepath"
	"strings"
	"time"
)

// A Maker is a Memory that knows what earlier steps of the session have made.
type Maker interface {
	// Made is when a step made the object, or what it lies below.
	Made(o *Object) (since time.Time, ok bool)
}

// makesObjects names what the command makes, so that the session may take it
// away again: directories, clones, branches that it is the first to push.
func (r *reader) makesObjects() {
	switch r.cmd.Name {
	case "mkdir":
		for _, i := range r.args.operands {
			r.makesPath(r.args.words[i].Text)
		}
	case "sqlite3", "duckdb", "virtualenv": // a file or directory that they make where there is none
		if len(r.args.operands) > 0 {
			r.makesPath(r.args.operand(0))
		}
	case "git":
		r.makesByGit()
	}
	for i := range r.facts.files {
		if f := &r.facts.files[i]; f.op == opWrite {
			r.makesPath(f.text)
		}
	}
}

// makesByGit is makesObjects for git.
func (r *reader) makesByGit() {
	switch n := len(r.args.operands); r.args.operand(0) {
	case "push":
		if r.args.hasAny("-d", "--delete", "-f", "--force", "--mirror", "--all", "--tags") {
			return
		}
		remote, branches := r.pushed()
		home, ok := r.openRefs(remote)
		for _, b := range branches {
			if ok && plainRef(b) != "" && home.tip("refs/remotes/"+remote+"/"+b) == "" {
				r.addObject(Object{Effect: EffectMake, Kind: ObjectRef, At: remote, Name: plainRef(b)})
			}
		}
	case "clone", "init":
		switch name := path.Base(r.args.operand(n - 1)); {
		case n > 1 && (r.args.operand(0) == "init" || n > 2):
			r.makesPath(r.args.operand(n - 1))
		case n == 2: // the repository's own name
			r.makesPath(strings.TrimSuffix(name, ".git"))
		}
	case "worktree":
		if r.args.operand(1) == "add" && n > 2 {
			r.makesPath(r.args.operand(2))
		}
	}
}

func (r *reader) makesPath(text string) {
	if text == "" || isDevice(text) || r.cmd.Host != "" {
		return
	}
	at := fileFact{op: opWrite, text: text}
	r.locate(&at)
	// What is written anew may take the place of what was there.
	if name := knownText(r.absolute(at.path)); filepath.IsAbs(name) && r.ctx.Missing(name) {
		r.addObject(Object{Effect: EffectMake, Kind: ObjectPath, Name: name})
	}
}

// ownPath reports a path all of whose content a step of the session has made:
// it said so, and nothing there is older.
func (r *reader) ownPath(p string) bool {
	maker, ok := r.ctx.(Maker)
	if !ok {
		return false
	}
	since, ok := maker.Made(&Object{Kind: ObjectPath, Name: r.absolute(p)})
	return ok && r.ctx.MadeSince(p, since)
}

// ownRef reports a branch of a remote that the session was the first to push.
func (r *reader) ownRef(remote, name string) bool {
	maker, ok := r.ctx.(Maker)
	if !ok || name == "" {
		return false
	}
	_, ok = maker.Made(&Object{Kind: ObjectRef, At: remote, Name: plainRef(name)})
	return ok
}
