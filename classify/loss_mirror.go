package classify

import (
	"path"
	"slices"
	"strings"

	"restrain/shellparse"
)

// A mirroring is one run of rsync on this machine.
type mirroring struct {
	*lossReader
	deletes, trees, inPlace, adds bool
	spared                        []string // patterns of names that stay where they are
}

const rsyncValues = "-e -f -T -B -M --rsh --exclude --include --filter --exclude-from --include-from --files-from --backup-dir --rsync-path --timeout --bwlimit --chmod --chown --password-file --port --max-size --min-size --log-file --compare-dest --link-dest --copy-dest --max-delete --partial-dir --temp-dir --suffix --block-size --out-format --info --debug --iconv --usermap --groupmap"

// readRsync takes what a mirror deletes, and what it overwrites.
func (l *lossReader) readRsync(words []shellparse.Word) {
	a := splitWords(words, rsyncValues)
	n := len(a.words)
	if n < 2 || a.has("-n", "--dry-run") {
		return
	}
	m := mirroring{lossReader: l, trees: a.has("-a", "-r", "-d", "--archive", "--recursive", "--dirs", "--files-from"), inPlace: a.has("--inplace", "--append", "--append-verify"),
		adds: a.has("--ignore-existing")}
	m.deletes = m.trees && slices.ContainsFunc(a.flags, func(f flag) bool { return strings.HasPrefix(f.name, "--del") })
	if !a.has("--include", "--filter", "-f", "-F", "-C", "--delete-excluded", "--include-from", "--exclude-from") {
		for i := range a.flags {
			if f := &a.flags[i]; f.name == "--exclude" && !strings.Contains(f.value, "**") && !strings.Contains(f.value, hole) {
				m.spared = append(m.spared, strings.TrimSuffix(f.value, "/"))
			}
		}
	}
	into := a.words[n-1]
	for _, w := range a.words[:n-1] {
		if a.has("--remove-source-files") {
			l.each(w, l.removeTree)
		}
	}
	if isRemotePath(into.Text) || a.has("-b", "--backup") && !a.has("--backup-dir") {
		return
	}
	m.into(into, a.words[:n-1])
}

// into takes what sources replace in their target.
func (m *mirroring) into(target shellparse.Word, sources []shellparse.Word) {
	names, ok := m.names(target)
	if !ok || len(names) != 1 {
		m.note(knownPart)
		return
	}
	to, ok := m.path(names[0])
	if !ok {
		m.note(knownPart)
		return
	}
	for _, w := range sources {
		if isRemotePath(w.Text) {
			if m.note(knownPart); m.deletes {
				m.removeTree(strings.TrimSuffix(to, "/"))
			}
			continue
		}
		names, ok := m.names(w)
		if !ok {
			m.note(knownPart)
		}
		for _, name := range names {
			if p, ok := m.path(name); ok {
				m.mirror(p, to, name == "." || strings.HasSuffix(name, "/."))
			} else {
				m.note(knownPart)
			}
		}
	}
}

// mirror takes what differs below a target from what is copied there; contents
// says that it is what a directory has and not the directory itself.
func (m *mirroring) mirror(from, target string, contents bool) {
	if root := from; !contents && !strings.HasSuffix(root, "/") && (m.isDirThen(from) || m.isDirThen(target)) {
		target = path.Join(target, path.Base(from))
	}
	target, from = strings.TrimSuffix(target, "/"), strings.TrimSuffix(from, "/")
	switch {
	case !m.isDirThen(from) && m.adds:
	case !m.isDirThen(from):
		m.copyOver(from, target, false, !m.inPlace)
	case m.trees:
		m.mirrorDir(from, target, "")
	}
}

func (m *mirroring) mirrorDir(from, target, below string) {
	if at, err := m.looks.Real(target); err == nil {
		target = at
	}
	entries, err := m.looks.ReadDir(target)
	if m.seen += len(entries); err != nil || m.over() {
		if m.exists(target) {
			m.note(knownPart)
		}
		return
	}
	for _, e := range entries {
		there, here, name := path.Join(target, e.Name()), path.Join(from, e.Name()), below+"/"+e.Name()
		switch {
		case m.spares(name):
		case !m.exists(here):
			if m.deletes {
				m.removeTree(there)
			}
		case e.IsDir() && m.isDir(here):
			m.mirrorDir(here, there, name)
		case m.adds || m.sameContent(here, there):
		case m.inPlace && !e.IsDir():
			m.change(there, false)
		default:
			m.removeTree(there)
		}
	}
}

// spares reports a name that the mirror leaves alone; it begins with a slash at
// what is mirrored.
func (m *mirroring) spares(name string) bool {
	return slices.ContainsFunc(m.spared, func(pattern string) bool {
		if !strings.Contains(pattern, "/") {
			return shellparse.Fits(pattern, path.Base(name))
		}
		return pattern[0] == '/' && shellparse.Fits(pattern, name)
	})
}
