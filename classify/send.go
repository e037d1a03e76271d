package classify

import (
	"strings"

	"restrain/shellparse"
)

// maxStages bounds how far back along a pipeline the source of what is sent is
// looked for.
const maxStages = 8

// readSends reads which files leave this machine: the bodies of requests, and
// what is piped into a program that talks to another host.
func (r *reader) readSends() {
	piped := false
	for i := range r.facts.https {
		f := &r.facts.https[i]
		if f.scope == scopeLoopback {
			continue
		}
		for _, name := range f.bodyFiles {
			r.addPath(opSend, strings.TrimPrefix(name, "@"), false)
		}
		piped = piped || f.body == bodyStdin
	}
	if len(r.facts.https) > 0 && r.facts.https[0].scope != scopeLoopback {
		r.sendSubstituted()
	}
	if piped = piped || r.sendsItsInput(); piped {
		r.sendInput(r.cmd)
	}
	r.readServes()
	r.readParcels()
	if piped || r.cmd.Host != "" {
		first := len(r.facts.files)
		r.sendPiped()
		for i := first; i < len(r.facts.files); i++ {
			r.facts.files[i].here = true
		}
	}
}

// sendsItsInput reports a program that hands its input to another host.
func (r *reader) sendsItsInput() bool {
	switch r.cmd.Name {
	case "openssl":
		return r.args.operand(0) == "s_client"
	case "nc", "ncat", "netcat", "socat", "telnet", "pastebinit", "wgetpaste", "mail", "mailx", "mutt", "sendmail", "msmtp", "swaks", "ffsend", "telegram-send", "slackcat":
		return true
	case "http", "https", "httpie", "xh", "xhs":
		return len(r.facts.https) > 0 && r.facts.https[0].scope != scopeLoopback
	}
	return false
}

// sendInput adds the files that a command reads as its input.
func (r *reader) sendInput(c *shellparse.Command) {
	for i := range c.Redirs {
		if redir := &c.Redirs[i]; redir.Op == shellparse.RedirRead {
			r.addRedir(opSend, redir.Target)
		}
	}
}

// sendSubstituted adds the files that commands in the request's address or body
// read: curl -d "$(cat .env)" URL. What goes into a header is there to log in.
func (r *reader) sendSubstituted() {
	r.eachSent(func(p parcel) {
		w := p.word
		if p.login || w.Known() {
			return
		}
		first := len(r.facts.files)
		for n := r.n - 1; n >= max(r.n-maxStages, 0); n-- {
			if c := &r.script.Commands[n]; len(c.Argv) > 0 && inside(c.Span, w.Span) {
				r.sendRead(c)
				r.sendSource(n)
			}
		}
		if strings.Contains(w.Text, "://") { // a version, say, is no data that leaves
			kept := r.facts.files[:first]
			for _, f := range r.facts.files[first:] {
				if r.inSets(r.set.index.Fixed.Credentials|r.set.index.Fixed.History, &f) {
					kept = append(kept, f)
				}
			}
			r.facts.files = kept
		}
	})
}

// readServes reads python -m http.server, which hands a directory to everyone
// who asks. A project's own is ordinary work.
func (r *reader) readServes() {
	if module, _ := r.args.value("-m"); module != "http.server" {
		return
	}
	dir, ok := r.args.value("-d", "--directory")
	if !ok {
		for i, w := range r.args.words {
			if w.Text == "--directory" && i+1 < len(r.args.words) {
				dir = r.args.words[i+1].Text
			}
		}
	}
	if dir == "" {
		dir = r.dir
	}
	f := fileFact{op: opSend, text: dir, recursive: true}
	switch r.place(&f) {
	case PlaceHome, PlaceRoot, PlaceSystem:
		r.facts.files = append(r.facts.files, f)
	}
}

// sendPiped adds the files that the commands before this one in its pipeline
// read.
func (r *reader) sendPiped() {
	at := r.cmd.From
	for range maxStages {
		if at < 0 || at >= len(r.script.Commands) {
			return
		}
		c := &r.script.Commands[at]
		if len(c.Argv) == 0 || c.Host != "" {
			return
		}
		r.sendRead(c)
		r.sendSource(at)
		at = c.From
	}
}

// sendRead adds the files that a command reads.
func (r *reader) sendRead(c *shellparse.Command) {
	var args argv
	program := r.set.program(c.Name)
	args.read(program, c.Argv[1:])
	if program.Reads != "" || program.Class == "file.read" || c.Name == "tar" {
		for _, i := range args.operands {
			r.addWord(opSend, args.words[i])
		}
	}
	for i := range args.flags {
		if f := &args.flags[i]; f.valued && contains(program.ReadsFlag, f.name) {
			r.addPath(opSend, f.value, false)
		}
	}
	r.sendInput(c)
}
