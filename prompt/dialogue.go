package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// A Terminal is where a human sits, in raw mode: keys come byte by byte and
// unechoed, and what is written is not changed on its way. [TTY] is one.
type Terminal interface {
	io.Writer
	// ReadKeys waits for typed bytes: until the deadline (zero: for ever), when
	// its error is os.ErrDeadlineExceeded, or until ctx is done, when it is
	// ctx.Err(). A terminal that is gone gives io.EOF or another error. No bytes
	// and no error say that it has another size.
	ReadKeys(ctx context.Context, p []byte, deadline time.Time) (int, error)
	// Flush throws away what was typed and not yet read.
	Flush() error
	// Size is the terminal's in columns and rows, zero when unknown.
	Size() (width, height int)
	// Now is the clock that deadlines are measured against.
	Now() time.Time
}

// ErrNoTerminal says that there is nobody to ask: no terminal, or one that
// cannot be used.
var ErrNoTerminal = errors.New("no terminal to ask on")

const (
	// deafTime is how long after the question keys are ignored: nobody reads it faster.
	deafTime = 100 * time.Millisecond
	// maxTries is how many wrong answers deny.
	maxTries = 3
	// maxTyped bounds what can be typed, in characters.
	maxTyped = 500
)

// Ask puts r to the human at t, which is in raw mode, and takes the question
// away again. It approves only when the human types the word, or presses a key
// that says so where r has none; whatever else happens denies. An error means
// that the question could not be shown.
func Ask(ctx context.Context, t Terminal, r Request, c Caps) (Answer, error) {
	c = c.withDefaults()
	d := dialogue{
		term: t, request: r, caps: c,
		screen: screen{term: t, dumb: c.Dumb},
		keys:   keys{ctx: ctx, term: t, deaf: t.Now().Add(deafTime)},
	}
	if r.Timeout > 0 {
		d.deadline = t.Now().Add(r.Timeout)
	}
	if err := t.Flush(); err != nil {
		return denied(ByNobody), fmt.Errorf("%w: flush its input: %w", ErrNoTerminal, err)
	}
	defer d.screen.erase()
	d.show("")
	if d.screen.err != nil {
		return denied(ByNobody), fmt.Errorf("%w: write to it: %w", ErrNoTerminal, d.screen.err)
	}
	answer, err := d.ask()
	if err != nil {
		return ended(err), nil
	}
	return answer, nil
}

func denied(by string) Answer { return Answer{By: by} }

// errInterrupt and errEscape end the question from the keyboard.
var (
	errInterrupt = errors.New("interrupt")
	errEscape    = errors.New("escape")
)

// ended is the denial that follows from what ended the question.
func ended(err error) Answer {
	switch {
	case errors.Is(err, errEscape):
		return denied(ByTerminal)
	case errors.Is(err, errInterrupt), errors.Is(err, context.Canceled):
		return denied(ByInterrupt)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return denied(ByTimeout)
	}
	return denied(ByEOF) // Ctrl-D, or the terminal is gone
}

// A dialogue is one question being asked.
type dialogue struct {
	term     Terminal
	request  Request
	caps     Caps
	deadline time.Time
	screen   screen
	keys     keys
	note     string // what stands below the question
}

// show draws the question, below it the note, if any.
func (d *dialogue) show(note string) {
	d.note = note
	if d.dumbRetry(note) {
		return
	}
	d.screen.erase()
	d.measure()
	c := d.caps
	c.Height-- // the row that the cursor came from stays
	if note != "" {
		c.Height--
	}
	rows := question(d.request, c)
	if note != "" {
		last := len(rows) - 1
		rows = append(rows[:last:last], d.noteRow(note), rows[last])
	}
	d.screen.draw(rows)
}

// measure takes over the terminal's size, where it tells one.
func (d *dialogue) measure() {
	if width, height := d.term.Size(); width > 0 && height > 0 {
		d.caps.Width, d.caps.Height = width, height
	}
}

// resized reports that what is shown was drawn for another size.
func (d *dialogue) resized() bool {
	width, height := d.term.Size()
	return !d.caps.Dumb && (width != d.screen.width || height != d.screen.height)
}

// dumbRetry shows only the note where the question cannot be erased.
func (d *dialogue) dumbRetry(note string) bool {
	if !d.caps.Dumb || len(d.screen.drawn) == 0 {
		return false
	}
	if note != "" {
		d.screen.draw([]row{d.noteRow(note), plain("> ")})
	} else {
		d.screen.draw([]row{plain("> ")})
	}
	return true
}

func (d *dialogue) noteRow(s string) row {
	p := newPaper(d.caps)
	return join(plain("  "), p.cut(p.words(s), p.width-2))
}

// ask takes keys and lines until one of them answers.
func (d *dialogue) ask() (Answer, error) {
	hot := func(char rune) bool { return keysOf(d.request).has(d.request, char) }
	for tries := 0; ; {
		line, key, err := d.line("> ", hot)
		if err != nil {
			return Answer{}, err
		}
		line = strings.TrimSpace(line)
		if r := []rune(line); key == "" && len(r) == 1 && line != ConfirmWord(d.request) && hot(r[0]) {
			key = line // with Enter behind it
		}
		if key != "" {
			answer, note, err := d.pressed(key)
			if err != nil || answer != nil {
				return *orDenied(answer), err
			}
			d.show(note)
			continue
		}
		if line == "" {
			return denied(ByTerminal), nil
		}
		answer, wrong := Confirms(d.request, line)
		if wrong == nil {
			answer.By = ByTerminal
			return answer, nil
		}
		if tries++; tries == maxTries {
			return denied(ByTerminal), nil
		}
		d.show(wrongAnswer(wrong, maxTries-tries))
	}
}

func orDenied(a *Answer) *Answer {
	if a == nil {
		return &Answer{}
	}
	return a
}

func wrongAnswer(wrong error, left int) string {
	if left == 1 {
		return wrong.Error() + "; one more try, then it is denied"
	}
	return fmt.Sprintf("%v; %d more tries, then it is denied", wrong, left)
}

// line reads what the human types, echoed, up to Enter. A hot key that stands
// endsInput on an empty line is given at once.
func (d *dialogue) line(label string, hot func(rune) bool) (line, key string, err error) {
	var typed []rune
	for {
		if d.resized() {
			d.show(d.note)
		}
		d.screen.input(d.echo(label, string(typed)))
		if d.screen.err != nil {
			return "", "", d.screen.err
		}
		k, err := d.keys.next(d.deadline)
		if err != nil {
			return "", "", err
		}
		switch k.kind {
		case keyEnter:
			return string(typed), "", nil
		case keyEscape:
			return "", "", errEscape
		case keyInterrupt:
			return "", "", errInterrupt
		case keyEOF:
			return "", "", io.EOF
		case keyClear:
			typed = typed[:0]
		case keyBackspace:
			typed = typed[:max(0, len(typed)-1)]
		case keyChar:
			if len(typed) == 0 && hot(k.char) {
				alone, err := d.keys.endsInput()
				if err != nil {
					return "", "", err
				}
				if alone {
					return "", string(k.char), nil
				}
			}
			if len(typed) < maxTyped {
				typed = append(typed, k.char)
			}
		}
	}
}

// echo is the input row: of a text that is too long it shows the end.
func (d *dialogue) echo(label, typed string) row {
	width, _ := d.term.Size()
	if width <= 0 {
		width = d.caps.Width
	}
	p := paper{caps: d.caps}
	room := max(1, width-1-Width(label))
	for {
		rows, _ := p.command(typed, 1<<20, 1)
		if len(rows) == 0 {
			return plain(label)
		}
		if rows[0].width <= room {
			return join(plain(label), rows[0])
		}
		_, size := utf8.DecodeRuneInString(typed)
		typed = typed[size:]
	}
}

// details shows all that is known, a page at a time. Enter turns the page, Esc
// and "q" go back to the question. At another size it begins again.
func (d *dialogue) details() error {
	for i := 0; ; i++ {
		if d.resized() {
			d.measure()
			i = 0
		}
		rows := details(d.request, d.caps)
		page := max(1, d.caps.Height-3)
		if i*page >= len(rows) {
			return nil
		}
		part := rows[i*page : min(len(rows), (i+1)*page)]
		foot := d.noteRow(fmt.Sprintf("page %d of %d · Enter next · q back", i+1, (len(rows)+page-1)/page))
		d.screen.erase()
		d.screen.draw(append(part[:len(part):len(part)], foot))
		back, err := d.turn()
		if err != nil || back {
			return err
		}
	}
}

// turn waits for the key that turns a page, or for another size.
func (d *dialogue) turn() (back bool, err error) {
	for d.screen.err == nil {
		k, err := d.keys.next(d.deadline)
		if err != nil {
			return false, err
		}
		switch {
		case k.kind == keyEnter, k.kind == keyChar && k.char == ' ':
			return false, nil
		case k.kind == keyEscape, k.kind == keyChar && k.char == 'q':
			return true, nil
		case k.kind == keyInterrupt:
			return false, errInterrupt
		case k.kind == keyEOF:
			return false, io.EOF
		case d.resized():
			return false, nil
		}
	}
	return false, d.screen.err
}
