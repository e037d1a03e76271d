package classify

import (
	"slices"
	"strings"

	"restrain/secret"
	"restrain/shellparse"
)

// An Issuer is a service whose credentials are known by their name or their look,
// and where they may be shown.
type Issuer struct {
	ID        string `toml:"id"`
	Variables Words  `toml:"variables"` // what variables with them are called; globs
	Prefix    Words  `toml:"prefix"`    // how they begin
	Host      Words  `toml:"host"`      // what they are for; globs
	Command   Words  `toml:"command"`   // its programs, which print them
}

// A parcel is what of a command goes to another machine.
type parcel struct {
	word  *shellparse.Word
	login bool // it is there to log in: a header, a user
}

// readParcels adds the credentials that go to another host than the one they are
// for: as variables, as what an earlier command has printed, or spelled out.
func (r *reader) readParcels() {
	switch {
	case len(r.facts.https) > 0:
		for i := range r.facts.https {
			if f := &r.facts.https[i]; f.scope == scopePublic && !strings.Contains(f.host, hole) {
				r.eachSent(func(p parcel) { r.sendParcel(p, f.host, f.path) })
				if f.body == bodyStdin {
					r.sendFed()
				}
			}
		}
	case r.cmd.Name == "git":
		for _, i := range r.args.operands {
			w := &r.args.words[i]
			if loc := splitURL(w.Text); strings.Contains(w.Text, "://") && loc.user != "" && hostScope(loc.host) == scopePublic && !strings.Contains(loc.host, hole) {
				r.sendParcel(parcel{w, r.issuerOf(loc.host) != nil}, loc.host, "")
			}
		}
	default:
		r.publishValues()
	}
	if r.sendsItsInput() && r.cmd.Host == "" {
		r.sendFed()
	}
}

// publishValues adds the credentials in the words of a program that hands its
// words to others: gh issue create --body "$TOKEN".
func (r *reader) publishValues() {
	if !slices.ContainsFunc(r.handlings(), func(h *Handling) bool { return h.Op == opSend }) {
		return
	}
	before := ""
	for i := range r.args.words {
		r.publishWord(&r.args.words[i], before)
		before = r.args.words[i].Text
	}
	if r.cmd.Stdin != nil {
		r.publishWord(r.cmd.Stdin, "")
	}
}

func (r *reader) publishWord(w *shellparse.Word, before string) {
	if said, ok := strings.CutPrefix(w.Text, "--says="); ok && r.cmd.Name == "mcp" && len(secret.Values(said)) > 0 {
		if h := r.handling("--says"); h != nil && h.Op == opSend {
			r.addEnv(envStray, "in the text")
		}
	}
	if name := r.set.issuedIn(w.Text); name != "" && r.publishes(before, w.Text) {
		r.addEnv(envStray, name)
	}
	for _, u := range w.Unknown {
		if name := r.credentialIn(u, w); name != "" {
			if h := r.handling(before); h != nil && h.Op == opSend {
				r.addEnv(envStray, name)
			}
		}
	}
}

// publishes reports that a word behind another, or behind its own "=", is shown to
// others.
func (r *reader) publishes(before, text string) bool {
	if strings.HasPrefix(text, "--") {
		if name, _, ok := strings.Cut(text, "="); ok {
			before = name
		}
	}
	h := r.handling(before)
	return h != nil && h.Op == opSend
}

// minToken is the shortest token of an issuer, in bytes.
const minToken = 16

// issuedIn is how a token of a known issuer begins that stands in a text, or "".
func (s *Set) issuedIn(text string) string {
	if len(text) < minToken {
		return ""
	}
	for i := range s.Issuers {
		for _, prefix := range s.Issuers[i].Prefix {
			if spells(text, prefix) {
				return prefix + "…"
			}
		}
	}
	return ""
}

// eachSent calls f with each word of a request.
func (r *reader) eachSent(f func(parcel)) {
	header := false
	for i := range r.cmd.Argv[1:] {
		w := &r.cmd.Argv[1+i]
		into := header || strings.HasPrefix(w.Text, "-H") || strings.HasPrefix(w.Text, "-u")
		switch w.Text {
		case "-H", "--header", "-u", "--user", "--oauth2-bearer", "-b", "--cookie", "-a", "--auth", "-A", "-e", "-o", "--output":
			header = true
			continue
		}
		if name, _, ok := strings.Cut(w.Text, "="); ok {
			into = into || name == "--header" || name == "--user" || name == "--password" || name == "--auth"
		}
		header = false
		f(parcel{w, into})
	}
	if r.cmd.Stdin != nil {
		f(parcel{r.cmd.Stdin, false})
	}
}

// sendFed adds the credentials other than files that the commands in front of
// this one print: env | curl -d @- URL.
func (r *reader) sendFed() {
	for at, n := r.cmd.From, 0; at >= 0 && at < len(r.script.Commands) && n < maxStages; n++ {
		for _, s := range r.sources {
			if s.command == at && s.origin == FromCredential && s.file == "" {
				r.addEnv(envStray, r.script.Commands[at].Name)
			}
		}
		at = r.script.Commands[at].From
	}
}

// sendParcel adds the credentials in a word that goes to a host.
func (r *reader) sendParcel(p parcel, host, path string) {
	for _, u := range p.word.Unknown {
		if name := r.credentialIn(u, p.word); name != "" {
			r.sendValue(name, r.issuerOfVariable(name), p.login, host, path)
		}
	}
	for i := range r.set.Issuers {
		for _, prefix := range r.set.Issuers[i].Prefix {
			if spells(p.word.Text, prefix) {
				r.sendValue(prefix+"…", &r.set.Issuers[i], p.login, host, path)
			}
		}
	}
}

// sendValue adds a credential that goes to a host, unless it is for it: its issuer
// says so, the host is named as it is, or it is there to log in.
func (r *reader) sendValue(name string, issuer *Issuer, login bool, host, path string) {
	switch {
	case issuer != nil:
		if !matchAnyFold(issuer.Host, host) {
			r.addEnv(envStray, name)
		}
	case login, namesHost(name, host), logsIn(path):
	default:
		r.addEnv(envSend, name)
	}
}

// credentialIn names the credential that an unknown part of a word depends on: a
// variable that is called so or was filled so, or a command that prints one.
func (r *reader) credentialIn(unknown string, w *shellparse.Word) string {
	name := plainVariable(unknown)
	if name != "" && r.wordSet("credential-names").inName(name) && !r.definesVariable(name) {
		return name
	}
	for _, s := range r.sources {
		if c := &r.script.Commands[s.command]; s.origin == FromCredential && s.file == "" &&
			(inside(c.Span, w.Span) || name == "" && strings.Contains(unknown, r.spelled(c)) || r.fills(name, c.Span)) {
			return c.Name
		}
	}
	if inner, ok := strings.CutPrefix(unknown, "$("); ok && !r.nested {
		return r.printedBy(strings.TrimSuffix(inner, ")"))
	}
	return ""
}

// printedBy names the program in a substitution that prints a credential which is
// no file's. Code that was decoded is read before what is substituted in it.
func (r *reader) printedBy(line string) string {
	script := shellparse.Parse(line, shellparse.Options{Home: r.surroundings().home})
	step := r.set.classify(script, r.ctx, true)
	for _, a := range step.Actions {
		if a.Class == "credential.read" && a.Severity > None && a.Resource.Kind != "path" && a.Command < len(script.Commands) {
			return script.Commands[a.Command].Name
		}
	}
	return ""
}

// spelled is a command as it stands in the line, or in code that was decoded.
func (r *reader) spelled(c *shellparse.Command) string {
	if c.Span.Start < 0 || c.Span.End > len(r.script.Source) || c.Span.Start >= c.Span.End {
		return joinWords(c.Argv)
	}
	return r.script.Source[c.Span.Start:c.Span.End]
}

// fills reports a variable that the line gives what a command prints.
func (r *reader) fills(name string, span shellparse.Span) bool {
	for i := range r.script.Commands[:r.n+1] {
		for _, a := range r.script.Commands[i].Assigns {
			if a.Name == name && name != "" && inside(span, a.Value.Span) {
				return true
			}
		}
	}
	return false
}

// issuerOfVariable gives the issuer of what a variable holds, or a program prints.
func (r *reader) issuerOfVariable(name string) *Issuer {
	for i := range r.set.Issuers {
		if s := &r.set.Issuers[i]; matchAny(s.Variables, name) || contains(s.Command, name) {
			return s
		}
	}
	return nil
}

// IsFor reports a credential of a known issuer's that a host is for, by what it is
// called where it lies: "default aws_secret_access_key" for sts.amazonaws.com.
func (s *Set) IsFor(name, host string) bool {
	name = name[strings.LastIndexByte(name, ' ')+1:]
	for i := range s.Issuers {
		if matchAnyFold(s.Issuers[i].Variables, name) && matchAnyFold(s.Issuers[i].Host, host) {
			return true
		}
	}
	return false
}

// issuerOf gives the issuer whose credentials are for a host.
func (r *reader) issuerOf(host string) *Issuer {
	for i := range r.set.Issuers {
		if s := &r.set.Issuers[i]; matchAnyFold(s.Host, host) {
			return s
		}
	}
	return nil
}

// spells reports a text with a token of a known beginning in it.
func spells(text, prefix string) bool {
	const least = 12 // letters and digits behind it
	at := strings.Index(text, prefix)
	if at < 0 || at > 0 && isTokenSign(text[at-1]) {
		return false
	}
	n := 0
	for _, c := range []byte(text[at+len(prefix):]) {
		if !isTokenSign(c) {
			break
		}
		n++
	}
	return n >= least
}

func isTokenSign(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'z' || c == '_' || c == '-'
}

// namesHost reports a variable whose name has a part of the host's: of
// WEATHER_API_KEY and api.weather.example.
func namesHost(name, host string) bool {
	for part := range strings.SplitSeq(strings.ToLower(name), "_") {
		if len(part) > 2 && !secret.Named(part) && part != "api" && part != "app" && part != "com" && part != "www" && part != "prod" && part != "key" && strings.Contains(host, part) {
			return true
		}
	}
	return false
}

// logsIn reports a path that credentials are exchanged at.
func logsIn(path string) bool {
	path = strings.ToLower(path)
	for _, part := range [...]string{"login", "signin", "sign-in", "oauth", "token", "auth", "session", "register", "signup"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

func (f *file) issuers(s *Set) error {
	if err := f.ids("issuer", len(s.Issuers), func(i int) string { return s.Issuers[i].ID }); err != nil {
		return err
	}
	for i := range s.Issuers {
		if t := &s.Issuers[i]; len(t.Host) == 0 || len(t.Variables) == 0 {
			return f.wrong("issuer", i, "host", "has no host or no variables", `name both, such as variables = ["ACME_*"] and host = ["*.acme.com"]`)
		}
	}
	return nil
}
