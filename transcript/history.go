package transcript

import (
	"strconv"
	"strings"
	"time"
)

const historyLine = "a line of a bash history"

// history reads a bash history. Behind a time, up to the next, stands one
// command, of as many lines as it has; without times every line is one.
func (in *input) history() error {
	b := in.builder("")
	b.Notes = append(b.Notes, "a shell history has no directories and no exit statuses")
	var pending []string
	var at time.Time
	timed, size := false, 0
	flush := func() error {
		text := strings.TrimRight(strings.Join(pending, "\n"), " \t\r\n")
		pending, size = pending[:0], 0
		return b.add("", Command{Text: text, Time: at})
	}
	err := in.lines(historyLine, func(_ int, line []byte) error {
		text := strings.ToValidUTF8(string(line), "\ufffd")
		if isStamp(text) {
			err := flush()
			seconds, _ := strconv.ParseInt(text[1:], 10, 64) // isStamp has seen digits only
			at, timed = unixStamp(float64(seconds)), true
			return err
		}
		pending, size = append(pending, text), size+len(text)
		if timed && size < maxLine {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = in.at(0, historyLine, flush())
	}
	if err != nil {
		return err
	}
	return in.give(b)
}

// isStamp reports whether a line is a time in a bash history: # and seconds.
func isStamp(line string) bool {
	if len(line) < 9 || len(line) > 12 || line[0] != '#' {
		return false
	}
	return strings.Trim(line[1:], "0123456789") == ""
}
