package shellparse

import "strings"

// OtherLanguage is the language of code that nobody reads: what it does is seen
// when it does it, and of its text only what it is told to destroy.
const OtherLanguage = "other"

// interpreter is the language that a program reads code in; empty when it is
// no interpreter. Shells are not meant.
func interpreter(name string) string {
	switch name {
	case "python", "python2", "python3", "pypy", "pypy3", "ipython", "ipython3":
		return "python"
	case "node", "nodejs", "deno", "bun", "tsx", "ts-node", "mongosh", "mongo":
		return "javascript"
	case "ruby", "jruby":
		return "ruby"
	case "perl", "perl5":
		return "perl"
	case "php":
		return "php"
	case "awk", "gawk", "mawk", "nawk":
		return "awk"
	case "sed", "gsed":
		return "sed"
	case "lua", "luajit", "Rscript", "R", "littler", "julia", "elixir", "iex", "erl", "escript", "groovy", "groovysh", "scala", "scala-cli", "amm",
		"jshell", "kotlin", "kotlinc", "clojure", "clj", "bb", "emacs", "emacsclient", "sbcl", "guile", "racket", "crystal", "dart", "swift", "cmake",
		"csharp", "csi", "dotnet-script", "ghc", "ghci", "runhaskell", "runghc", "ocaml", "octave", "matlab", "rust-script", "java",
		"tclsh", "wish", "expect", "jimsh", "osascript":
		return OtherLanguage
	case "psql", "mysql", "mariadb", "sqlite3", "duckdb", "sqlcmd", "clickhouse-client", "cockroach", "usql", "pgcli", "mycli", "litecli":
		return "sql"
	}
	if rest, ok := strings.CutPrefix(name, "python3."); ok && strings.Trim(rest, "0123456789t") == "" {
		return "python"
	}
	return ""
}

// language is the language of the code that a command runs: an interpreter's, or
// that of a compiler which runs what it has compiled; empty when it runs none.
func language(c *Command) string {
	sub := ""
	if len(c.Argv) > 1 {
		sub = c.Argv[1].Text
	}
	switch c.Name {
	case "go", "zig":
		if sub == "run" {
			return OtherLanguage
		}
	case "mix":
		if sub == "run" || sub == "eval" {
			return OtherLanguage
		}
	case "dotnet":
		if sub == "script" || sub == "fsi" || sub == "run" {
			return OtherLanguage
		}
	case "tcc":
		if sub == "-run" {
			return OtherLanguage
		}
	case "osascript":
		if hasWords(c.Argv, "-l JavaScript") {
			return "javascript"
		}
	}
	return interpreter(c.Name)
}

// An evalForm is how an interpreter is given code on its command line.
type evalForm struct {
	lang    string
	options string // options whose value is code
	file    string // options whose value is a file of code
	valued  string // letters of other options that take a value
	cluster string // letter that may end a bundle of options: perl -ne CODE
	letters string // others that may stand in a bundle, beside the usual ones
	operand bool   // the first operand is a script file
}

var evalForms = []evalForm{
	{lang: "awk", file: "-f --file", valued: "Fv"},
	{lang: "javascript", options: "-e --eval -p --print -pe", valued: "rCl", operand: true},
	{lang: OtherLanguage, options: "-c -e --eval -eval -E --print --execute --exec --rpc-eval -batch -r", file: "-P --load -script --script", valued: "lpsISD", operand: true},
	{lang: "perl", options: "-e -E", valued: "IM", cluster: "eE", operand: true},
	{lang: "php", options: "-r", file: "-f", valued: "dcz", operand: true},
	{lang: "python", options: "-c", valued: "WXQ", cluster: "c", letters: "BIOPSqvx", operand: true},
	{lang: "ruby", options: "-e", valued: "IrC", cluster: "e", operand: true},
	{lang: "sed", options: "-e --expression", file: "-f --file", valued: "l", cluster: "e"},
	{lang: "sql", options: "-c --command -e --execute -cmd -q -Q --query --sql", file: "-f --file -i", valued: "hpUdHPuDSsno"},
}
