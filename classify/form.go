package classify

import (
	"strings"

	"restrain/shellparse"
)

// This file reads how a command is written, whatever it does: a name that only
// the run tells, a function that calls itself.

// readForm adds the forms of a command.
func (r *reader) readForm() {
	if len(r.cmd.Argv) > 0 && (r.cmd.Name == "" || r.cmd.Argv[0].Glob && systemPattern(r.cmd.Argv[0].Text)) {
		r.readName(&r.cmd.Argv[0])
	}
	if r.callsItself() {
		r.addForm(formSelfCall, r.evidence())
	}
	if c := r.cmd; c.From >= 0 && c.Input == nil && shellparse.IsShell(c.Name) && c.Origin != shellparse.ScriptFile && r.runsItsInput() {
		r.addForm(formUnreadInput, r.evidence())
	}
}

// runsItsInput reports a shell that is told nothing else to run: sh, bash -s -- live.
func (r *reader) runsItsInput() bool {
	for _, w := range r.cmd.Argv[1:] {
		switch {
		case w.Text == "-s" || w.Text == "-" || w.Text == "--":
			return true
		case strings.HasPrefix(w.Text, "--"):
		case !strings.HasPrefix(w.Text, "-") || strings.Contains(w.Text, "c"):
			return false
		}
	}
	return true
}

func (r *reader) addForm(what, text string) {
	r.facts.forms = append(r.facts.forms, formFact{what, text})
}

// readName adds the form of a program's name that is not known before it runs.
// A plain variable is most often a configured interpreter; the output of another
// command is a way around whoever reads the line. A script file works out such
// names in the ordinary course of things.
func (r *reader) readName(word *shellparse.Word) {
	if r.cmd.Origin == shellparse.ScriptFile {
		return
	}
	form := formVariableName
	if word.Glob {
		form = formComputedName
	}
	for _, u := range word.Unknown {
		if strings.HasPrefix(u, "$(") && !namesProgram(u) || strings.HasPrefix(u, "`") {
			form = formComputedName
		}
	}
	text := strings.Join(word.Unknown, " ")
	if text == "" {
		text = word.Text
	}
	r.addForm(form, text)
}

// systemPattern reports a pattern for a program where the system's programs
// are: /bin/r?, /???/rm.
func systemPattern(name string) bool {
	first, rest, ok := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	if !ok || name[0] != '/' || rest == "" {
		return false
	}
	return strings.ContainsAny(first, "?*[") || first == "bin" || first == "sbin" || first == "usr"
}

// callsItself reports a function that pipes itself into itself.
func (r *reader) callsItself() bool {
	if !r.cmd.Recurses || r.cmd.From < 0 || r.cmd.From >= r.n {
		return false
	}
	from := &r.script.Commands[r.cmd.From]
	return from.Recurses && from.Name == r.cmd.Name
}

// namesProgram reports a substitution that only looks up where a program is,
// or prints the settings of an installed tool for the shell to take over.
func namesProgram(unknown string) bool {
	for _, lookup := range [...]string{
		"$(which ", "$(command -v ", "$(type -p ", "$(npm bin)", "$(brew --prefix",
		"$(ssh-agent", "$(direnv ", "$(opam ", "$(pyenv ", "$(rbenv ", "$(nodenv ", "$(goenv ", "$(jenv ", "$(fnm ", "$(mise ",
		"$(asdf ", "$(brew shellenv", "$(/opt/homebrew/bin/brew shellenv", "$(starship ", "$(zoxide ", "$(dircolors", "$(conda ",
		"$(micromamba ", "$(minikube ", "$(docker-machine ", "$(register-python-argcomplete ", "$(thefuck ", "$(luarocks ",
		"$(gh completion", "$(kubectl completion", "$(uv generate-shell-completion", "$(hatch ", "$(pdm ", "$(poetry env ",
	} {
		if strings.HasPrefix(unknown, lookup) {
			return true
		}
	}
	return false
}
