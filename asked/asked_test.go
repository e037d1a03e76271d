package asked

import (
	"os"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

func loadWords(t testing.TB) *Words {
	t.Helper()
	var file struct {
		Asked Words `toml:"asked"`
	}
	text, err := os.ReadFile("../rules/asked.toml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := toml.Decode(string(text), &file); err != nil {
		t.Fatal(err)
	}
	file.Asked.Fold()
	return &file.Asked
}

func TestExamples(t *testing.T) {
	for _, problem := range loadWords(t).Check() {
		t.Error(problem)
	}
}

// The acts that messages are held against.
var (
	testDatabase = &Act{Class: "db.destroy", Rule: "dropdb", Kind: "database", Name: "shop_test", Words: []string{"dropdb", "shop_test"}}
	anyDatabase  = &Act{Class: "db.destroy", Rule: "dropdb", Kind: "database", Name: "shop", Words: []string{"dropdb", "shop"}}
	prodDatabase = &Act{Class: "db.destroy", Rule: "dropdb", Kind: "database", Name: "shop_prod", Words: []string{"dropdb", "shop_prod"}}
	oldBranch    = &Act{Class: "git.destroy", Rule: "git-branch-delete", Kind: "branch", Name: "fix/login", Words: []string{"git", "branch", "-D", "fix/login"}}
	twoBranches  = &Act{Class: "git.destroy", Rule: "git-branch-delete", Kind: "branch", Name: "fix/login", Words: []string{"git", "branch", "-D", "fix/login", "fix/logout"}}
	forcePush    = &Act{Class: "git.destroy", Rule: "git-force-push", Kind: "branch", Name: "feature/x", Words: []string{"git", "push", "--force", "origin", "feature/x"}}
	forceMain    = &Act{Class: "git.destroy", Rule: "git-force-push-main", Kind: "branch", Name: "main", Words: []string{"git", "push", "--force", "origin", "main"}}
	resetOrigin  = &Act{Class: "git.destroy", Rule: "git-reset-hard", Kind: "commit", Name: "origin/main", Words: []string{"git", "reset", "--hard", "origin/main"}}
	usersTable   = &Act{Class: "db.destroy", Rule: "sql-drop-table", Kind: "table", Name: "users", Words: []string{"psql", "-c", "DROP TABLE users"}}
	ordersTable  = &Act{Class: "db.destroy", Rule: "sql-drop-table", Kind: "table", Name: "orders", Words: []string{"psql", "-c", "DROP TABLE orders"}}
	buildTree    = &Act{Class: "file.destroy", Rule: "delete-workspace", Kind: "path", Name: "/home/dev/shop/build", Words: []string{"rm", "-rf", "build"}}
	volume       = &Act{Class: "db.destroy", Rule: "docker-volume-destroy", Kind: "volume", Name: "3d2c42fb-5b1e", Words: []string{"docker", "volume", "rm", "3d2c42fb-5b1e"}}
	publishing   = &Act{Class: "publish", Rule: "package-publish", Kind: "package", Name: "left", Words: []string{"npm", "publish"}}
)

func TestAnswers(t *testing.T) {
	words := loadWords(t)
	for _, c := range []struct {
		messages []string
		act      *Act
		want     Answer
	}{
		{[]string{"drop the test database"}, testDatabase, Wanted},
		{[]string{"drop the test database"}, anyDatabase, Unsaid},
		{[]string{"drop the test database"}, prodDatabase, Unsaid},
		{[]string{"drop the database"}, prodDatabase, Unsaid},
		{[]string{"drop the prod database"}, prodDatabase, Wanted},
		{[]string{"drop the database shop_test"}, testDatabase, Wanted},
		{[]string{"drop the database shop_old"}, testDatabase, Unsaid},
		{[]string{"delete the old branch"}, oldBranch, Wanted},
		{[]string{"delete the branch fix/login"}, oldBranch, Wanted},
		{[]string{"delete the branch fix/login"}, twoBranches, Unsaid},
		{[]string{"delete the branch fix/logout"}, oldBranch, Unsaid},
		{[]string{"delete the old branch"}, forcePush, Unsaid},
		{[]string{"delete the old branch and check the database"}, testDatabase, Unsaid},
		{[]string{"check the database, then delete the old branch"}, testDatabase, Unsaid},
		{[]string{"delete the tags and the branches"}, oldBranch, Wanted},
		{[]string{"force push it"}, forcePush, Wanted},
		{[]string{"force push it"}, forceMain, Wanted},
		{[]string{"force-push to main"}, forceMain, Wanted},
		{[]string{"force-push to main"}, forcePush, Unsaid},
		{[]string{"push it"}, forcePush, Unsaid},
		{[]string{"reset to origin/main"}, resetOrigin, Wanted},
		{[]string{"reset to origin/dev"}, resetOrigin, Unsaid},
		{[]string{"discard my changes"}, resetOrigin, Wanted},
		{[]string{"drop the users table"}, usersTable, Wanted},
		{[]string{"drop the users table"}, ordersTable, Unsaid},
		{[]string{"drop table users"}, ordersTable, Unsaid},
		{[]string{"delete the build directory"}, buildTree, Wanted},
		{[]string{"delete build/"}, buildTree, Wanted},
		{[]string{"delete the directory"}, buildTree, Unsaid},
		{[]string{"fix the build and delete the cache directory"}, buildTree, Unsaid},
		{[]string{"fix the failing staging deploy"}, volume, Unsaid},
		{[]string{"look at the volume", "delete it"}, volume, Wanted},
		{[]string{"look at the volume and the branch", "delete it"}, volume, Unsaid},
		{[]string{"delete the volume 3d2c42fb"}, volume, Wanted},
		{[]string{"publish the package"}, publishing, Wanted},
		{[]string{"bump the version of the package"}, publishing, Unsaid},

		{[]string{"don't delete the branch"}, oldBranch, Unwanted},
		{[]string{"don't delete anything"}, oldBranch, Unwanted},
		{[]string{"tidy up, without deleting the branch"}, oldBranch, Unwanted},
		{[]string{"don't, whatever comes, delete the branch"}, oldBranch, Unwanted},
		{[]string{"delete the branch", "never mind"}, oldBranch, Unsaid},
		{[]string{"delete the branch", "stop"}, oldBranch, Unsaid},
		{[]string{"delete the branch", "yes, go on"}, oldBranch, Wanted},
		{[]string{"delete the branch", "now fix the tests"}, oldBranch, Unsaid},
		{[]string{"don't delete the branch", "now fix the tests"}, oldBranch, Unwanted},
		{[]string{"don't delete the branch", "ok, delete the branch"}, oldBranch, Wanted},
		{[]string{"delete the branch", "don't delete the branch"}, oldBranch, Unwanted},
		{[]string{"what happens if I delete the branch?"}, oldBranch, Unsaid},
		{[]string{"why did you delete the branch?"}, oldBranch, Unsaid},
		{[]string{"delete all branches except main"}, oldBranch, Unsaid},
		{[]string{"merge feature/delete-branch"}, oldBranch, Unsaid},

		{[]string{"lösche den alten Branch"}, oldBranch, Wanted},
		{[]string{"bitte den alten Branch löschen"}, oldBranch, Wanted},
		{[]string{"räum auf, ohne den Branch zu löschen"}, oldBranch, Unwanted},
		{[]string{"Lösche die Testdatenbank"}, testDatabase, Wanted},
		{[]string{"supprime l'ancienne branche"}, oldBranch, Wanted},
		{[]string{"ne supprime pas la branche"}, oldBranch, Unwanted},
		{[]string{"borra la rama vieja"}, oldBranch, Wanted},
		{[]string{"sin borrar la rama"}, oldBranch, Unwanted},
		{[]string{"no borres la rama"}, oldBranch, Unwanted},
		{[]string{"apague o branch no repositório"}, oldBranch, Wanted},
		{[]string{"apague o branch antigo"}, oldBranch, Wanted},
		{[]string{"não apague o branch"}, oldBranch, Unwanted},
		{[]string{"删除旧分支"}, oldBranch, Wanted},
		{[]string{"不要删除分支"}, oldBranch, Unwanted},
		{[]string{"古いブランチを削除して"}, oldBranch, Wanted},
		{[]string{"ブランチを削除しないで"}, oldBranch, Unwanted},
		{[]string{"удали старую ветку"}, oldBranch, Wanted},
		{[]string{"не удаляй ветку"}, oldBranch, Unwanted},
		{[]string{"ＤＥＬＥＴＥ the old branch"}, oldBranch, Wanted},
		{[]string{"LO\u0308SCHE den Branch"}, oldBranch, Wanted},
	} {
		var readings []*Reading
		for _, m := range c.messages {
			readings = append(readings, words.Read(m))
		}
		if got := words.Of(readings, c.act); got != c.want {
			t.Errorf("%q, %s %s: %v, not %v", c.messages, c.act.Rule, c.act.Name, got, c.want)
		}
	}
}

// A thing is named in the text of a statement as well as by a word of its own; the
// server that it is on need not be named, and another thing of the statement must.
func TestNamesInStatements(t *testing.T) {
	words := loadWords(t)
	for _, c := range []struct {
		says, statement, where string
		want                   Answer
	}{
		{"drop the table stock_count", "DROP TABLE stock_count", "", Wanted},
		{"drop the table stock_count", "DROP TABLE stock_count", "database: db.acme.example/shop", Wanted},
		{"drop the table stock_count", "DROP TABLE stock_count; DROP TABLE stock_price", "", Unsaid},
		{"drop the table stock_count", "DROP TABLE stock_price", "", Unsaid},
		{"do not drop the table stock_count", "DROP TABLE stock_count", "", Unwanted},
	} {
		name := strings.Fields(c.statement)[2]
		act := &Act{
			Class: "db.destroy", Rule: "sql-drop-table", Kind: "table", Name: strings.TrimSuffix(name, ";"), Where: c.where,
			Words: []string{"psql", "-h", "db.acme.example", "-c", c.statement},
		}
		if c.where == "" {
			act.Words = act.Words[:1:1]
			act.Words = append(act.Words, "-c", c.statement)
		}
		if got := words.Of([]*Reading{words.Read(c.says)}, act); got != c.want {
			t.Errorf("%q of %q: %v, not %v", c.says, c.statement, got, c.want)
		}
	}
}
