package prompt

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

// ErrNotPicked says that the human left without a choice.
var ErrNotPicked = errors.New("nothing was chosen")

// Pick has the human choose one of several at the terminal: up and down move,
// typing filters, Enter chooses, Esc leaves. It gives the index of the choice.
func (t TTY) Pick(ctx context.Context, title string, choices []string) (int, error) {
	chosen := -1
	err := t.use(ctx, func(ctx context.Context, d *device, c Caps) (err error) {
		chosen, err = pick(ctx, d, title, choices, c)
		return err
	})
	return chosen, err
}

// pick is Pick at a terminal in raw mode.
func pick(ctx context.Context, t Terminal, title string, choices []string, c Caps) (int, error) {
	p := picker{title: title, choices: choices, screen: screen{term: t, dumb: c.Dumb}, caps: c.withDefaults()}
	k := keys{ctx: ctx, term: t}
	defer p.screen.erase()
	for p.filter(""); ; {
		p.draw()
		if p.screen.err != nil {
			return -1, p.screen.err
		}
		pressed, err := k.next(time.Time{})
		if errors.Is(err, io.EOF) {
			return -1, ErrNotPicked
		}
		if err != nil {
			return -1, err
		}
		switch pressed.kind {
		case keyEnter:
			if len(p.fits) > 0 {
				return p.fits[p.at], nil
			}
		case keyEscape, keyInterrupt, keyEOF:
			return -1, ErrNotPicked
		case keyUp:
			p.at = max(0, p.at-1)
		case keyDown:
			p.at = max(0, min(len(p.fits)-1, p.at+1))
		case keyClear:
			p.filter("")
		case keyBackspace:
			typed := []rune(p.typed)
			p.filter(string(typed[:max(0, len(typed)-1)]))
		case keyChar:
			p.filter(p.typed + string(pressed.char))
		}
	}
}

// A picker is a list that a human chooses from.
type picker struct {
	title   string
	choices []string
	caps    Caps
	screen  screen
	typed   string
	fits    []int // the choices that what was typed leaves
	at      int   // in fits
}

// filter leaves the choices that have each of the typed words in them.
func (p *picker) filter(typed string) {
	if len([]rune(typed)) > maxTyped {
		return
	}
	p.typed, p.fits, p.at = typed, nil, 0
	words := strings.Fields(strings.ToLower(typed))
next:
	for i, choice := range p.choices {
		choice = strings.ToLower(choice)
		for _, word := range words {
			if !strings.Contains(choice, word) {
				continue next
			}
		}
		p.fits = append(p.fits, i)
	}
}

// draw shows the choices around the one that Enter takes.
func (p *picker) draw() {
	p.screen.erase()
	if width, height := p.screen.term.Size(); width > 0 && height > 0 {
		p.caps.Width, p.caps.Height = width, height
	}
	paper := newPaper(p.caps)
	title := p.title + " (up, down, type to filter, Enter, Esc)"
	if Width(title) > paper.width {
		title = p.title + " (type, Enter, Esc)"
	}
	rows := []row{paper.cut(paper.words(title), paper.width)}
	room := max(1, p.caps.Height-4)
	first := max(0, min(p.at-room/2, len(p.fits)-room))
	for i := first; i < min(len(p.fits), first+room); i++ {
		mark := "  "
		if i == p.at {
			mark = "> "
		}
		shown := paper.cut(p.choices[p.fits[i]], paper.width-2)
		if i == p.at {
			shown.text = paper.style(bold, shown.text)
		}
		rows = append(rows, join(plain(mark), shown))
	}
	if len(p.fits) == 0 {
		rows = append(rows, plain("  nothing fits"))
	}
	p.screen.draw(append(rows, paper.cut("/"+p.typed, paper.width)))
}
