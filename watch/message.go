package watch

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"restrain/prompt"
)

// version is the protocol's; both ends are the same program, so another is an
// error.
const version = 1

// A line from a client is short; a question holds a command, of up to 1 MiB,
// several times, in JSON.
const (
	maxFromClient = 16 << 10
	maxFromServer = 64 << 20
)

// A fromClient is what a client says.
type fromClient struct {
	V      int     `json:"v"`
	Watch  bool    `json:"watch,omitempty"`
	Answer *Answer `json:"answer,omitempty"`
	// Outside asks only whether the client is outside of the session.
	Outside bool `json:"outside,omitempty"`
}

// A fromServer is what the server says: one of its fields.
type fromServer struct {
	V      int             `json:"v"`
	Held   *prompt.Request `json:"held,omitempty"`
	Closed *Closed         `json:"closed,omitempty"`
	Done   bool            `json:"done,omitempty"`  // the answer was taken
	Error  string          `json:"error,omitempty"` // it was not, and why
	// NotHeld says with an error that it is no question of this session.
	NotHeld bool `json:"not_held,omitempty"`
}

// An Answer is a human's answer to a question.
type Answer struct {
	ID      string `json:"id"`
	Approve bool   `json:"approve,omitempty"`
	// Typed is what approves: the word that the question asks for, with the
	// word of a scope and a day behind it if it is to last.
	Typed  string `json:"typed,omitempty"`
	Reason string `json:"reason,omitempty"` // for a denial
	By     string `json:"by,omitempty"`     // prompt.ByWatch or ByCommand
}

// A Closed is a question that is over.
type Closed struct {
	ID       string `json:"id"`
	Approved bool   `json:"approved"`
	By       string `json:"by"`
}

// write sends one message.
func write(w io.Writer, message any) error {
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// read receives one message of a bounded size.
func read(r *bufio.Reader, max int, into any) error {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > max {
			return fmt.Errorf("a message above %d bytes", max)
		}
		line = append(line, part...)
		if err == nil {
			return json.Unmarshal(line, into)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
