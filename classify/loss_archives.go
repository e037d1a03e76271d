package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// readZip takes what zip -m moves into an archive.
func (l *lossReader) readZip(words []shellparse.Word) {
	a := splitWords(words, "-x -i -b -t -n -P --exclude --include --password")
	if !a.has("-m", "--move") {
		return
	}
	for i, w := range a.words {
		if i > 0 {
			l.each(w, l.removeTree)
		}
	}
}

// readSplit takes the pieces of an earlier split.
func (l *lossReader) readSplit(words []shellparse.Word) {
	a := splitWords(words, "-a -b -C -l -n -t -f -k --suffix-length --bytes --lines --number --additional-suffix --prefix")
	prefix := "x"
	if l.cmd.Name == "csplit" {
		prefix = "xx"
	}
	if p, ok := a.value("-f", "--prefix"); ok {
		prefix = p
	} else if len(a.words) > 1 && l.cmd.Name == "split" {
		prefix = a.words[1].Text
	}
	digits := "[a-z0-9][a-z0-9]"
	if n, ok := a.value("-a", "--suffix-length"); ok && n == "1" {
		digits = "[a-z0-9]"
	} else if ok {
		digits += "*"
	}
	extra, _ := a.value("--additional-suffix")
	names, _ := l.expand(prefix + digits + extra)
	for _, name := range names {
		if p, ok := l.path(name); ok {
			l.change(p, false)
		}
	}
}

// readPatch takes the files that a patch changes.
func (l *lossReader) readPatch(words []shellparse.Word) {
	a := splitWords(words, "-p -i -d -o -r -B -F -D --strip --input --directory --output")
	if a.has("--dry-run", "-b", "--backup") {
		return
	}
	strip := 1
	if n, ok := a.value("-p", "--strip"); ok && len(n) == 1 {
		strip = int(n[0] - '0')
	}
	text, ok := l.input(&a)
	if !ok {
		l.note(knownPart)
		return
	}
	for _, name := range patched(text, strip) {
		if p, ok := l.path(name); ok {
			l.replaceEdited(p, true)
		}
	}
}

// input gives the text of a patch: a file, or what the command is fed.
func (l *lossReader) input(a *lossArgs) (text string, ok bool) {
	name, given := a.value("-i", "--input")
	if !given && l.cmd.Name == "git" && len(a.words) > 1 {
		name, given = a.words[len(a.words)-1].Text, true
	}
	for i := range l.cmd.Redirs {
		if r := &l.cmd.Redirs[i]; r.Op == shellparse.RedirRead && r.Target.Known() {
			name, given = r.Target.Text, true
		}
	}
	if given {
		p, ok := l.path(name)
		if !ok {
			return "", false
		}
		data, err := l.ctx.ReadFile(p, maxBody)
		return string(data), err == nil
	}
	if l.cmd.Stdin != nil && l.cmd.Stdin.Known() {
		return l.cmd.Stdin.Text, true
	}
	return "", false
}

// patched gives the names of the files that a patch is about.
func patched(text string, strip int) (names []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, "+++ ") {
			continue
		}
		name, _, _ := strings.Cut(line[4:], "\t")
		for range strip {
			_, rest, ok := strings.Cut(name, "/")
			if !ok {
				break
			}
			name = rest
		}
		if name = strings.TrimSpace(name); name != "" && name != "/dev/null" && len(names) < lossPlaces {
			names = append(names, name)
		}
	}
	return names
}

// readDownload takes the file that a download goes to.
func (l *lossReader) readDownload(words []shellparse.Word) {
	l.note(knownPart) // names that the server chooses
	short := "-o"
	if l.cmd.Name == "wget" {
		short = "-O"
	}
	for i := range words {
		text := words[i].Text
		w := shellparse.Word{}
		switch {
		case (text == short || text == "--output" || text == "--output-document") && i+1 < len(words):
			w = words[i+1]
		case strings.HasPrefix(text, "--output-document="):
			w = shellparse.Word{Text: text[len("--output-document="):], Unknown: words[i].Unknown}
		}
		if w.Text != "" && w.Text != "-" && !isDevice(w.Text) {
			l.each(w, func(p string) { l.change(p, false) })
		}
	}
}

// readSqlite takes the database that statements destroy something in.
func (l *lossReader) readSqlite(words []shellparse.Word) {
	a := splitWords(words, "")
	if len(a.words) == 0 {
		return
	}
	text := ""
	for _, w := range a.words[1:] {
		text += w.Text + ";"
	}
	if l.cmd.Input != nil {
		text += l.cmd.Input.Text
	} else if slices.ContainsFunc(l.cmd.Redirs, func(r shellparse.Redir) bool { return r.Op == shellparse.RedirRead }) {
		text += "delete " // it cannot be read, and may do anything
	}
	text = strings.ToLower(text)
	for _, verb := range [...]string{"drop ", "delete ", "update ", "replace ", "alter ", "vacuum into", ".restore", "truncate ", ".read"} {
		if strings.Contains(text, verb) {
			l.each(a.words[0], func(p string) { l.change(p, false) })
			return
		}
	}
}
