package shellparse

import "strings"

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
	case "lua", "luajit":
		return "lua"
	case "Rscript", "R", "littler":
		return "r"
	case "julia":
		return "julia"
	case "elixir", "iex":
		return "elixir"
	case "erl", "escript":
		return "erlang"
	case "groovy", "groovysh":
		return "groovy"
	case "scala", "scala-cli", "amm":
		return "scala"
	case "jshell", "kotlin", "kotlinc":
		return "java"
	case "clojure", "clj", "bb", "emacs", "emacsclient", "sbcl", "guile", "racket":
		return "lisp"
	case "crystal":
		return "ruby"
	case "dart":
		return "dart"
	case "swift":
		return "swift"
	case "cmake":
		return "cmake"
	case "csharp", "csi", "dotnet-script":
		return "csharp"
	case "ghc", "ghci", "runhaskell", "runghc":
		return "haskell"
	case "ocaml":
		return "ocaml"
	case "octave", "matlab":
		return "octave"
	case "rust-script":
		return "rust"
	case "tclsh", "wish", "expect", "jimsh":
		return "tcl"
	case "osascript":
		return "applescript"
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
	case "go":
		if sub == "run" {
			return "go"
		}
	case "mix":
		if sub == "run" || sub == "eval" {
			return "elixir"
		}
	case "java":
		return "java"
	case "dotnet":
		if sub == "script" || sub == "fsi" || sub == "run" {
			return "csharp"
		}
	case "tcc":
		if sub == "-run" {
			return "c"
		}
	case "zig":
		if sub == "run" {
			return "zig"
		}
	case "osascript":
		if hasWords(c.Argv, "-l JavaScript") {
			return "javascript"
		}
	}
	return interpreter(c.Name)
}

// sourceSuffixes are the names that source files have in the languages whose
// programs are run in other ways as well.
func sourceSuffixes(lang string) string {
	switch lang {
	case "java":
		return ".java .jsh .kts"
	case "dart":
		return ".dart"
	case "swift":
		return ".swift"
	case "go":
		return ".go"
	case "c":
		return ".c"
	case "csharp":
		return ".cs .csx .fsx"
	case "haskell":
		return ".hs .lhs"
	case "scala":
		return ".scala .sc"
	}
	return ""
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
	{lang: "applescript", options: "-e", valued: "ls", operand: true},
	{lang: "awk", file: "-f --file", valued: "Fv"},
	{lang: "c", operand: true},
	{lang: "cmake", file: "-P", valued: "DBSGCETA"},
	{lang: "csharp", options: "-e --exec", operand: true},
	{lang: "dart", operand: true},
	{lang: "elixir", options: "-e --eval --rpc-eval", valued: "Sr", operand: true},
	{lang: "erlang", options: "-eval", valued: "sp", operand: true},
	{lang: "go", operand: true},
	{lang: "groovy", options: "-e", operand: true},
	{lang: "haskell", options: "-e", operand: true},
	{lang: "java", options: "-e", valued: "pcR", operand: true},
	{lang: "javascript", options: "-e --eval -p --print -pe", valued: "rCl", operand: true},
	{lang: "julia", options: "-e --eval -E --print", valued: "pLJC", operand: true},
	{lang: "lisp", options: "-e --eval -eval -c --execute", file: "-l --load -script --script -f"},
	{lang: "lua", options: "-e", valued: "l", operand: true},
	{lang: "ocaml", options: "-e", valued: "I", operand: true},
	{lang: "octave", options: "--eval -batch -r", operand: true},
	{lang: "perl", options: "-e -E", valued: "IM", cluster: "eE", operand: true},
	{lang: "php", options: "-r", file: "-f", valued: "dcz", operand: true},
	{lang: "python", options: "-c", valued: "WXQ", cluster: "c", letters: "BIOPSqvx", operand: true},
	{lang: "r", options: "-e", operand: true},
	{lang: "ruby", options: "-e", valued: "IrC", cluster: "e", operand: true},
	{lang: "rust", operand: true},
	{lang: "scala", options: "-e", operand: true},
	{lang: "sed", options: "-e --expression", file: "-f --file", valued: "l", cluster: "e"},
	{lang: "sql", options: "-c --command -e --execute -cmd -q -Q --query --sql", file: "-f --file -i", valued: "hpUdHPuDSsno"},
	{lang: "swift", options: "-e", operand: true},
	{lang: "zig", operand: true},
	{lang: "tcl", options: "-c", valued: "f", operand: true},
}
