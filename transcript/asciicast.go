package transcript

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const castLine = "an asciicast v2 or v3: an object with version and size, then arrays of three"

const castNote = "a terminal recording has no commands as such: they are taken from the marks of shell integration (OSC 133) " +
	"where these are there, else from lines that begin like a prompt; what is typed into full-screen programs is not seen"

// asciicast reads a terminal recording, as best it can: from the marks that
// shells with integration write around prompt, command and output, which also
// carry exit statuses, or else from lines that begin like a common prompt.
func (in *input) asciicast() error {
	b := in.builder("")
	b.Notes = append(b.Notes, castNote)
	cast := &cast{b: b}
	err := in.lines(castLine, func(number int, line []byte) error {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0 || line[0] == '#' && number > 1:
			return nil
		case number == 1:
			return cast.header(line)
		}
		return cast.event(line)
	})
	if err != nil {
		return err
	}
	return in.give(b)
}

// A cast is a recording that is being played.
type cast struct {
	b       *builder
	version int
	start   time.Time
	elapsed float64 // seconds
	screen  screen
	// marks are of shell integration. Once one was seen, prompts are not
	// looked for.
	marked  bool
	command bool   // between the marks of command and output
	typed   string // the line as it stood at the output's mark
	column  int    // where the command began in its line
}

func (c *cast) header(line []byte) error {
	var header struct {
		Version   int   `json:"version"`
		Width     int   `json:"width"`
		Timestamp stamp `json:"timestamp"`
		Term      struct {
			Cols int `json:"cols"`
		} `json:"term"`
	}
	if err := json.Unmarshal(line, &header); err != nil {
		return err
	}
	if header.Version != 2 && header.Version != 3 {
		return fmt.Errorf("version %d is not read: convert it with asciinema convert", header.Version)
	}
	c.version, c.start = header.Version, header.Timestamp.Time
	c.screen.width = max(header.Width, header.Term.Cols)
	c.screen.newline, c.screen.mark = c.newline, c.mark
	return nil
}

func (c *cast) event(line []byte) error {
	var event [3]json.RawMessage
	var at float64
	var code, data string
	err := json.Unmarshal(line, &event)
	if err == nil {
		err = errors.Join(json.Unmarshal(event[0], &at), json.Unmarshal(event[1], &code))
	}
	if err != nil {
		return err
	}
	if c.version == 2 {
		c.elapsed = at
	} else {
		c.elapsed += at
	}
	if code != "o" {
		return nil
	}
	if err := json.Unmarshal(event[2], &data); err != nil {
		return err
	}
	return c.screen.write(data)
}

func (c *cast) time() time.Time {
	if c.start.IsZero() || !(c.elapsed >= 0 && c.elapsed < 1e8) {
		return time.Time{}
	}
	return c.start.Add(time.Duration(c.elapsed * float64(time.Second)))
}

// newline is called with a line as it stands when the cursor leaves it.
func (c *cast) newline(line string) error {
	if c.marked {
		if c.command && len(c.typed) < maxRow {
			c.typed += line[min(c.column, len(line)):] + "\n"
			c.column = 0
		}
		return nil
	}
	if c.continued() {
		last := &c.b.Commands[len(c.b.Commands)-1]
		last.Text += "\n" + strings.TrimPrefix(line, "> ")
		return nil
	}
	dir, command := cutPrompt(line)
	c.b.dir = "" // a prompt names the directory each time, or never
	c.b.moved(dir)
	return c.b.add("", Command{Text: command, Time: c.time()})
}

// continued reports whether the latest command goes on in the next line.
func (c *cast) continued() bool {
	n := len(c.b.Commands)
	return n > 0 && len(c.b.Commands[n-1].Text) < maxScan*8 && strings.HasSuffix(c.b.Commands[n-1].Text, `\`)
}

// mark takes an OSC 133: A is before the prompt, B before the command, C before
// its output, D;STATUS behind it.
func (c *cast) mark(kind byte, rest, line string) error {
	c.marked = true
	switch kind {
	case 'B':
		c.command, c.typed, c.column = true, "", len(line)
	case 'C':
		if !c.command {
			return nil
		}
		c.command = false
		text := strings.TrimSpace(c.typed + line[min(c.column, len(line)):])
		return c.b.add("", Command{Text: text, Time: c.time()})
	case 'D':
		if status, ok := leadingNumber(strings.TrimPrefix(rest, ";")); ok {
			c.b.setLastResult(exited(status))
		}
	}
	return nil
}

// cutPrompt splits a line behind a common prompt. Both are empty for a line
// that does not begin with one. A root prompt's # is taken only behind a user
// and a host, for output has headings and comments.
func cutPrompt(line string) (dir, command string) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "(") { // (venv) and the like
		if _, rest, found := strings.Cut(line, ") "); found {
			line = strings.TrimSpace(rest)
		}
	}
	for _, sign := range [...]string{"$ ", "❯ ", "% ", "# ", "➜ "} {
		before, rest, found := strings.Cut(line, sign)
		if !found {
			continue
		}
		before, rest = strings.TrimSpace(before), strings.TrimSpace(rest)
		if sign == "➜ " && before == "" { // ➜  dir git:(main) ✗ command
			return "", cutOhMyZsh(rest)
		}
		if place, ok := promptPlace(before, sign); ok {
			return place, rest
		}
	}
	return "", ""
}

// promptPlace tells whether what stands before the sign belongs to a prompt,
// and the directory that it names.
func promptPlace(before, sign string) (dir string, ok bool) {
	if before == "" {
		return "", sign != "# " && sign != "% "
	}
	before = strings.Trim(before, "[]")
	user, place, found := strings.Cut(before, "@")
	if found && isName(user) && len(place) < 200 {
		if i := strings.IndexAny(place, ": "); i >= 0 {
			dir = strings.TrimSpace(place[i+1:])
		}
		return dir, !strings.ContainsAny(dir, "|;&<>\"'")
	}
	shell, version, found := strings.Cut(before, "-")
	if found && (shell == "bash" || shell == "sh" || shell == "zsh") {
		return "", strings.Trim(version, "0123456789.") == ""
	}
	if before[0] == '~' || before[0] == '/' {
		return before, !strings.ContainsAny(before, " |;&<>\"'")
	}
	return "", false
}

func isName(s string) bool {
	return s != "" && len(s) < 64 && !strings.ContainsAny(s, " \t/|;&<>\"'$`(){}=")
}

// cutOhMyZsh takes the directory and the branch off a line behind ➜.
func cutOhMyZsh(rest string) string {
	_, rest, _ = strings.Cut(rest, " ")
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "git:(") {
		_, rest, _ = strings.Cut(rest, ")")
		rest = strings.TrimSpace(rest)
		rest = strings.TrimSpace(strings.TrimPrefix(rest, "✗"))
	}
	return rest
}
