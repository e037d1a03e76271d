package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"restrain/gate"
	"restrain/trust"
)

// A recorded session is a line of a file. Incidents name themselves with id,
// and say which of their commands must not run unasked.
type recorded struct {
	Session     string   `json:"session"`
	ID          string   `json:"id"`
	Repo        string   `json:"repo"`
	Cwd         string   `json:"cwd"`
	Commands    []string `json:"commands"`
	Destructive int      `json:"destructive_index"`
}

// maxSessionLine bounds one session of a file, in bytes.
const maxSessionLine = 64 << 20

// eachRecorded reads a file of sessions; "-" is stdin.
func (h *host) eachRecorded(path string, f func(*recorded) error) error {
	var in io.Reader = h.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return usagef("cannot read the sessions: %w; name a readable file", err)
		}
		defer file.Close()
		in = file
	}
	lines := bufio.NewReaderSize(in, 1<<20)
	for number := 1; ; number++ {
		line, err := readLine(lines, maxSessionLine)
		if errors.Is(err, io.EOF) {
			return nil
		}
		var session recorded
		if err == nil {
			err = json.Unmarshal(line, &session)
		}
		if err != nil {
			return usagef("%s: line %d: %w; a session is one line of JSON", path, number, err)
		}
		if session.Session == "" {
			session.Session = session.ID
		}
		if err := f(&session); err != nil {
			return err
		}
	}
}

// stepInterval is the time that a recorded command is taken to last: records
// of sessions have no clock.
const stepInterval = 15 * time.Second

// walk judges the commands of a recorded session as if live. What would have
// been asked is taken as approved, since the recorded agent went on.
func (s *recorded) walk(policy *gate.Policy, f func(index int, j *gate.Judgement) error) error {
	session := policy.NewSession()
	for i, command := range s.Commands {
		now := time.Unix(0, 0).UTC().Add(time.Duration(i) * stepInterval)
		request := gate.Request{Door: "replay", Line: command, Dir: s.Cwd}
		step, plumbing := policy.Read(&request)
		if plumbing {
			continue
		}
		j := policy.Judge(session, &step, now)
		if err := f(i, &j); err != nil {
			return err
		}
		outcome := trust.Outcome{Decision: trust.Allowed}
		if j.Verdict != gate.Allow {
			outcome.Decision = trust.Approved
		}
		session.Record(&step, j.Assessment, outcome, now)
	}
	return nil
}
