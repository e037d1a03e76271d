package classify

import "strings"

// readFd reads fd's search for names: a pattern, then where.
func (r *reader) readFd() {
	where := "."
	if len(r.args.operands) > 1 {
		where = r.args.operand(1)
	}
	if extension, ok := r.args.value("-e", "--extension"); ok {
		r.searchNames("*."+extension, where, nil)
		return
	}
	if pattern := r.args.operand(0); pattern != "" {
		r.searchNames(pattern, where, nil)
	}
}

func (r *reader) searchNames(pattern, where string, unknown []string) {
	if pattern == "" {
		return
	}
	r.facts.searches = append(r.facts.searches, searchFact{
		what: searchNames, pattern: pattern, text: r.evidence(),
		where: fileFact{op: opList, text: where, unknown: unknown, recursive: true},
	})
}

// How grep and its recursive successors read their flags.
var (
	grepProgram = Program{Bundle: true, Values: []string{
		"-A", "-B", "-C", "-D", "-d", "-e", "-f", "-m", "--after-context", "--before-context", "--context",
		"--regexp", "--file", "--max-count", "--include", "--exclude", "--exclude-dir", "--label",
	}}
	rgProgram = Program{Bundle: true, Values: []string{
		"-A", "-B", "-C", "-E", "-M", "-T", "-d", "-e", "-f", "-g", "-j", "-m", "-r", "-t",
		"--after-context", "--before-context", "--context", "--regexp", "--file", "--max-count",
		"--max-depth", "--glob", "--iglob", "--type", "--type-not", "--replace", "--sort", "--sortr",
		"--threads", "--encoding", "--max-columns", "--max-filesize", "--color", "--colors", "--ignore", "--ignore-dir",
	}}
)

// readGrep reads a search for contents whose operands start at the nth: the
// pattern, unless a flag gives it, then the files.
func (r *reader) readGrep(p *Program, n int) {
	r.args.read(p, r.args.words)
	recursive := p == &rgProgram || n > 0 || r.args.hasAny("-r", "-R", "--recursive", "--dereference-recursive")
	var pattern string
	given := false
	limited := p == &rgProgram && r.args.hasAny("-t", "--type")
	for i := range r.args.flags {
		switch f := &r.args.flags[i]; f.name {
		case "-e", "--regexp":
			if given {
				pattern += "|"
			}
			pattern += f.value
			given = true
		case "-f", "--file":
			given = true
		case "--include", "-g", "--glob", "--iglob":
			limited = limited || isSourceFile(f.value)
		}
	}
	if !given {
		pattern = r.args.operand(n)
		n++
	}
	files := r.args.operands[min(n, len(r.args.operands)):]
	op := opRead
	if r.args.hasAny("-q", "--quiet", "--silent", "-c", "--count", "-l", "--files-with-matches", "-L", "--files") {
		op = opList
	}
	expanded, source := false, len(files) > 0
	for _, i := range files {
		w := r.args.words[i]
		r.addWord(op, w)
		expanded = expanded || w.Glob
		source = source && isSourceFile(w.Text)
	}
	if pattern == "" || !recursive && !expanded {
		return
	}
	search := searchFact{
		what: searchContents, pattern: pattern, text: r.evidence(),
		limited:    limited || source,
		ignoreCase: r.args.hasAny("-i", "--ignore-case"),
	}
	if len(files) > 0 {
		w := r.args.words[files[0]]
		search.where, search.alone = fileFact{text: w.Text, unknown: w.Unknown}, len(files) == 1
	}
	r.facts.searches = append(r.facts.searches, search)
}

// isSourceFile reports a name or glob of files that programmers write, in
// which "token" and "secret" are most often names in code.
func isSourceFile(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return false
	}
	switch strings.Trim(name[dot+1:], "{}") {
	case "ts", "tsx", "js", "jsx", "mjs", "cjs", "ts,tsx", "tsx,ts", "js,ts", "ts,js", "js,jsx", "ts,tsx,js,jsx",
		"vue", "svelte", "astro", "go", "rs", "py", "pyi", "rb", "java", "kt", "kts", "scala", "swift", "m", "mm",
		"c", "h", "cc", "cpp", "hpp", "cs", "fs", "php", "ex", "exs", "erl", "hs", "ml", "clj", "dart", "lua",
		"zig", "nim", "jl", "r", "pl", "css", "scss", "html", "md", "mdx", "rst", "txt", "sql", "proto", "graphql":
		return true
	}
	return false
}

// readPickaxe reads git log -S and -G, which search all that was ever committed.
func (r *reader) readPickaxe() {
	if r.args.operand(0) != "log" {
		return
	}
	for _, w := range r.args.words {
		for _, flag := range [...]string{"-S", "-G"} {
			if pattern, ok := strings.CutPrefix(w.Text, flag); ok && pattern != "" {
				r.facts.searches = append(r.facts.searches, searchFact{what: searchContents, pattern: pattern, limited: true, text: r.evidence()})
			}
		}
	}
}
