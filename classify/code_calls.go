package classify

import "strings"

// call adds the facts of one call, by the names that the languages' standard
// libraries and the most used packages have.
func (c *codeReader) call(k *call) {
	switch {
	case c.fileCall(k):
	case c.requestCall(k):
	case c.storeCall(k):
	case c.sdk != nil && c.sdkCall(k):
	default:
		c.printCall(k)
		c.handledCall(k)
	}
}

// handledCall adds what a call does to the files with credentials that it is
// given. One of which nothing is said reads them.
func (c *codeReader) handledCall(k *call) {
	for _, a := range k.args {
		_, value := c.keyword(a)
		f := fileFact{op: opRead, text: c.text(value), whole: true}
		if len(f.text) < 2 || strings.ContainsAny(f.text, " \n") || strings.Contains(f.text, "://") || !c.r.hidesContent(&f) {
			continue
		}
		if h := c.r.set.handlingOfCall(k.last); h != nil {
			f.op = h.Op
		}
		if f.op != opList {
			c.r.facts.files = append(c.r.facts.files, f)
		}
	}
}

// fileCall adds what a call does to files.
func (c *codeReader) fileCall(k *call) bool {
	op, recursive := fileOp(c.lang, k)
	place := 0
	if k.last == "array_map" { // PHP's way to go through a list
		if name, _ := c.arg(k, 0); name != "unlink" && name != "rmdir" {
			return false
		}
		op, place = opDelete, 1
	}
	switch op {
	case "":
		return false
	case opDelete:
		if value, ok := c.optionTokens(k, "recursive"); ok && value == "true" {
			recursive = true
		}
	case "open":
		if c.lang == "perl" {
			return c.perlOpen(k)
		}
		op = c.openMode(k)
	}
	text, ok := c.arg(k, place, "path", "file", "filename", "atPath", "at")
	if isMethodOfPath(k) || op == opDelete && k.on != "" && !c.hasOperand(k) {
		if k.on == "" && len(k.path) > 1 {
			return false
		}
		text, ok = k.on, true
	} else if c.listArg(k, place, op, recursive) {
		return true
	}
	if op == opDelete && !c.looped && (!ok || strings.HasSuffix(text, hole)) {
		c.looped = true
		dir, pattern := c.listed()
		if pattern != "" && !strings.Contains(pattern, hole) {
			c.r.addPath(op, pattern, recursive)
			return true
		}
		if !ok || strings.HasPrefix(text, hole) || strings.TrimSuffix(text, "/"+hole) == strings.TrimSuffix(dir, "/") {
			if c.r.addPath(op, dir, true); dir != "" {
				return true
			}
		}
	}
	if op == opRead && strings.Contains(text, "://") {
		return false
	}
	if op == opRead && !c.readsEach && strings.HasPrefix(text, hole) {
		c.readsEach = true
		if dir, _ := c.listed(); dir != "" {
			c.r.addPath(op, dir+"/x", false)
		}
	}
	if !ok || text == "" {
		return false
	}
	if op == opRead && c.sent(k.at) {
		c.sentFiles = append(c.sentFiles, len(c.r.facts.files))
	}
	c.r.addPath(op, text, recursive)
	if op == opDelete && (c.lang == "perl" || c.lang == "ruby") { // which take several
		for i := place + 1; i < len(k.args); i++ {
			if next, ok := c.arg(k, i); ok && next != "" {
				c.r.addPath(op, next, recursive)
			}
		}
	}
	return true
}

// perlOpen adds what open(F, ">", "path") or open(F, ">path") writes.
func (c *codeReader) perlOpen(k *call) bool {
	mode, _ := c.arg(k, 1)
	path := strings.TrimLeft(mode, "+> ")
	if len(k.args) > 2 {
		path, _ = c.arg(k, 2)
	}
	if path == "" || !strings.HasPrefix(strings.TrimLeft(mode, "+ "), ">") {
		return false
	}
	op := opWrite
	if strings.Contains(mode, ">>") {
		op = opAppend
	}
	c.r.addPath(op, path, false)
	return true
}

// readPosted adds what the code posts to another machine of files and of its
// environment.
func (c *codeReader) readPosted(requests []httpFact) {
	for i := range requests {
		f := &requests[i]
		if f.scope != scopePublic || strings.Contains(f.host, hole) {
			continue
		}
		for _, name := range c.sentNames {
			if c.r.wordSet("credential-names").inName(name) {
				c.r.sendValue(name, c.r.issuerOfVariable(name), true, f.host, f.path)
			}
		}
		for _, at := range c.sentFiles {
			if at < len(c.r.facts.files) {
				c.r.facts.files[at].op = opSend
			}
		}
	}
}

// hasOperand reports a call with an argument that is no option: the path is not
// the object that the method is called on.
func (c *codeReader) hasOperand(k *call) bool {
	for _, a := range k.args {
		if name, value := c.keyword(a); name == "" && !c.punct(value.start, "{") {
			return true
		}
	}
	return false
}

// listArg adds what a call does to each path of a list: FileUtils.rm_rf(["a", "b"]).
func (c *codeReader) listArg(k *call, place int, op string, recursive bool) bool {
	if place >= len(k.args) || op == "" {
		return false
	}
	open := k.args[place].start
	if !c.punct(open, "[") {
		return false
	}
	if c.match[open] <= open {
		return false
	}
	for _, a := range c.arguments(open+1, min(c.match[open], len(c.tokens))) {
		if text := c.text(a); text != "" {
			c.r.addPath(op, text, recursive)
		}
	}
	return true
}

// fileOp gives the operation of a call, "open" for one whose mode says it.
func fileOp(lang string, k *call) (op string, recursive bool) {
	module := ""
	if len(k.path) > 1 {
		module = k.path[len(k.path)-2]
	}
	switch k.last {
	case "rmtree", "rm_rf", "rm_r", "remove_tree", "remove_dir", "remove_entry", "remove_entry_secure", "rimraf", "rimrafSync",
		"emptyDir", "emptyDirSync", "deleteDirectory":
		return opDelete, true
	case "rmSync", "unlinkSync", "rmdirSync", "removeSync", "unlink", "rmdir", "removedirs", "rm_f":
		return opDelete, false
	case "remove", "rm", "delete":
		switch module {
		case "os", "fs", "fsp", "promises", "File", "FileUtils", "Deno", "Dir":
			return opDelete, false
		}
	case "del", "deleteAsync": // of the package del
		if module == "" && lang == "javascript" && len(k.args) > 0 {
			return opDelete, true
		}
	case "sync":
		if module == "rimraf" {
			return opDelete, true
		}
	case "open", "fopen", "open_text":
		if module == "" || module == "io" || module == "codecs" || module == "File" || module == "fs" || k.on != "" {
			return "open", false
		}
	case "readFileSync", "readFile", "readTextFile", "readTextFileSync", "file_get_contents", "readlines", "readfile",
		"read_text", "read_bytes", "dotenv_values", "createReadStream":
		return opRead, false
	case "read":
		if module == "File" || module == "IO" {
			return opRead, false
		}
	case "writeFileSync", "writeFile", "write_text", "write_bytes", "file_put_contents", "writeTextFile", "writeTextFileSync", "createWriteStream":
		return opWrite, false
	case "write", "binwrite":
		if module == "File" || module == "IO" {
			return opWrite, false
		}
	case "appendFileSync", "appendFile":
		return opAppend, false
	case "truncateSync", "truncate":
		if module == "fs" || module == "os" || module == "File" {
			return opTruncate, false
		}
	case "renameSync", "rename", "move", "mv", "moveSync":
		switch module {
		case "os", "fs", "fsp", "promises", "shutil", "FileUtils", "File", "fse":
			return opMove, true
		}
	case "chmod", "chmodSync", "chown", "chownSync":
		return opChmod, false
	}
	return "", false
}

// isMethodOfPath reports the methods of a path object, which has the name that
// elsewhere is the first argument.
func isMethodOfPath(k *call) bool {
	switch k.last {
	case "read_text", "read_bytes", "write_text", "write_bytes":
		return true
	case "unlink", "rmdir", "open", "chmod", "rename":
		return k.on != "" && len(k.path) >= 1 && k.path[0] != "os" && k.path[0] != "fs" && k.path[0] != "File"
	}
	return false
}

// openMode gives what a mode such as "r", "w+" or "ab" does.
func (c *codeReader) openMode(k *call) string {
	place := 1
	if isMethodOfPath(k) {
		place = 0
	}
	mode, _ := c.arg(k, place, "mode")
	switch {
	case strings.ContainsAny(mode, "wx>"):
		return opWrite
	case strings.Contains(mode, "a"):
		return opAppend
	}
	return opRead
}

// optionTokens gives an option's value as it is written.
func (c *codeReader) optionTokens(k *call, name string) (string, bool) {
	const maxTokens = 64
	for _, a := range k.args {
		for i := a.start; i+2 < a.end && i < a.start+maxTokens; i++ {
			if c.tokens[i].Text == name && (c.punct(i+1, ":") || c.punct(i+1, "=")) {
				return strings.ToLower(c.tokens[i+2].Text), true
			}
		}
	}
	return "", false
}
