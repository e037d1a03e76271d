package gate

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/platform"
)

// A seal is what a judgement looked at: the files that it read, the variables,
// where links led, what was at its targets. A human who approves a step approves
// it with these; when the answer comes they are looked at again, for the agent
// has had the time of the question to change them.
type seal struct {
	request *Request
	seen    map[string]sighting
}

// A sighting is what was seen of one thing, and how to look again.
type sighting struct {
	state  string
	look   func(classify.Context) string
	script bool // it is read as a program
}

// maxSeal bounds the things that are sealed; a step with more cannot be
// approved for what was shown, and is asked about as changed.
const maxSeal = 4096

// maxSealed bounds the content of a file that is compared, in bytes; of a longer
// one its identity counts.
const maxSealed = maxScript

// sealed gives a request whose reading is noted. Of one that will not run here
// nothing is looked at.
func (r *Request) sealed() *Request {
	watched := *r
	watched.seal = &seal{request: r, seen: map[string]sighting{}}
	if !r.Live {
		return &watched
	}
	if r.Env != nil {
		watched.Env = func(name string) (string, bool) {
			value, ok := r.Env(name)
			watched.seal.note("variable "+name, func(classify.Context) string { return variableState(r.Env, name) })
			return value, ok
		}
	}
	return &watched
}

// note keeps what is seen of a thing, once.
func (s *seal) note(thing string, look func(classify.Context) string) {
	if _, known := s.seen[thing]; known || len(s.seen) >= maxSeal {
		return
	}
	s.seen[thing] = sighting{state: look(s.request.context()), look: look}
}

// readScript reads a script for the parser.
func (s *seal) readScript(path string) ([]byte, error) {
	s.file(path)
	if seen, ok := s.seen[path]; ok {
		seen.script = true
		s.seen[path] = seen
	}
	return readScript(path)
}

// file notes the content of a file.
func (s *seal) file(path string) {
	s.note(path, func(classify.Context) string { return contentState(path) })
}

// operands notes what the words of a step name: the files that programs are
// given, whether or not they were read, and what patterns stand for.
func (s *seal) operands(step *classify.Step) {
	for i := range step.Script.Commands {
		command := &step.Script.Commands[i]
		if !command.Dir.Known() || command.Host != "" {
			continue
		}
		dir := absolute(s.request.Dir, command.Dir.Text)
		for j, word := range command.Argv {
			if word.Known() && word.Text != "" && (j > 0 || strings.Contains(word.Text, "/")) {
				s.operand(dir, word.Text, word.Glob)
			}
		}
		for j := range command.Redirs {
			if target := &command.Redirs[j].Target; target.Known() && target.Text != "" {
				s.operand(dir, target.Text, false)
			}
		}
	}
}

func (s *seal) operand(dir, word string, glob bool) {
	path := absolute(dir, word)
	if glob {
		s.note("the files of "+word, func(classify.Context) string {
			fits, err := filepath.Glob(path)
			return fmt.Sprint(err, fits)
		})
		return
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		s.file(path)
	}
}

// changed lists what is no longer as it was seen, in words.
func (s *seal) changed() []string {
	if len(s.seen) >= maxSeal {
		return []string{"more than can be looked at again"}
	}
	ctx := s.request.context()
	var list []string
	for thing, was := range s.seen {
		if was.look(ctx) != was.state {
			list = append(list, thing)
		}
	}
	slices.Sort(list)
	return list
}

// stale reports that a program which was read, or a file that the words of a
// command name, is another one by now.
func (s *seal) stale(argv []string, dir string) bool {
	ctx := s.request.context()
	for thing, was := range s.seen {
		named := was.script || slices.ContainsFunc(argv, func(word string) bool { return absolute(dir, word) == thing })
		if named && was.look(ctx) != was.state {
			return true
		}
	}
	return false
}

// sealing is a context that notes what it is asked.
type sealing struct {
	classify.Context
	seal *seal
}

// ReadFile reads a file that a command hands on.
func (c sealing) ReadFile(path string, max int) ([]byte, error) {
	c.seal.file(absolute(c.Dir(), path))
	return c.Context.ReadFile(path, max)
}

// Glance reads what a tool keeps of its own.
func (c sealing) Glance(path string, max int) ([]byte, error) {
	c.seal.file(absolute(c.Dir(), path))
	return c.Context.Glance(path, max)
}

// Resolve follows links.
func (c sealing) Resolve(path string) (real string, elsewhere bool, err error) {
	c.seal.note("where "+path+" leads", func(ctx classify.Context) string {
		return fmt.Sprint(ctx.Resolve(path))
	})
	return c.Context.Resolve(path)
}

// Target looks at what would be destroyed.
func (c sealing) Target(path string) classify.TargetInfo {
	c.seal.note("what is at "+path, func(ctx classify.Context) string {
		info := ctx.Target(path)
		return identityState(absolute(ctx.Dir(), path), info.Files == 1) + fmt.Sprintf(" %+v", info)
	})
	return c.Context.Target(path)
}

// Origin is what is known of a file.
func (c sealing) Origin(path string) classify.Origin {
	if memory, ok := c.Context.(classify.Memory); ok {
		return memory.Origin(path)
	}
	return classify.OriginNone
}

// Made is when a step of the session made an object.
func (c sealing) Made(o *classify.Object) (since time.Time, ok bool) {
	if maker, ok := c.Context.(classify.Maker); ok {
		return maker.Made(o)
	}
	return time.Time{}, false
}

// variableState is a variable without its value, which may be a secret.
func variableState(env func(string) (string, bool), name string) string {
	value, ok := env(name)
	sum := sha256.Sum256([]byte(value))
	return fmt.Sprintf("%t %x", ok, sum)
}

// contentState is what a file holds.
func contentState(path string) string {
	text, err := readFile(path, maxSealed)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "nothing"
	case err != nil:
		return identityState(path, true)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// identityState is which file is at a path; with its times, where its content
// counts. Those of a directory change with every file that comes and goes.
func identityState(path string, content bool) string {
	info, err := os.Lstat(path)
	if err != nil {
		return err.Error()
	}
	id, _, _ := platform.Identify(path, info)
	state := fmt.Sprint(id, info.Mode())
	if content && info.Mode().IsRegular() {
		state += fmt.Sprint(" ", info.Size(), info.ModTime().UnixNano())
	}
	return state
}
