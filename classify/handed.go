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

// readText reads a file that the command hands on: one that the line itself
// writes first, or one that is there.
func (r *reader) readText(path string) (string, bool) {
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

// writtenText gives what an earlier command of the line writes to a file, as in
// cat > x.sql <<EOF … EOF; psql -f x.sql.
func (r *reader) writtenText(path string) (string, bool) {
	if r.script == nil {
		return "", false
	}
	for n := min(r.n, len(r.script.Commands)) - 1; n >= 0; n-- {
		c := &r.script.Commands[n]
		if writesFile(c, path) {
			return printedText(c)
		}
	}
	return "", false
}

// writesFile reports whether a command's output goes to a file.
func writesFile(c *shellparse.Command, path string) bool {
	for i := range c.Redirs {
		if redir := &c.Redirs[i]; redir.Op == shellparse.RedirWrite && redir.Target.Text == path {
			return true
		}
	}
	return c.Name == "tee" && len(c.Argv) == 2 && c.Argv[1].Text == path
}

// printedText gives the output of cat, tee, echo and printf where it is known.
func printedText(c *shellparse.Command) (string, bool) {
	switch c.Name {
	case "cat", "tee":
		if c.Stdin != nil {
			return c.Stdin.Text, true
		}
		for i := range c.Redirs {
			if op := c.Redirs[i].Op; op == shellparse.RedirHeredoc || op == shellparse.RedirHereStr {
				return c.Redirs[i].Target.Text, true
			}
		}
	case "echo", "printf":
		var out []string
		for _, w := range c.Argv[1:] {
			if !strings.HasPrefix(w.Text, "-") {
				out = append(out, w.Text)
			}
		}
		return strings.Join(out, " "), true
	}
	return "", false
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
