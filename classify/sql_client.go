package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"

	"github.com/DataDog/go-sqllexer"
)

// An sqlClient says how a client is told what to run and where. Flags are
// separated by blanks.
type sqlClient struct {
	names  []string // of the program
	args   string   // operands in front: "d1 execute"
	dbms   sqllexer.DBMSType
	query  string // flags with SQL
	file   string // flags with a file of SQL
	host   string // flags with a host or a connection URI
	db     string // flags with a database
	values string // other flags that take a value
	// operands says what the operands are, in order: db, sql or -.
	operands string
	// optional are flags whose value, if any, is attached: mysql's -p.
	optional string
	// bundle reports that short flags bundle, as in -tAc.
	bundle bool
	// local reports a client of files on this machine.
	local bool
}

// sqlClients are the clients and their flags, as their manuals have them.
var sqlClients = [...]sqlClient{
	{names: []string{"psql", "pgcli"}, dbms: sqllexer.DBMSPostgres, query: "-c --command", file: "-f --file", host: "-h --host", db: "-d --dbname",
		values: "-U --username -p --port -v --set --variable -F -o --output -P --pset -R -T -L --log-file", operands: "db -", bundle: true},
	{names: []string{"cockroach"}, args: "sql", dbms: sqllexer.DBMSPostgres, query: "-e --execute", file: "-f --file", host: "--host --url", db: "-d --database", values: "-u --user -p --port --certs-dir"},
	{names: []string{"heroku"}, args: "pg:psql", dbms: sqllexer.DBMSPostgres, query: "-c --command", file: "-f --file", values: "-a --app", operands: "db"},
	{names: []string{"fly", "flyctl"}, args: "pg|postgres|mpg connect", dbms: sqllexer.DBMSPostgres, db: "-d --database", values: "-a --app -u --user"},
	{names: []string{"neonctl", "neon"}, args: "psql", dbms: sqllexer.DBMSPostgres, query: "-c --command", file: "-f --file", db: "--database-name", values: "--project-id --role-name", operands: "-"},
	{names: []string{"railway"}, args: "connect", dbms: sqllexer.DBMSPostgres, values: "-e --environment", operands: "-"},
	{names: []string{"gcloud"}, args: "sql connect", values: "--user --project", db: "--database", operands: "db"},
	{names: []string{"mysql", "mariadb", "mycli"}, dbms: sqllexer.DBMSMySQL, query: "-e --execute", host: "-h --host", db: "-D --database",
		values: "-u --user -P --port -S --socket --defaults-file --defaults-extra-file --init-command", optional: "-p", operands: "db", bundle: true},
	{names: []string{"wp"}, args: "db query", dbms: sqllexer.DBMSMySQL, operands: "sql"},
	{names: []string{"drush"}, args: "sqlq|sql:query|sql-query", dbms: sqllexer.DBMSMySQL, file: "--file", operands: "sql"},
	{names: []string{"sqlite3", "sqlite", "litecli"}, dbms: "", query: "-cmd", file: "-init", values: "-separator -nullvalue -newline -mmap", operands: "db sql sql sql", local: true},
	{names: []string{"duckdb"}, dbms: sqllexer.DBMSPostgres, query: "-c -s -cmd", file: "-f -init", operands: "db sql sql", local: true},
	{names: []string{"clickhouse-client", "clickhouse-local"}, dbms: sqllexer.DBMSMySQL, query: "-q --query", file: "--queries-file", host: "-h --host", db: "-d --database", values: "-u --user --password --port"},
	{names: []string{"clickhouse"}, args: "client|local", dbms: sqllexer.DBMSMySQL, query: "-q --query", file: "--queries-file", host: "-h --host", db: "-d --database", values: "-u --user --password --port"},
	{names: []string{"bq"}, args: "query", dbms: sqllexer.DBMSMySQL, db: "--project_id --dataset_id", values: "--location", operands: "sql"},
	{names: []string{"sqlcmd", "mssql-cli"}, dbms: sqllexer.DBMSSQLServer, query: "-Q -q", file: "-i", host: "-S", db: "-d", values: "-U -P -o -s -v -t -l"},
	{names: []string{"snowsql"}, dbms: sqllexer.DBMSSnowflake, query: "-q --query", file: "-f --filename", db: "-d --dbname", values: "-a --accountname -u -c -o -s -r -w"},
	{names: []string{"snow"}, args: "sql", dbms: sqllexer.DBMSSnowflake, query: "-q --query", file: "-f --filename", db: "--database", values: "-c --connection"},
	{names: []string{"wrangler"}, args: "d1 execute", query: "--command", file: "--file", values: "--env -e --config -c --persist-to", operands: "db"},
	{names: []string{"turso"}, args: "db shell", operands: "db sql"},
	{names: []string{"supabase"}, args: "db query|execute", dbms: sqllexer.DBMSPostgres, file: "-f --file", host: "--db-url", operands: "sql"},
	{names: []string{"prisma"}, args: "db execute", dbms: sqllexer.DBMSPostgres, file: "--file", host: "--url", values: "--schema"},
	{names: []string{"pscale"}, args: "shell|sql", dbms: sqllexer.DBMSMySQL, query: "-e --execute", values: "--org --role", operands: "db -"},
	{names: []string{"cqlsh"}, dbms: sqllexer.DBMSPostgres, query: "-e --execute", file: "-f --file", db: "-k --keyspace", values: "-u -p", operands: "host"},
	{names: []string{"trino", "presto"}, dbms: sqllexer.DBMSPostgres, query: "--execute", file: "-f --file", host: "--server", db: "--schema", values: "--catalog --user"},
	{names: []string{"hive", "spark-sql"}, dbms: sqllexer.DBMSMySQL, query: "-e", file: "-f", db: "--database"},
	{names: []string{"beeline"}, dbms: sqllexer.DBMSMySQL, query: "-e", file: "-f", host: "-u", values: "-n -p -d"},
	{names: []string{"impala-shell"}, dbms: sqllexer.DBMSMySQL, query: "-q", file: "-f", host: "-i", db: "-d"},
	{names: []string{"vsql"}, dbms: sqllexer.DBMSPostgres, query: "-c", file: "-f", host: "-h", db: "-d", values: "-U -w -p"},
	{names: []string{"usql"}, dbms: sqllexer.DBMSPostgres, query: "-c --command", file: "-f --file", operands: "host"},
	{names: []string{"influx"}, query: "-execute", host: "-host", db: "-database", values: "-port -username -password"},
	{names: []string{"aws"}, args: "rds-data|redshift-data *", dbms: sqllexer.DBMSPostgres, query: "--sql", db: "--database", values: "--resource-arn --secret-arn --cluster-identifier --workgroup-name --region --profile"},
	{names: []string{"aws"}, args: "athena start-query-execution", dbms: sqllexer.DBMSPostgres, query: "--query-string"},
	{names: []string{"gcloud"}, args: "spanner databases execute-sql", dbms: sqllexer.DBMSPostgres, query: "--sql", values: "--instance", operands: "db"},
	{names: []string{"sqlplus"}, dbms: sqllexer.DBMSOracle, operands: "- -"},
	{names: []string{"db2"}, dbms: sqllexer.DBMSDB2, file: "-f -tvf -tf", operands: "sql"},
}

// sqlClientOf finds the client that a command is.
func (r *reader) sqlClientOf() (client *sqlClient, rest []shellparse.Word) {
	words := r.cmd.Argv[1:]
	for i := range sqlClients {
		c := &sqlClients[i]
		if !contains(c.names, r.cmd.Name) {
			continue
		}
		rest = words
		matched := true
		for pattern, args := "", c.args; args != "" && matched; {
			pattern, args, _ = strings.Cut(args, " ")
			for len(rest) > 0 && strings.HasPrefix(rest[0].Text, "-") {
				rest = rest[1:]
			}
			if matched = len(rest) > 0 && matchWord(pattern, rest[0].Text); matched {
				rest = rest[1:]
			}
		}
		if matched {
			return c, rest
		}
	}
	return nil, nil
}

// hasField reports whether a word is one of those in a list with blanks.
func hasField(list, word string) bool {
	for list != "" {
		var field string
		field, list, _ = strings.Cut(list, " ")
		if field == word {
			return true
		}
	}
	return false
}

// readSQL finds the statements that the command has a database run.
func (r *reader) readSQL() {
	switch r.cmd.Name {
	case "redis-cli", "valkey-cli", "keydb-cli":
		r.readRedis()
		return
	case "mongosh", "mongo":
		r.readMongo()
		return
	}
	client, words := r.sqlClientOf()
	if client == nil {
		return
	}
	s := sqlReader{dbms: client.dbms, include: r.readText}
	target, told := r.sqlWords(client, words, &s)
	if !told {
		r.sqlStdin(&s)
	}
	for _, path := range s.included {
		r.addPath(opRead, path, false)
	}
	if client.local && (target.db == ":memory:" || target.db == "") {
		s.forget()
	}
	for _, f := range s.facts {
		f.host, f.scope, f.database = target.host, target.scope, target.db
		if f.object == "" {
			f.object = target.db
		}
		r.facts.sqls = append(r.facts.sqls, f)
	}
}

// forget drops the statements to a database that is only in memory, and ends
// with the client. One that opens a file has it act on that.
func (s *sqlReader) forget() {
	if s.attaches || slices.ContainsFunc(s.facts, func(f sqlFact) bool { return strings.HasPrefix(f.verb, ".") }) {
		return
	}
	s.facts = slices.DeleteFunc(s.facts, func(f sqlFact) bool {
		return f.verb != sqlShell && f.verb != sqlProgram && f.verb != sqlUnknown
	})
}

// sqlWords reads what the words of a client say: where, and what to run. It
// reports whether they say what to run.
func (r *reader) sqlWords(client *sqlClient, list []shellparse.Word, s *sqlReader) (target sqlTarget, told bool) {
	operands := client.operands
	w := words{list: list}
	for text, ok := w.next(); ok; text, ok = w.next() {
		if len(text) < 2 || text[0] != '-' {
			var kind string
			kind, operands, _ = strings.Cut(operands, " ")
			if kind == "db" && strings.Contains(text, "=") && !strings.Contains(text, "://") {
				kind = "host" // "host=… dbname=…"
			}
			switch kind {
			case "db":
				target.database(text)
			case "host":
				target.connection(text)
			case "sql":
				told = true
				s.read(text)
			}
			continue
		}
		name, value, attached := client.flag(text)
		known := func(flags string) bool { return hasField(flags, name) }
		switch {
		case known(client.query):
			told = true
			s.read(w.value(value, attached))
		case known(client.file):
			if path := w.value(value, attached); path != "-" {
				told = true
				s.includeFile(path)
			}
		case known(client.host):
			target.connection(w.value(value, attached))
		case known(client.db):
			target.database(w.value(value, attached))
		case known(client.values):
			w.value(value, attached)
		case name == "--remote":
			target.scope = scopePublic
		}
	}
	r.sqlDefaults(client, &target)
	return target, told
}

// flag takes --name=value and -nvalue apart; in a bundle such as -tAc the last
// letter has the value.
func (c *sqlClient) flag(text string) (name, value string, attached bool) {
	if text[1] == '-' {
		return strings.Cut(text, "=")
	}
	last := 1
	if c.bundle {
		last = len(text) - 1
	}
	if !c.hasValue(text) {
		for i := 1; i <= last; i++ {
			short := "-" + text[i:i+1]
			if hasField(c.optional, short) {
				return short, text[i+1:], true
			}
			if c.hasValue(short) && !c.exact() {
				return short, text[i+1:], i+1 < len(text)
			}
		}
	}
	return text, "", false
}

// hasValue reports the flags that take a value.
func (c *sqlClient) hasValue(name string) bool {
	for _, flags := range [...]string{c.query, c.file, c.host, c.db, c.values} {
		if hasField(flags, name) {
			return true
		}
	}
	return false
}

// exact reports the clients whose long flags have one dash: -csv is not -c sv.
func (c *sqlClient) exact() bool {
	return c.local || strings.Contains(" "+c.query, " -execute")
}

// sqlStdin reads what is fed to a client.
func (r *reader) sqlStdin(s *sqlReader) {
	switch {
	case r.cmd.Input != nil:
		s.read(r.cmd.Input.Text)
	case r.inputFile() != "":
		s.add(sqlFact{verb: sqlUnknown, text: "the file " + r.inputFile()})
	case r.cmd.From >= 0:
		s.add(sqlFact{verb: sqlUnknown, text: "the output of another command"})
	}
}

// An sqlTarget is the database that a client is connected to.
type sqlTarget struct {
	host, db, scope string
}

// connection takes over a host, a URI or a list of key=value.
func (t *sqlTarget) connection(text string) {
	switch {
	case strings.Contains(text, "://"):
		loc := splitURL(text)
		t.setHost(loc.host)
		if loc.path != "/" {
			t.db = strings.TrimPrefix(loc.path, "/")
		}
	case strings.Contains(text, "="):
		for _, pair := range strings.Fields(text) {
			switch name, value, _ := strings.Cut(pair, "="); name {
			case "host", "hostaddr":
				t.setHost(value)
			case "dbname":
				t.db = value
			}
		}
	default:
		host, _, _ := strings.Cut(strings.TrimPrefix(text, "tcp:"), ",")
		t.setHost(host)
	}
}

// database takes over the name of a database; some clients take a URI there.
func (t *sqlTarget) database(text string) {
	if strings.Contains(text, "://") || strings.Contains(text, "=") {
		t.connection(text)
		return
	}
	t.db = text
	if text == hole {
		t.scope = scopeUnknown // as in psql "$DATABASE_URL"
	}
}

func (t *sqlTarget) setHost(host string) {
	t.host = strings.ToLower(host)
	if t.scope = hostScope(t.host); strings.HasPrefix(host, "/") || host == "" {
		t.scope = scopeLoopback // a socket
	}
}

// sqlDefaults works out where a client goes that was not told.
func (r *reader) sqlDefaults(client *sqlClient, target *sqlTarget) {
	if target.scope != "" {
		return
	}
	if client.local {
		target.scope = scopeLoopback
		return
	}
	variable := ""
	switch client.dbms {
	case sqllexer.DBMSPostgres:
		variable = "PGHOST"
	case sqllexer.DBMSMySQL:
		variable = "MYSQL_HOST"
	}
	for i := range r.cmd.Assigns {
		if a := &r.cmd.Assigns[i]; variable != "" && a.Name == variable {
			target.setHost(a.Value.Text)
			return
		}
	}
	if host, ok := r.ctx.LookupEnv(variable); ok && variable != "" {
		target.setHost(host)
		return
	}
	target.scope = scopeUnknown
	switch client.names[0] {
	case "turso", "bq", "snowsql", "snow", "aws", "gcloud", "heroku", "pscale":
		target.scope = scopePublic
	case "wrangler":
		target.scope = scopeLoopback // without --remote it is the local copy
	case "psql", "mysql":
		if target.scope = scopeLoopback; r.cmd.Host != "" {
			target.setHost(r.cmd.Host)
		}
	}
}
