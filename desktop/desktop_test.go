package desktop

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"restrain/prompt"
)

// A bus is a session bus with a desktop behind it, as far as notifications need
// one: the D-Bus specification's handshake, and then messages.
type bus struct {
	t       *testing.T
	address string
	can     []string
	calls   chan *dbus.Message
}

func startBus(t *testing.T, can ...string) *bus {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	b := &bus{t: t, address: "unix:path=" + path, can: can, calls: make(chan *dbus.Message, 16)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			b.serve(conn)
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-served
	})
	return b
}

// serve answers one client until it goes.
func (b *bus) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if zero, err := in.ReadByte(); err != nil || zero != 0 {
		b.t.Errorf("a client begins with %d, %v", zero, err)
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return // it has gone
		}
		switch word, _, _ := strings.Cut(strings.TrimSpace(line), " "); {
		case word == "BEGIN":
			b.answer(conn, in)
			return
		case strings.TrimSpace(line) == "AUTH":
			fmt.Fprint(conn, "REJECTED EXTERNAL\r\n")
		case word == "AUTH":
			fmt.Fprint(conn, "OK 1234deadbeef\r\n")
		default:
			fmt.Fprint(conn, "ERROR\r\n")
		}
	}
}

func (b *bus) answer(conn net.Conn, in *bufio.Reader) {
	for {
		call, err := dbus.DecodeMessage(in)
		if err != nil {
			return // it has gone
		}
		b.calls <- call
		var said any
		switch method(call) {
		case "Hello":
			said = ":1.1"
		case "GetCapabilities":
			said = b.can
		case "Notify":
			said = uint32(7)
		}
		reply := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldReplySerial: dbus.MakeVariant(call.Serial()),
		}}
		if said != nil {
			reply.Body = []any{said}
			reply.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(said))
		}
		if err := reply.EncodeTo(conn, binary.LittleEndian); err != nil {
			return // it has gone
		}
	}
}

func method(call *dbus.Message) string {
	name, _ := call.Headers[dbus.FieldMember].Value().(string)
	return name
}

// next waits for a call of a method.
func (b *bus) next(name string) *dbus.Message {
	b.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case call := <-b.calls:
			if method(call) == name {
				return call
			}
		case <-late:
			b.t.Fatalf("the desktop was never told to %s", name)
		}
	}
}

// A human answers when the test does.
type human struct{ answers chan prompt.Answer }

func (h human) Ask(ctx context.Context, _ prompt.Request) (prompt.Answer, error) {
	select {
	case a := <-h.answers:
		return a, nil
	case <-ctx.Done():
		return prompt.Answer{}, ctx.Err()
	}
}

func onDesktop(address string) func(string) string {
	return func(name string) string {
		return map[string]string{"DBUS_SESSION_BUS_ADDRESS": address, "WAYLAND_DISPLAY": "wayland-0"}[name]
	}
}

// A question that stands is told, in text that neither marks up nor acts, and
// the notification goes when it is answered.
func TestTold(t *testing.T) {
	long := "echo <b>bold</b> & \x1b]0;title\x07 \u202e; " + strings.Repeat("é", 400)
	for _, test := range []struct {
		can  string
		want string
	}{
		{"body", `echo <b>bold</b> & `},
		{"body-markup", `echo &lt;b&gt;bold&lt;/b&gt; &amp; `},
	} {
		t.Run(test.can, func(t *testing.T) {
			b := startBus(t, test.can)
			h := human{make(chan prompt.Answer)}
			told := Over(h, onDesktop(b.address)).(*asker)
			told.patience = 0
			answered := make(chan prompt.Answer)
			go func() {
				answer, _ := told.Ask(t.Context(), prompt.Request{Command: long, What: []string{"deletes a volume", "more"}})
				answered <- answer
			}()
			call := b.next("Notify")
			if len(call.Body) != 8 {
				t.Fatalf("Notify with %d arguments", len(call.Body))
			}
			summary, body := call.Body[3].(string), call.Body[4].(string)
			if !strings.HasPrefix(body, test.want) || strings.ContainsAny(body, "\x1b\x07\u202e") ||
				!strings.Contains(body, "bytes more\ndeletes a volume\nAnswer at") || strings.Contains(body, "\ufffd") {
				t.Errorf("told %q", body)
			}
			if !strings.Contains(summary, "nothing has run") {
				t.Errorf("summary %q", summary)
			}
			h.answers <- prompt.Answer{Approved: true, By: "terminal"}
			if answer := <-answered; !answer.Approved {
				t.Error("the answer was lost")
			}
			if closed := b.next("CloseNotification"); closed.Body[0] != uint32(7) {
				t.Errorf("closed %v", closed.Body)
			}
		})
	}
}

// A question is asked and answered as if there were no desktop, whatever that
// does.
func TestDesktopDoesNotMatter(t *testing.T) {
	silent, err := net.Listen("unix", filepath.Join(t.TempDir(), "bus")) // never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, address := range []string{"unix:path=" + silent.Addr().String(), "unix:path=/nonexistent/bus", "unix:", "unix:abstract="} {
		h := human{make(chan prompt.Answer, 1)}
		h.answers <- prompt.Answer{Reason: "no", By: "terminal"}
		told := Over(h, onDesktop(address)).(*asker)
		told.patience = 0
		if answer, err := told.Ask(t.Context(), prompt.Request{}); err != nil || answer.Reason != "no" {
			t.Errorf("%s: %+v, %v", address, answer, err)
		}
		if err := tell(t.Context(), "unix:path=/nonexistent/bus", &prompt.Request{}); err == nil {
			t.Error("a bus that is not there was told")
		}
	}
}

// What is answered at once, or by nobody, is never told.
func TestAnsweredInTime(t *testing.T) {
	b := startBus(t)
	h := human{make(chan prompt.Answer, 1)}
	h.answers <- prompt.Answer{By: "terminal"}
	told := Over(h, onDesktop(b.address)).(*asker)
	told.patience = time.Hour
	if _, err := told.Ask(t.Context(), prompt.Request{}); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := told.Ask(ctx, prompt.Request{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if len(b.calls) > 0 {
		t.Error("the desktop was told of a question that was over")
	}
}

// Without a desktop, or when it is turned off, nothing stands around the asker.
func TestNoDesktop(t *testing.T) {
	h := human{}
	for _, test := range []struct {
		name string
		env  map[string]string
		told bool
	}{
		{"X", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/b", "DISPLAY": ":0"}, true},
		{"Wayland", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:abstract=b;unix:path=/b", "WAYLAND_DISPLAY": "w"}, true},
		{"no screen", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/b"}, false},
		{"no bus", map[string]string{"DISPLAY": ":0"}, false},
		{"a bus that starts programs", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/b;unixexec:path=/bin/sh", "DISPLAY": ":0"}, false},
		{"a bus elsewhere", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "tcp:host=example.com", "DISPLAY": ":0"}, false},
		{"off", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/b", "DISPLAY": ":0", Setting: Off}, false},
	} {
		_, told := Over(h, func(name string) string { return test.env[name] }).(*asker)
		if told != test.told {
			t.Errorf("%s: told %v, want %v", test.name, told, test.told)
		}
	}
	if Over(nil, onDesktop("unix:path=/b")) != nil {
		t.Error("nobody to ask became somebody")
	}
}
