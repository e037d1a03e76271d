package transcript

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Read reads the transcript r, whose file is called name, and calls f with each
// of its sessions, in order. An empty format is found out from the name and the
// beginning. Formats of lines and arrays are read as a stream: a session is
// kept, the file is not. Read stops at f's first error and returns it; what is
// wrong with the file is an *[Error].
func Read(name string, r io.Reader, format Format, f func(*Session) error) error {
	in := &input{name: name, r: bufio.NewReaderSize(r, maxLook), emit: f}
	head, err := in.r.Peek(maxLook)
	if err != nil && !errors.Is(err, io.EOF) {
		return &Error{File: name, Problem: "it cannot be read", Cause: err, Expected: "a readable file"}
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return &Error{File: name, Problem: "it is empty", Expected: whatIsRead}
	}
	if format == "" {
		format = detect(name, head)
	}
	in.format = format
	in.names = commandNamed(head)
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		in.r.Discard(len("\ufeff")) // it was peeked at
	}
	switch format {
	case Sessions:
		return in.sessions()
	case Journal:
		return in.journal()
	case Claude:
		return in.claude()
	case Codex:
		return in.codex()
	case Cursor:
		return in.cursor()
	case Gemini:
		return in.gemini()
	case Copilot:
		return in.copilot()
	case OpenCode:
		return in.openCode()
	case OpenHands:
		return in.openHands()
	case SWEAgent:
		return in.sweAgent()
	case Asciicast:
		return in.asciicast()
	case Markdown:
		return in.markdown()
	case History:
		return in.history()
	}
	return &Error{File: name, Line: 1, Problem: "what it is cannot be told from its beginning: " + sample(head), Expected: whatIsRead}
}

// sample is the beginning of an unknown file, for an error.
func sample(head []byte) string {
	const most = 40
	text := strings.TrimSpace(string(head[:min(len(head), 4*most)]))
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}

// commandNamed reports a text under a name that tools have for a command. The names
// of an editor's commands are none.
func commandNamed(head []byte) bool {
	for _, name := range [...]string{`"command"`, `"cmd"`, `"CommandLine"`, `"command_line"`} {
		for rest := head; ; {
			at := bytes.Index(rest, []byte(name))
			if at < 0 {
				break
			}
			rest = rest[at+len(name):]
			value, colon := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(":"))
			value, text := bytes.CutPrefix(bytes.TrimLeft(value, " \t\r\n"), []byte(`"`))
			if !colon || !text {
				continue
			}
			switch text, _, _ := bytes.Cut(value[:min(len(value), 64)], []byte(`"`)); string(text) {
			case "", "view", "create", "str_replace", "insert", "undo_edit":
			default:
				return true
			}
		}
	}
	return false
}

// An input is a transcript that is being read.
type input struct {
	name   string
	format Format
	names  bool // the beginning has a command of a tool
	r      *bufio.Reader
	emit   func(*Session) error
}

// builder returns the builder of a session, called as the file is until the
// record gives a name.
func (in *input) builder(agent string) *builder {
	id := strings.TrimSuffix(filepath.Base(in.name), filepath.Ext(in.name))
	if in.name == "-" || id == "" {
		id = "stdin"
	}
	return &builder{Session: Session{ID: id, Agent: agent, Format: in.format}}
}

func (in *input) wrong(line int, problem string, cause error, expected string) error {
	return &Error{File: in.name, Line: line, Problem: problem, Cause: cause, Expected: expected}
}

// lines calls f with each line and its number. The line is valid until f
// returns. An error of f becomes an Error of that line, unless it is one.
func (in *input) lines(expected string, f func(number int, line []byte) error) error {
	scanner := bufio.NewScanner(in.r)
	scanner.Buffer(nil, maxLine)
	number := 0
	for scanner.Scan() {
		number++
		if err := in.at(number, expected, f(number, scanner.Bytes())); err != nil {
			return err
		}
	}
	if errors.Is(scanner.Err(), bufio.ErrTooLong) {
		return in.wrong(number+1, fmt.Sprintf("it is longer than %d MiB", maxLine>>20), nil, expected)
	}
	if err := scanner.Err(); err != nil {
		return in.wrong(number+1, "it cannot be read", err, expected)
	}
	return nil
}

// at names the line of an error, unless it is named already.
func (in *input) at(number int, expected string, err error) error {
	var named *Error
	var final stop
	if err == nil || errors.As(err, &named) || errors.As(err, &final) {
		return err
	}
	return in.wrong(number, "it cannot be understood", err, expected)
}

// A stop is an error of the caller's, which passes through as it is.
type stop struct{ error }

func (s stop) Unwrap() error { return s.error }

// give hands a session to the caller.
func (in *input) give(b *builder) error {
	if len(b.Commands) == 0 && in.names && in.format != Claude && in.format != Sessions && in.format != Journal {
		return in.wrong(0, "commands stand in it, and none of them was read", nil, "a file of the format "+string(in.format)+" as this version of restrain knows it; name another with --format")
	}
	if len(b.Commands) == 0 {
		b.Notes = append(b.Notes, "there is no command in it")
	}
	if err := in.emit(&b.Session); err != nil {
		return stop{err}
	}
	return nil
}

// jsonLines is lines for JSON objects. Empty lines are passed over. So are lines
// that are no JSON, which agents leave where they were killed or wrote two lines
// at once: they are noted, and more of them than others are an error.
func (in *input) jsonLines(b *builder, expected string, f func(line []byte) error) error {
	good, bad, first, last := 0, 0, 0, 0
	var cause error
	err := in.lines(expected, func(number int, line []byte) error {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			return nil
		}
		last = number
		err := f(line)
		var syntax *json.SyntaxError
		if !errors.As(err, &syntax) || json.Valid(line) {
			good++
			return err
		}
		if bad++; bad == 1 {
			first, cause = number, err
		}
		return nil
	})
	switch {
	case err != nil || bad == 0:
	case bad > good:
		return in.wrong(first, "it is no JSON", cause, expected)
	case bad == 1 && first == last:
		b.Notes = append(b.Notes, fmt.Sprintf("line %d, the last, is unfinished and was not read", first))
	case bad == 1:
		b.Unread = append(b.Unread, fmt.Sprintf("line %d is no JSON and was not read", first))
	default:
		b.Unread = append(b.Unread, fmt.Sprintf("%d lines are no JSON and were not read, the first is line %d", bad, first))
	}
	return err
}
