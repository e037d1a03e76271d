package classify

import "strings"

// Databases have HTTP APIs too. What their requests carry is read as if a
// client had sent it.

// readStatements finds the statements in a request: SQL in a member of the
// body (Cloudflare D1, Turso, Supabase, Databricks), as the whole body or in
// the query (ClickHouse, QuestDB, InfluxDB), and commands of Redis in the path
// or in a JSON list (Upstash).
func (r *reader) readStatements(f *httpFact, body string) {
	s := sqlReader{}
	if body = strings.TrimSpace(body); startsSQL(body) {
		s.read(body)
	} else if strings.ContainsAny(body, `{["`) {
		for _, m := range jsonMembers(body) {
			if isStatementName(m.name) && startsSQL(m.value) {
				s.read(m.value)
			}
		}
	}
	for _, form := range [...]string{f.query, f.form} {
		if !takesStatements(f.path) {
			break
		}
		for _, name := range [...]string{"query", "q", "sql"} {
			if text, ok := formValue(form, name); ok && startsSQL(text) {
				s.read(text)
			}
		}
	}
	for _, fact := range s.facts {
		fact.host, fact.scope = f.host, f.scope
		r.facts.sqls = append(r.facts.sqls, fact)
	}
	if strings.HasSuffix(f.host, ".upstash.io") {
		r.readRedisAPI(f, body)
	}
}

// takesStatements reports the paths under which databases take statements in a
// query or a form; a search takes words.
func takesStatements(path string) bool {
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "", "query", "exec", "execute", "sql", "statement", "statements", "run":
		return true
	}
	return false
}

// isStatementName reports the names under which APIs take SQL.
func isStatementName(name string) bool {
	switch strings.ToLower(name) {
	case "sql", "query", "statement", "stmt", "q", "queries", "statements", "sqlstatement", "sql_text":
		return true
	}
	return false
}

// startsSQL reports a text that is a statement, and not words that begin as
// one does.
func startsSQL(text string) bool {
	const longest = 512
	if len(text) > longest {
		text = text[:longest]
	}
	if strings.HasPrefix(text, "--") || strings.HasPrefix(text, "/*") {
		return strings.Contains(text, ";") || strings.Contains(text, "*/")
	}
	fields := strings.Fields(strings.ToLower(text))
	if len(fields) < 2 {
		return false
	}
	second := strings.TrimRight(fields[1], ";")
	switch strings.TrimLeft(fields[0], "(") {
	case "delete":
		return second == "from"
	case "truncate":
		return second == "table" || len(fields) == 2
	case "update":
		return strings.Contains(strings.ToLower(text), " set ")
	case "insert", "merge", "replace":
		return second == "into"
	case "with":
		return strings.Contains(text, "(")
	case "begin":
		return strings.Contains(text, ";")
	case "select", "explain", "grant", "revoke":
		return true
	case "drop", "alter", "create":
		if len(fields) < 3 {
			return false
		}
		switch second {
		case "table", "database", "schema", "view", "index", "user", "role", "keyspace", "measurement", "materialized", "column",
			"type", "sequence", "function", "procedure", "trigger", "extension", "policy", "owned", "shard", "series", "or":
			return true
		}
	}
	return false
}

// readRedisAPI reads a command of Redis that is sent over HTTP: in the path
// (/set/key/value) or as a JSON list, or a list of such.
func (r *reader) readRedisAPI(f *httpFact, body string) {
	target := sqlTarget{host: f.host, scope: f.scope}
	path := strings.Split(strings.Trim(f.path, "/"), "/")
	switch {
	case path[0] != "" && path[0] != "pipeline" && path[0] != "multi-exec":
		r.redisCommand(path, &target)
	case strings.HasPrefix(body, "["):
		for list := range strings.SplitSeq(strings.Trim(body, "[] \n"), "],") {
			var words []string
			for word := range strings.SplitSeq(list, ",") {
				words = append(words, strings.Trim(word, "[] \t\r\n\""))
			}
			r.redisCommand(words, &target)
		}
	}
}
