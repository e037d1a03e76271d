package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"restrain/gate"
	"restrain/journal"
	"restrain/prompt"
	"restrain/report"
)

// An entryLook is how entries of a journal are written for a person.
type entryLook struct {
	ink   ink
	width int // where lines are folded; 0 never
	steps stepNumbers
}

// stepNumbers are the entries of a session's steps so far, in order. A journal names
// a step by its entry, and people know it by its number.
type stepNumbers []uint64

// add counts an entry that is a step's.
func (n *stepNumbers) add(e *journal.Entry) {
	if e.Kind == journal.Step {
		*n = append(*n, e.Seq)
	}
}

// sender is the step whose program sent a request or opened a connection; empty for
// other steps.
func (n stepNumbers) sender(e *journal.Entry) string {
	if e.Of == 0 {
		return ""
	}
	return n.name(e.Of)
}

// number is the number of an entry's step.
func (n stepNumbers) number(entry uint64) (number int, ok bool) {
	i, ok := slices.BinarySearch(n, entry)
	if !ok {
		return 0, false
	}
	return i + 1, true
}

// name is how the step of an entry is called.
func (n stepNumbers) name(entry uint64) string {
	if number, ok := n.number(entry); ok {
		return fmt.Sprintf("step %d", number)
	}
	return fmt.Sprintf("the step of entry %d", entry)
}

// reason is an entry's, with the step that it is about by its number.
func (n stepNumbers) reason(e *journal.Entry) string {
	return strings.Replace(e.Reason, fmt.Sprintf("the step of entry %d", e.Of), n.name(e.Of), 1)
}

// entryLook is what fits stdout. Lines are folded only at a terminal: what goes
// into a pipe or a file keeps an entry a line.
func (h *host) entryLook() entryLook {
	look := entryLook{ink: h.ink()}
	if h.atTerminal() {
		look.width = h.outputCaps().Width
	}
	return look
}

// entryIndent is where what belongs to an entry stands, where there is room.
const entryIndent = 21

// entry writes an entry: a line, and what else there is to know of a step that
// was held below it. Number is the step's in its session.
func (l entryLook) entry(w io.Writer, number int, e journal.Entry) error {
	when := e.Time.Local().Format("2006-01-02 15:04:05")
	if e.Kind != journal.Step {
		return l.line(w, when+"  ", entryIndent, prompt.Escape(e.Kind)+" "+prompt.Escape(l.steps.reason(&e)))
	}
	err := l.head(w, when, number, &e)
	for _, said := range [...]struct{ what, text string }{{"sent by: ", l.steps.sender(&e)}, {"kept: ", keptText(e.Kept)}, {"masked: ", maskedText(e.Masked)}, {"met: ", secretsText(e.Met)}, {"used: ", secretsText(e.Used)}} {
		if err == nil && said.text != "" {
			err = l.detail(w, said.what+said.text)
		}
	}
	if err != nil || e.Answer == nil && e.Verdict == gate.Run.Verdict() {
		return err
	}
	detail := e.Reason + " [" + strings.Join(e.Rules, " ") + "]"
	if e.Answer != nil {
		detail += "; " + e.Answer.By
		if e.Answer.Reason != "" {
			detail += ": " + e.Answer.Reason
		}
	}
	return l.detail(w, detail)
}

// head writes what every step has: in columns before its command, or above it
// where a terminal is too narrow for both.
func (l entryLook) head(w io.Writer, when string, number int, e *journal.Entry) error {
	const columns = entryIndent + 39
	verdict, severity, level := prompt.Escape(verdictText(e)), prompt.Escape(e.Severity), prompt.Escape(e.Level)
	if l.width == 0 || l.width >= columns+20 {
		head := fmt.Sprintf("%s  %4d  %s %-8s %s ", when, number, l.verdict(e, fmt.Sprintf("%-14s", verdict)), severity, inkLevel(l.ink, e.Level, fmt.Sprintf("%-8s", level)))
		return l.line(w, head, columns, prompt.Escape(e.Command))
	}
	first := fmt.Sprintf("%s  %d  ", when, number)
	between := "  "
	if prompt.Width(first+verdict+between+severity+" "+level) > l.width {
		between = "\n" + strings.Repeat(" ", l.indent())
	}
	_, err := fmt.Fprintln(w, first+l.verdict(e, verdict)+between+severity+" "+inkLevel(l.ink, e.Level, level))
	return errors.Join(err, l.detail(w, e.Command))
}

// detail writes a line that belongs to the entry above it.
func (l entryLook) detail(w io.Writer, text string) error {
	return l.line(w, strings.Repeat(" ", l.indent()), l.indent(), prompt.Escape(text))
}

// leastRoom is how many columns a folded text has at the least.
const leastRoom = 28

// indent is where what belongs to an entry stands.
func (l entryLook) indent() int {
	const narrow = 4
	if l.width > 0 && l.width-entryIndent < leastRoom {
		return narrow
	}
	return entryIndent
}

// line writes text behind a head of so many columns, folded below itself where
// there is room for that, else at the indent of what belongs to an entry.
func (l entryLook) line(w io.Writer, head string, columns int, text string) error {
	if l.width == 0 {
		_, err := fmt.Fprintln(w, head+text)
		return err
	}
	at := columns
	if l.width-at < leastRoom {
		at = l.indent()
	}
	for _, row := range foldText(text, max(10, l.width-1-columns), max(10, l.width-1-at)) {
		if _, err := fmt.Fprintln(w, head+row); err != nil {
			return err
		}
		head = strings.Repeat(" ", at)
	}
	return nil
}

// foldText breaks text at spaces, where there are some, into rows: the first of
// one width, the others of another. The text is printable ASCII and wide
// characters, escaped before.
func foldText(text string, first, others int) []string {
	var rows []string
	for room := first; ; room = others {
		end, used := 0, 0
		for i, r := range text {
			used += prompt.Width(string(r))
			if used > room {
				break
			}
			end = i + len(string(r))
		}
		if end == len(text) || end == 0 {
			return append(rows, text)
		}
		if space := strings.LastIndexByte(text[:end], ' '); space > end/2 {
			end = space + 1
		}
		rows, text = append(rows, strings.TrimRight(text[:end], " ")), text[end:]
	}
}

// verdictText is what became of a step, in a word or two.
func verdictText(e *journal.Entry) string {
	if e.Answer == nil {
		return e.Verdict
	}
	switch fateOf(e) {
	case report.Approved:
		return "held, approved"
	case report.Observed:
		return "not held, ran"
	}
	return "held, denied"
}

func (l entryLook) verdict(e *journal.Entry, text string) string {
	switch {
	case e.Verdict == gate.Run.Verdict() && (e.Kept != nil || len(e.Masked) > 0):
		return l.ink.green(text)
	case e.Verdict == gate.Run.Verdict():
		return text
	case e.Ran:
		return l.ink.yellow(text)
	}
	return l.ink.red(text)
}
