package classify

import (
	"path"
	"restrain/code"
	"strings"

	"restrain/shellparse"
)

// unknownObjects names what a program is given of which nobody knows what it
// does with it: an interpreter's arguments, the files and addresses that its
// code names, the operands of a program that the rules do not describe.
func (r *reader) unknownObjects() {
	_, interprets := interpreter(r.cmd.Name)
	if r.program.Class == "file.read" && len(r.facts.files) == 0 && !quiet(r.cmd.Name) {
		for _, i := range r.args.operands {
			r.unknownObject(r.args.words[i].Text, EffectReveal)
		}
		return
	}
	if r.cmd.Carrier || r.cmd.Name == "" && len(r.cmd.Argv) == 0 {
		return
	}
	if !interprets && len(r.cmd.Snippets) == 0 && r.program != &unknownProgram {
		return
	}
	if r.readsStatements() {
		return
	}
	effect := EffectUnknown
	if r.codeOnlyLooks() {
		effect = EffectReveal
	}
	program := programWord(r.cmd)
	for i := range r.cmd.Argv[1:] {
		if w := &r.cmd.Argv[1+i]; w != program && !r.isSnippet(w) {
			text := w.Text
			if name, value, ok := strings.Cut(text, "="); ok && !strings.Contains(name, "/") {
				text = value
			}
			r.unknownObject(text, effect)
		}
	}
	seen := map[string]bool{}
	for i := range r.cmd.Snippets {
		s := &r.cmd.Snippets[i]
		tokens := s.Tokens()
		for j := range tokens {
			if t := &tokens[j]; t.Kind == code.TokenString && !seen[t.Text] && !r.namesAll() {
				seen[t.Text] = true
				r.unknownObject(t.Text, effect)
			}
		}
	}
}

// quiet reports the programs that look at files and print nothing of what is in
// them.
func quiet(name string) bool {
	switch name {
	case "ls", "eza", "exa", "lsd", "ll", "la", "dir", "tree", "du", "df", "dust", "duf", "ncdu", "stat", "file", "wc", "cloc", "tokei", "scc",
		"sum", "cksum", "md5", "md5sum", "shasum", "b2sum", "b3sum", "realpath", "readlink", "basename", "dirname", "test", "[",
		"getfacl", "lsattr", "Get-ChildItem", "Get-Item", "Test-Path":
		return true
	}
	return strings.HasPrefix(name, "sha") && strings.HasSuffix(name, "sum")
}

// isSnippet reports a word that is code for the command's interpreter.
func (r *reader) isSnippet(w *shellparse.Word) bool {
	for i := range r.cmd.Snippets {
		if r.cmd.Snippets[i].Text.Text == w.Text {
			return true
		}
	}
	return false
}

// unknownObject adds what a text names, if it names anything: an address, a
// request, a file.
func (r *reader) unknownObject(text string, effect Effect) {
	text, _, _ = strings.Cut(text, "\n") // of a request, its first line
	text = strings.TrimSuffix(text, "\r")
	if text == "" || text[0] == '-' || len(text) > maxPath {
		return
	}
	o := Object{Effect: effect, Kind: ObjectRequest, Deep: true}
	switch verb, rest, spaced := strings.Cut(text, " "); {
	case spaced && isMethod(verb) && strings.HasPrefix(rest, "/"):
		name, _, _ := strings.Cut(rest, " ")
		if verb == "GET" || verb == "HEAD" || verb == "OPTIONS" {
			return
		}
		o.Name = path.Clean(name)
		r.addObject(o)
	case spaced:
	case strings.Contains(text, "://"):
		at := splitURL(text)
		o.At, o.Name = knownText(at.host), path.Clean("/"+at.path)
		if o.At != "" {
			r.addObject(o)
		}
	default:
		if host, ok := hostWord(text); ok {
			o.At, o.Name = host, "/"
			r.addObject(o)
		}
		r.pathObject(&fileFact{op: opRun, text: text}, Object{Effect: effect, Deep: true})
	}
}

// hostWord reports a text that may be the name of a server, with a port or not:
// api.acme.example:443.
func hostWord(text string) (host string, ok bool) {
	host, _, _ = strings.Cut(text, ":")
	if strings.Count(host, ".") < 1 || strings.ContainsAny(host, "/ ~"+hole) || strings.HasPrefix(host, ".") {
		return "", false
	}
	return strings.ToLower(host), true
}

// codeOnlyLooks reports code that is there to be read, and in which no call
// takes away, writes, sends or starts anything.
func (r *reader) codeOnlyLooks() bool {
	if len(r.cmd.Snippets) == 0 {
		return false
	}
	for i := range r.cmd.Snippets {
		s := &r.cmd.Snippets[i]
		if s.Lang == "sed" || s.Lang == "awk" || s.Lang == "jq" {
			continue
		}
		if strings.Contains(s.Text.Text, hole) {
			return false
		}
		tokens := s.Tokens()
		if len(tokens) == 0 {
			return false
		}
		for j := range tokens {
			if t := &tokens[j]; t.Kind == code.TokenCommand || t.Kind == code.TokenName && acts(t.Text) {
				return false
			}
		}
	}
	return true
}

// acts reports a name, of a function or a library, by which code may do more
// than look. It errs on the side of acting.
func acts(name string) bool {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "rm") || name == "put" || name == "post" {
		return true
	}
	for _, part := range [...]string{
		"unlink", "remove", "delete", "destroy", "truncate", "write", "rename", "replace", "move", "copy", "clean",
		"system", "exec", "spawn", "popen", "subprocess", "shutil", "eval", "socket", "http", "request", "fetch", "urllib",
		"net", "connect", "send", "import_module", "__import__", "getattr", "ctypes", "ffi", "syscall", "kill",
	} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
