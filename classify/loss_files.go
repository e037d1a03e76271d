package classify

import (
	"path"
	"strings"

	"restrain/shellparse"
)

// takersOf gives the reader of a program that takes content away; nil for
// another program.
func takersOf(name string) func(*lossReader, []shellparse.Word) {
	switch name {
	case "rm", "grm", "unlink", "rimraf", "del-cli", "srm":
		return (*lossReader).readRm
	case "rmdir":
		return func(*lossReader, []shellparse.Word) {} // empty ones only
	case "shred":
		return (*lossReader).readShred
	case "mv", "gmv":
		return (*lossReader).readMv
	case "cp", "gcp", "install", "ginstall", "ditto":
		return (*lossReader).readCp
	case "ln":
		return (*lossReader).readLn
	case "tee":
		return (*lossReader).readTee
	case "truncate":
		return (*lossReader).readTruncate
	case "dd":
		return (*lossReader).readDd
	case "sed", "gsed":
		return (*lossReader).readSedEdit
	case "perl", "ruby":
		return (*lossReader).readInPlace
	case "sort":
		return (*lossReader).readSort
	case "find", "gfind":
		return (*lossReader).readFindDelete
	case "git":
		return (*lossReader).readGit
	case "rsync":
		return (*lossReader).readRsync
	case "tar", "gtar", "bsdtar":
		return (*lossReader).readTar
	case "unzip":
		return (*lossReader).readUnzip
	case "zip":
		return (*lossReader).readZip
	case "gzip", "gunzip", "pigz", "xz", "unxz", "bzip2", "bunzip2", "zstd", "unzstd", "lzma":
		return (*lossReader).readPacked
	case "split", "csplit":
		return (*lossReader).readSplit
	case "patch":
		return (*lossReader).readPatch
	case "curl", "wget":
		return (*lossReader).readDownload
	case "sqlite3":
		return (*lossReader).readSqlite
	case "shopt":
		return (*lossReader).readShopt
	}
	return nil
}

// takers reports a program that may take content away.
func takers(name string) bool { return name != "shopt" && takersOf(name) != nil }

// readShopt notes the options of the shell that change what a pattern fits.
func (l *lossReader) readShopt(words []shellparse.Word) {
	a := splitWords(words, "")
	if !a.has("-s", "-u") {
		return
	}
	for _, w := range a.words {
		switch w.Text {
		case "dotglob":
			l.dotglob = a.has("-s")
		case "globstar":
			l.globstar = a.has("-s")
		}
	}
}

func (l *lossReader) readRm(words []shellparse.Word) {
	a := splitWords(words, "")
	tree := a.has("-r", "-R", "--recursive") || l.cmd.Name == "rimraf" || l.cmd.Name == "del-cli"
	if a.has("--help", "--version") || a.has("-i", "--interactive") && !a.has("-f", "--force") {
		return
	}
	for _, w := range a.words {
		if base := path.Base(w.Text); base == ".." || base == "." || strings.HasSuffix(w.Text, "/.") {
			continue // which rm refuses
		}
		l.each(w, func(p string) {
			switch {
			case tree:
				l.removeTree(p)
			case !l.isDirItself(p):
				l.remove(p)
			}
		})
	}
}

// isDirItself reports a directory, not a link to one.
func (l *lossReader) isDirItself(p string) bool {
	at, ok := l.now(strings.TrimSuffix(p, "/"))
	if !ok {
		return false
	}
	info, err := l.looks.Lstat(at)
	return err == nil && info.IsDir()
}

// readShred overwrites files before it removes them, if it does.
func (l *lossReader) readShred(words []shellparse.Word) {
	a := splitWords(words, "-n -s --iterations --size --random-source")
	for _, w := range a.words {
		l.each(w, func(p string) { l.change(p, false) })
	}
}

// A transfer is what mv, cp, install and ln have in common: sources, and where
// they go.
type transfer struct {
	sources []string
	into    string
	dir     bool // into is a directory, into which they go by their names
}

const transferValues = "-t -S -m -o -g --target-directory --suffix --mode --owner --group"

// transfers reads the operands of mv, cp, install and ln.
func (l *lossReader) transfers(a *lossArgs) (t transfer, ok bool) {
	words := a.words
	if dir, given := a.value("-t", "--target-directory"); given {
		if t.into, ok = l.path(dir); !ok {
			l.note(knownPart)
			return t, false
		}
		t.dir = true
	} else {
		if len(words) < 2 {
			return t, false
		}
		targets, whole := l.names(words[len(words)-1])
		if words = words[:len(words)-1]; len(targets) != 1 || !whole {
			if len(targets) > 0 || !whole {
				l.note(knownPart)
			}
			return t, false
		}
		if t.into, ok = l.path(targets[0]); !ok {
			l.note(knownPart)
			return t, false
		}
		t.dir = l.isDirThen(t.into) && !a.has("-T", "--no-target-directory")
	}
	for _, w := range words {
		l.each(w, func(p string) { t.sources = append(t.sources, p) })
	}
	return t, true
}

// isDirThen reports a directory by the time that the command runs.
func (l *lossReader) isDirThen(p string) bool {
	if strings.HasSuffix(p, "/") {
		return true
	}
	if at, ok := l.now(p); ok && l.isDir(at) {
		return true
	}
	return l.makes(p)
}

// makes reports that an earlier command of the line makes a directory.
func (l *lossReader) makes(p string) bool {
	for i := range l.script.Commands[:l.n] {
		c := &l.script.Commands[i]
		if c.Name != "mkdir" {
			continue
		}
		for _, w := range c.Argv[1:] {
			if at, ok := l.path(w.Text); ok && (strings.TrimSuffix(at, "/") == p || isBelow(at, p)) {
				return true
			}
		}
	}
	return false
}

// to is where a source goes.
func (t *transfer) to(source string) string {
	into := strings.TrimSuffix(t.into, "/")
	if t.dir {
		return path.Join(into, path.Base(source))
	}
	return into
}

func (l *lossReader) readMv(words []shellparse.Word) {
	a := splitWords(words, transferValues)
	if a.has("--help", "-n", "--no-clobber") {
		if t, ok := l.transfers(&a); ok {
			for _, s := range t.sources {
				if !l.exists(t.to(s)) {
					l.moveTo(s, t.to(s), true)
				}
			}
		}
		return
	}
	before := l.known[l.n]
	t, ok := l.transfers(&a)
	if !ok {
		if l.astray(a.words) {
			l.known[l.n] = before
		}
		return
	}
	backup := a.has("-b", "--backup")
	for _, s := range t.sources {
		if to := t.to(s); backup && l.exists(to) {
			l.moves = append(l.moves, move{from: to, away: to, to: to + "~"})
		}
		l.moveTo(s, t.to(s), t.dir || len(t.sources) == 1)
	}
}

// astray takes what a loop moves, one by one, to names that are not known: one may go
// over the other. What has no extension may be a directory, into which all go. It
// reports that there were some.
func (l *lossReader) astray(words []shellparse.Word) bool {
	if len(words) != 2 || !strings.Contains(path.Base(words[1].Text), ".") {
		return false
	}
	if rest, ok := strings.CutPrefix(words[1].Text, words[0].Text); ok && !strings.ContainsAny(rest, hole+"*") {
		return false // $f.txt is another for each
	}
	names, _ := l.names(words[0])
	if len(names) > 1 {
		l.each(words[0], l.remove)
	}
	return len(names) > 1
}

func (l *lossReader) readCp(words []shellparse.Word) {
	values := transferValues
	if l.cmd.Name == "cp" || l.cmd.Name == "gcp" {
		values = "-t -S --target-directory --suffix"
	}
	a := splitWords(words, values)
	install := l.cmd.Name == "install" || l.cmd.Name == "ginstall"
	if a.has("-n", "--no-clobber", "--help", "-b", "--backup") || install && a.has("-d", "--directory") {
		return
	}
	t, ok := l.transfers(&a)
	if !ok {
		return
	}
	tree := a.has("-r", "-R", "-a", "--recursive", "--archive")
	replaces := install || a.has("--remove-destination", "-l", "-s", "--link", "--symbolic-link")
	for i, s := range t.sources {
		to := t.to(s)
		if t.dir && strings.HasSuffix(strings.TrimSuffix(s, "/"), "/.") || path.Base(s) == "." {
			to = strings.TrimSuffix(t.into, "/")
		}
		if l.dotSource(a.words, i) && t.dir {
			to = strings.TrimSuffix(t.into, "/")
		}
		l.copyOver(s, to, tree, replaces)
	}
}

// dotSource reports a source written dir/. whose path has lost the dot.
func (l *lossReader) dotSource(words []shellparse.Word, i int) bool {
	return i < len(words) && (words[i].Text == "." || strings.HasSuffix(words[i].Text, "/."))
}

// copyOver takes what a copy of a file or a tree overwrites.
func (l *lossReader) copyOver(from, to string, tree, replaces bool) {
	at, ok := l.now(strings.TrimSuffix(from, "/"))
	if !ok {
		return
	}
	if !l.isDir(at) {
		if (l.exists(at) || l.strange || l.namedBefore(at)) && !l.sameContent(at, to) {
			l.overwrite(to, replaces)
		}
		return
	}
	if !tree {
		return
	}
	entries, err := l.looks.ReadDir(at)
	if l.seen += len(entries); err != nil || l.over() {
		l.note(knownPart)
		return
	}
	for _, e := range entries {
		if next := path.Join(to, e.Name()); l.exists(next) {
			l.copyOver(path.Join(at, e.Name()), next, true, replaces)
		}
	}
}

func (l *lossReader) overwrite(p string, replaces bool) {
	if l.isDirItself(p) {
		return
	}
	if replaces {
		l.remove(p)
	} else {
		l.change(p, false)
	}
}

// sameContent reports two files with the same bytes, of a moderate size.
func (l *lossReader) sameContent(a, b string) bool {
	const most = 1 << 20
	one, err := l.looks.Lstat(a)
	two, err2 := l.looks.Lstat(b)
	if err != nil || err2 != nil || one.Size() != two.Size() || one.Size() >= most {
		return false
	}
	first, err := l.ctx.ReadFile(a, most)
	second, err2 := l.ctx.ReadFile(b, most)
	return err == nil && err2 == nil && string(first) == string(second)
}

func (l *lossReader) readLn(words []shellparse.Word) {
	a := splitWords(words, transferValues)
	if !a.has("-f", "--force") {
		return
	}
	if len(a.words) == 1 && !a.has("-t", "--target-directory") {
		l.each(a.words[0], func(p string) {
			if at, ok := l.path(path.Base(p)); ok {
				l.remove(at)
			}
		})
		return
	}
	if t, ok := l.transfers(&a); ok {
		for _, s := range t.sources {
			to := t.to(s)
			if a.has("-n", "--no-dereference") {
				to = strings.TrimSuffix(t.into, "/")
			}
			if !l.isDirItself(to) {
				l.remove(to)
			}
		}
	}
}

func (l *lossReader) readTee(words []shellparse.Word) {
	a := splitWords(words, "")
	if a.has("-a", "--append") {
		return
	}
	for _, w := range a.words {
		if !isDevice(w.Text) {
			l.each(w, func(p string) { l.change(p, false) })
		}
	}
}

func (l *lossReader) readTruncate(words []shellparse.Word) {
	a := splitWords(words, "-s -r --size --reference")
	if size, _ := a.value("-s", "--size"); strings.HasPrefix(size, "+") || strings.HasPrefix(size, ">") {
		return
	}
	for _, w := range a.words {
		l.each(w, func(p string) { l.change(p, false) })
	}
}

func (l *lossReader) readDd(words []shellparse.Word) {
	for _, w := range words {
		if name, ok := strings.CutPrefix(w.Text, "of="); ok && !isDevice(name) {
			w.Text = name
			l.each(w, func(p string) { l.change(p, false) })
		}
	}
}

// readSedEdit takes what sed -i edits, with "1,$d" all of it.
func (l *lossReader) readSedEdit(words []shellparse.Word) {
	a := splitWords(words, "-e -f -l -E=? --expression --file --line-length")
	in := -1
	for i := range a.flags {
		if f := &a.flags[i]; f.name == "-i" || f.name == "--in-place" || f.name == "-I" {
			if in = i; f.valued && f.value != "" {
				return // --in-place=.bak keeps the file
			}
		}
	}
	if in < 0 {
		return
	}
	files, script := a.words, ""
	if given, ok := a.value("-e", "--expression"); ok {
		script = given
	} else if !a.has("-f", "--file") && len(files) > 0 {
		script, files = files[0].Text, files[1:]
	}
	if suffixed(words) {
		return
	}
	for _, w := range files {
		l.each(w, func(p string) { l.replaceEdited(p, !emptiesAll(script)) })
	}
}

// suffixed reports -i.bak, which keeps the file by another name.
func suffixed(words []shellparse.Word) bool {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(w.Text, "-i"); ok && rest != "" && !strings.HasPrefix(w.Text, "--") && rest[0] != 'e' && rest[0] != 'n' && rest[0] != 'E' && rest[0] != 'r' {
			return true
		}
	}
	return false
}

// emptiesAll reports a script of sed that deletes every line.
func emptiesAll(script string) bool {
	switch strings.TrimSpace(script) {
	case "d", "1,$d", "1,$ d", "/^/d", "/.*/d", "/$/d", "0,$d":
		return true
	}
	return false
}

// replaceEdited takes a file that an editor writes anew under its name.
func (l *lossReader) replaceEdited(p string, edited bool) {
	l.take(taking{path: p, edited: edited}, false)
}

// readInPlace takes what perl -i and ruby -i edit.
func (l *lossReader) readInPlace(words []shellparse.Word) {
	edits, script := false, false
	for i := 0; i < len(words); i++ {
		text := words[i].Text
		if len(text) > 1 && text[0] == '-' && text[1] != '-' {
			if at := strings.IndexByte(text, 'i'); at > 0 && strings.Trim(text[1:at], "pnlaw0") == "" {
				edits = edits || strings.Trim(text[at+1:], "pnlawe0") == ""
			}
			if text[len(text)-1] == 'e' {
				script = true
				i++
			}
			continue
		}
		if !edits || !script {
			return
		}
		l.note(knownPart) // the code may do anything
		l.each(words[i], func(p string) { l.replaceEdited(p, true) })
	}
}

// readSort takes the file that sort -o writes; its own input stays in it.
func (l *lossReader) readSort(words []shellparse.Word) {
	a := splitWords(words, "-o -k -t -S -T --output --key --field-separator --buffer-size --temporary-directory")
	out, ok := a.value("-o", "--output")
	if !ok {
		return
	}
	same := false
	for _, w := range a.words {
		same = same || w.Text == out
	}
	if p, ok := l.path(out); ok {
		l.take(taking{path: p, inPlace: true, edited: same && !a.has("-u", "--unique")}, true)
	}
}

// readFindDelete takes what find -delete deletes. A directory goes only when
// it is empty.
func (l *lossReader) readFindDelete(words []shellparse.Word) {
	deletes := false
	for _, w := range words {
		deletes = deletes || w.Text == "-delete"
	}
	if !deletes {
		return
	}
	names, ok := l.find(words, findDelete)
	if !ok {
		l.note(knownPart)
	}
	for _, name := range names {
		if p, ok := l.path(name); ok && !l.isDirItself(p) {
			l.remove(p)
		}
	}
}
