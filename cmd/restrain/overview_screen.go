package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"restrain/figure"
	"restrain/frame"
	"restrain/journal"
	"restrain/prompt"
	"restrain/session"
)

// A board is the full screen of restrain watch: a row for each session, below it
// the last steps of the one that is chosen.
type board struct {
	*overview
	chosen        string // the session's id
	width, height int
	lending       bool // the screen was asked for the terminal
	ink           ink
}

// watchAll shows all sessions that run, until the human leaves.
func (h *host) watchAll(ctx context.Context, chosen string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b := &board{overview: newOverview(ctx, h), chosen: chosen, ink: h.ink()}
	defer func() {
		for _, s := range b.sessions {
			s.close()
		}
	}()
	conn, drawer, err := h.startScreen()
	if err != nil {
		return session.Hint(fmt.Errorf("the screen: %w", err), "install "+frame.Program+" beside restrain, or restrain watch --plain")
	}
	shown := b.show(conn)
	_ = conn.Close() // it ends
	if err := drawer.Wait(); shown == nil && err != nil {
		shown = fmt.Errorf("the screen: %w", err)
	}
	return shown
}

// errLeft says that the human has left.
var errLeft = errors.New("left")

// show keeps the screen at the other side of conn up to date, until the human
// leaves or it ends.
func (b *board) show(conn io.ReadWriter) error {
	inputs := make(chan frame.Input)
	go func() {
		defer close(inputs)
		for in := json.NewDecoder(conn); ; {
			var input frame.Input
			if in.Decode(&input) != nil {
				return
			}
			select {
			case inputs <- input:
			case <-b.ctx.Done():
				return
			}
		}
	}()
	out := json.NewEncoder(conn)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	err := b.refresh()
	for err == nil {
		if b.width > 0 && !b.lending {
			err = out.Encode(frame.Frame{Rows: b.rows()})
		}
		if err != nil {
			break
		}
		select {
		case <-tick.C:
			err = b.refresh()
		case e := <-b.events:
			b.take(e)
		case in, there := <-inputs:
			err = errLeft
			if there {
				err = b.input(in, out)
			}
		}
	}
	if errors.Is(err, errLeft) || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// input takes in what happened at the screen.
func (b *board) input(in frame.Input, out *json.Encoder) error {
	switch {
	case in.Width > 0:
		b.width, b.height = in.Width, in.Height
	case in.Lent:
		b.ask()
		b.lending = false
	case in.Key == "enter":
		if s := b.at(); s != nil && len(s.held) > 0 {
			b.lending = true
			return out.Encode(frame.Frame{Lend: true})
		}
	default:
		return b.key(in.Key)
	}
	return nil
}

func (b *board) key(key string) error {
	switch key {
	case "q", "esc", "ctrl+c":
		return errLeft
	case "up", "k":
		b.choose(-1)
	case "down", "j":
		b.choose(1)
	}
	return nil
}

// ask asks the human about the chosen session's question, as at the session's own
// terminal. By now somebody else may have answered it.
func (b *board) ask() {
	s := b.at()
	if s == nil || len(s.held) == 0 {
		return
	}
	step := s.held[0]
	request := step.request
	request.Timeout = 0 // the session keeps the time
	if answer, err := (prompt.TTY{Env: b.host.Getenv}).Ask(b.ctx, request); err == nil {
		s.answer(step, answer)
	}
}

// at is the session that is chosen: the first, unless another was.
func (b *board) at() *liveSession {
	if len(b.sessions) == 0 {
		return nil
	}
	return b.sessions[max(0, b.index())]
}

func (b *board) index() int {
	return slices.IndexFunc(b.sessions, func(s *liveSession) bool { return s.record.ID == b.chosen })
}

func (b *board) choose(by int) {
	if len(b.sessions) > 0 {
		at := min(len(b.sessions)-1, max(0, max(0, b.index())+by))
		b.chosen = b.sessions[at].record.ID
	}
}

// rows are those of the screen, none wider than it.
func (b *board) rows() []string {
	const keys = "up, down · Enter: answer · q: leave" // fits 40 columns
	rows := []string{b.cut(b.title()), b.ink.dim(b.cut(keys))}
	room := max(1, (b.height-4)/2)
	first := max(0, min(max(0, b.index())-room/2, len(b.sessions)-room))
	for i := first; i < min(len(b.sessions), first+room); i++ {
		rows = append(rows, b.row(b.sessions[i]))
	}
	if len(b.sessions) == 0 {
		return append(rows, b.cut("  no session runs; restrain -- AGENT starts one"))
	}
	s := b.at()
	head := "session " + s.short + ", " + s.summary.Counts()
	if b.narrow() {
		head = s.short + " in " + filepath.Base(s.summary.Dir) + ", " + s.summary.Level + ", " + s.summary.Counts()
	}
	rows = append(rows, "", b.ink.bold(b.cut(head)))
	if s.refused != "" {
		rows = append(rows, b.cut("  cannot be answered here: "+s.refused))
	}
	for _, step := range s.held {
		text := prompt.Escape("held " + step.request.ID + ": " + strings.Join(step.request.What, "; "))
		for i, row := range foldText(text, max(1, b.width-2), max(1, b.width-4)) {
			rows = append(rows, b.ink.red(cut(strings.Repeat("  ", min(i, 1)+1)+row, prompt.Caps{Width: max(1, b.width), Unicode: true})))
		}
	}
	left := max(0, b.height-len(rows))
	steps := s.latest[max(0, len(s.latest)-left):]
	form := "  %[1]s %5[2]d  %-14[3]s %[4]s"
	if b.narrow() {
		form = "  %[2]d  %[3]s  %[4]s"
	}
	for i := range steps {
		rows = append(rows, entryLook{ink: b.ink}.verdict(&steps[i], b.cut(s.stepText(form, &steps[i]))))
	}
	return rows[:min(len(rows), max(1, b.height))]
}

// narrow reports a screen that has no room for columns.
func (b *board) narrow() bool { return b.width < 60 }

// stepText is a step in short, in the form of its time, its number, its verdict and
// what it does, with which step sent it.
func (s *liveSession) stepText(form string, e *journal.Entry) string {
	number, _ := s.numbers.number(e.Seq)
	what := e.Command
	if sender := s.numbers.sender(e); sender != "" {
		what = "by " + sender + ": " + what
	}
	return fmt.Sprintf(form, e.Time.Local().Format("15:04:05"), number, verdictText(e), what)
}

func (b *board) title() string {
	return fmt.Sprintf("restrain watch: %s, %d of %d held",
		figure.Number(len(b.sessions), "session"), b.waiting(), len(b.sessions))
}

// row is a session on a row of its own.
func (b *board) row(s *liveSession) string {
	mark := "  "
	if s == b.at() {
		mark = "> "
	}
	what := s.summary.Latest
	if len(s.held) > 0 {
		what = "HELD: " + strings.Join(s.held[0].request.What, "; ")
	}
	level := s.summary.Level
	if level == "" {
		level = levels[0]
	}
	form := "%s%-5s %-12s %-12s %-8s %5d  %s"
	if b.narrow() {
		form = "%s%s %s %[7]s" // whose it is and what it does; the rest is below
	}
	text := b.cut(fmt.Sprintf(form, mark, s.short, column(s.summary.Agent, 12), column(filepath.Base(s.summary.Dir), 12), level, s.summary.Steps, what))
	if len(s.held) > 0 {
		return b.ink.red(text)
	}
	return inkLevel(b.ink, level, text)
}

// cut makes a row of an agent's text.
func (b *board) cut(text string) string {
	return cut(prompt.Escape(text), prompt.Caps{Width: max(1, b.width), Unicode: true})
}
