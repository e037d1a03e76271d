package shellparse

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"
	"restrain/code"
	"slices"
	"strings"
)

// This file works out what a program finds on its standard input: text in the
// line, files at hand, and what other programs make of them. It is asked only
// for programs that take a body, a script or statements from there.

// maxSources bounds how many commands the input of commands is followed back
// through, in one Script.
const maxSources = 256

// inputOf is the text on c's standard input.
func (sh *shell) inputOf(c *Command) (text Word, ok bool) {
	in := inputs{sh: sh}
	return in.of(c)
}

// takeInput notes what c is given when it is one of the programs that act on
// their input.
func (sh *shell) takeInput(c *Command) {
	if c.Input = c.Stdin; c.Input != nil || c.From < 0 && len(c.Redirs) == 0 && sh.stdin.file == "" || !actsOnInput(c) {
		return
	}
	if text, ok := sh.inputOf(c); ok {
		c.Input = &text
	}
}

// handedOn is the input that c leaves to the text that it brings.
func (sh *shell) handedOn(c *Command) input {
	if slices.ContainsFunc(c.Wrappers, takesItself) {
		return input{from: -1}
	}
	in := input{c.Stdin, c.From, inputFile(c)}
	if in.file == "" && in.text == nil && in.from < 0 {
		in.file = sh.stdin.file
	}
	return in
}

// actsOnInput reports the programs to which their input says what to do, or
// what to send.
func actsOnInput(c *Command) bool {
	switch c.Name {
	case "curl", "curlie", "wget", "wget2", "http", "https", "httpie", "xh", "xhs", "gh", "glab", "az", "aws", "gcloud",
		"nc", "ncat", "netcat", "telnet", "openssl", "socat", "ssh", "redis-cli", "valkey-cli", "keydb-cli",
		"kubectl", "oc", "k", "cqlsh", "snowsql", "snow", "bq", "trino", "presto", "hive", "beeline", "spark-sql", "impala-shell",
		"vsql", "influx", "sqlplus", "db2", "heroku", "fly", "flyctl", "neonctl", "neon", "railway", "wp", "drush", "clickhouse",
		"clickhouse-local", "mssql-cli", "pscale", "turso", "wrangler", "supabase", "prisma", "cypher-shell", "rails", "manage.py",
		"django-admin", "artisan", "ed", "ex", "at", "batch", "crontab", "docker", "podman", "terraform", "nomad", "consul", "vault":
		return true
	}
	return IsShell(c.Name) || language(c) != ""
}

// An inputs follows the input of one command back to where it comes from.
type inputs struct{ sh *shell }

// group notes that the commands from one index to another print to one place.
func (r *reader) group(from, to int) {
	if to-from < 2 {
		return
	}
	if r.groups == nil {
		r.groups = make(map[int]int)
	}
	r.groups[to-1] = from
}

func (in *inputs) of(c *Command) (text Word, ok bool) {
	if c.Stdin != nil {
		return *c.Stdin, true
	}
	for i := len(c.Redirs) - 1; i >= 0; i-- {
		r := &c.Redirs[i]
		if r.FD > 0 || r.Op != RedirRead && r.Op != RedirReadWrite {
			continue
		}
		if r.Target.Text == "/dev/null" {
			return Word{}, true
		}
		if text, ok = in.sh.fileText(r.Target); ok {
			return text, true
		}
		break // < <(…) is the output of a command
	}
	if slices.ContainsFunc(c.Wrappers, takesItself) {
		return Word{}, false
	}
	if c.From >= 0 {
		return in.outputAt(c.From)
	}
	if in.sh.stdin.file != "" && inputFile(c) == "" {
		return in.sh.fileText(Word{Text: in.sh.stdin.file})
	}
	return Word{}, false
}

// takesItself reports wrappers that read the input themselves, for arguments.
func takesItself(w Wrapper) bool { return w.Name == "xargs" || w.Name == "parallel" }

// outputAt is the output of the command at n, together with that of the commands
// before it in the same group. What one of several prints may be unknown.
func (in *inputs) outputAt(n int) (text Word, ok bool) {
	commands := in.sh.r.script.Commands
	if n >= len(commands) {
		return Word{}, false
	}
	first, grouped := in.sh.r.groups[n]
	if !grouped {
		return in.output(&commands[n])
	}
	for i := first; i <= n; i++ {
		c := &commands[i]
		if c.Carrier || c.Stage+1 < c.Stages && i != n || c.Origin == Substitution && commands[n].Origin != Substitution || len(c.Argv) == 0 || writesAway(c) || quietCommand(c) {
			continue
		}
		part, known := in.output(c)
		if !known {
			part = unknown(shorten(joinWords(c.Argv, " ").Text))
		}
		if ok = ok || known; len(text.Text)+len(part.Text) > maxValue {
			return Word{}, false
		}
		text = joinWords([]Word{text, part}, "")
	}
	return text, ok
}

// quietCommand reports commands that print nothing.
func quietCommand(c *Command) bool {
	switch c.Name {
	case "cd", "true", ":", "set", "export", "sleep", "mkdir", "test", "[":
		return true
	}
	return false
}

// writesAway reports a command whose output does not reach the next one.
func writesAway(c *Command) bool {
	return slices.ContainsFunc(c.Redirs, func(r Redir) bool {
		return (r.FD == -1 || r.FD == 1) && (r.Op == RedirWrite || r.Op == RedirAppend)
	})
}

// output is what c prints.
func (in *inputs) output(c *Command) (text Word, ok bool) {
	if in.sh.r.sources++; in.sh.r.sources > maxSources || len(c.Argv) == 0 || c.Host != in.sh.host {
		return Word{}, false
	}
	if f := filterOf(c.Name); f != nil {
		if text, ok = in.filter(c, f); ok {
			return text, true
		}
	}
	if out := in.sh.prints(c); out.known {
		return out.text, true
	}
	return printedLiterals(c)
}

// filter is what a filter makes of the files that it names, or of its input.
// What it does to them is folded where that can be; else they stand for it.
func (in *inputs) filter(c *Command, f *textFilter) (text Word, ok bool) {
	bare, files := f.split(c)
	switch {
	case f.unpacks:
		return in.sh.unpacked(append(files, in.packed(c)...))
	case len(files) > 0:
		for _, name := range files {
			part, known := Word{}, false
			if name.Text == "-" {
				part, known = in.of(c)
			} else {
				part, known = in.sh.fileText(name)
			}
			if !known || len(text.Text)+len(part.Text) > maxValue {
				return Word{}, false
			}
			text = joinWords([]Word{text, part}, "")
		}
		ok = true
	default:
		text, ok = in.of(c)
	}
	if c.Name == "jq" || c.Name == "gojq" || c.Name == "jaq" {
		return in.sh.jqOutput(c, text)
	}
	if !ok || c.Name == "cat" || c.Name == "tee" {
		return text, ok
	}
	bare.Stdin = &text
	if out := in.sh.prints(&bare); out.known {
		return out.text, true
	}
	return text, true
}

// packed are the files that c unpacks from its input: gunzip < f, cat f | gunzip.
func (in *inputs) packed(c *Command) []Word {
	if file := inputFile(c); file != "" {
		return []Word{{Text: file}}
	}
	if c.From < 0 || c.From >= len(in.sh.r.script.Commands) {
		return nil
	}
	from := &in.sh.r.script.Commands[c.From]
	if from.Name != "cat" {
		return nil
	}
	_, files := filterOf("cat").split(from)
	return files
}

// A textFilter is a program that prints what it reads, more or less.
type textFilter struct {
	names   string
	valued  string // letters of options that take a value
	script  bool   // the first operand says what to do
	given   string // options that do so instead
	unpacks bool
}

var textFilters = [...]textFilter{
	{names: "cat tee tac nl rev less more pv sponge ts expand dos2unix unix2dos bat batcat", valued: "L"},
	{names: "head tail", valued: "ncs"},
	{names: "sort uniq", valued: "tkoSTfsw"},
	{names: "cut tr iconv envsubst fold base64 base32 gbase64 xxd column paste", valued: "dfctwsb"},
	{names: "sed gsed awk gawk mawk", valued: "efFv", script: true, given: "-e -f --expression --file"},
	{names: "grep egrep fgrep rg", valued: "efmABC", script: true, given: "-e -f --regexp --file"},
	{names: "perl", valued: "eEFiIM", given: "-e"},
	{names: "jq gojq jaq yq", script: true, given: "-f --from-file"},
	{names: "zcat gzcat gunzip gzip bzcat bunzip2 bzip2", unpacks: true},
}

func filterOf(name string) *textFilter {
	for i := range textFilters {
		if hasField(textFilters[i].names, name) {
			return &textFilters[i]
		}
	}
	return nil
}

// split tells a filter's files from its other words. The command that is left
// reads its input.
func (f *textFilter) split(c *Command) (bare Command, files []Word) {
	bare = *c
	bare.Argv = []Word{c.Argv[0]}
	w := wrapper{short: f.valued}
	script := f.script
	for i := 1; i < len(c.Argv); i++ {
		word := c.Argv[i]
		switch {
		case len(word.Text) > 1 && word.Text[0] == '-':
			n := 1
			if strings.HasPrefix(f.names, "jq") {
				n += jqValues(word.Text)
			} else {
				n = w.option(c.Argv, i)
			}
			if hasField(f.given, word.Text) || len(word.Text) > 2 && word.Text[1] != '-' && hasField(f.given, "-"+word.Text[len(word.Text)-1:]) {
				script, n = false, max(n, 2)
			}
			bare.Argv = append(bare.Argv, c.Argv[i:min(i+n, len(c.Argv))]...)
			i += n - 1
		case script:
			script = false
			bare.Argv = append(bare.Argv, word)
		case c.Name == "tr" || c.Name == "tee":
			bare.Argv = append(bare.Argv, word)
		default:
			files = append(files, word)
		}
	}
	return bare, files
}

// unpacked is the text of compressed files: of what they were made from, when
// the line itself packs them.
func (sh *shell) unpacked(files []Word) (text Word, ok bool) {
	for _, name := range files {
		part, known := sh.packedFrom(name)
		if !known {
			data, readable := sh.rawFile(name)
			if !readable {
				return Word{}, false
			}
			if part.Text, known = unpack(data); !known {
				return Word{}, false
			}
			part.Text = clean(part.Text)
		}
		if len(text.Text)+len(part.Text) > maxValue {
			return Word{}, false
		}
		text = joinWords([]Word{text, part}, "")
	}
	return text, len(files) > 0
}

// packedFrom is the text that an earlier command of the line packs into a file:
// gzip -k x.sql makes x.sql.gz.
func (sh *shell) packedFrom(name Word) (text Word, ok bool) {
	plain := strings.TrimSuffix(strings.TrimSuffix(name.Text, ".gz"), ".bz2")
	for i := len(sh.r.script.Commands) - 1; i >= 0 && plain != name.Text; i-- {
		c := &sh.r.script.Commands[i]
		if c.Name != "gzip" && c.Name != "bzip2" {
			continue
		}
		if _, files := filterOf(c.Name).split(c); slices.ContainsFunc(files, func(w Word) bool { return w.Text == plain }) {
			return sh.fileText(Word{Text: plain})
		}
	}
	return Word{}, false
}

// unpack bounds what it unpacks.
func unpack(data []byte) (text string, ok bool) {
	var r io.Reader = bytes.NewReader(data)
	if bytes.HasPrefix(data, []byte("BZh")) {
		r = bzip2.NewReader(r)
	} else {
		zr, err := gzip.NewReader(r)
		if err != nil {
			return "", false
		}
		r = zr
	}
	var b bytes.Buffer
	_, err := io.Copy(&b, io.LimitReader(r, maxValue))
	return b.String(), (err == nil || b.Len() > 0) && isText(b.Bytes())
}

// printedLiterals are the texts that code prints which is given on the command
// line: python3 -c 'print("rm x")', sqlite3 :memory: "select 'rm x'".
func printedLiterals(c *Command) (text Word, ok bool) {
	var b strings.Builder
	for _, s := range c.Snippets {
		if s.Lang == "sql" && strings.Contains(strings.ToLower(s.Text.Text), " from ") {
			continue // what it prints comes from a table
		}
		tokens := code.Lex(s.Lang, s.Text.Text)
		printing := false
		for i := range tokens {
			switch t := &tokens[i]; {
			case t.Kind == code.TokenName && isPrinting(t.Text):
				printing = true
			case t.Kind == code.TokenPunct && (t.Text == ";" || t.Text == "}"):
				printing = false
			case t.Kind == code.TokenString && printing && !strings.ContainsRune(t.Text, Hole) && b.Len()+len(t.Text) < maxValue:
				b.WriteString(t.Text)
				b.WriteByte('\n')
			}
		}
	}
	return Word{Text: clean(b.String())}, b.Len() > 0
}

func isPrinting(name string) bool {
	switch strings.ToLower(name) {
	case "print", "puts", "echo", "say", "printf", "log", "write", "select", "println":
		return true
	}
	return false
}

// WrittenText is the text that the commands in front of the one at n put into a
// file, as far as that can be told.
func (s *Script) WrittenText(n int, name string, opts Options) (text string, ok bool) {
	r := &reader{opts: opts, script: &Script{Source: s.Source, Commands: s.Commands[:min(n, len(s.Commands))], written: s.written}}
	w, ok := r.shell(s.Source).writtenText(Word{Text: name})
	return w.Text, ok
}
