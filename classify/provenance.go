package classify

import (
	"path"
	"slices"
	"strings"

	"restrain/shellparse"
)

// An Origin says what a file was made from, where that matters to what is done
// with it later.
type Origin uint8

// The origins.
const (
	OriginNone     Origin = iota
	FromNetwork           // what was downloaded
	FromCredential        // what was read from where credentials are
)

// originSets are the sets that a file joins through its origin.
var originSets = [...]string{FromNetwork: "downloaded-files", FromCredential: "credential-files"}

// An Artifact is a file that a step leaves behind, with its origin. The path is
// absolute and clean as far as that can be known.
type Artifact struct {
	Path   string
	Origin Origin
}

// A Memory is a Context that knows what earlier steps have left behind.
type Memory interface {
	Context
	// Origin is that of a file, by its path as in an Artifact.
	Origin(path string) Origin
}

// maxArtifacts bounds the files that one step is taken to leave behind.
const maxArtifacts = 16

// A source is a command whose output has an origin.
type source struct {
	command int
	origin  Origin
	file    string // with credentials, that it has read
	// downloaded is the file of that origin that it has read.
	downloaded string
}

// remembers reports whether there is anything to remember.
func (r *reader) remembers() bool { return r.memory != nil || len(r.artifacts) > 0 }

// originOf is the origin of a file, from an earlier command or step.
func (r *reader) originOf(f *fileFact) Origin {
	r.locate(f)
	for i := len(r.artifacts) - 1; i >= 0; i-- {
		if r.artifacts[i].Path == f.path {
			return r.artifacts[i].Origin
		}
	}
	if r.memory != nil {
		return r.memory.Origin(f.path)
	}
	return OriginNone
}

// joins reports whether a file is in one of the sets through its origin. To
// remove such a file is to tidy up.
func (r *reader) joins(sets pathMask, f *fileFact) bool {
	switch f.op {
	case opDelete, opTruncate, opChmod, opWrite, opAppend:
		return false
	}
	origin := r.originOf(f)
	return origin != OriginNone && sets&r.set.masks(originSets[origin]) != 0
}

// readLeft notes the files that a command leaves behind and that are made from
// what was downloaded or from credentials: by itself, by the commands that feed
// it, or by what it reads.
func (r *reader) readLeft() {
	origin := r.origin()
	if origin == OriginNone {
		return
	}
	r.sources = append(r.sources, source{r.n, origin, r.fileRead(), r.downloadRead(origin)})
	for i := range r.facts.files {
		if f := &r.facts.files[i]; f.op == opWrite || f.op == opAppend {
			r.leave(f, origin)
		}
	}
	if origin != FromNetwork {
		if archive, _ := r.packed(); archive != "" {
			r.leave(&fileFact{op: opWrite, text: archive}, origin)
		}
		return
	}
	for i := range r.facts.https {
		if name := r.savedAs(&r.facts.https[i]); name != "" {
			r.leave(&fileFact{op: opWrite, text: name}, origin)
		}
	}
}

// fileRead gives the file with credentials that the command has read.
func (r *reader) fileRead() string {
	for i := range r.facts.files {
		if f := &r.facts.files[i]; f.op == opRead && r.hidesContent(f) {
			return f.text
		}
	}
	return ""
}

// downloadRead gives the downloaded file that the command has read.
func (r *reader) downloadRead(origin Origin) string {
	if origin != FromNetwork || !r.remembers() {
		return ""
	}
	for i := range r.facts.files {
		if f := &r.facts.files[i]; f.op == opRead && r.originOf(f) == FromNetwork {
			return f.text
		}
	}
	return ""
}

func (r *reader) leave(f *fileFact, origin Origin) {
	r.locate(f)
	if len(r.artifacts) < maxArtifacts && !strings.Contains(f.path, hole) {
		r.artifacts = append(r.artifacts, Artifact{f.path, origin})
	}
}

// origin is that of what a command prints and writes.
func (r *reader) origin() Origin {
	for i := r.first; i < len(r.actions); i++ {
		if a := &r.actions[i]; a.Class == "credential.read" && a.Severity > None {
			return FromCredential
		}
	}
	for i := range r.facts.https {
		if f := &r.facts.https[i]; f.scope != scopeLoopback && f.method == "GET" {
			return FromNetwork
		}
	}
	if len(r.sources) > 0 {
		for at, n := r.cmd.From, 0; at >= 0 && n < maxStages; n++ {
			if i := slices.IndexFunc(r.sources, func(s source) bool { return s.command == at }); i >= 0 {
				return r.sources[i].origin
			}
			at = r.script.Commands[at].From
		}
	}
	if r.remembers() {
		for i := range r.facts.files {
			if f := &r.facts.files[i]; f.op == opRead || f.op == opCopy || f.op == opMove {
				if origin := r.originOf(f); origin != OriginNone {
					return origin
				}
			}
		}
	}
	return OriginNone
}

// savedAs is the file that a download goes to when the command leaves its name
// to the server: wget URL, curl -O URL.
func (r *reader) savedAs(f *httpFact) string {
	switch r.cmd.Name {
	case "wget", "wget2":
		if r.args.hasAny("-O", "--output-document") {
			return ""
		}
	case "curl":
		if !r.args.hasAny("-O", "--remote-name", "--remote-name-all", "-J", "--remote-header-name") {
			return ""
		}
	default:
		if isWebCmdlet(r.cmd.Name) {
			return outFile(r.cmd.Argv[1:])
		}
		return ""
	}
	dir, _ := r.args.value("-P", "--directory-prefix", "--output-dir")
	if name := path.Base(f.path); name != "/" && name != "." {
		return path.Join(dir, name)
	}
	return ""
}

// outFile is the file that a cmdlet saves an answer to: -OutFile x, -OutFile:x.
func outFile(words []shellparse.Word) string {
	for i := range words {
		name, value, attached := strings.Cut(words[i].Text, ":")
		if len(name) < 2 || !strings.HasPrefix("-outfile", strings.ToLower(name)) {
			continue
		}
		if attached {
			return value
		}
		if i+1 < len(words) {
			return words[i+1].Text
		}
	}
	return ""
}

// EachWrittenFile calls f with each file that a script, run in dir, writes a known text
// to, by its path as far as that can be known: cat > x.sh <<EOF … EOF.
func EachWrittenFile(sc *shellparse.Script, dir string, f func(path, text string)) {
	for i := range sc.Commands {
		c := &sc.Commands[i]
		for j := range c.Redirs {
			redir := &c.Redirs[j]
			if redir.Op != shellparse.RedirWrite || !redir.Target.Known() || redir.Target.Text == "" || c.Host != "" || !c.Dir.Known() {
				continue
			}
			if text, ok := sc.WrittenText(i+1, redir.Target.Text, shellparse.Options{}); ok {
				f(absolute(dir, absolute(c.Dir.Text, redir.Target.Text)), text)
			}
		}
	}
}

// absolute joins a path to the directory it is written in, as far as known.
func absolute(dir, name string) string {
	if dir == "" || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}
