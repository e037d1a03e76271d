package classify

import "strings"

// This file reads what code has a database do.

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
		"$executeRaw", "$executeRawUnsafe", "$queryRaw", "$queryRawUnsafe", "do", "sql", "executeUpdate", "executeQuery",
		"Exec", "ExecContext", "Query", "QueryContext", "QueryRow", "MustExec", "Raw", "ExecuteNonQuery",
		"dbExecute", "dbSendQuery", "dbSendStatement", "dbGetQuery":
		return c.statements(k)
	case "dropDatabase", "drop_database", "drop_current", "purge_current":
		fact.verb = "drop database"
		if object == "db" {
			fact.object = ""
		}
		if name, ok := c.arg(k, 0); ok && name != hole && name != "" {
			fact.object = name
		}
	case "drop":
		if len(k.path) == 1 && k.on == "" && c.separator(k.at) == k.at || c.frames && len(k.args) > 0 {
			return false // a column of a data frame
		}
		if n, ok := c.arg(k, 0); ok && n != "" && strings.Trim(n, "0123456789") == "" {
			return false // the first of a list
		}
		fact.verb = "drop table"
	case "drop_collection", "dropCollection", "drop_table", "dropTable", "drop_all", "dropTableIfExists", "dropIfExists", "dropAllTables":
		if len(k.path) == 1 && k.on == "" && c.separator(k.at) == k.at {
			return false
		}
		fact.verb = "drop table"
		if name, ok := c.arg(k, 0); ok && k.last != "drop_all" && !strings.Contains(name, hole) && name != "" {
			fact.object = name
		}
	case "dropSchema", "dropSchemaIfExists", "drop_schema":
		fact.verb = "drop schema"
	case "sync", "synchronize": // makes the tables of the models anew
		value, _ := c.optionTokens(k, "force")
		if k.last == "synchronize" && len(k.args) == 1 && k.args[0].start < len(c.tokens) {
			value = c.tokens[k.args[0].start].Text
		}
		if value != "true" {
			return false
		}
		fact.verb = "drop table"
	case "deleteMany", "delete_many", "remove", "delete_all", "destroy_all":
		if k.last == "remove" && (len(k.path) < 2 || k.path[0] != "db") {
			return false
		}
		fact.verb, fact.where = "delete", c.hasFilter(k) || c.picked(k)
	case "updateMany", "update_many", "update_all":
		fact.verb, fact.where = "update", c.hasFilter(k) || c.picked(k)
	case "destroy": // of Sequelize
		value, _ := c.optionTokens(k, "truncate")
		if c.lang != "javascript" || len(k.args) != 1 || !c.punct(k.args[0].start, "{") || value != "true" && c.hasFilter(k) {
			return false
		}
		fact.verb = "delete"
	case "clear": // of TypeORM
		if !c.inChain(k, "getRepository") || len(k.args) > 0 {
			return false
		}
		fact.verb = "truncate"
	case "delete", "del", "truncate":
		if k.last == "delete" && c.lang == "python" && c.picked(k) && c.inChain(k, "objects") { // of Django
			fact.verb, fact.where = "delete", true
			break
		}
		whole, name := c.ofWhole(k)
		if !whole {
			return false
		}
		if fact.verb = k.last; k.last == "del" {
			fact.verb = "delete"
		}
		if name != "" {
			fact.object = name
		}
		c.r.facts.sqls = append(c.r.facts.sqls, fact)
		return true
	case "flushall", "flushdb", "flushAll", "flushDb", "FLUSHALL", "FLUSHDB", "FlushAll", "FlushDB":
		fact.verb = strings.ToLower(k.last)
	default:
		return false
	}
	if k.on != "" && (object == "" || len(k.path) == 1) && fact.object == object {
		fact.object = k.on // db.getCollection("users").drop()
	}
	c.r.facts.sqls = append(c.r.facts.sqls, fact)
	return true
}

// statements adds the statements that a call is given as text: the first of its
// arguments that is one, or an option.
func (c *codeReader) statements(k *call) bool {
	const maxArgs = 3
	for i := range k.args[:min(maxArgs, len(k.args))] {
		if c.addStatements(c.text(k.args[i])) {
			return true
		}
	}
	text, ok := c.option(k, "text", "sql", "query", "statement")
	return ok && c.addStatements(text)
}

func (c *codeReader) addStatements(text string) bool {
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
}

// ofWhole reports a method that is called on all rows of a table, and the
// table's name: objects.all().delete(), knex("users").del(), User::truncate().
func (c *codeReader) ofWhole(k *call) (whole bool, table string) {
	if len(k.args) > 0 && !c.isOption(k.args[0]) || c.filtered(k) {
		return false, ""
	}
	end := c.separator(k.at) - 1
	if end == k.at-1 || !c.punct(end, ")") || c.match[end] <= 0 || !c.isName(c.match[end]-1) {
		return k.last == "truncate" && len(k.path) == 2 && isUpper(k.path[0][0]) && (c.lang == "javascript" || c.lang == "php"), ""
	}
	open := c.match[end]
	of := c.tokens[open-1].Text
	switch args := c.arguments(open+1, end); {
	case of == "all" && len(args) == 0 && c.punct(open-2, "."):
		return k.last == "delete", ""
	case of == "query" && len(args) == 0:
		return c.lang == "php", ""
	case len(args) != 1:
	case of == "table" || of == "from" || of == "from_" || of == "query" || of == "knex" || of == "db" || of == "trx":
		if table = c.text(args[0]); strings.Contains(table, hole) {
			table = ""
		}
		return true, table
	}
	return false, ""
}

// inChain reports a name in the chain of calls in front.
func (c *codeReader) inChain(k *call, name string) bool {
	for i := c.chainStart(k.at); i < k.at; i++ {
		if c.isName(i) && c.tokens[i].Text == name {
			return true
		}
	}
	return contains(k.path, name)
}

// picked reports that the chain of calls in front picks rows:
// User.where(id: 1).delete_all.
func (c *codeReader) picked(k *call) bool {
	for i := c.chainStart(k.at); i < k.at; i++ {
		if c.isName(i) && c.punct(i+1, "(") && c.match[i+1] > i+2 {
			switch c.tokens[i].Text {
			case "where", "filter", "filter_by", "find", "find_by", "limit", "not", "in_", "rewhere", "exclude":
				return true
			}
		}
	}
	return false
}

// isOption reports an argument that picks no rows: {cascade: true}, commit=False.
func (c *codeReader) isOption(a span) bool {
	name, _ := c.keyword(a)
	return name != "" || c.punct(a.start, "{")
}

// filtered reports that the chain of calls goes on with one that picks rows:
// delete().eq("id", 1). One that picks all but one is none.
func (c *codeReader) filtered(k *call) bool {
	const maxLinks = 8
	i := k.at
	for ; c.isName(i) && c.punct(i+1, "."); i += 2 {
	}
	for range maxLinks {
		for !c.punct(i, "(") {
			if !c.isName(i) && !c.punct(i, ":") && !c.punct(i, "-") && !c.punct(i, ">") {
				return false
			}
			i++
		}
		if c.match[i] <= i || c.match[i] >= len(c.tokens) {
			return false
		}
		i = c.match[i] + 1
		next := i
		for c.punct(next, ".") || c.punct(next, "-") || c.punct(next, ">") {
			next++
		}
		if next == i || !c.isName(next) {
			return false
		}
		switch c.tokens[next].Text {
		case "eq", "in", "in_", "match", "lt", "lte", "like", "ilike", "contains", "filter", "or", "where", "whereIn", "textSearch", "overlaps":
			return true
		}
		i = next
	}
	return true
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
