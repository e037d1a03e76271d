package intercept

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"restrain/secret"
)

// A message between a door and the judge is four bytes of length, big-endian,
// and then fields: a text is its length as a uvarint and its bytes, a list its
// count and its texts, a number a uvarint. The first field is the version.
const (
	wireVersion = 4
	// maxMessage bounds a message in bytes. Linux gives an exec 6 MiB for
	// arguments and environment together at most, by default 2 MiB.
	maxMessage = 8 << 20
	// maxList bounds the elements of a list; each takes a byte at least.
	maxList = 1 << 20
	// maxEnv and maxEnvEntry bound in bytes how much of an environment is sent.
	maxEnv, maxEnvEntry = 1 << 20, 32 << 10
)

var errMessage = errors.New("malformed message between a door and the supervisor; update restrain and start the session again")

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendList(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendText(b, s)
	}
	return b
}

func appendFlag(b []byte, flag bool) []byte {
	if flag {
		return append(b, 1)
	}
	return append(b, 0)
}

// A fields reads the fields of a message in order. After the first wrong one it
// returns zeros, and err is set.
type fields struct {
	rest []byte
	err  error
}

func (f *fields) number() uint64 {
	v, n := binary.Uvarint(f.rest)
	if n <= 0 {
		f.rest, f.err = nil, errMessage
		return 0
	}
	f.rest = f.rest[n:]
	return v
}

func (f *fields) flag() bool { return f.number() == 1 }

func (f *fields) text() string {
	n := f.number()
	if n > uint64(len(f.rest)) {
		f.rest, f.err = nil, errMessage
		return ""
	}
	s := string(f.rest[:n])
	f.rest = f.rest[n:]
	return s
}

func (f *fields) list() []string {
	n := f.number()
	if n > min(uint64(len(f.rest)), maxList) {
		f.rest, f.err = nil, errMessage
		return nil
	}
	var list []string
	for range n {
		list = append(list, f.text())
	}
	return list
}

func encodeRequest(r Request) []byte {
	b := []byte{wireVersion}
	for _, s := range []string{string(r.Kind), r.Line, r.Dir, r.Shell, string(r.Door)} {
		b = appendText(b, s)
	}
	b = appendFlag(appendFlag(appendFlag(appendFlag(b, r.Interactive), r.Masks), r.Gathered), r.Elsewhere)
	b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(r.Typed.Shell)), uint64(r.Typed.Number))
	b = appendList(b, r.Argv)
	b = appendList(b, r.Params)
	return appendList(b, boundedEnv(r.Env))
}

func decodeRequest(b []byte) (Request, error) {
	f := fields{rest: b}
	if f.number() != wireVersion {
		return Request{}, errMessage
	}
	r := Request{
		Kind: Kind(f.text()), Line: f.text(), Dir: f.text(), Shell: f.text(), Door: Door(f.text()),
		Interactive: f.flag(), Masks: f.flag(), Gathered: f.flag(), Elsewhere: f.flag(), Typed: TypedLine{Shell: int(f.number()), Number: int(f.number())}, Argv: f.list(), Params: f.list(), Env: f.list(),
	}
	switch {
	case f.err != nil:
		return Request{}, f.err
	case len(f.rest) > 0,
		r.Kind != KindLine && r.Kind != KindArgv,
		r.Kind == KindArgv && len(r.Argv) == 0,
		r.Door != DoorShell && r.Door != DoorEnv && r.Door != DoorTyped && r.Door != DoorHook:
		return Request{}, errMessage
	}
	return r, nil
}

func encodeReply(r Reply) []byte {
	b := appendFlag([]byte{wireVersion}, r.Allow)
	b = binary.AppendUvarint(b, uint64(r.Status))
	return secret.AppendValues(appendText(appendText(b, r.Message), r.Instead), r.Mask)
}

func decodeReply(b []byte) (Reply, error) {
	f := fields{rest: b}
	if f.number() != wireVersion {
		return Reply{}, errMessage
	}
	r := Reply{Allow: f.flag(), Status: int(f.number() & 0xff), Message: f.text(), Instead: f.text()}
	if f.err != nil {
		return Reply{}, f.err
	}
	mask, rest, err := secret.CutValues(f.rest)
	if err != nil || len(rest) > 0 {
		return Reply{}, errMessage
	}
	r.Mask = mask
	return r, nil
}

// boundedEnv leaves out what would make a message too large.
func boundedEnv(env []string) []string {
	var kept []string
	size := 0
	for _, entry := range env {
		if len(entry) <= maxEnvEntry && size+len(entry) <= maxEnv {
			kept = append(kept, entry)
			size += len(entry)
		}
	}
	return kept
}

func writeMessage(w io.Writer, body []byte) error {
	if len(body) > maxMessage {
		return fmt.Errorf("a command of %d bytes is too long to be judged; write it to a file", len(body))
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	_, err := w.Write(append(frame, body...))
	return err
}

func readMessage(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxMessage {
		return nil, errMessage
	}
	body := make([]byte, n)
	_, err := io.ReadFull(r, body)
	return body, err
}
