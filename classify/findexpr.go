package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// A findExpression is what find's words say about which files it finds.
type findExpression struct {
	places []shellparse.Word // where it looks
	names  []string          // the patterns that a name has to fit
	// narrowed reports that it does not find everything below its places.
	narrowed, deletes bool
	// named reports that all that it finds fits one of the names.
	named bool
}

// A findGroup is what of find's words stands between two parentheses: named says
// that the current alternative asks for a name, all that those before it do.
type findGroup struct{ named, all, excluded bool }

// readExpression reads find's words: where it looks, for what, and whether it
// deletes. A name that is excluded narrows nothing, and neither does "every
// file of a language": that is the project.
func readExpression(words []shellparse.Word) findExpression {
	var e findExpression
	i := 0
	for i < len(words) && (words[i].Text == "-H" || words[i].Text == "-L" || words[i].Text == "-P") {
		i++
	}
	start := i
	for i < len(words) && words[i].Text != "" && !strings.ContainsRune("-(!", rune(words[i].Text[0])) {
		i++
	}
	if e.places = words[start:i]; len(e.places) == 0 {
		e.places = []shellparse.Word{{Text: "."}}
	}
	e.tests(words[i:])
	return e
}

// tests reads the words behind the places.
func (e *findExpression) tests(words []shellparse.Word) {
	excluded := false
	term, group := 0, 0 // where the names of the current term, of the parentheses, start
	pruned := false     // the term says what not to look into
	var outer []findGroup
	in := findGroup{all: true}
	for i := 0; i < len(words); i++ {
		switch text := words[i].Text; text {
		case "!", "-not":
			excluded = true
			continue
		case "(":
			group = len(e.names)
			outer, in = append(outer, in), findGroup{all: true, excluded: excluded}
		case ")":
			term = group
			if n := len(outer) - 1; n >= 0 {
				named := in.all && in.named && !in.excluded
				in, outer = outer[n], outer[:n]
				in.named = in.named || named
			}
		case "-prune":
			pruned = true
		case "-exec", "-execdir", "-ok", "-okdir":
			pruned = false
			for i+1 < len(words) && words[i].Text != ";" && (words[i].Text != "+" || words[i-1].Text != "{}") {
				i++
			}
		case "-print", "-print0":
			pruned = false
		case "-o", "-or", ",":
			e.narrowed = false
			in.all, in.named = in.all && in.named, false
			if pruned {
				e.names, pruned = e.names[:term], false
			}
			term = len(e.names)
		case "-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-lname":
			if i++; i < len(words) && !excluded {
				e.names = append(e.names, words[i].Text)
				e.narrowed = e.narrowed || !namesEverySource(words[i].Text)
				in.named = in.named || text != "-lname" && saysName(words[i])
			}
		case "-type", "-maxdepth", "-mindepth", "-printf", "-fprint", "-fprintf", "-fstype":
			i++
		case "-mtime", "-mmin", "-size", "-newer", "-user", "-perm", "-atime", "-ctime", "-group":
			e.narrowed = e.narrowed || !excluded
			i++
		case "-empty":
			e.narrowed = e.narrowed || !excluded
		case "-delete":
			e.deletes, pruned = true, false
		}
		excluded = false
	}
	e.named = in.all && in.named
}

// saysName reports a pattern that is known and whose last name has a part of its
// own: dist, *.egg-info, */build, but not *, [a-z]* or $X.
func saysName(pattern shellparse.Word) bool {
	if !pattern.Known() || namesEverySource(pattern.Text) {
		return false
	}
	last := strings.TrimRight(pattern.Text, "/*$")
	last = last[strings.LastIndexByte(last, '/')+1:]
	return !strings.ContainsAny(last, "[]{}|()") && strings.Trim(last, "*?.^$+\\") != ""
}

// namesEverySource reports *.py and its like, and *.
func namesEverySource(pattern string) bool {
	if pattern == "*" || pattern == "*.*" {
		return true
	}
	switch extension, _ := strings.CutPrefix(pattern, "*."); extension {
	case "py", "go", "rs", "ts", "tsx", "java", "rb", "php", "c", "cpp", "cs", "kt", "swift", "sql", "db", "sqlite", "tf":
		return true
	}
	return false
}

// readFind reads find's search for names and what it deletes. The commands of
// -exec are commands of their own.
func (r *reader) readFind() {
	e := readExpression(r.args.words)
	for _, name := range e.names {
		r.searchNames(name, e.places[0].Text, e.places[0].Unknown)
	}
	if e.deletes {
		r.deletesFound(&e, false)
		return
	}
	for _, w := range e.places {
		if len(e.names) == 0 {
			r.facts.files = append(r.facts.files, fileFact{op: opList, text: w.Text, unknown: w.Unknown, recursive: true})
		}
	}
}

// deletesFound adds what is deleted of what find finds: all that is below its
// places, or what is called so there, with all that is in it.
func (r *reader) deletesFound(e *findExpression, trees bool) {
	for _, w := range e.places {
		r.facts.files = append(r.facts.files, fileFact{op: opDelete, text: w.Text, unknown: w.Unknown, recursive: !e.narrowed})
		if path, ok := withDefault(w); ok {
			r.addPath(opDelete, path, !e.narrowed)
		}
		for _, name := range e.names {
			r.facts.files = append(r.facts.files, fileFact{op: opDelete, text: w.Text + "/" + strings.ReplaceAll(name, "*", "x"), unknown: w.Unknown, recursive: trees})
		}
	}
}

// readFound adds the places whose files a command deletes or reads that find
// or xargs hands it: find ~ -type f -exec rm {} +, git ls-files | xargs rm.
func (r *reader) readFound() {
	n := len(r.cmd.Wrappers)
	if r.program.Deletes != "" && len(r.args.operands) == 0 && r.cmd.From >= 0 { // Get-ChildItem | Remove-Item
		e := r.listed(r.script, r.cmd.From)
		r.deletesFound(&e, false)
		return
	}
	if n == 0 {
		r.readNamed()
		return
	}
	if w := &r.cmd.Wrappers[n-1]; w.Name == "xargs" { // xargs -a FILE
		for i := 1; i < len(w.Args); i++ {
			if before := w.Args[i-1].Text; before == "-a" || before == "--arg-file" {
				r.addWord(opRead, w.Args[i])
			}
		}
	}
	op := ""
	for i := range r.facts.files {
		if f := &r.facts.files[i]; (f.op == opDelete || f.op == opTruncate || f.op == opRead || f.op == opWrite) && strings.HasPrefix(f.text, hole) && len(f.unknown) > 0 {
			op = f.op
		}
	}
	if op == opTruncate {
		op = opDelete // of everything, it is the same
	}
	if op == "" && r.takesFound() {
		op = opRead
	}
	if op == "" {
		return
	}
	var e findExpression
	switch w := &r.cmd.Wrappers[n-1]; w.Name {
	case "find", "gfind":
		e = readExpression(w.Args)
	case "fd", "fdfind":
		e = readFdWords(w.Args)
	case "xargs", "parallel":
		e = r.listed(r.script, r.cmd.From)
	}
	if op == opDelete {
		if e.named {
			r.dropLoopNames()
		}
		r.deletesFound(&e, r.args.recursive)
		return
	}
	for _, name := range e.names { // what is found is what is read
		r.addPath(op, e.places[0].Text+"/"+strings.ReplaceAll(name, "*", "x"), false)
	}
	for _, w := range e.places {
		if len(e.names) > 0 {
			break
		}
		if r.addPath(op, w.Text, false); !w.Glob {
			r.addPath(op, w.Text+"/*", false)
		}
	}
}

// takesFound reports a program that may print what it is handed: any that is not
// known to do something else with it.
func (r *reader) takesFound() bool {
	w := &r.cmd.Wrappers[len(r.cmd.Wrappers)-1]
	switch w.Name {
	case "find", "xargs", "parallel":
	default:
		return false
	}
	if r.program.Class == "file.delete" || r.program.Class == "file.write" {
		return false
	}
	h := r.handling("")
	return h == nil || h.Op == opRead
}

// argsOf takes the words of another command apart.
func (r *reader) argsOf(c *shellparse.Command) (args argv) {
	args.read(r.set.program(c.Name), c.Argv[1:])
	return args
}

// listed gives what the command at a place of a script lists, with the commands
// in front of it.
func (r *reader) listed(script *shellparse.Script, at int) findExpression {
	filtered, changed := false, false
	for range maxStages {
		if at < 0 || at >= len(script.Commands) {
			break
		}
		c := &script.Commands[at]
		if len(c.Argv) == 0 {
			break
		}
		switch c.Name {
		case "find", "gfind":
			e := readExpression(c.Argv[1:])
			e.narrowed = e.narrowed || filtered
			e.named = e.named && !changed
			return e
		case "fd", "fdfind":
			e := readFdWords(c.Argv[1:])
			e.named = e.named && !changed
			return e
		case "ls", "dir", "gci", "Get-ChildItem", "echo", "printf", "realpath", "readlink":
			var args argv
			args.read(&unknownProgram, c.Argv[1:])
			e := findExpression{places: []shellparse.Word{{Text: "."}}, narrowed: filtered}
			for n, i := range args.operands {
				if n == 0 {
					e.places = nil
				}
				e.narrowed = e.narrowed || args.words[i].Glob
				e.places = append(e.places, args.words[i])
			}
			return e
		case "git":
			if len(c.Argv) > 1 && c.Argv[1].Text == "ls-files" {
				return findExpression{places: []shellparse.Word{{Text: "."}}, narrowed: filtered || len(c.Argv) > 3 || len(c.Argv) == 3 && c.Argv[2].Text != "-z"}
			}
			return findExpression{}
		case "grep", "egrep", "rg", "head", "tail", "fzf":
			if args := r.argsOf(c); c.From < 0 && args.hasAny("-l", "--files-with-matches", "-L", "--files-without-match") && len(args.operands) > 1 {
				e := findExpression{narrowed: true}
				for _, i := range args.operands[1:] {
					e.places = append(e.places, args.words[i])
				}
				return e
			}
			filtered = true
			changed = changed || slices.ContainsFunc(c.Argv, func(w shellparse.Word) bool { return strings.HasPrefix(w.Text, "-") && strings.Contains(w.Text, "o") })
		case "awk", "sed":
			filtered, changed = true, true
		case "sort", "uniq":
		default:
			changed = true
		}
		at = c.From
	}
	return findExpression{}
}
