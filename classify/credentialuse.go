package classify

import (
	"strings"

	"restrain/shellparse"
)

// A Use is a command's of a credential that it does not have by default.
type Use struct {
	Command int
	// Found reports one that was come upon: what the step or an earlier one has read,
	// or a value that the session has met.
	Found bool
}

// Use notes that a command uses a credential, and with it what it has done elsewhere.
func (s *Step) Use(command int, found bool) {
	s.Used = append(s.Used, Use{command, found})
	for i := command + 1; i < len(s.Script.Commands) && s.Script.Commands[i].Host != "" && s.Script.Commands[command].Host == ""; i++ {
		s.Used = append(s.Used, Use{i, found})
	}
}

// readUsed notes the credentials that the command uses: in a word or a variable
// that is filled from what was read, in an address, or as a file that an option or
// the environment names. It comes after what the command prints is known.
func (r *reader) readUsed() {
	if len(r.cmd.Argv) == 0 || r.cmd.Carrier {
		r.keepFilled(r.cmd.Assigns)
		return
	}
	used, found := r.loadsFound()
	look := func(w *shellparse.Word) {
		for _, u := range w.Unknown {
			found = found || r.cameUpon(u, w)
		}
		used = used || spellsLogin(w.Text)
	}
	for i := range r.cmd.Argv[1:] {
		look(&r.cmd.Argv[1+i])
	}
	for i := range r.cmd.Wrappers {
		words := r.cmd.Wrappers[i].Args
		for j := range words {
			look(&words[j])
			used = used || j > 0 && words[j-1].Text == "-i" && r.cmd.Host != "" && !r.homeOwn(words[j].Text)
		}
	}
	for i := range r.cmd.Assigns {
		look(&r.cmd.Assigns[i].Value)
	}
	if r.cmd.Stdin != nil {
		look(r.cmd.Stdin)
	}
	if r.cmd.Name == "export" {
		if found {
			r.keepExported()
		}
		return
	}
	if used || found {
		r.used = append(r.used, Use{r.n, found})
	}
}

// cameUpon reports an unknown part of a word that is what a credential file says: what
// is substituted there, or a variable that was filled so by the line or before it.
func (r *reader) cameUpon(unknown string, w *shellparse.Word) bool {
	name := plainVariable(unknown)
	for _, s := range r.sources {
		if c := &r.script.Commands[s.command]; s.origin == FromCredential && s.command != r.n &&
			(inside(c.Span, w.Span) || name == "" && strings.Contains(unknown, r.spelled(c)) || r.fills(name, c.Span)) {
			return true
		}
	}
	return name != "" && r.remembers() && r.originOfVariable(name) == FromCredential
}

// variablePath is a variable as a place that a step leaves a credential in.
func variablePath(name string) string { return "$" + name }

func (r *reader) originOfVariable(name string) Origin {
	for i := range r.artifacts {
		if r.artifacts[i].Path == variablePath(name) {
			return r.artifacts[i].Origin
		}
	}
	if r.memory != nil {
		return r.memory.Origin(variablePath(name))
	}
	return OriginNone
}

// keepFilled notes the variables that hold a credential from here on.
func (r *reader) keepFilled(assigns []shellparse.Assign) {
	for i := range assigns {
		w := &assigns[i].Value
		for _, u := range w.Unknown {
			if r.cameUpon(u, w) && len(r.artifacts) < maxArtifacts {
				r.artifacts = append(r.artifacts, Artifact{variablePath(assigns[i].Name), FromCredential})
				break
			}
		}
	}
}

func (r *reader) keepExported() {
	for i := range r.cmd.Argv[1:] {
		w := &r.cmd.Argv[1+i]
		name, _, ok := strings.Cut(w.Text, "=")
		if ok && len(w.Unknown) > 0 && len(r.artifacts) < maxArtifacts {
			r.artifacts = append(r.artifacts, Artifact{variablePath(name), FromCredential})
		}
	}
}

// loadsFound reports a file with credentials that an option or a variable names for
// the command, which are not its own of the home directory; and whether it was made
// from what was read.
func (r *reader) loadsFound() (used, found bool) {
	for i := range r.facts.files {
		f := &r.facts.files[i]
		if f.op != opLoad || r.homeOwn(f.text) {
			continue
		}
		used = used || r.hidesContent(f)
		found = found || r.remembers() && r.originOf(f) == FromCredential
	}
	names := r.wordSet("credential-file-variables").Any
	for ; r.looked < r.n; r.looked++ {
		r.variablesOf(r.looked, func(name, value string) {
			r.namesFile = r.namesFile || !r.homeOwn(value) && matchesName(names, name)
		})
	}
	r.variablesOf(r.n, func(name, value string) {
		used = used || !r.homeOwn(value) && matchesName(names, name)
	})
	return used || r.namesFile, found
}

// variableHere is what the line sets a variable to for the command; empty for
// nothing.
func (r *reader) variableHere(name string) (value string) {
	r.eachVariable(func(n, v string) {
		if n == name {
			value = v
		}
	})
	return value
}

// eachVariable calls f with the variables that the line sets for the command, the
// latest last, and with no value for what it takes away again.
func (r *reader) eachVariable(f func(name, value string)) {
	for i := range r.n + 1 {
		r.variablesOf(i, f)
	}
}

// variablesOf calls f with what the nth command of the line sets for the command.
func (r *reader) variablesOf(n int, f func(name, value string)) {
	c := &r.script.Commands[n]
	if n < r.n && (len(c.Argv) > 0 && c.Name != "export" && c.Name != "unset" || !r.sameShell(c)) {
		return // for itself, or in a shell of its own
	}
	for j := range c.Assigns {
		f(c.Assigns[j].Name, c.Assigns[j].Value.Text)
	}
	if n == r.n || len(c.Argv) == 0 {
		return
	}
	for j := range c.Argv[1:] {
		if name, value, ok := strings.Cut(c.Argv[1+j].Text, "="); ok || c.Name == "unset" {
			f(name, value)
		}
	}
}

// sameShell reports an earlier command that runs in the shell of the line itself, as
// far as the text in front of it tells.
func (r *reader) sameShell(c *shellparse.Command) bool {
	before := r.script.Source[:min(max(c.Span.Start, 0), len(r.script.Source))]
	return c.Stages <= 1 && !c.Captured && !c.Background && c.Host == "" && strings.Count(before, "(") <= strings.Count(before, ")")
}

// homeOwn reports a path of the home directory's own configuration.
func (r *reader) homeOwn(path string) bool {
	if home := r.surroundings().home; home != "" && strings.HasPrefix(path, home+"/.") {
		return true
	}
	return strings.HasPrefix(path, "~/.") || strings.HasPrefix(path, "$HOME/.") || strings.HasPrefix(path, "/etc/") || strings.HasPrefix(path, "/dev/")
}

// spellsLogin reports an address with a password in it.
func spellsLogin(text string) bool {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return false
	}
	if end := strings.IndexAny(rest, "/?# \n\"'"); end >= 0 {
		rest = rest[:end]
	}
	login, _, ok := strings.Cut(rest, "@")
	_, password, has := strings.Cut(login, ":")
	return ok && has && password != "" && !strings.Contains(password, hole)
}
