package classify

import "strings"

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
	switch r.cmd.Name {
	case "openssl":
		piped = piped || r.args.operand(0) == "s_client"
	case "nc", "ncat", "netcat", "socat", "telnet":
		piped = true
		for i := range r.cmd.Redirs {
			if redir := &r.cmd.Redirs[i]; redir.Op == "<" {
				r.addRedir(opSend, redir.Target)
			}
		}
	}
	r.readServes()
	if piped || r.cmd.Host != "" {
		first := len(r.facts.files)
		r.sendPiped()
		for i := first; i < len(r.facts.files); i++ {
			r.facts.files[i].here = true
		}
	}
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
		for i := range c.Redirs {
			if redir := &c.Redirs[i]; redir.Op == "<" {
				r.addRedir(opSend, redir.Target)
			}
		}
		at = c.From
	}
}
