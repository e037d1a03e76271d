package shellparse

import (
	"encoding/json"
	"path"
	"strings"
	"unicode/utf8"
)

// maxFiles is how many files one Script may read.
const maxFiles = 16

// fileText reads a file that the line runs or sources, through Options.
func (sh *shell) fileText(name Word) (text Word, ok bool) {
	if !name.Known() && len(name.Unknown) == 1 {
		text, ok = sh.r.printed[name.Unknown[0]] // <(…)
		return text, ok
	}
	if text, ok = sh.writtenText(name); ok {
		return text, true
	}
	data, ok := sh.readFile(name)
	if !ok || !isText(data) {
		return Word{}, false
	}
	return Word{Text: clean(string(data))}, true
}

// writtenText is what an earlier command of the text writes to a file:
// echo … > x.sh && bash x.sh.
func (sh *shell) writtenText(name Word) (text Word, ok bool) {
	if !name.Known() || name.Text == "" || sh.r.files >= maxFiles {
		return Word{}, false
	}
	c, ok := sh.writer(name)
	if !ok {
		return Word{}, false
	}
	sh.r.files++
	out := sh.prints(&c)
	return out.text, out.known
}

// writer is the last command so far that writes a file.
func (sh *shell) writer(name Word) (c Command, ok bool) {
	for i := len(sh.r.script.Commands) - 1; i >= 0; i-- {
		c := sh.r.script.Commands[i]
		for j := range c.Redirs {
			if r := &c.Redirs[j]; r.Op == RedirWrite && path.Clean(r.Target.Text) == path.Clean(name.Text) && c.Host == sh.host {
				return c, true
			}
		}
		if args := operands(c.Argv[min(1, len(c.Argv)):]); c.Name == "tee" && len(args) > 0 && path.Clean(args[0].Text) == path.Clean(name.Text) {
			return c, true
		}
	}
	return Command{}, false
}

// scriptOrigin is where the text of a script comes from: a file, or the line
// itself, which has written it or hands it over by <(…) or its input.
func (sh *shell) scriptOrigin(name Word) Origin {
	if _, ok := sh.writer(name); ok || !name.Known() || strings.HasPrefix(name.Text, "/dev/") || name.Text == "-" {
		return Eval
	}
	return ScriptFile
}

func (sh *shell) readFile(name Word) (data []byte, ok bool) {
	r := sh.r
	if r.opts.ReadFile == nil || !name.Known() || name.Text == "" || sh.host != "" || r.files >= maxFiles {
		return nil, false
	}
	full := sh.resolve(name)
	if !full.Known() {
		return nil, false
	}
	if home := r.opts.Home; home != "" && strings.HasPrefix(full.Text, "~/") {
		full.Text = path.Join(home, full.Text[2:])
	}
	r.files++
	data, err := r.opts.ReadFile(full.Text)
	if err != nil {
		return nil, false
	}
	if len(data) > maxSource {
		r.limit(limitSize)
		data = data[:maxSource]
	}
	return data, true
}

// isText tells a script from a program.
func isText(data []byte) bool {
	head := data[:min(len(data), 512)]
	for i := 0; i < len(head); i++ {
		if head[i] == 0 {
			return false
		}
	}
	return len(data) > 0 && (len(head) == 512 || utf8.Valid(head))
}

// stdinFile is the text of a shell's standard input when that is a file:
// sh < x.sh, cat x.sh | sh.
func (sh *shell) stdinFile(c *Command) (text Word, ok bool) {
	for _, r := range c.Redirs {
		if r.Op == RedirRead && r.FD <= 0 {
			return sh.fileText(r.Target)
		}
	}
	if c.From < 0 || c.From >= len(sh.r.script.Commands) {
		return Word{}, false
	}
	from := &sh.r.script.Commands[c.From]
	if args := operands(from.Argv[min(1, len(from.Argv)):]); from.Name == "cat" && len(args) == 1 {
		return sh.fileText(args[0])
	}
	return Word{}, false
}

// script reads a script that is run by its path.
func (sh *shell) script(c *Command) bool {
	if strings.IndexByte(c.Argv[0].Text, '/') < 0 || systemPath(c.Argv[0].Text) {
		return false
	}
	text, ok := sh.fileText(c.Argv[0])
	if !ok {
		return false
	}
	shebang, _, _ := strings.Cut(text.Text, "\n")
	lang := interpreterOf(shebang)
	if lang != "" && lang != "shell" {
		s := Snippet{Lang: lang, Text: text}
		c.Snippets = append(c.Snippets, s)
		sh.emit(c)
		sh.codeCommands(c, s)
		return true
	}
	if lang == "" && !strings.HasSuffix(c.Argv[0].Text, ".sh") {
		return false
	}
	c.Carrier = true
	sh.emit(c)
	sub := sh.withVars()
	sub.vars.params, sub.vars.called = c.Argv, true
	sub.code(c, text, sh.scriptOrigin(c.Argv[0]))
	return true
}

// systemPath reports directories of installed programs, which are not read.
func systemPath(p string) bool {
	for _, dir := range [...]string{"/bin/", "/sbin/", "/usr/", "/opt/", "/lib", "/nix/", "/snap/"} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return false
}

// interpreterOf is the language of a #! line; "shell" for shells.
func interpreterOf(shebang string) string {
	rest, ok := strings.CutPrefix(shebang, "#!")
	if !ok {
		return ""
	}
	for field := range strings.FieldsSeq(rest) {
		name := path.Base(field)
		if name == "env" || strings.HasPrefix(field, "-") || strings.Contains(field, "=") {
			continue
		}
		if isShell(name) {
			return "shell"
		}
		return interpreter(name)
	}
	return ""
}

// target reads the commands behind npm run X, make X and just X.
func (sh *shell) target(c *Command) {
	switch c.Name {
	case "make", "gmake":
		sh.makeTarget(c)
	case "just":
		sh.justTarget(c)
	default:
		sh.packageScript(c)
	}
}

// inTarget is sh for the recipe of a target: a new shell that inherits c's place.
func (sh *shell) inTarget(c *Command, text string) {
	inner := *c
	inner.Stdin, inner.From = nil, -1
	sub := sh.withVars()
	sub.want = false
	sub.code(&inner, Word{Text: text}, ScriptFile)
}

// packageScript reads a script of package.json with its pre and post scripts.
func (sh *shell) packageScript(c *Command) {
	args := c.Argv[1:]
	dir := ""
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		if (args[0].Text == "--prefix" || args[0].Text == "-C" || args[0].Text == "--cwd" || args[0].Text == "--dir") && len(args) > 1 {
			dir = args[1].Text
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	name := args[0].Text
	switch name {
	case "run", "run-script":
		if args = operands(args[1:]); len(args) == 0 {
			return
		}
		name = args[0].Text
	case "test", "start", "stop", "restart":
	case "t":
		name = "test"
	default:
		if c.Name == "npm" || c.Name == "bun" || packageVerb(name) {
			return
		}
	}
	data, ok := sh.readFile(Word{Text: path.Join(dir, "package.json")})
	if !ok {
		return
	}
	var pkg struct{ Scripts map[string]string }
	if json.Unmarshal(data, &pkg) != nil {
		return
	}
	for _, key := range []string{"pre" + name, name, "post" + name} {
		text := clean(pkg.Scripts[key])
		if key == name && text != "" {
			for _, w := range args[1:] {
				if w.Text != "--" {
					text += " " + requote(w)
				}
			}
		}
		if text != "" {
			sh.inTarget(c, text)
		}
	}
}

// packageVerb reports the subcommands of yarn and pnpm that are no scripts.
func packageVerb(name string) bool {
	return hasField("add install i remove rm up update upgrade init link list ls outdated publish why info audit cache config exec dlx import pack patch store workspace workspaces create version bin node set login logout global prune rebuild root unlink fetch", name)
}

// makeTarget reads the recipes of make's targets and what they depend on.
func (sh *shell) makeTarget(c *Command) {
	file, goals, given := Word{}, []string(nil), ""
	inner := *c
	for i := 1; i < len(c.Argv); i++ {
		arg := c.Argv[i].Text
		switch {
		case arg == "-n" || arg == "--dry-run" || arg == "--just-print":
			return
		case (arg == "-f" || arg == "--file" || arg == "--makefile") && i+1 < len(c.Argv):
			i++
			file = c.Argv[i]
		case strings.HasPrefix(arg, "--file=") || strings.HasPrefix(arg, "--makefile="):
			file = afterEqual(c.Argv[i])
		case (arg == "-E" || arg == "--eval") && i+1 < len(c.Argv):
			i++
			given += c.Argv[i].Text + "\n"
		case strings.HasPrefix(arg, "--eval="):
			given += afterEqual(c.Argv[i]).Text + "\n"
		case strings.HasPrefix(arg, "SHELL=") && strings.Contains(arg, " "):
			sh.code(c, afterEqual(c.Argv[i]), ShellCode)
		case arg == "-C" && i+1 < len(c.Argv):
			i++
			inner.Dir = sh.resolve(c.Argv[i])
		case arg != "" && arg[0] != '-' && !strings.Contains(arg, "="):
			goals = append(goals, arg)
		}
	}
	in := *sh
	if inner.Dir.Text != "" {
		in.vars = sh.vars.child()
		in.vars.dir, in.vars.moved = inner.Dir, true
	}
	if file.Text == "-" && c.Stdin != nil {
		given += c.Stdin.Text
	} else if data, ok := in.makefile(file); ok {
		given += clean(string(data))
	}
	if given == "" {
		return
	}
	mk := parseMakefile(strings.ReplaceAll(given, string(Hole), "${UNKNOWN}"))
	if len(goals) == 0 {
		goals = []string{mk.first}
	}
	seen := map[string]bool{}
	for _, goal := range goals {
		mk.visit(goal, seen, func(recipe string) { in.inTarget(&inner, recipe) })
	}
}

func (sh *shell) makefile(name Word) (data []byte, ok bool) {
	if name.Text != "" {
		return sh.readFile(name)
	}
	for _, name := range [...]string{"GNUmakefile", "makefile", "Makefile"} {
		if data, ok = sh.readFile(Word{Text: name}); ok {
			return data, true
		}
	}
	return nil, false
}

// justTarget reads a recipe of a justfile with those it depends on.
func (sh *shell) justTarget(c *Command) {
	data, ok := sh.readFile(Word{Text: "justfile"})
	if !ok {
		if data, ok = sh.readFile(Word{Text: "Justfile"}); !ok {
			return
		}
	}
	mk := parseMakefile(clean(string(data)))
	goal := mk.first
	if args := operands(c.Argv[1:]); len(args) > 0 {
		goal = args[0].Text
	}
	mk.visit(goal, map[string]bool{}, func(recipe string) { sh.inTarget(c, justText(recipe)) })
}

// justText replaces {{ … }}, which just expands, by a Hole's plain stand-in.
func justText(recipe string) string {
	for {
		i := strings.Index(recipe, "{{")
		if i < 0 {
			return recipe
		}
		j := strings.Index(recipe[i:], "}}")
		if j < 0 {
			return recipe
		}
		recipe = recipe[:i] + "${JUST}" + recipe[i+j+2:]
	}
}
