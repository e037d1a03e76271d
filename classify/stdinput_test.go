package classify

import (
	"testing"

	"restrain/shellparse"
)

func TestTextWrittenInTheLine(t *testing.T) {
	write := func(name, text string) shellparse.Command {
		c := *command("cat")
		c.Stdin = &shellparse.Word{Text: text}
		c.Input = c.Stdin
		c.Redirs = []shellparse.Redir{{Op: shellparse.RedirWrite, FD: -1, Target: shellparse.Word{Text: name}}}
		return c
	}
	echo := *command("echo", "TRUNCATE b")
	echo.Redirs = write("y.sql", "").Redirs
	script := &shellparse.Script{Commands: []shellparse.Command{
		write("x.sql", "DROP TABLE a"), echo,
		*command("psql", "-f", "x.sql"), *command("psql", "-f", "y.sql"), *command("psql", "-f", "z.sql"),
		write("z.sql", "DROP TABLE c"),
	}}
	for n, want := range map[int]string{2: "drop table a", 3: "truncate b", 4: "unknown"} {
		r := readerOf(&script.Commands[n])
		r.script, r.n = script, n
		r.readSQL()
		if got := describeSQL(r.facts.sqls, false); got != want {
			t.Errorf("command %d: got %s, want %s", n, got, want)
		}
	}
}

func TestEvidenceNamesVariables(t *testing.T) {
	list := requestsOf(command("curl", "-X", "DELETE", "https://$HOST/x/$ID"))
	if len(list) != 1 || list[0].text != "DELETE https://$HOST/x/$ID" {
		t.Errorf("got %+v", list)
	}
}
