package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// Prints are where the values come from that a step would print, as far as the
// actions say which are Maskable.
type Prints struct {
	Files []string // absolute; also those that the step loads
	Names []string // of variables
	// Environment reports that all variables are printed, or those that a filter
	// picks.
	Environment bool
	// Outputs are what programs print of which nobody knows the values before.
	Outputs []Printed
}

// A Printed is what a program prints.
type Printed struct {
	By   string // the program
	Form string // of an Output
	Path string // the file whose content it is; empty where it is none's
}

const (
	classCredentialRead   Class = "credential.read"
	classCredentialSearch Class = "credential.search"
)

// readPrints marks what the command reads of credentials and prints as it is, so
// that the values could be withheld from its output.
func (r *reader) readPrints() {
	if r.nested {
		return
	}
	r.loads()
	first := slices.IndexFunc(r.actions[r.first:], r.printsIt)
	if first < 0 || r.cmd.Host != "" {
		return
	}
	var from Prints
	output, ok := r.output(), false
	if output != nil {
		from, ok = r.printedAs(output)
	} else if r.printsPlainly(printsAsIs) {
		from, ok = r.printed()
	}
	if !ok {
		return
	}
	for i := r.first + first; i < len(r.actions); i++ {
		a := &r.actions[i]
		a.Maskable = r.printsIt(*a) && a.Severity < Critical && (output != nil || r.set.readsFacts(a.Finding.Rule))
		if a.Maskable {
			r.prints().add(&from)
		}
	}
}

// printsIt reports an action that is a read of credentials, or a search for them
// in the environment, which prints what it finds.
func (r *reader) printsIt(a Action) bool {
	return a.Finding != nil && (a.Class == classCredentialRead ||
		a.Class == classCredentialSearch && len(r.facts.envs) > 0 && slices.ContainsFunc(r.facts.searches, func(s searchFact) bool { return s.what == searchEnv }))
}

// readsFacts reports a rule about files or variables that are read, of which the
// facts say which.
func (s *Set) readsFacts(id string) bool {
	n := slices.IndexFunc(s.Rules, func(rule Rule) bool { return rule.ID == id })
	return n >= 0 && (s.Rules[n].Env != nil || s.Rules[n].File != nil || s.Rules[n].Search != nil)
}

func (r *reader) prints() *Prints {
	if r.printsOf == nil {
		r.printsOf = new(Prints)
	}
	return r.printsOf
}

func (s *Prints) add(more *Prints) {
	s.Files, s.Names, s.Environment = append(s.Files, more.Files...), append(s.Names, more.Names...), s.Environment || more.Environment
	for _, o := range more.Outputs {
		if !slices.Contains(s.Outputs, o) {
			s.Outputs = append(s.Outputs, o)
		}
	}
	slices.Sort(s.Files)
	slices.Sort(s.Names)
	s.Files, s.Names = slices.Compact(s.Files), slices.Compact(s.Names)
}

// loads notes the credential files that a line loads: what it prints afterwards
// may be from there.
func (r *reader) loads() {
	if r.cmd.Name != "." && r.cmd.Name != "source" || len(r.args.operands) == 0 || r.cmd.Host != "" {
		return
	}
	w := &r.args.words[r.args.operands[0]]
	f := fileFact{op: opLoad, text: w.Text, unknown: w.Unknown}
	if path := r.wholePath(&f); path != "" && r.inSets(r.set.index.Fixed.Credentials, &f) {
		r.prints().add(&Prints{Files: []string{path}})
	}
}

// printed is where the command's secrets come from; ok is false where that cannot
// be told.
func (r *reader) printed() (from Prints, ok bool) {
	for i := range r.facts.files {
		f := &r.facts.files[i]
		switch {
		case f.op == opRead && r.inSets(r.set.index.Fixed.History, f):
			return from, false // passwords stand in it in no form of their own
		case f.op != opRead || !r.inSets(r.set.index.Fixed.Credentials, f):
		case f.contents, f.recursive && r.program.Class == "file.search" && !r.isFile(f): // jq -r, sort -r
			return from, false
		default:
			paths := r.wholePaths(f)
			if named := r.looks == nil && knownText(f.text) != ""; len(paths) == 0 && !named {
				return from, false
			} else if named && len(paths) == 0 {
				paths = []string{f.text} // of a record, which says no directory
			}
			from.Files = append(from.Files, paths...)
		}
	}
	for i := range r.facts.envs {
		f := &r.facts.envs[i]
		switch {
		case f.op == envDump || r.next() != nil:
			from.Environment = true
		case !isVariable(f.name) || r.assigned(f.name):
			return from, false
		default:
			from.Names = append(from.Names, f.name)
		}
	}
	return from, len(from.Files)+len(from.Names) > 0 || from.Environment
}

// isFile reports a file that is there, and is no directory.
func (r *reader) isFile(f *fileFact) bool {
	path := r.wholePath(f)
	if path == "" || r.looks == nil {
		return false
	}
	info, err := r.looks.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

// wholePath is the path of a file, absolute; empty where a part is not known.
func (r *reader) wholePath(f *fileFact) string {
	r.locate(f)
	if path := knownText(r.absolute(f.path)); strings.HasPrefix(path, "/") && !strings.ContainsAny(path, "*?[") {
		return path
	}
	return ""
}

// wholePaths is wholePath of each file that a pattern stands for.
func (r *reader) wholePaths(f *fileFact) []string {
	if path := r.wholePath(f); path != "" {
		return []string{path}
	}
	if path := knownText(r.absolute(f.path)); path != "" {
		return r.expandAll(path)
	}
	return nil
}

func isVariable(name string) bool { return name != "" && plainVariable("$"+name) == name }

// assigned reports a variable that the line itself gives a value.
func (r *reader) assigned(name string) bool {
	for i := range r.script.Commands {
		c := &r.script.Commands[i]
		loaded := c.Origin == shellparse.ScriptFile // as the file says
		if slices.ContainsFunc(c.Assigns, func(a shellparse.Assign) bool { return a.Name == name && !(loaded && a.Value.Known()) }) {
			return true
		}
		switch c.Name {
		case "read", "mapfile", "readarray", "printf", "getopts", "export", "declare", "typeset", "local", "readonly":
			for _, w := range c.Argv[1:] {
				if variable, _, set := strings.Cut(w.Text, "="); variable == name && (set || c.Name != "export") {
					return true
				}
			}
		}
	}
	return false
}

// printsPlainly reports a command whose output goes where the line's own goes,
// through nothing but programs that fit.
func (r *reader) printsPlainly(fits func(*shellparse.Command) bool) bool {
	if r.cmd.Captured || r.cmd.Origin == shellparse.Substitution || r.cmd.Origin == shellparse.Code || r.cmd.Origin == shellparse.Deferred {
		return false // used by the line, or by what it runs later
	}
	for i := range r.script.Commands {
		if r.script.Commands[i].Background {
			return false // it may print when nobody looks any more
		}
	}
	at, c := r.n, r.cmd
	for range maxStages {
		if redirected(c) || !fits(c) {
			return false
		}
		next := r.after(at)
		if next < 0 {
			return c.Stage+1 >= c.Stages
		}
		at, c = next, &r.script.Commands[next]
	}
	return false
}

// printsAsIs reports a program that prints what it reads, or a part of the
// lines, and changes no value.
func printsAsIs(c *shellparse.Command) bool {
	switch c.Name {
	case "cat", "bat", "batcat", "nl", "tac", "less", "more", "sort", "uniq", "printenv", "env", "set", "export", "declare", "typeset", "compgen",
		"grep", "egrep", "fgrep", "rg", "ag", "ack", "Get-Content", "gc":
		return !changesValues(c, "--color", "--colour", "--only-matching", "--replace", "--null-data", "--style")
	case "head", "tail":
		return !changesValues(c, "--bytes")
	case "paste", "shuf", "comm", "look":
		return !changesValues(c, "--zero-terminated")
	case "cp", "install", "rsync":
		return printsCopy(c)
	case "tee":
		return len(c.Argv) == 1
	case "echo", "printf":
		return printsVariables(c)
	case "cut":
		return cutsValues(c)
	case "sed", "gsed":
		return keepsLines(c)
	case "awk", "gawk", "mawk":
		return printsFields(c)
	case "jq", "gojq", "yq":
		return printsPaths(c)
	}
	return false
}

// changesValues reports a flag that shows parts of lines, or puts something
// between their characters.
func changesValues(c *shellparse.Command, flags ...string) bool {
	short := "o" // grep
	switch c.Name {
	case "head", "tail":
		short = "c"
	case "cat", "sort", "uniq", "nl", "tac", "less", "more", "env", "printenv", "paste", "shuf", "comm", "look":
		short = ""
	case "rg":
		short = "or"
	}
	for _, w := range c.Argv[1:] {
		if name, value, _ := strings.Cut(w.Text, "="); slices.Contains(flags, name) && value != "never" && value != "auto" {
			return true
		}
		if len(w.Text) > 1 && w.Text[0] == '-' && w.Text[1] != '-' && strings.ContainsAny(w.Text, short) {
			return true
		}
	}
	return false
}

// printsCopy reports a copy to where the program prints.
func printsCopy(c *shellparse.Command) bool {
	switch c.Argv[len(c.Argv)-1].Text {
	case "/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2", "/proc/self/fd/1", "/proc/self/fd/2":
		return len(c.Argv) > 2
	}
	return false
}

// printsVariables reports echo and printf of variables as they are: ${A:0:5} is
// not.
func printsVariables(c *shellparse.Command) bool {
	for i, w := range c.Argv[1:] {
		if c.Name == "printf" && i == 0 && strings.Trim(strings.NewReplacer("%s", "", `\n`, "").Replace(w.Text), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 =:,._-"+hole) != "" {
			return false
		}
		for _, u := range w.Unknown {
			name := plainVariable(u)
			if plain := u == "$"+name || u == "${"+name+"}" || hasDefault(u); !plain && u != shellparse.AnyVariable && !strings.HasPrefix(u, "$(") {
				return false // what is substituted is looked at by itself
			}
		}
	}
	return true
}

// hasDefault reports a variable that stands as it is, or something else in its
// place: ${A:-none}, ${A:+set}.
func hasDefault(u string) bool {
	body, ok := strings.CutPrefix(u, "${")
	end := strings.IndexAny(body, ":-+=?")
	return ok && end > 0 && isVariable(body[:end]) && strings.ContainsAny(strings.TrimPrefix(body[end:]+" ", ":")[:1], "-+=?")
}

// cutsValues reports a cut that takes what stands behind the first "=".
func cutsValues(c *shellparse.Command) bool {
	delimiter, fields := false, false
	for i, w := range c.Argv[1:] {
		before := c.Argv[i].Text
		switch {
		case w.Text == "-d=", before == "-d" && w.Text == "=":
			delimiter = true
		case w.Text == "-f2-", w.Text == "-f2", before == "-f" && (w.Text == "2-" || w.Text == "2"):
			fields = true
		case strings.HasPrefix(w.Text, "-") && w.Text != "-d" && w.Text != "-f":
			return false
		}
	}
	return delimiter && fields
}

// keepsLines reports a sed that prints lines, or takes off what stands in front
// of them or around a value.
func keepsLines(c *shellparse.Command) bool {
	script, flags := firstOperand(c)
	if strings.Trim(flags, "nErsue") != "" {
		return false
	}
	if script == "" {
		return true
	}
	if len(script) > 2 && script[0] == 's' {
		parts := strings.Split(script[2:], script[1:2])
		return len(parts) == 3 && !strings.ContainsAny(parts[0], `.[\*(`) && !strings.ContainsAny(parts[1], `&\`) && strings.Trim(parts[2], "gp") == "" &&
			(strings.HasPrefix(parts[0], "^") || strings.Trim(parts[0], `"'`) == "")
	}
	for rest := script; ; {
		switch {
		case rest == "p" || rest == "d" || rest == "q" || rest == "!d" || rest == "!p":
			return true
		case strings.HasPrefix(rest, "/"):
			at := strings.IndexByte(rest[1:], '/')
			if at < 0 {
				return false
			}
			rest = strings.TrimPrefix(rest[at+2:], "I")
		default:
			trimmed := strings.TrimLeft(rest, "0123456789$,")
			if trimmed == rest {
				return false
			}
			rest = trimmed
		}
	}
}

// printsFields reports an awk that prints lines, or what "=" or blanks divide:
// it has no calls, and makes nothing.
func printsFields(c *shellparse.Command) bool {
	for i, w := range c.Argv[1:] {
		if before := c.Argv[i].Text; strings.HasPrefix(w.Text, "-F") && w.Text != "-F" && w.Text != "-F=" || before == "-F" && w.Text != "=" || w.Text == "-v" || w.Text == "-f" {
			return false
		}
	}
	program, flags := firstOperand(c)
	if program == "=" && strings.HasSuffix(flags, "F") && len(c.Argv) > 3 {
		program = c.Argv[3].Text
	}
	return !strings.ContainsAny(program, "(;>|\"+*") && strings.Count(program, "{") <= 1
}

// printsPaths reports a jq that prints what stands at a path.
func printsPaths(c *shellparse.Command) bool {
	filter, flags := firstOperand(c)
	for _, r := range filter {
		if !strings.ContainsRune(".[]_-?\"'", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return strings.Trim(flags, "rMecsS") == "" && (filter == "" || filter[0] == '.')
}
