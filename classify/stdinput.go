package classify

import (
	"strings"

	"restrain/shellparse"
)

// What commands hand on: the values of flags, and files with a body, a query or
// a script.

// words gives the texts that follow, one at a time, with the values of flags.
type words struct {
	list []shellparse.Word
	at   int
}

func (w *words) next() (string, bool) {
	if w.at >= len(w.list) {
		return "", false
	}
	w.at++
	return w.list[w.at-1].Text, true
}

// value gives the value of a flag: what is attached to it, else the next word.
func (w *words) value(attached string, has bool) string {
	if has {
		return attached
	}
	text, _ := w.next()
	return text
}

// isInput reports the names of standard input.
func isInput(path string) bool {
	return path == "-" || path == "/dev/stdin" || path == "/dev/fd/0"
}

// inputFile is the file that the command has as its standard input; "" for none.
func (r *reader) inputFile() string {
	for i := range r.cmd.Redirs {
		if redir := &r.cmd.Redirs[i]; redir.Op == shellparse.RedirRead && redir.FD <= 0 {
			return redir.Target.Text
		}
	}
	return ""
}

// hasInput reports a command that is given something on its standard input.
func (r *reader) hasInput() bool {
	return r.cmd.Input != nil || r.cmd.From >= 0 || r.inputFile() != "" && r.inputFile() != "/dev/null"
}

// readText reads a file that the command hands on: one that the line itself
// writes first, or one that is there.
func (r *reader) readText(path string) (string, bool) {
	if isInput(path) {
		if r.cmd.Input == nil {
			return "", false
		}
		return r.cmd.Input.Text, true
	}
	if path == "" || strings.Contains(path, hole) {
		return "", false
	}
	if text, ok := r.writtenText(path); ok {
		return text, true
	}
	if path[0] != '/' {
		if r.dir == "" {
			return "", false
		}
		path = r.dir + "/" + path
	}
	data, err := r.ctx.ReadFile(path, maxBody)
	return string(data), err == nil
}

// writtenText gives what earlier commands of the line write to a file, as in
// cat > x.sql <<EOF … EOF; psql -f x.sql.
func (r *reader) writtenText(path string) (string, bool) {
	if r.script == nil || r.n == 0 {
		return "", false
	}
	return r.script.WrittenText(r.n, path, shellparse.Options{Dir: r.dir, Home: r.surroundings().home, ReadFile: func(name string) ([]byte, error) {
		return r.ctx.ReadFile(name, maxBody)
	}})
}

// spell writes a part of a word with the names of what is unknown in it: a
// reader knows $HOST better than a hole.
func (r *reader) spell(text string) string {
	if !strings.Contains(text, hole) {
		return text
	}
	for i := range r.cmd.Argv {
		w := &r.cmd.Argv[i]
		at := strings.Index(w.Text, text)
		if at < 0 || strings.Count(w.Text, hole) != len(w.Unknown) {
			continue
		}
		for _, name := range w.Unknown[strings.Count(w.Text[:at], hole):] {
			text = strings.Replace(text, hole, name, 1)
		}
		break
	}
	return text
}
