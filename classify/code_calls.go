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
		op = c.openMode(k)
	}
	text, ok := c.arg(k, place, "path", "file", "filename")
	if isMethodOfPath(k) {
		if k.on == "" && len(k.path) > 1 {
			return false
		}
		text, ok = k.on, true
	}
	if op == opDelete && !c.looped && (!ok || strings.HasSuffix(text, hole)) {
		c.looped = true
		dir := c.listed()
		if !ok || strings.HasPrefix(text, hole) || strings.TrimSuffix(text, "/"+hole) == strings.TrimSuffix(dir, "/") {
			c.r.addPath(op, dir, true)
		}
	}
	if op == opRead && strings.Contains(text, "://") {
		return false
	}
	if op == opRead && !c.readsEach && strings.HasPrefix(text, hole) {
		c.readsEach = true
		if dir := c.listed(); dir != "" {
			c.r.addPath(op, dir+"/x", false)
		}
	}
	if !ok || text == "" {
		return false
	}
	c.r.addPath(op, text, recursive)
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
	case "remove", "rm", "delete", "removeAll":
		switch module {
		case "os", "fs", "fsp", "promises", "fse", "File", "FileUtils", "Deno", "Dir":
			return opDelete, k.last == "removeAll"
		case "":
			if k.last == "rm" && lang == "julia" {
				return opDelete, false
			}
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

// storeCall adds the statements that a call has a database run.
func (c *codeReader) storeCall(k *call) bool {
	object := ""
	if len(k.path) > 1 {
		object = k.path[len(k.path)-2]
	}
	fact := sqlFact{object: object, text: c.source(k), scope: scopeUnknown}
	switch k.last {
	case "execute", "executemany", "executescript", "exec", "query", "queryRaw", "raw", "run", "prepare", "all", "get", "unsafe",
		"executeRaw", "executeRawUnsafe", "queryRawUnsafe", "mysqli_query", "pg_query", "select_all", "exec_query", "statement", "unprepared",
		"$executeRaw", "$executeRawUnsafe", "$queryRaw", "$queryRawUnsafe", "do":
		if len(k.args) == 0 {
			return false
		}
		text := c.text(k.args[len(k.args)-1])
		if k.last != "mysqli_query" && k.last != "pg_query" {
			text = c.text(k.args[0])
		}
		if first, _, _ := strings.Cut(strings.TrimSpace(text), " "); !isSQLVerb(first) {
			return false
		}
		s := sqlReader{}
		s.read(text)
		for _, f := range s.facts {
			f.scope = scopeUnknown
			c.r.facts.sqls = append(c.r.facts.sqls, f)
		}
		return true
	case "dropDatabase", "drop_database":
		fact.verb = "drop database"
		if object == "db" {
			fact.object = ""
		}
		if name, ok := c.arg(k, 0); ok && name != hole && name != "" {
			fact.object = name
		}
	case "drop", "drop_collection", "dropCollection", "drop_table", "dropTable", "drop_all":
		if len(k.path) == 1 && k.on == "" {
			return false
		}
		fact.verb = "drop table"
	case "deleteMany", "delete_many", "remove", "delete_all", "destroy_all":
		if k.last == "remove" && (len(k.path) < 2 || k.path[0] != "db") {
			return false
		}
		fact.verb, fact.where = "delete", c.hasFilter(k)
	case "updateMany", "update_many", "update_all":
		fact.verb, fact.where = "update", c.hasFilter(k)
	case "delete":
		if !c.ofAll(k) {
			return false
		}
		fact.verb = "delete"
	case "flushall", "flushdb", "flushAll", "flushDb", "FLUSHALL", "FLUSHDB":
		fact.verb = strings.ToLower(k.last)
	default:
		return false
	}
	if k.on != "" && (object == "" || len(k.path) == 1) {
		fact.object = k.on // db.getCollection("users").drop()
	}
	c.r.facts.sqls = append(c.r.facts.sqls, fact)
	return true
}

// ofAll reports a method that is called on all there is: objects.all().delete().
func (c *codeReader) ofAll(k *call) bool {
	at := k.at - 2 // in front of the dot
	if !c.punct(k.at-1, ".") || !c.punct(at, ")") || c.match[at] != at-1 {
		return false
	}
	return c.isName(at-2) && c.tokens[at-2].Text == "all" && c.punct(at-3, ".")
}

// isSQLVerb reports the first words of the statements that matter in code.
func isSQLVerb(word string) bool {
	if startsStatement(word) {
		return true
	}
	switch strings.ToLower(word) {
	case "with", "copy", "do", "replace", "revoke", "begin;", "vacuum", "pragma":
		return true
	}
	return false
}

// hasFilter reports a filter that is not empty: deleteMany({a: 1}).
func (c *codeReader) hasFilter(k *call) bool {
	if len(k.args) == 0 {
		return false
	}
	a := k.args[0]
	if name, value := c.keyword(a); name == "where" {
		a = value
	}
	if !c.punct(a.start, "{") {
		return a.end > a.start
	}
	inner := span{a.start + 1, min(c.match[a.start], a.end)}
	if name, value := c.keyword(inner); name == "where" && c.punct(value.start, "{") {
		return c.match[value.start] > value.start+1
	}
	return inner.end > inner.start
}
