// Package desktop tells a human who looks elsewhere that a step is held, with a
// notification of the desktop.
//
// It owns the notification, and when there is one. It must not know rules, or how
// a question is answered: it stands around whoever asks, and whatever goes wrong
// here is no concern of theirs.
package desktop

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/godbus/dbus/v5"

	"restrain/prompt"
)

const (
	// patience is how long a question stands before it is told: who sits at the
	// terminal has seen it by then, and what nobody can answer is over.
	patience = 2 * time.Second
	// most is how long the desktop may take for an answer.
	most = 5 * time.Second
	// maxShown is how much of a command is shown, in bytes.
	maxShown = 240
	// Off is the value of Setting that turns notifications off.
	Off = "off"
	// Setting is the name of the environment variable that may say Off.
	Setting = "RESTRAIN_NOTIFY"
)

// Over returns an asker that asks as next does and tells the desktop meanwhile,
// where the environment says that there is one and not Off; else it is next.
func Over(next prompt.Asker, getenv func(string) string) prompt.Asker {
	bus := getenv("DBUS_SESSION_BUS_ADDRESS")
	switch {
	case next == nil, getenv(Setting) == Off,
		getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "",
		!onlySockets(bus): // other transports start programs, or leave the machine
		return next
	}
	return &asker{next, bus, patience}
}

// onlySockets reports a list of addresses (D-Bus specification, "Server
// Addresses") that are all Unix sockets.
func onlySockets(addresses string) bool {
	for address := range strings.SplitSeq(addresses, ";") {
		if !strings.HasPrefix(address, "unix:") {
			return false
		}
	}
	return true
}

type asker struct {
	next     prompt.Asker
	bus      string
	patience time.Duration
}

// Ask has next ask. The desktop is told on the side.
func (a *asker) Ask(ctx context.Context, r prompt.Request) (prompt.Answer, error) {
	open, over := context.WithCancel(ctx)
	defer over()
	timer := time.AfterFunc(a.patience, func() {
		// A desktop that is not there, or shows nothing, changes nothing.
		_ = tell(open, a.bus, &r)
	})
	defer timer.Stop()
	return a.next.Ask(ctx, r)
}

// The names of the Desktop Notifications Specification 1.2.
const (
	service   = "org.freedesktop.Notifications"
	object    = dbus.ObjectPath("/org/freedesktop/Notifications")
	withMarks = "body-markup"
)

// tell shows a notification as long as open is not done.
func tell(open context.Context, bus string, r *prompt.Request) error {
	life, end := context.WithCancel(context.WithoutCancel(open))
	defer end() // closes the connection
	late := time.AfterFunc(most, end)
	conn, err := dbus.Connect(bus, dbus.WithContext(life))
	late.Stop()
	if err != nil {
		return fmt.Errorf("session bus: %w", err)
	}
	desktop := conn.Object(service, object)
	call := func(method string, into any, args ...any) error {
		ctx, cancel := context.WithTimeout(life, most)
		defer cancel()
		c := desktop.CallWithContext(ctx, service+"."+method, 0, args...)
		if into == nil {
			return c.Err
		}
		return c.Store(into)
	}
	var can []string
	if err := call("GetCapabilities", &can); err != nil {
		return fmt.Errorf("capabilities of the desktop: %w", err)
	}
	if open.Err() != nil {
		return nil
	}
	text := body(r)
	for _, c := range can {
		if c == withMarks {
			text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
		}
	}
	var id uint32
	err = call("Notify", &id, "restrain", uint32(0), "", "restrain: held, nothing has run", text,
		[]string{}, map[string]dbus.Variant{}, int32(-1))
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	<-open.Done()
	return call("CloseNotification", nil, id)
}

// body says which step waits, in plain text without anything that a terminal or
// a desktop acts on.
func body(r *prompt.Request) string {
	var b strings.Builder
	command := r.Command
	if len(command) > maxShown {
		command = command[:maxShown]
		for !utf8.ValidString(command) && len(command) > maxShown-utf8.UTFMax {
			command = command[:len(command)-1]
		}
	}
	b.WriteString(prompt.Escape(command))
	if left := len(r.Command) - len(command); left > 0 {
		fmt.Fprintf(&b, " … %d bytes more", left)
	}
	for _, what := range r.What[:min(1, len(r.What))] {
		b.WriteString("\n" + prompt.Escape(what))
	}
	b.WriteString("\nAnswer at the agent's terminal, or with restrain watch")
	return b.String()
}
