package classify

import (
	"strings"
	"testing"
)

func TestCodeThatIsNotRead(t *testing.T) {
	const rule = "unread-code-destroys"
	for line, want := range map[string]bool{
		`lua -e 'os.execute("rm -rf " .. d)'`:                                        true,
		`Rscript -e 'unlink(path.expand("~"), recursive=TRUE)'`:                      true,
		`julia -e 'rm(d; recursive=true)'`:                                           true,
		`elixir -e 'File.rm_rf!(d)'`:                                                 true,
		`emacs --batch --eval '(delete-directory d t)'`:                              true,
		`tclsh <<< 'file delete -force $d'`:                                          true,
		`echo 'package main; func main() { os.RemoveAll(d) }' > x.go; go run x.go`:   true,
		`osascript -e 'do shell script "rm -rf " & d'`:                               true,
		`mix run -e 'Repo.query!("DROP TABLE users")'`:                               true,
		`Rscript -e 'x <- list.files(recursive=TRUE)'`:                               false,
		`lua -e 'print("farm -rf")'`:                                                 false,
		`lua -e 'local myRemoveAll = 1'`:                                             false,
		"go run - <<< 'd, err := os.MkdirTemp(\"\", \"x\")\n defer os.RemoveAll(d)'": false,
		"lua -e 'd = mkdtemp()\nx = 1\nRemoveAll(x)'":                                true,
		"lua -e 'd = mkdtemp(); RemoveAll(d)\nRemoveAll(h)'":                         true,
		"lua -e 'd = mkdtemp(); RemoveAll(d)'":                                       false,
		`go run main.go`:                                                             false,
		`python3 -c 'print("RemoveAll")'`:                                            false,
	} {
		if got := strings.Contains(rulesOf(line), rule); got != want {
			t.Errorf("%s: %v, want %v (%s)", line, got, want, rulesOf(line))
		}
	}
}

// The first of a list are dropped from it, and no table is.
func TestDropOfAList(t *testing.T) {
	for line, want := range map[string]Severity{`ruby -e 'p rows.drop(2)'`: None, `ruby -e 'Order.connection.drop_table("orders")'`: Medium} {
		if step := judge(Shipped(), line); step.Severity < want || want == None && step.Severity > None {
			t.Errorf("%s: %s, want %s", line, step.Severity, want)
		}
	}
}
