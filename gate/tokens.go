package gate

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/journal"
	"restrain/secret"
	"restrain/shellparse"
)

// recognise finds the secrets that the session has met before in what a step
// says: its line, and each word, text and variable as the shell would see it.
func recognise(known *secret.Known, r *Request, step *classify.Step) []secret.Hit {
	if known.Len() == 0 {
		return nil
	}
	var hits []secret.Hit
	take := func(list []secret.Hit) {
		for _, h := range list {
			if !slices.ContainsFunc(hits, func(o secret.Hit) bool { return o.Name == h.Name && o.Path == h.Path }) {
				hits = append(hits, h)
			}
		}
	}
	take(known.Match(r.text()))
	for i := range step.Script.Commands {
		take(tokensOf(known, &step.Script.Commands[i]))
	}
	return hits
}

// tokensOf finds the secrets in a command: values, and variables of their names.
func tokensOf(known *secret.Known, c *shellparse.Command) (hits []secret.Hit) {
	eachText(c, func(text string) { hits = append(hits, known.Match(text)...) })
	for i := range c.Argv {
		for _, unknown := range c.Argv[i].Unknown {
			if name, ok := strings.CutPrefix(unknown, "$"); ok {
				hits = append(hits, known.Named(strings.Trim(name, "{}"))...)
			}
		}
	}
	return hits
}

// eachText gives all that is known of the texts of a command.
func eachText(c *shellparse.Command, f func(string)) {
	for i := range c.Argv {
		f(c.Argv[i].Text)
	}
	for i := range c.Assigns {
		f(c.Assigns[i].Value.Text)
	}
	if c.Stdin != nil {
		f(c.Stdin.Text)
	}
	for i := range c.Snippets {
		f(c.Snippets[i].Text.Text)
	}
}

// weighTokens gives a step that takes a found secret to a host which has
// nothing to do with where it lay a finding of its own.
func weighTokens(set *classify.Set, known *secret.Known, step *classify.Step) {
	for i := range step.Script.Commands {
		host := hostIn(&step.Script.Commands[i])
		if host == "" || isLocal(host) {
			continue
		}
		for _, h := range tokensOf(known, &step.Script.Commands[i]) {
			if h.Given || set.IsFor(h.Name, host) || belongs(&h, host) {
				continue
			}
			step.Severity = max(step.Severity, classify.Medium)
			step.Actions = append(step.Actions, classify.Action{
				Class: "credential.use", Severity: classify.Medium, Undo: classify.UndoNo, Command: i,
				Resource: classify.Resource{Kind: "host", Name: host},
				Finding: &classify.Finding{Rule: "found-credential-elsewhere", Description: "sends a credential that it found to a host that has nothing to do with it",
					Justification: "whoever has the value can use it, and it cannot be taken back but by making a new one",
					Attack:        "T1552", Evidence: h.Name + " to " + host},
			})
			break
		}
	}
}

// useTokens notes which commands use a secret that the session has found.
func useTokens(known *secret.Known, step *classify.Step) {
	for i := range step.Script.Commands {
		if slices.ContainsFunc(tokensOf(known, &step.Script.Commands[i]), func(h secret.Hit) bool { return !h.Given }) {
			step.Use(i, true)
		}
	}
}

// hostIn is the host of the first address in a command.
func hostIn(c *shellparse.Command) (host string) {
	for i := range c.Argv {
		_, rest, ok := strings.Cut(c.Argv[i].Text, "://")
		if !ok {
			continue
		}
		if end := strings.IndexAny(rest, "/?# \n\"'"); end >= 0 {
			rest = rest[:end]
		}
		rest = rest[strings.LastIndexByte(rest, '@')+1:]
		host, _, _ = strings.Cut(rest, ":")
		if host != "" && !strings.ContainsRune(host, shellparse.Hole) {
			return strings.ToLower(host)
		}
	}
	return ""
}

// isLocal reports an address of this machine or of the network it is in.
func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || !strings.Contains(host, ".") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// belongs reports whether a host has to do with where a secret lay: its name or
// its file's has the host's in it, or the file names the host.
func belongs(h *secret.Hit, host string) bool {
	const shortest = 3
	where := strings.ToLower(h.Name + " " + h.Path)
	for label := range strings.SplitSeq(host, ".") {
		if len(label) > shortest && label != "com" && strings.Contains(where, label) {
			return true
		}
	}
	if h.Path == "" {
		return false
	}
	text, err := readFile(h.Path, maxScript)
	return err == nil && strings.Contains(strings.ToLower(string(text)), domain(host))
}

// domain is a host without what names one machine of many.
func domain(host string) string {
	labels := strings.Split(host, ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

// tokens says of each secret in a step what it is, where it comes from and what
// it is used for.
func tokens(step *classify.Step, dir string) []string {
	const most = 4
	var lines []string
	for _, h := range step.Secrets[:min(len(step.Secrets), most)] {
		text := h.Name
		if h.Given {
			text += ", given to the session"
		} else {
			text += ", found at " + h.When.Format("15:04") + " by this session"
		}
		if h.Path == "" {
			text += " in the environment"
		} else {
			at := h.Origin
			if rel, err := filepath.Rel(dir, h.Path); err == nil && filepath.IsLocal(rel) {
				at.Path = rel
			}
			text += " in " + at.String()
		}
		if h.Form != "" {
			text += ", here as " + h.Form
		}
		lines = append(lines, text)
	}
	for i := range step.Script.Commands {
		if host := hostIn(&step.Script.Commands[i]); host != "" && len(lines) > 0 {
			return append(lines, "used here for "+host)
		}
	}
	return lines
}

// usedSecrets are a step's secrets as the journal has them.
func usedSecrets(step *classify.Step) []journal.Secret {
	if len(step.Secrets) == 0 {
		return nil
	}
	host := ""
	for i := range step.Script.Commands {
		if host = hostIn(&step.Script.Commands[i]); host != "" {
			break
		}
	}
	list := make([]journal.Secret, len(step.Secrets))
	for i, h := range step.Secrets {
		list[i] = journal.Secret{Name: h.Name, Where: h.Path, Line: h.Line, Given: h.Given, Host: host}
	}
	return list
}

// meetRead remembers the secrets in the files that a step reads.
func meetRead(t *Turn, r *Request, step *classify.Step, number int, now time.Time) error {
	if !r.Live {
		return nil
	}
	for i := range step.Actions {
		a := &step.Actions[i]
		if a.Class != "credential.read" || a.Resource.Name == "" || !a.Resource.Settled() {
			continue
		}
		path := a.Resource.Name
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			path = filepath.Join(r.Home, rest)
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.Dir, path)
		}
		values, err := secret.ReadFile(path)
		if err != nil {
			continue // it has nothing that could be met
		}
		if err := t.Meet(values, number, now); err != nil {
			return err
		}
	}
	return nil
}
