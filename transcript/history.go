package transcript

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

const historyLine = "a line of a shell's history"

// history reads the history of a shell: of bash, of zsh, also the extended one,
// or of fish. Behind a time of bash's, up to the next, stands one command, of as
// many lines as it has; without times every line is one.
func (in *input) history() error {
	h := historyReader{b: in.builder("")}
	h.b.Notes = append(h.b.Notes, "a shell history has no directories and no exit statuses")
	err := in.lines(historyLine, func(_ int, line []byte) error {
		return h.line(string(line))
	})
	if err == nil {
		err = in.at(0, historyLine, h.flush())
	}
	if err != nil {
		return err
	}
	return in.give(h.b)
}

// A historyReader gathers the lines of one command.
type historyReader struct {
	b       *builder
	shell   shellHistory
	pending []string
	size    int
	at      time.Time
}

// A shellHistory is how a history is written.
type shellHistory uint8

const (
	plainHistory shellHistory = iota
	timedHistory              // of bash: # and seconds before a command
	zshHistory                // extended: ": SECONDS:DURATION;COMMAND"
	fishHistory               // "- cmd: COMMAND" and "  when: SECONDS"
)

func (h *historyReader) line(line string) error {
	switch {
	case isStamp(line):
		err := h.flush()
		h.shell, h.at = timedHistory, secondsStamp(line[1:])
		return err
	case isZshLine(line) && !h.goesOn():
		err := h.flush()
		seconds, rest, _ := strings.Cut(line[2:], ":")
		_, command, _ := strings.Cut(rest, ";")
		h.shell, h.at = zshHistory, secondsStamp(seconds)
		h.hold(unmetafy(command))
		return err
	case strings.HasPrefix(line, "- cmd: ") && (h.shell == fishHistory || len(h.b.Commands) == 0 && len(h.pending) == 0):
		err := h.flush()
		h.shell = fishHistory
		h.hold(fishCommand(line[len("- cmd: "):]))
		return err
	}
	switch h.shell {
	case fishHistory:
		if seconds, found := strings.CutPrefix(line, "  when: "); found {
			h.at = secondsStamp(seconds)
		}
		return nil // a path, or a list of them
	case zshHistory:
		h.hold(unmetafy(line))
		return nil
	}
	h.hold(line)
	if h.shell == timedHistory && h.size < maxLine {
		return nil
	}
	return h.flush()
}

func (h *historyReader) hold(line string) {
	if h.size += len(line); h.size < maxLine {
		h.pending = append(h.pending, strings.ToValidUTF8(line, "\ufffd"))
	}
}

// goesOn reports that a command of zsh's goes on in the next line: it escapes
// the newlines of a command.
func (h *historyReader) goesOn() bool {
	n := len(h.pending)
	return h.shell == zshHistory && n > 0 && strings.HasSuffix(h.pending[n-1], `\`)
}

func (h *historyReader) flush() error {
	if h.shell == zshHistory {
		for i := range max(0, len(h.pending)-1) {
			h.pending[i] = strings.TrimSuffix(h.pending[i], `\`)
		}
	}
	text := strings.TrimRight(strings.Join(h.pending, "\n"), " \t\r\n")
	at := h.at
	h.pending, h.size, h.at = h.pending[:0], 0, time.Time{}
	return h.b.add("", Command{Text: text, Time: at})
}

// isStamp reports whether a line is a time in a bash history: # and seconds.
func isStamp(line string) bool {
	return len(line) >= 9 && len(line) <= 12 && line[0] == '#' && isNumber(line[1:])
}

// isZshLine reports whether a line begins a command of an extended history of
// zsh (zshoptions, EXTENDED_HISTORY).
func isZshLine(line string) bool {
	rest, found := strings.CutPrefix(line, ": ")
	seconds, rest, colon := strings.Cut(rest, ":")
	duration, _, semicolon := strings.Cut(rest, ";")
	return found && colon && semicolon && len(seconds) <= 12 && isNumber(seconds) && len(duration) <= 12 && isNumber(duration)
}

// isFish knows a history of fish.
func isFish(text []byte) bool {
	_, rest, found := bytes.Cut(text, []byte("\n"))
	return found && bytes.HasPrefix(text, []byte("- cmd: ")) && bytes.HasPrefix(rest, []byte("  when: "))
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// secondsStamp reads seconds since 1970.
func secondsStamp(text string) time.Time {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return unixStamp(float64(seconds))
}

// unmetafy takes zsh's own encoding off: a byte 0x83 says that bit 5 of the next
// one is turned (Src/utils.c of zsh).
func unmetafy(line string) string {
	if !strings.Contains(line, "\x83") {
		return line
	}
	b := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == 0x83 && i+1 < len(line) {
			i++
			c = line[i] ^ 0x20
		}
		b = append(b, c)
	}
	return string(b)
}

// fishCommand turns the two escapes of a command in fish's history back.
func fishCommand(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(text)
}
