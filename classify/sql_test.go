package classify

import (
	"strings"
	"testing"

	"restrain/shellparse"

	"github.com/DataDog/go-sqllexer"
)

// describeSQL writes statements in short: verb, object, whether they are limited.
func describeSQL(list []sqlFact, scope bool) string {
	var out []string
	for _, f := range list {
		text := f.verb
		if f.object != "" {
			text += " " + f.object
		}
		if f.where {
			text += " where"
		}
		if scope {
			text += " @" + f.host + " " + f.scope
		}
		out = append(out, strings.ReplaceAll(text, hole, "□"))
	}
	return strings.Join(out, "; ")
}

func TestSQLStatements(t *testing.T) {
	const pg, my, ms = sqllexer.DBMSPostgres, sqllexer.DBMSMySQL, sqllexer.DBMSSQLServer
	for _, tt := range []struct {
		dbms       sqllexer.DBMSType
		text, want string
	}{
		{pg, "SELECT * FROM users WHERE id = 1", "select users where"},
		{pg, "drop table users", "drop table users"},
		{pg, "DROP TABLE IF EXISTS a, \"b\".\"c\" CASCADE;", "drop table a; drop table b.c"},
		{pg, "DROP DATABASE app", "drop database app"},
		{pg, "drop materialized view v", "drop view v"},
		{pg, "DROP TEMP TABLE x", "drop temp table x"},
		{pg, "DROP OWNED BY bo", "drop owned bo"},
		{pg, "DROP/**/TABLE x", "drop table x"},
		{pg, "TRUNCATE users, orders RESTART IDENTITY", "truncate users; truncate orders"},
		{pg, "truncate table only users", "truncate users"},
		{pg, "DELETE FROM users", "delete users"},
		{pg, "DELETE FROM users WHERE id=1", "delete users where"},
		{pg, "DELETE FROM users WHERE 1=1", "delete users"},
		{pg, "DELETE FROM users WHERE id > 0", "delete users"},
		{pg, "DELETE FROM users WHERE users.id >= 1", "delete users"},
		{pg, "DELETE FROM users WHERE id <> -1", "delete users"},
		{pg, "DELETE FROM users WHERE email IS NOT NULL", "delete users"},
		{pg, "DELETE FROM users WHERE email LIKE '%'", "delete users"},
		{pg, "DELETE FROM users WHERE 1=1 AND id > 0", "delete users"},
		{pg, "DELETE FROM users WHERE id > 0 AND age > 90", "delete users where"},
		{pg, "DELETE FROM users WHERE amount > 0", "delete users where"},
		{pg, "DELETE FROM users WHERE (true)", "delete users"},
		{pg, "WITH d AS (DELETE FROM users WHERE id = 1 RETURNING id) SELECT * FROM d", "delete shown users where; select d"},
		{pg, "WITH d AS (DELETE FROM users WHERE id = 1 RETURNING id) INSERT INTO a SELECT * FROM d", "delete users where; insert a"},
		{ms, "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE", "merge delete a"},
		{ms, "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN UPDATE SET c = 1", "merge a"},
		{pg, "DELETE FROM users USING (SELECT 1 WHERE x=2) s", "delete users"},
		{pg, "UPDATE users SET a = 1", "update users"},
		{pg, "UPDATE users SET a = (SELECT 1 WHERE true) WHERE id = 2", "update users where"},
		{pg, "ALTER TABLE users DROP COLUMN email", "alter drop users"},
		{pg, "ALTER TABLE users DROP CONSTRAINT c", "alter drop constraint users"},
		{pg, "ALTER TABLE users ALTER COLUMN a DROP NOT NULL", "alter drop not users"},
		{pg, "ALTER TABLE users ADD COLUMN a int", "alter table users"},
		{pg, "ALTER ROLE bo SUPERUSER", "alter role bo"},
		{pg, "GRANT ALL ON users TO bo", "grant users"},
		{pg, "COPY users TO PROGRAM 'curl x'", "program users"},
		{pg, "COPY (SELECT 1) TO '/tmp/x'", "copy to"},
		{pg, "\\copy users to 'x.csv'", "copy to users"},
		{pg, "WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone", "delete users; select gone"},
		{pg, "EXPLAIN DELETE FROM users", "explain"},
		{pg, "EXPLAIN ANALYZE DELETE FROM users", "delete users"},
		{pg, "DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$", "do; execute; drop table x; end"},
		{pg, "BEGIN; DELETE FROM a; COMMIT", "begin; delete a; commit"},
		{pg, "BEGIN; DELETE FROM a; DROP TABLE b; ROLLBACK;", "begin; rolled back delete a; rolled back drop table b; rollback"},
		{pg, "BEGIN; DELETE FROM a; COMMIT; BEGIN; ROLLBACK", "begin; delete a; commit; begin; rollback"},
		{pg, "BEGIN; DELETE FROM a; ROLLBACK TO s", "begin; delete a; rollback"},
		{my, "BEGIN; DROP TABLE a; ROLLBACK", "begin; drop table a; rollback"},
		{pg, "CREATE TABLE IF NOT EXISTS a (id int); INSERT INTO a VALUES (1)", "create table a; insert a"},
		{pg, "CREATE OR REPLACE TABLE a AS SELECT 1", "create or replace table a"},
		{pg, "INSERT INTO log VALUES ('DROP TABLE users; TRUNCATE a')", "insert log"},
		{pg, "SELECT 'x'; -- DROP TABLE a\n/* TRUNCATE b; */ SELECT 2", "select; select"},
		{pg, "SELECT 'it''s'; DROP TABLE a", "select; drop table a"},
		{pg, `SELECT 'a\'; DROP TABLE a; --'`, "select; drop table a"},
		{my, `SELECT 'a\'; DROP TABLE a; --'`, "select"},
		{my, "DROP TABLE `a`.`b`", "drop table a.b"},
		{my, "/*!50000 DROP TABLE a */", "drop table a"},
		{my, "SELECT 1 # DROP TABLE a\n; DELETE FROM b LIMIT 1", "select; delete b where"},
		{my, "SELECT * FROM a INTO OUTFILE '/x'", "select into outfile a"},
		{ms, "DROP TABLE [dbo].[a]\nGO\nSELECT 1", "drop table dbo.a; select"},
		{ms, "EXEC xp_cmdshell 'dir'", "program"},
		{ms, "EXEC('DROP TABLE a')", "exec; drop table a"},
		{"", "DELETE FROM `a`", "delete a"},
		{"", ".tables\n.shell rm -rf x\nDROP TABLE a;", ".tables; shell rm -rf x; drop table a"},
		{pg, "\\! rm -rf x", "shell rm -rf x"},
		{pg, "SELECT 1\x00; DROP TABLE a", "select; drop table a"},
		{pg, "SELECT \"oops; DROP TABLE a", "select; drop table a"},
		{pg, "SELECT 'oops; DROP TABLE a", "select; drop table a"},
		{pg, "SELECT $ ; DROP TABLE a", "select; drop table a"},
		{pg, "DROP TABLE □", "drop table □"},
		{pg, "□", "unknown"},
		{pg, "DELETE FROM □ WHERE id = □", "delete □ where"},
		{pg, "", ""},
		{pg, strings.Repeat("(", 100_000), ""},
	} {
		s := sqlReader{dbms: tt.dbms}
		s.read(strings.ReplaceAll(tt.text, "□", hole))
		if got := describeSQL(s.facts, false); got != tt.want {
			t.Errorf("%s: %.80q\n got %s\nwant %s", tt.dbms, tt.text, got, tt.want)
		}
	}
}

func TestSQLClients(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`psql -c 'DROP TABLE a'`, "drop table a @ loopback"},
		{`psql -tAc 'DROP TABLE a' app`, "drop table a @ loopback"},
		{`psql app -c'DROP TABLE a'`, "drop table a @ loopback"},
		{`psql --command='DROP TABLE a' -h db.example.com`, "drop table a @db.example.com public"},
		{`psql postgres://bo:x@db.example.com/app -c 'DELETE FROM a'`, "delete a @db.example.com public"},
		{`psql postgres://bo:x@localhost/app -c 'BEGIN'`, "begin app @localhost loopback"},
		{`psql 'host=db.internal dbname=app' -c 'TRUNCATE a'`, "truncate a @db.internal private"},
		{`psql $DATABASE_URL -c 'TRUNCATE a'`, "truncate a @ unknown"},
		{`psql -c $SQL`, "unknown @ loopback"},
		{`psql -f drop.sql`, "drop table b @ loopback"},
		{`psql -f more.sql`, "drop table b @ loopback; select @ loopback"},
		{`psql -f gone.sql`, "unknown @ loopback"},
		{`psql -U bo -p 5433 -l`, ""},
		{`mysql -uroot -psecret -h db -e 'DROP DATABASE app'`, "drop database app @db private"},
		{`mysql app --execute='DELETE FROM a'`, "delete a @ loopback"},
		{`mariadb -D app -e 'FLUSH TABLES'`, "flush TABLES @ loopback"},
		{`sqlite3 app.db 'DELETE FROM a'`, "delete a @ loopback"},
		{`sqlite3 -header app.db 'SELECT * FROM a'`, "select a @ loopback"},
		{`duckdb app.db -c 'DROP TABLE a'`, "drop table a @ loopback"},
		{`sqlite3 :memory: 'CREATE TABLE a(b); DELETE FROM a'`, ""},
		{`sqlite3 :memory: 'ATTACH "app.db" AS b; DROP TABLE b.c'`, "drop table b.c @ loopback"},
		{`duckdb -c 'CREATE TABLE t AS SELECT 1; DROP TABLE t'`, ""},
		{`sqlite3 :memory: '.shell rm -r x'`, "shell rm -r x @ loopback"},
		{`cockroach sql -e 'DROP TABLE a' --host db.example.com`, "drop table a @db.example.com public"},
		{`clickhouse-client -h ch.example.com -q 'TRUNCATE TABLE a'`, "truncate a @ch.example.com public"},
		{`clickhouse client --query 'ALTER TABLE a DELETE WHERE 1'`, "delete a @ unknown"},
		{`bq query --use_legacy_sql=false 'DELETE FROM a.b WHERE true'`, "delete a.b @ public"},
		{`sqlcmd -S db.example.com -Q 'DROP TABLE a'`, "drop table a @db.example.com public"},
		{`snowsql -q 'DROP SCHEMA a'`, "drop schema a @ public"},
		{`wrangler d1 execute app --command 'DROP TABLE a'`, "drop table a @ loopback"},
		{`wrangler d1 execute app --remote --command 'DROP TABLE a'`, "drop table a @ public"},
		{`wrangler d1 list`, ""},
		{`turso db shell app 'DROP TABLE a'`, "drop table a @ public"},
		{`supabase db query 'DROP TABLE a'`, "drop table a @ unknown"},
		{`heroku pg:psql -a app -c 'DROP TABLE a'`, "drop table a @ public"},
		{`aws rds-data execute-statement --resource-arn arn:aws:x --sql 'DROP TABLE a'`, "drop table a @ public"},
		{`redis-cli FLUSHALL`, "flushall @ loopback"},
		{`redis-cli -h cache.example.com -n 2 del key`, "del key @cache.example.com public"},
		{`redis-cli eval 'redis.call("FLUSHDB")' 0`, "flushdb @ loopback; eval @ loopback"},
		{`mongosh mongodb+srv://bo:x@c.example.com/app --eval 'db.dropDatabase()'`, "drop database app @c.example.com public"},
		{`mongosh app --eval 'db.users.deleteMany({})'`, "delete users @ loopback"},
		{`mongosh app --eval 'db.users.deleteMany({a: 1})'`, "delete users where @ loopback"},
		{`mongosh app --eval 'db.users.drop()'`, "drop table users @ loopback"},
		{`mongosh app --eval 'db.getCollection("users").drop()'`, "drop table users @ loopback"},
		{`mongosh app --eval 'db.users.find({note: "db.users.drop()"})'`, ""},
		{`echo 'DROP TABLE a'`, ""},
		{`grep -rn 'DROP TABLE' .`, ""},
	} {
		r := readerOf(command(split(tt.line)...))
		r.readSQL()
		if got := describeSQL(r.facts.sqls, true); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.line, got, tt.want)
		}
	}
}

func TestSQLFromStdin(t *testing.T) {
	word := shellparse.Word{Text: "DROP TABLE a;"}
	fed := command("psql", "app")
	fed.Input = &word
	reader := readerOf(fed)
	reader.readSQL()
	if got := describeSQL(reader.facts.sqls, false); got != "drop table a" {
		t.Errorf("input: got %s", got)
	}
	c := command("psql", "app")
	c.From = 0
	r := readerOf(c)
	r.readSQL()
	if got := describeSQL(r.facts.sqls, false); got != "unknown app" {
		t.Errorf("pipe: got %s", got)
	}
}

func FuzzSQL(f *testing.F) {
	f.Add("DROP TABLE a; SELECT 'x", "postgresql")
	f.Add("/*!50000 DROP TABLE a */", "mysql")
	f.Add("DO $$ BEGIN EXECUTE 'x'; END $$", "")
	f.Fuzz(func(t *testing.T, text, dbms string) {
		s := sqlReader{dbms: sqllexer.DBMSType(dbms)}
		s.read(text)
		for _, fact := range s.facts {
			if fact.verb == "" {
				t.Errorf("%q: a statement without a verb: %+v", text, fact)
			}
		}
	})
}
