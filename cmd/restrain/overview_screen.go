package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"restrain/figure"
	"restrain/prompt"
)

// A board is the full-screen program of restrain watch: a row for each session,
// below it the last steps of the one that is chosen.
type board struct {
	*overview
	chosen        string // the session's id
	width, height int
	ink           ink
	err           error
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
	if err := b.refresh(); err != nil {
		return err
	}
	if _, err := tea.NewProgram(b, tea.WithContext(ctx), tea.WithInput(h.Stdin), tea.WithOutput(h.Stdout)).Run(); err != nil {
		return fmt.Errorf("the screen: %w; restrain watch --plain does without it", err)
	}
	return b.err
}

type (
	tickMsg     time.Time
	answeredMsg struct{}
)

// Init begins to look and to listen.
func (b *board) Init() tea.Cmd { return tea.Batch(tick(), b.listen()) }

func tick() tea.Cmd {
	return tea.Tick(watchEvery, func(now time.Time) tea.Msg { return tickMsg(now) })
}

func (b *board) listen() tea.Cmd {
	return func() tea.Msg {
		select {
		case e := <-b.events:
			return e
		case <-b.ctx.Done():
			return nil
		}
	}
}

// Update takes in a key, or what has happened.
func (b *board) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		b.width, b.height = msg.Width, msg.Height
	case tickMsg:
		if b.err = b.refresh(); b.err != nil {
			return b, tea.Quit
		}
		return b, tick()
	case sessionEvent:
		b.take(msg)
		return b, b.listen()
	case tea.KeyPressMsg:
		return b, b.key(msg.String())
	}
	return b, nil
}

func (b *board) key(key string) tea.Cmd {
	switch key {
	case "q", "esc", "ctrl+c":
		return tea.Quit
	case "up", "k":
		b.choose(-1)
	case "down", "j":
		b.choose(1)
	case "enter":
		if s := b.at(); s != nil && len(s.held) > 0 {
			question := &heldQuestion{board: b, session: s, step: s.held[0]}
			return tea.Exec(question, func(error) tea.Msg { return answeredMsg{} })
		}
	}
	return nil
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

// A heldQuestion has the terminal while it is asked.
type heldQuestion struct {
	board   *board
	session *liveSession
	step    heldStep
}

// Run asks the human, as at the session's own terminal.
func (q *heldQuestion) Run() error {
	request := q.step.request
	request.Timeout = 0 // the session keeps the time
	answer, err := prompt.TTY{Env: q.board.host.Getenv}.Ask(q.board.ctx, request)
	if err == nil {
		q.session.answer(q.step, answer)
	}
	return err
}

// SetStdin and the others are of no use here: the question has the terminal itself.
func (*heldQuestion) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (*heldQuestion) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (*heldQuestion) SetStderr(io.Writer) {}

// View draws the screen.
func (b *board) View() tea.View {
	view := tea.NewView(strings.Join(b.rows(), "\n"))
	view.AltScreen = true
	view.WindowTitle = "restrain watch"
	return view
}

// rows are those of the screen, none wider than it.
func (b *board) rows() []string {
	rows := []string{b.cut(b.title()), ""}
	room := max(1, (b.height-4)/2)
	first := max(0, min(max(0, b.index())-room/2, len(b.sessions)-room))
	for i := first; i < min(len(b.sessions), first+room); i++ {
		rows = append(rows, b.row(b.sessions[i]))
	}
	if len(b.sessions) == 0 {
		return append(rows, b.cut("  no session runs; restrain -- AGENT starts one"))
	}
	s := b.at()
	rows = append(rows, "", b.ink.bold(b.cut("session "+s.short+", "+s.summary.Counts())))
	if s.refused != "" {
		rows = append(rows, b.cut("  cannot be answered here: "+s.refused))
	}
	for _, step := range s.held {
		rows = append(rows, b.ink.red(b.cut("  held "+step.request.ID+": "+strings.Join(step.request.What, "; "))))
	}
	left := max(0, b.height-len(rows))
	steps := s.latest[max(0, len(s.latest)-left):]
	for i := range steps {
		e := &steps[i]
		rows = append(rows, entryLook{ink: b.ink}.verdict(e, b.cut(fmt.Sprintf("  %s  %-14s %s", e.Time.Local().Format("15:04:05"), verdictText(e), e.Command))))
	}
	return rows[:min(len(rows), max(1, b.height))]
}

func (b *board) title() string {
	return fmt.Sprintf("restrain watch: %s, %d of %d held   up, down: choose · Enter: answer · q: leave",
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
	text := b.cut(fmt.Sprintf("%s%-5s %-12s %-12s %-8s %5d  %s", mark, s.short, column(s.summary.Agent, 12),
		column(filepath.Base(s.summary.Dir), 12), level, s.summary.Steps, what))
	if len(s.held) > 0 {
		return b.ink.red(text)
	}
	return inkLevel(b.ink, level, text)
}

// cut makes a row of an agent's text.
func (b *board) cut(text string) string {
	return cut(prompt.Escape(text), prompt.Caps{Width: max(1, b.width), Unicode: true})
}
