package classify

import (
	"strings"

	"restrain/code"
)

// This file reads which database code connects to, so that its statements weigh as
// those of a client do.

// database gives the one database that the code names; the zero value where it
// names none, or several.
func (c *codeReader) database() (found sqlTarget) {
	count := 0
	note := func(t sqlTarget) {
		if t.scope != "" && t != found {
			found = t
			count++
		}
	}
	for i := range c.tokens {
		switch t := &c.tokens[i]; t.Kind {
		case code.TokenString:
			if scheme, _, ok := strings.Cut(t.Text, "://"); ok && isDatabaseScheme(scheme) {
				var target sqlTarget
				target.connection(t.Text)
				note(target)
			}
		case code.TokenName:
			if isConnect(t.Text) && c.punct(i+1, "(") && c.match[i+1] > 0 {
				note(c.connected(i))
			}
		}
	}
	for i := range c.r.cmd.Assigns { // which settings read: DATABASE_URL=… manage.py shell
		if value := c.r.cmd.Assigns[i].Value.Text; count == 0 {
			if scheme, _, ok := strings.Cut(value, "://"); ok && isDatabaseScheme(scheme) {
				var target sqlTarget
				target.connection(value)
				note(target)
			}
		}
	}
	if count != 1 {
		return sqlTarget{}
	}
	return found
}

// connected is what connect(host="db", database="shop") or new Client({host: "db"})
// is told.
func (c *codeReader) connected(i int) (target sqlTarget) {
	k := call{args: c.arguments(i+2, min(c.match[i+1], len(c.tokens)))}
	if host, ok := c.option(&k, "host", "server", "hostname"); ok && host != "" {
		target.setHost(host)
	}
	if db, ok := c.option(&k, "database", "dbname", "db"); ok && target.scope != "" {
		target.db = db
	}
	return target
}

func isConnect(name string) bool {
	switch name {
	case "connect", "create_pool", "Client", "Pool", "createConnection", "createPool", "create_connection", "Redis", "StrictRedis", "MongoClient", "PDO", "mysqli":
		return true
	}
	return false
}

// isDatabaseScheme reports the schemes of databases, with or without a driver:
// postgresql+psycopg.
func isDatabaseScheme(scheme string) bool {
	name, _, _ := strings.Cut(scheme, "+")
	switch name {
	case "postgres", "postgresql", "mysql", "mysql2", "mariadb", "mssql", "oracle", "cockroachdb", "mongodb", "redis", "rediss", "clickhouse", "snowflake", "redshift":
		return true
	}
	return false
}

// placeStatements says of the code's statements, from one index on, where they run.
func (c *codeReader) placeStatements(facts []sqlFact) {
	if len(facts) == 0 {
		return
	}
	target := c.database()
	if target.scope == "" {
		return
	}
	for i := range facts {
		if f := &facts[i]; f.host == "" && f.scope == scopeUnknown {
			f.host, f.scope = target.host, target.scope
			if f.database == "" {
				f.database = target.db
			}
		}
	}
}
