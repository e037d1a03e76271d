package classify

import (
	"bytes"
	"path"
	"strings"
)

// What git says of a file.
const (
	gitClean     = ' ' // a commit has this very content
	gitChanged   = 'M' // git knows it, but not this content
	gitUntracked = '?'
	gitIgnored   = '!'
)

// A gitView is what git says of the files of one working tree.
type gitView struct {
	root   string
	asked  bool            // it has answered
	states map[string]byte // by path from the root; directories end in a slash
	// unstaged reports files that differ from what is staged.
	unstaged map[string]bool
	// indexOnly reports content that is staged and not in the working tree.
	indexOnly bool
	gone      bool // the repository goes as well, and what it has is lost with it
	fresh     bool // the session has made the repository
}

// maxPathspecs bounds the paths that git is asked about one by one.
const maxPathspecs = 200

// view gives what git says of the paths below a working tree's root; no paths
// are all.
func (l *lossReader) view(root string, paths []string) *gitView {
	if len(paths) > maxPathspecs {
		paths = nil
	}
	key := root + "\x00" + strings.Join(paths, "\x00")
	if v := l.views[key]; v != nil {
		return v
	}
	v := &gitView{root: root, fresh: l.ctx.Own(path.Join(root, ".git"))}
	l.views[key] = v
	out, err := l.looks.Status(l.until, root, paths)
	if err != nil {
		return v
	}
	v.asked, v.states, v.unstaged = true, map[string]byte{}, map[string]bool{}
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		if len(entry) < 4 {
			continue
		}
		name := string(entry[3:])
		switch entry[0] {
		case '?', '!':
			v.states[name] = entry[0]
		default:
			v.states[name] = gitChanged
			v.unstaged[name] = entry[1] != ' '
			v.indexOnly = v.indexOnly || entry[1] == 'D' && (entry[0] == 'A' || entry[0] == 'M')
		}
	}
	return v
}

// state is what git says of a file in the working tree.
func (v *gitView) state(p string) byte {
	if v == nil || !v.asked || !isBelow(p, v.root) {
		return gitUntracked
	}
	name := strings.TrimPrefix(p[len(v.root):], "/")
	if name == ".git" || strings.HasPrefix(name, ".git/") {
		return gitUntracked
	}
	state, ok := v.states[name]
	for at := 0; !ok; {
		next := strings.IndexByte(name[at:], '/')
		if next < 0 {
			break
		}
		at += next + 1
		state, ok = v.states[name[:at]]
	}
	switch {
	case !ok && !v.gone:
		return gitClean
	case !ok || v.gone && state != gitIgnored:
		return gitUntracked
	}
	return state
}

// rootOf finds the working tree that a path is in, not counting itself.
func (l *lossReader) rootOf(p string) (root string, ok bool) {
	return l.rootAt(path.Dir(p))
}

func (l *lossReader) rootAt(dir string) (root string, ok bool) {
	root, known := l.roots[dir]
	switch {
	case known:
	case l.exists(path.Join(dir, ".git")):
		root = dir
	case dir != "/" && dir != ".":
		root, _ = l.rootAt(path.Dir(dir))
	}
	l.roots[dir] = root
	return root, root != ""
}
