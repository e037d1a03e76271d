package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A window is a terminal of tmux, and what a person does at it.
type window struct {
	socket, name string
	env          []string
	log          func(screen string)
}

const (
	windowColumns = "110"
	windowRows    = "45"
	// glance is how often somebody looks at the screen.
	glance = 100 * time.Millisecond
)

// openWindow starts a program in a window of its own, whose server has the same name.
func openWindow(p *place, name string, argv []string, log func(screen string)) (*window, error) {
	w := &window{socket: name, name: name, env: environ(p.env), log: log}
	args := []string{"-f", "/dev/null", "new-session", "-d", "-s", name, "-x", windowColumns, "-y", windowRows, "-c", p.work, "--"}
	return w, w.tmux(append(args, argv...)...).Run()
}

func (w *window) tmux(args ...string) *exec.Cmd {
	cmd := exec.Command("tmux", append([]string{"-L", w.socket}, args...)...)
	cmd.Env, cmd.Stderr = w.env, os.Stderr
	return cmd
}

// screen is what stands in the window.
func (w *window) screen() string {
	out, err := w.tmux("capture-pane", "-p", "-t", w.name).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// waitFor looks until the screen shows what is wanted.
func (w *window) waitFor(ctx context.Context, what string, shows func(screen string) bool) (string, error) {
	for {
		screen := w.screen()
		if shows(screen) {
			return screen, nil
		}
		select {
		case <-ctx.Done():
			return screen, fmt.Errorf("%s: never on the screen of %s, which shows:\n%s", what, w.name, strings.TrimSpace(screen))
		case <-time.After(glance):
		}
	}
}

// text types words.
func (w *window) text(words string) error {
	return w.tmux("send-keys", "-t", w.name, "-l", words).Run()
}

// key presses keys by tmux's names for them.
func (w *window) key(names ...string) error {
	return w.tmux(append([]string{"send-keys", "-t", w.name}, names...)...).Run()
}

// close closes the window, as a person does who has had enough of it.
func (w *window) close() { _ = w.tmux("kill-server").Run() }
