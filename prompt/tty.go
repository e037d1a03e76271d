package prompt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// TTY asks on a terminal device. Whatever happens, also SIGINT, SIGTERM, SIGHUP
// and a panic, the terminal gets the modes back that it had.
type TTY struct {
	// Path names the terminal; empty is /dev/tty, the process's own.
	Path string
	// File is used in place of Path when it is set, and left open. Nobody else
	// may read it during Ask.
	File *os.File
	// Env looks up the environment that tells the terminal's capabilities; nil
	// is os.Getenv.
	Env func(string) string

	now func() time.Time // nil is time.Now; a test's clock
}

// Ask asks on the terminal. Its error wraps [ErrNoTerminal] when there is none,
// or when the process is in the background of it.
func (t TTY) Ask(ctx context.Context, r Request) (Answer, error) {
	answer := denied(ByNobody)
	err := t.use(ctx, func(ctx context.Context, d *device, c Caps) (err error) {
		answer, err = Ask(ctx, d, r, c)
		return err
	})
	return answer, err
}

// use has f work with the terminal in raw mode.
func (t TTY) use(ctx context.Context, f func(context.Context, *device, Caps) error) error {
	file, err := t.open()
	if err != nil {
		return err
	}
	if t.File == nil {
		defer file.Close()
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	keys, err := newDevice(ctx, file)
	if err != nil {
		return err
	}
	defer keys.close()
	if keys.now = t.now; keys.now == nil {
		keys.now = time.Now
	}
	env := t.Env
	if env == nil {
		env = os.Getenv
	}
	width, height := keys.Size()
	return f(ctx, keys, CapsOf(width, height, env))
}
