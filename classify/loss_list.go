package classify

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"restrain/shellparse"
)

// listed gives the names that a command prints, one a line, for another to act
// on. What is printed of more than was asked for counts as well: a filter that
// is not understood lets everything through.
func (l *lossReader) listed(at, stages int) (names []string, ok bool) {
	if at < 0 || at >= len(l.script.Commands) || stages == 0 {
		return nil, false
	}
	c := &l.script.Commands[at]
	if len(c.Argv) == 0 || c.Host != "" {
		return nil, false
	}
	args := c.Argv[1:]
	from := func() ([]string, bool) { return l.listed(c.From, stages-1) }
	switch c.Name {
	case "find", "gfind":
		return l.find(args, findPrint)
	case "fd", "fdfind":
		return l.fd(args)
	case "ls":
		return l.ls(args)
	case "git":
		return l.gitLists(args)
	case "echo", "printf":
		return l.printedWords(args)
	case "cat":
		if len(args) == 0 {
			return from()
		}
		return l.files(args)
	case "sort", "uniq", "tac", "shuf", "tee", "tr", "head", "tail":
		return from()
	case "grep", "egrep", "fgrep":
		return l.grep(c, from)
	case "sed", "awk", "gawk", "cut": // which take the marks off
		if l.printsRefs(c.From) {
			return from()
		}
	}
	return nil, false
}

// files gives the names in files.
func (l *lossReader) files(words []shellparse.Word) (names []string, ok bool) {
	ok = true
	for _, w := range words {
		some, whole := l.listFile(w.Text)
		names, ok = append(names, some...), ok && whole && w.Known()
	}
	return names, ok
}

// printedWords gives the words of echo and printf.
func (l *lossReader) printedWords(words []shellparse.Word) (names []string, ok bool) {
	ok = true
	for _, w := range words {
		some, whole := l.names(w)
		ok = ok && whole
		for _, name := range some {
			name = strings.NewReplacer(`\n`, "\n", `\0`, "\n").Replace(name)
			names = append(names, lines(name)...)
		}
	}
	return splitNames(names), ok
}

// grep keeps the names that fit a plain pattern, or those of files in which it
// may find something.
func (l *lossReader) grep(c *shellparse.Command, from func() ([]string, bool)) (names []string, ok bool) {
	a := splitWords(c.Argv[1:], "-e -f -m -A -B -C --include --exclude --exclude-dir --max-count")
	if a.has("-l", "-L", "--files-with-matches", "--files-without-match") {
		return l.grepped(&a)
	}
	if len(a.words) != 1 || c.From < 0 || a.has("-e", "-f", "-o", "-c", "-n") {
		if c.From >= 0 && !a.has("-o", "-c", "-n") {
			return from()
		}
		return nil, false
	}
	names, ok = from()
	pattern := a.words[0].Text
	if !a.words[0].Known() || !a.has("-F") && strings.ContainsAny(pattern, `.*[]^$\+?(){}|`) {
		return names, ok
	}
	inverted, fold := a.has("-v", "--invert-match"), a.has("-i", "--ignore-case")
	if fold {
		pattern = strings.ToLower(pattern)
	}
	if a.has("-x", "-w") {
		return names, ok
	}
	return slices.DeleteFunc(names, func(name string) bool {
		if fold {
			name = strings.ToLower(name)
		}
		return strings.Contains(name, pattern) == inverted
	}), ok
}

// grepped gives the files that grep -l looks into.
func (l *lossReader) grepped(a *lossArgs) (names []string, ok bool) {
	words := a.words
	if !a.has("-e", "-f") && len(words) > 0 {
		words = words[1:]
	}
	if len(words) == 0 {
		words = []shellparse.Word{{Text: "."}}
	}
	return l.find(append(words[:len(words):len(words)], shellparse.Word{Text: "-type"}, shellparse.Word{Text: "f"}), findPrint)
}

// ls gives what ls prints.
func (l *lossReader) ls(words []shellparse.Word) (names []string, ok bool) {
	a := splitWords(words, "-I -w -T --ignore --hide --width --sort --time --color")
	if a.has("-l", "-R", "-s", "-i", "-Q", "-m", "-F", "-p") {
		return nil, false
	}
	if len(a.words) == 0 {
		a.words = []shellparse.Word{{Text: "."}}
	}
	ok = true
	for _, w := range a.words {
		some, whole := l.names(w)
		ok = ok && whole
		for _, name := range some {
			if a.has("-d") || !l.isDirName(name) {
				names = append(names, name)
				continue
			}
			entries, whole := l.list(name)
			ok = ok && whole
			for _, e := range entries {
				if e.name[0] != '.' || a.has("-a", "-A") {
					names = append(names, e.name)
				}
			}
		}
	}
	return names, ok
}

// fd gives all that is below the places that fd is given, but for what its
// extensions and types leave out, and what git ignores.
func (l *lossReader) fd(words []shellparse.Word) (names []string, ok bool) {
	for i, w := range words {
		if w.Text == "-x" || w.Text == "-X" || w.Text == "--exec" || w.Text == "--exec-batch" {
			words = words[:i]
			break
		}
	}
	a := splitWords(words, "-e -t -d -E -S -g -c -j --extension --type --max-depth --exclude --size --changed-within --changed-before --search-path")
	places := []shellparse.Word{{Text: "."}}
	if len(a.words) > 1 {
		places = a.words[1:]
	}
	tests := []shellparse.Word{{Text: "-mindepth"}, {Text: "1"}}
	if kind, _ := a.value("-t", "--type"); kind == "d" || kind == "directory" {
		tests = append(tests, shellparse.Word{Text: "-type"}, shellparse.Word{Text: "d"})
	}
	names, ok = l.find(append(places[:len(places):len(places)], tests...), findPrint)
	hidden := a.has("-H", "--hidden", "-u", "-uu")
	extension, limited := a.value("-e", "--extension")
	if !a.has("-I", "--no-ignore", "--no-ignore-vcs", "-u", "-uu", "--unrestricted") {
		names = l.withoutIgnored(names)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		if !hidden && strings.Contains("/"+strings.TrimPrefix(name, "./"), "/.") {
			return true
		}
		return limited && !strings.EqualFold(path.Ext(name), "."+strings.TrimPrefix(extension, "."))
	}), ok
}

// withoutIgnored leaves out what git ignores, where no other file says otherwise.
func (l *lossReader) withoutIgnored(names []string) []string {
	root, ok := l.rootAt(l.dir)
	if !ok || len(names) == 0 || l.exists(path.Join(root, ".ignore")) || l.exists(path.Join(root, ".fdignore")) {
		return names
	}
	v := l.view(root, nil)
	return slices.DeleteFunc(names, func(name string) bool {
		p, ok := l.path(name)
		return ok && v.state(strings.TrimSuffix(p, "/")) == gitIgnored
	})
}

// gitLists gives the names that git ls-files and git diff --name-only print.
func (l *lossReader) gitLists(words []shellparse.Word) (names []string, ok bool) {
	var args []string
	for _, w := range words {
		if !w.Known() || w.Glob || len(args) > 64 {
			return nil, false
		}
		if strings.HasPrefix(w.Text, "-") && !safeListing(w.Text) && (len(args) == 0 || args[0] == "ls-files" || args[0] == "diff") {
			return nil, false
		}
		args = append(args, w.Text)
	}
	if len(args) > 0 && (args[0] == "branch" || args[0] == "tag" || args[0] == "for-each-ref") {
		return l.gitRefs(args)
	}
	if len(args) == 0 || args[0] != "ls-files" && (args[0] != "diff" || !slices.Contains(args, "--name-only")) {
		return nil, false
	}
	if args[0] == "diff" {
		args = slices.Insert(args, 1, "--no-ext-diff", "--no-textconv")
	}
	args = slices.Insert(args, 1, "-z")
	out, err := l.git(l.dir, args...)
	if err != nil {
		return nil, false
	}
	for name := range bytes.SplitSeq(out, []byte{0}) {
		if len(name) > 0 {
			names = append(names, string(name))
		}
	}
	return names, !l.strange
}

// gitRefs gives the branches and tags of which git branch, git tag and git
// for-each-ref may print some.
func (l *lossReader) gitRefs(args []string) (names []string, ok bool) {
	below := "refs/heads"
	switch {
	case args[0] == "tag":
		below = "refs/tags"
	case args[0] == "for-each-ref":
		below = "refs"
	case slices.Contains(args, "-r"):
		below = "refs/remotes"
	}
	out, err := l.git(l.dir, "for-each-ref", "--format=%(refname:short)", below)
	return lines(string(out)), err == nil && !l.strange
}

// printsRefs reports a command whose output is git's list of refs, filtered.
func (l *lossReader) printsRefs(at int) bool {
	for range maxStages {
		if at < 0 || at >= len(l.script.Commands) {
			return false
		}
		c := &l.script.Commands[at]
		if c.Name == "git" && len(c.Argv) > 1 {
			return slices.Contains([]string{"branch", "tag", "for-each-ref"}, c.Argv[1].Text)
		}
		at = c.From
	}
	return false
}

// safeListing reports options that only choose what is listed.
func safeListing(option string) bool {
	switch option {
	case "--", "-z", "-o", "--others", "-i", "--ignored", "-m", "--modified", "-d", "--deleted", "-c", "--cached", "--staged", "-oi", "-om", "-mo",
		"--exclude-standard", "--directory", "--name-only", "--diff-filter=M", "--diff-filter=d", "--diff-filter=ACM", "--relative":
		return true
	}
	return false
}

// git asks git in the repository around a directory.
func (l *lossReader) git(dir string, args ...string) ([]byte, error) {
	return l.looks.Git(l.until, dir, args...)
}

// lossArgs is an argument list taken apart.
type lossArgs struct {
	flags []flag
	words []shellparse.Word // the operands
	after int               // how many operands stood before "--"; -1 without one
}

// splitWords takes words apart. values are the flags that take a value; short
// ones may be bundled.
func splitWords(words []shellparse.Word, values string) lossArgs {
	a := lossArgs{after: -1}
	takes := strings.Fields(values)
	for i := 0; i < len(words); i++ {
		text := words[i].Text
		switch {
		case text == "--":
			a.after = len(a.words)
			a.words = append(a.words, words[i+1:]...)
			return a
		case len(text) < 2 || text[0] != '-':
			a.words = append(a.words, words[i])
		case text[1] == '-':
			name, value, valued := strings.Cut(text, "=")
			f := flag{name: name, value: value, valued: valued, word: i}
			if !valued && contains(takes, name) && i+1 < len(words) {
				i++
				f.value, f.valued, f.word = words[i].Text, true, i
			}
			a.flags = append(a.flags, f)
		default:
			i = a.bundle(words, i, takes)
		}
	}
	return a
}

// bundle reads -rf as -r -f; it gives the index of the last word it used.
func (a *lossArgs) bundle(words []shellparse.Word, i int, takes []string) int {
	text := words[i].Text
	for j := 1; j < len(text); j++ {
		f := flag{name: shortFlag(text[j]), word: i}
		if !contains(takes, f.name) {
			a.flags = append(a.flags, f)
			continue
		}
		if j+1 < len(text) {
			f.value, f.valued = text[j+1:], true
		} else if i+1 < len(words) {
			i++
			f.value, f.valued, f.word = words[i].Text, true, i
		}
		a.flags = append(a.flags, f)
		return i
	}
	return i
}

func (a *lossArgs) has(names ...string) bool {
	for i := range a.flags {
		if contains(names, a.flags[i].name) {
			return true
		}
	}
	return false
}

func (a *lossArgs) value(names ...string) (string, bool) {
	for i := len(a.flags) - 1; i >= 0; i-- {
		if f := &a.flags[i]; f.valued && contains(names, f.name) {
			return f.value, true
		}
	}
	return "", false
}
