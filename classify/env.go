package classify

import (
	"strings"

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
			r.addEnv(envPrint, r.args.words[i].Text)
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
	next := r.next()
	switch {
	case next == nil:
		r.addEnv(envDump, "")
	case r.hidesValues():
	default:
		r.readFilter(next)
	}
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
		c := codeReader{r: r, lang: "jq", tokens: shellparse.LexCode("jq", w.Text)}
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
		if args.hasAny("-v", "--invert-match", "-q", "-c", "--count") {
			if args.has("-v") {
				r.addEnv(envDump, "")
			}
			return
		}
		pattern, ok := args.value("-e", "--regexp")
		if !ok {
			pattern = args.operand(0)
		}
		r.addEnv(envPrint, pattern)
		r.facts.searches = append(r.facts.searches, searchFact{what: searchEnv, pattern: pattern, text: r.evidence()})
	case "wc":
	case "cut":
		args.read(r.set.program(next.Name), next.Argv[1:])
		if fields, _ := args.value("-f", "--fields"); fields != "1" {
			r.addEnv(envDump, "")
		}
	default:
		r.addEnv(envDump, "")
	}
}

// hidesValues reports that what the command prints is cut down to the names of
// NAME=value lines before anyone sees it: | cut -d= -f1, | sed 's/=.*/=x/'.
func (r *reader) hidesValues() bool {
	at := r.n
	for range maxStages {
		c := r.after(at)
		if c < 0 {
			return false
		}
		next := &r.script.Commands[c]
		for i := range next.Argv {
			switch text := next.Argv[i].Text; next.Name {
			case "sed":
				if strings.Contains(text, "s/=.*/") || strings.Contains(text, "s|=.*|") {
					return true
				}
			case "cut":
				if text == "-f1" && i > 0 && strings.HasPrefix(next.Argv[i-1].Text, "-d") {
					return true
				}
			case "awk":
				if strings.Contains(text, "{print $1}") && next.Argv[i-1].Text == "-F=" {
					return true
				}
			case "grep":
				if text == "-q" || text == "-c" {
					return true
				}
			case "wc":
				return true
			}
		}
		at = c
	}
	return false
}

// after gives the command that the output of another goes to, -1 for none.
func (r *reader) after(n int) int {
	for i := n + 1; i < len(r.script.Commands); i++ {
		if c := &r.script.Commands[i]; c.From == n && c.Pipeline == r.script.Commands[n].Pipeline && len(c.Argv) > 0 {
			return i
		}
	}
	return -1
}

// readShown notes which of the files that the command prints nobody sees the
// secrets of: a filter behind it keeps names only, or other lines.
func (r *reader) readShown() {
	if r.cmd.Stage+1 >= r.cmd.Stages || len(r.facts.files) == 0 || r.program.Class != "file.read" {
		return
	}
	next := r.next()
	if next == nil || !r.hidesValues() && !r.keepsOthers(next) {
		return
	}
	for i := range r.facts.files {
		if f := &r.facts.files[i]; f.op == opRead {
			f.op = opList
		}
	}
}

// keepsOthers reports a filter for lines that are not about credentials.
func (r *reader) keepsOthers(next *shellparse.Command) bool {
	switch next.Name {
	case "grep", "egrep", "rg":
	default:
		return false
	}
	var args argv
	args.read(r.set.program(next.Name), next.Argv[1:])
	pattern, ok := args.value("-e", "--regexp")
	if !ok {
		pattern = args.operand(0)
	}
	plain := pattern != "" && strings.Trim(pattern, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_|^=()\\") == ""
	return plain && !args.hasAny("-v", "--invert-match", "-A", "-B", "-C") &&
		!r.wordSet("credential-words").inSearch(&searchFact{what: searchContents, pattern: pattern, ignoreCase: true}) &&
		!r.wordSet("credential-names").inName(pattern)
}

// next gives the command that this one's output goes to, nil when none.
func (r *reader) next() *shellparse.Command {
	if r.cmd.Stage+1 >= r.cmd.Stages {
		return nil
	}
	for i := range r.script.Commands {
		if c := &r.script.Commands[i]; c.From == r.n && c.Pipeline == r.cmd.Pipeline && len(c.Argv) > 0 {
			return c
		}
	}
	return nil
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
			if name := plainVariable(u); name != "" {
				r.addEnv(envPrint, name)
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

func (r *reader) addEnv(op, name string) {
	r.facts.envs = append(r.facts.envs, envFact{op: op, name: name, text: r.evidence()})
}
