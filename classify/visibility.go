package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// How much of what a command prints somebody gets to see.
type sight uint8

const (
	seenAll     sight = iota
	seenNames         // of NAME=value lines, the names
	seenNothing       // a count, a list of keys, an exit status
)

// visibility tells what is left of the command's output behind the filters that it
// goes through: | cut -d= -f1, | wc -l, > /dev/null. On the way it may only
// pass filters that do nothing else with it.
func (r *reader) visibility() sight {
	at, c := r.n, r.cmd
	for range maxStages {
		if s := sightOf(c); s != seenAll {
			return s
		}
		next := r.after(at)
		if c.Name == "" || redirected(c) || at != r.n && !passesOn(c) || next < 0 {
			return seenAll
		}
		at, c = next, &r.script.Commands[next]
	}
	return seenAll
}

// sightOf tells what one command leaves of what it is given or reads.
func sightOf(c *shellparse.Command) sight {
	if len(c.Argv) == 0 {
		return seenAll
	}
	first, flags := firstOperand(c)
	names, nothing := false, discards(c)
	switch c.Name {
	case "sed", "gsed":
		names = masksValues(first) && strings.Trim(flags, "nErsue") == "" && strings.Count(flags, "e") < 2
	case "cut":
		names = cutsNames(c)
	case "awk", "gawk", "mawk":
		names = flags == "F=" && strings.HasSuffix(first, "{print $1}") &&
			strings.Count(first, "print") == 1 && strings.Count(first, "$") == 1 && !strings.Contains(first, "(")
	case "grep", "egrep", "rg":
		for _, w := range c.Argv {
			nothing = nothing || w.Text == "--quiet" || w.Text == "--count" || isBundle(w.Text, "EFGPciqw") && strings.ContainsAny(w.Text, "cq")
		}
	case "jq", "gojq", "yq":
		nothing = nothing || namesKeys(first)
	case "wc":
		nothing = true
	}
	switch {
	case nothing:
		return seenNothing
	case names:
		return seenNames
	}
	return seenAll
}

// firstOperand gives a command's first word that is no flag, and the letters
// of the flags in front of it.
func firstOperand(c *shellparse.Command) (operand, flags string) {
	for _, w := range c.Argv[1:] {
		if len(w.Text) < 2 || w.Text[0] != '-' {
			return w.Text, flags
		}
		flags += w.Text[1:]
	}
	return "", flags
}

// isBundle reports short flags of the given letters: -qi.
func isBundle(word, letters string) bool {
	return len(word) > 1 && word[0] == '-' && strings.Trim(word[1:], letters) == ""
}

// discards reports a command whose output goes to /dev/null.
func discards(c *shellparse.Command) (nowhere bool) {
	for i := range c.Redirs {
		if redir := &c.Redirs[i]; writesOutput(redir) {
			nowhere = redir.Target.Text == "/dev/null"
		}
	}
	return nowhere
}

// redirected reports a command whose output goes to a file or to its errors,
// not to the next one.
func redirected(c *shellparse.Command) bool {
	for i := range c.Redirs {
		if writesOutput(&c.Redirs[i]) {
			return true
		}
	}
	return false
}

func writesOutput(redir *shellparse.Redir) bool {
	switch redir.Op {
	case shellparse.RedirWrite, shellparse.RedirAppend, shellparse.RedirDup:
		return redir.FD == -1 || redir.FD == 1
	}
	return false
}

// masksValues reports a script of sed that replaces all that follows "=", and
// does nothing else: s/=.*/=x/.
func masksValues(script string) bool {
	if len(script) < 2 || script[0] != 's' {
		return false
	}
	parts := strings.Split(script[2:], script[1:2])
	return len(parts) == 3 && (parts[0] == "=.*" || parts[0] == "=.*$") &&
		!strings.ContainsAny(parts[1], `&\`) && strings.Trim(parts[2], "gp") == ""
}

// cutsNames reports a cut that leaves what stands in front of the first "=".
func cutsNames(c *shellparse.Command) bool {
	field, delimiter := false, false
	for i, w := range c.Argv[1:] {
		before := c.Argv[i].Text
		field = field || w.Text == "-f1" || before == "-f" && w.Text == "1"
		delimiter = delimiter || w.Text == "-d=" || before == "-d" && w.Text == "="
	}
	return field && delimiter
}

// namesKeys reports a filter of jq for what things are called, or how many they
// are: keys, .data | keys, .outputs | length.
func namesKeys(filter string) bool {
	path, last := "", filter
	if at := strings.LastIndexByte(filter, '|'); at >= 0 {
		path, last = strings.TrimSpace(filter[:at]), strings.TrimSpace(filter[at+1:])
	}
	switch last {
	case "keys", "keys[]", "keys_unsorted", "keys_unsorted[]", "length", "to_entries[].key":
	default:
		return false
	}
	for i := range len(path) { // no more than a path, which makes no keys of values
		if c := path[i]; c != '.' && c != '_' && c != '-' && !('0' <= c && c <= '9') && !('a' <= lower(c) && lower(c) <= 'z') {
			return false
		}
	}
	return path == "" || path[0] == '.'
}

// passesOn reports the filters that only pass on what they are given.
func passesOn(c *shellparse.Command) bool {
	switch c.Name {
	case "grep", "egrep", "fgrep", "rg", "head", "tail", "cut", "tr", "sort", "uniq", "base64", "jq", "cat", "nl", "column":
		return true
	case "sed", "gsed": // but w writes to a file, and e runs a command
		for _, w := range c.Argv[1:] {
			if strings.ContainsAny(w.Text, "we") {
				return false
			}
		}
		return true
	}
	return false
}

// after gives the command that the output of another goes to, -1 for none.
func (r *reader) after(n int) int {
	if c := &r.script.Commands[n]; c.Stage+1 >= c.Stages {
		return -1
	}
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
	if len(r.facts.files) == 0 {
		return
	}
	switch r.program.Class {
	case "file.read", "file.search", classShell: // sort, base64
	default:
		return
	}
	next := r.next()
	if r.visibility() == seenAll && (next == nil || !r.keepsOthers(next)) {
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
		!r.wordSet("credential-words").inSearch(&searchFact{what: searchContents, pattern: pattern, ignoreCase: true}, false) &&
		!r.wordSet("credential-names").inName(pattern)
}

// next gives the command that this one's output goes to, nil when none.
func (r *reader) next() *shellparse.Command {
	if n := r.after(r.n); n >= 0 {
		return &r.script.Commands[n]
	}
	return nil
}

// readSpelled reads variables that a filter is fed and shows in another
// spelling: echo $NAME | base64, xxd <<< $NAME.
func (r *reader) readSpelled() {
	if r.cmd.Stdin == nil || len(r.cmd.Stdin.Unknown) == 0 || !respells(r.cmd) || r.cmd.Origin == shellparse.Substitution {
		return
	}
	for at, c := r.n, r.cmd; ; c = &r.script.Commands[at] {
		if redirected(c) || !respells(c) {
			return
		}
		if at = r.after(at); at < 0 {
			break
		}
	}
	for _, u := range r.cmd.Stdin.Unknown {
		if name := plainVariable(u); name != "" {
			r.addEnv(envPrint, name)
		}
	}
}

// respells reports the filters whose output tells all of their input.
func respells(c *shellparse.Command) bool {
	switch c.Name {
	case "base64", "base32", "basenc":
		return !slices.ContainsFunc(c.Argv, func(w shellparse.Word) bool {
			return w.Text == "-d" || w.Text == "-D" || w.Text == "--decode"
		})
	case "xxd", "od", "hexdump", "hd", "rev", "fold", "cat", "nl", "tac", "fmt", "uuencode":
		return true
	}
	return false
}
