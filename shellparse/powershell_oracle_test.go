package shellparse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A psWriter writes PowerShell at random. Each command has a number of its own.
type psWriter struct {
	random *rand.Rand
	n      int
}

func (w *psWriter) one(of ...string) string { return of[w.random.IntN(len(of))] }

func (w *psWriter) command() string {
	w.n++
	line := fmt.Sprintf("Use-C%d", w.n)
	for range w.random.IntN(4) {
		line += " " + w.one("a", "./b.txt", "-Name", "-Force", "'it''s'", `'a "b" $c'`, `"d e"`, `"x"`, "C:\\a\\b", "1", "*.md", `"$v/f"`, "$v", "@splat", "(1 + 2)", "-Path c")
	}
	return line
}

func (w *psWriter) statement(depth int) string {
	if depth == 0 {
		return w.command()
	}
	inner := func() string { return w.statement(depth - 1) }
	switch w.random.IntN(16) {
	case 0:
		return w.command() + " | " + w.command()
	case 1:
		return "$r = " + w.command()
	case 2:
		return "if ($x -eq 'y') { " + inner() + " } else { " + inner() + " }"
	case 3:
		return "foreach ($i in 'a', 'b') {\n  " + inner() + "\n}"
	case 4:
		return "try {\n" + inner() + "\n} catch {\n" + inner() + "\n} finally { " + inner() + " }"
	case 5:
		return "& { " + inner() + " }"
	case 6:
		return w.command() + " # Use-Nothing here; Use-Nothing there"
	case 7:
		return w.command() + " @'\nUse-Nothing | Use-Nothing\n'@"
	case 8:
		return w.command() + ` "said $(` + w.command() + `) so"`
	case 9:
		return w.command() + " `\n  " + w.one("-Force", "b", "'c d'")
	case 10:
		return "$(" + inner() + ")"
	case 11:
		return w.command() + " -Filter { " + inner() + " }"
	case 12:
		return "while ($x -lt 3) { " + inner() + " }"
	case 13:
		return "switch ($x) { 'a' { " + inner() + " } default { " + inner() + " } }"
	case 14:
		return inner() + "; " + inner()
	}
	return w.command()
}

// An oracleCommand is a command as tree-sitter sees it.
type oracleCommand struct {
	name string
	args []string
}

func (c *oracleCommand) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&c.name, &c.args})
}

// literal is the value of an argument that is told by its text alone.
func literal(arg string) (value string, ok bool) {
	switch quote := arg[:min(1, len(arg))]; {
	case quote == "'" && strings.HasSuffix(arg, "'"):
		return strings.ReplaceAll(arg[1:len(arg)-1], "''", "'"), true
	case quote == `"` && strings.HasSuffix(arg, `"`):
		return arg[1 : len(arg)-1], !strings.ContainsAny(arg, "$`")
	}
	return arg, !strings.ContainsAny(arg, "$@(){},`'\":")
}

// PowerShell's tokens and blocks are those of tree-sitter-powershell. The modules of node
// are those that e2e/powershell/run installs.
func TestPowerShellAgainstTreeSitter(t *testing.T) {
	modules := os.Getenv("TREE_SITTER")
	if modules == "" {
		t.Skip("TREE_SITTER names no directory with tree-sitter-powershell: e2e/powershell/run makes one")
	}
	const texts = 3_000
	w := psWriter{random: rand.New(rand.NewPCG(1, 2))}
	var input bytes.Buffer
	var sources []string
	for range texts {
		source := w.statement(3) + "\n"
		encoded, _ := json.Marshal(source)
		input.Write(append(encoded, '\n'))
		sources = append(sources, source)
	}
	node := exec.Command("node", "testdata/treesitter.mjs", modules)
	node.Stdin, node.Stderr = &input, os.Stderr
	output, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	compared, lines := 0, 0
	decoder := json.NewDecoder(bytes.NewReader(output))
	for _, source := range sources {
		var oracle struct {
			Broken   bool
			Commands []oracleCommand
		}
		if err := decoder.Decode(&oracle); err != nil {
			t.Fatal(err)
		}
		if lines += strings.Count(source, "\n"); oracle.Broken {
			continue
		}
		compared++
		compareCommands(t, source, oracle.Commands)
	}
	t.Logf("%d texts of %d lines, %d of them compared", texts, lines, compared)
	if compared < texts*3/4 {
		t.Errorf("the oracle reads %d of %d texts only", compared, texts)
	}
}

func compareCommands(t *testing.T, source string, want []oracleCommand) {
	t.Helper()
	got := map[string][]Word{}
	for _, c := range Parse(source, Options{Dialect: PowerShell}).Commands {
		if _, seen := got[c.Name]; !seen && strings.HasPrefix(c.Name, "Use-") {
			got[c.Name] = c.Argv[1:]
		}
	}
	for _, c := range want {
		argv, ok := got[c.name]
		if !strings.HasPrefix(c.name, "Use-") {
			continue
		}
		if !ok {
			t.Errorf("%s is not read in\n%s", c.name, source)
			continue
		}
		for _, arg := range c.args {
			value, told := literal(arg)
			if told && !slices.ContainsFunc(argv, func(w Word) bool { return w.Text == value || w.Text == strings.ReplaceAll(value, `\`, "/") }) {
				t.Errorf("%s has no argument %q but %v in\n%s", c.name, value, argv, source)
			}
		}
		delete(got, c.name)
	}
	for name := range got {
		t.Errorf("%s is no command in\n%s", name, source)
	}
}
