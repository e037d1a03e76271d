package supervise

import (
	"context"
	"errors"
	"time"
)

// errNoSessions says what stands in place of a supervised session here.
var errNoSessions = errors.New("an agent can be run below restrain on Linux and macOS only; use its hook: restrain init")

// Main does nothing on this system.
func Main() {}

// A device is a terminal: none on this system.
type device struct{}

// Owns reports false: there is no session with a terminal of its own.
func (*Session) Owns(int) bool { return false }

// Settle has nothing to wait for.
func (*Session) Settle(time.Duration, time.Duration) bool { return true }

// A front is a terminal in front of an agent: none on this system.
type front struct{}

func (*front) cook() {}

func (*front) question(<-chan struct{}, func(*Terminal) error) error { return ErrNoTerminal }

func onTTY(<-chan struct{}, func(*Terminal) error) error { return ErrNoTerminal }

func (s *Session) runOnPTY(context.Context, string) (int, error) { return 126, errNoSessions }

func (s *Session) runThrough(context.Context, string) (int, error) { return 126, errNoSessions }
