package classify

import (
	"strings"

	"restrain/shellparse"
)

// A findExpression is what find's words say about which files it finds.
type findExpression struct {
	places []shellparse.Word // where it looks
	names  []string          // the patterns that a name has to fit
	// narrowed reports that it does not find everything below its places.
	narrowed, deletes bool
}

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
	excluded := false
	term, group := 0, 0 // where the names of the current term, of the parentheses, start
	pruned := false     // the term says what not to look into
	for ; i < len(words); i++ {
		switch text := words[i].Text; text {
		case "!", "-not":
			excluded = true
			continue
		case "(":
			group = len(e.names)
		case ")":
			term = group
		case "-prune":
			pruned = true
		case "-exec", "-execdir", "-ok", "-okdir", "-print", "-print0":
			pruned = false
		case "-o", "-or":
			e.narrowed = false
			if pruned {
				e.names, pruned = e.names[:term], false
			}
			term = len(e.names)
		case "-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-lname":
			if i+1 < len(words) && !excluded {
				i++
				e.names = append(e.names, words[i].Text)
				e.narrowed = e.narrowed || !namesEverySource(words[i].Text)
			}
		case "-type", "-maxdepth", "-mindepth":
			i++
		case "-mtime", "-mmin", "-size", "-newer", "-user", "-perm", "-atime", "-ctime", "-empty":
			e.narrowed = e.narrowed || !excluded
		case "-delete":
			e.deletes, pruned = true, false
		}
		excluded = false
	}
	return e
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
		e := r.listed()
		r.deletesFound(&e, false)
		return
	}
	if n == 0 {
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
		if f := &r.facts.files[i]; (f.op == opDelete || f.op == opTruncate || f.op == opRead) && strings.HasPrefix(f.text, hole) && len(f.unknown) > 0 {
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
	case "find":
		e = readExpression(w.Args)
	case "xargs", "parallel":
		e = r.listed()
	}
	if op == opDelete {
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

// listed gives what the commands in front of xargs list.
func (r *reader) listed() findExpression {
	at, filtered := r.cmd.From, false
	for range maxStages {
		if at < 0 || at >= len(r.script.Commands) {
			break
		}
		c := &r.script.Commands[at]
		if len(c.Argv) == 0 {
			break
		}
		switch c.Name {
		case "find", "gfind":
			e := readExpression(c.Argv[1:])
			e.narrowed = e.narrowed || filtered
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
		case "grep", "egrep", "rg", "head", "tail", "awk", "sed", "fzf":
			filtered = true
		}
		at = c.From
	}
	return findExpression{}
}
