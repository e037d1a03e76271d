package classify

import (
	"iter"
	"strings"

	"restrain/code"
	"restrain/shellparse"
)

// readEnv reads the commands that show the environment.
func (r *reader) readEnv() {
	dumps := false
	switch r.cmd.Name {
	case "env":
		dumps = len(r.args.operands) == 0
	case "printenv":
		for _, i := range r.args.operands {
			if r.visibility() != seenNothing {
				r.addEnv(envPrint, r.args.words[i].Text)
			}
		}
		dumps = len(r.args.operands) == 0
	case "set", "compgen":
		dumps = len(r.args.words) == 0
	case "export", "declare", "typeset":
		dumps = len(r.args.operands) == 0
	}
	if !dumps {
		return
	}
	if r.visibility() != seenAll {
		return
	}
	if next := r.next(); next != nil {
		r.readFilter(next)
		return
	}
	r.addEnv(envDump, "")
}

// readEnvOf reads the programs that can show the environment beside what they
// are for: jq -n env, php -i.
func (r *reader) readEnvOf() {
	if r.cmd.Name == "php" {
		if r.args.has("-i") {
			r.addEnv(envDump, "")
		}
		return
	}
	for _, w := range r.args.words {
		if !strings.Contains(w.Text, "env") && !strings.Contains(w.Text, "ENV") {
			continue
		}
		c := codeReader{r: r, lang: "jq", tokens: code.Lex("jq", w.Text)}
		for i := range c.tokens {
			if !c.isName(i) || c.tokens[i].Text != "env" && c.tokens[i].Text != "$ENV" || c.punct(i-1, ".") || c.punct(i+1, ":") {
				continue
			}
			switch {
			case c.punct(i+1, ".") && c.isName(i+2):
				r.addEnv(envPrint, c.tokens[i+2].Text)
			case len(c.tokens) > 1 && !c.punct(i-1, "|") && !c.punct(i+1, "|"): // an argument, a field
			default:
				r.addEnv(envDump, "")
			}
		}
	}
}

// readFilter reads what the command after an environment dump keeps of it.
func (r *reader) readFilter(next *shellparse.Command) {
	var args argv
	switch next.Name {
	case "grep", "egrep", "rg", "ag", "awk", "sed":
		args.read(r.set.program(next.Name), next.Argv[1:])
		pattern, ok := args.value("-e", "--regexp")
		if !ok {
			pattern = args.operand(0)
		}
		all := args.hasAny("-v", "--invert-match")
		switch next.Name {
		case "sed":
			all = !args.hasAny("-n", "--quiet", "--silent")
		case "awk":
			all = !strings.ContainsAny(pattern, "/~=")
		}
		if all {
			r.addEnv(envDump, "")
			return
		}
		r.addEnv(envPrint, pattern)
		r.facts.searches = append(r.facts.searches, searchFact{what: searchEnv, pattern: pattern, text: r.evidence()})
	default:
		r.addEnv(envDump, "")
	}
}

// readEcho reads variables that are shown by themselves. Into a pipe or a file
// they are used, not shown; what sends its input shows them to someone else.
func (r *reader) readEcho() {
	if r.cmd.Stage+1 < r.cmd.Stages {
		if next := r.next(); next == nil || !sendsInput(next) {
			return
		}
	}
	for i := range r.cmd.Redirs {
		switch r.cmd.Redirs[i].Op {
		case shellparse.RedirWrite, shellparse.RedirAppend:
			return
		}
	}
	for _, w := range r.args.words {
		for _, u := range w.Unknown {
			if u == shellparse.AnyVariable {
				r.addEnv(envDump, "")
			} else if name := shownVariable(u); name != "" {
				r.addEnv(envPrint, name)
			}
		}
		for name := range r.spelledVariables(w) {
			r.addEnv(envPrint, name)
		}
	}
}

// spelledVariables gives the variables of the environment that stand in a word
// whose value is known, for they were looked up.
func (r *reader) spelledVariables(w shellparse.Word) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !w.Known() || w.Span.End <= w.Span.Start || w.Span.End > len(r.script.Source) {
			return
		}
		text := r.script.Source[w.Span.Start:w.Span.End]
		for at := strings.IndexByte(text, '$'); at >= 0 && at+1 < len(text); at = strings.IndexByte(text, '$') {
			text = text[at:]
			end := 1
			if text[1] == '{' {
				end = strings.IndexByte(text, '}') + 1
			} else {
				for end < len(text) && (text[end] == '_' || '0' <= text[end] && text[end] <= '9' || 'a' <= lower(text[end]) && lower(text[end]) <= 'z') {
					end++
				}
			}
			variable := text[:max(end, 1)]
			text = text[len(variable):]
			if name := plainVariable(variable); name != "" && !strings.Contains(w.Text, variable) && !r.assigned(name) && !yield(name) {
				return
			}
		}
	}
}

// sendsInput reports a command that sends its standard input to another
// machine as it is.
func sendsInput(c *shellparse.Command) bool {
	switch c.Name {
	case "nc", "ncat", "netcat", "telnet", "mail", "sendmail":
		return true
	case "curl":
		for i := range c.Argv {
			if text := c.Argv[i].Text; text == "@-" || strings.HasSuffix(text, "=@-") || text == "-T-" || text == "-d@-" {
				return true
			}
		}
	}
	return false
}

// plainVariable gives NAME for $NAME and ${NAME}; forms that show only whether
// it is set, or how long it is, give "".
func plainVariable(unknown string) string {
	name, ok := strings.CutPrefix(unknown, "$")
	if !ok {
		return ""
	}
	if inner, ok := strings.CutPrefix(name, "{"); ok {
		name = strings.TrimSuffix(inner, "}")
		if strings.HasPrefix(name, "#") || strings.Contains(name, ":+") || strings.Contains(name, "+") {
			return ""
		}
		name, _, _ = strings.Cut(name, ":")
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && !('0' <= c && c <= '9') && !('a' <= lower(c) && lower(c) <= 'z') {
			return ""
		}
	}
	return name
}

// shownVariable is the variable whose value an expansion shows, whole or changed:
// ${NAME^^}, ${NAME#x}, ${NAME/a/b}.
func shownVariable(unknown string) string {
	body, ok := strings.CutPrefix(unknown, "${")
	if end := strings.IndexAny(body, "/^,#%@"); ok && end > 0 && isVariable(body[:end]) {
		return body[:end]
	}
	return plainVariable(unknown)
}

func (r *reader) addEnv(op, name string) {
	r.facts.envs = append(r.facts.envs, envFact{op: op, name: name, text: r.evidence()})
}
