package session

import (
	"io"
	"os"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/transcript"
	"restrain/trust"
)

// EachRecorded reads the sessions of a file, which may be any transcript that
// is known; "-" is stdin.
func (h *Host) EachRecorded(path string, f func(*transcript.Session) error) error {
	return h.EachTranscript(path, "", nil, f)
}

// EachTranscript is EachRecorded for a format that was named, with a reader
// that is told what is read; nil is none.
func (h *Host) EachTranscript(path string, format transcript.Format, watch func(io.Reader) io.Reader, f func(*transcript.Session) error) error {
	var in io.Reader = h.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return Usagef("cannot read the sessions: %w; name a readable file", err)
		}
		defer file.Close()
		in = file
	}
	if watch != nil {
		in = watch(in)
	}
	var outer error // of f, which passes through
	err := transcript.Read(path, in, format, func(s *transcript.Session) error {
		outer = f(s)
		return outer
	})
	if err == nil || outer != nil {
		return outer
	}
	return Usage(err)
}

// stepInterval is the time that a recorded command is taken to last when its
// record has no clock.
const stepInterval = 15 * time.Second

// A Walked step is a recorded command and the verdict on it.
type Walked struct {
	Index   int // from 0, in the session's commands
	Command *transcript.Command
	At      time.Time
	*gate.Judgement
}

// Covered reports a step that was to be asked about, and that ran by an
// approval from before, as a journal recorded it.
func (w *Walked) Covered() bool {
	recorded := w.Command.Verdict
	return !w.Outcome.Runs() && recorded != nil && recorded.Approved && gate.Covered(recorded.By)
}

// Walk judges the commands of a recorded session as if live, except that only
// their text is looked at: files and git are no longer as they were. What would
// have been asked is taken as the record has it: approved where the recorded
// agent went on, denied where the command did not run. home is the home
// directory of those who recorded it, empty when unknown.
func Walk(s *transcript.Session, policy *gate.Policy, home string, f func(Walked) error) error {
	w := walker{policy: policy, home: home, session: policy.NewSession(), numbers: make([]int, len(s.Commands))}
	now := time.Unix(0, 0).UTC().Add(-stepInterval)
	for _, text := range s.Asked {
		w.session.Hear(trust.Message{Text: text, Weighs: true})
	}
	for i := range s.Commands {
		command := &s.Commands[i]
		now = clock(now, command.Time)
		if j, plumbing := w.judge(command, now); !plumbing {
			if err := f(Walked{i, command, now, &j}); err != nil {
				return err
			}
			w.record(command, &j, now)
			w.numbers[i] = w.session.Steps()
		}
		for _, place := range command.Failures {
			w.session.Exited(w.numbers[place], 0, true, now)
		}
	}
	return nil
}

// A walker goes through one recorded session.
type walker struct {
	policy  *gate.Policy
	home    string
	session *trust.Session
	files   recordedFiles
	numbers []int // by command, of its step in the session; 0 for none
}

func (w *walker) judge(command *transcript.Command, now time.Time) (j gate.Judgement, plumbing bool) {
	if command.Tamper {
		return w.policy.JudgeTamper(w.session, now), false
	}
	request := gate.Request{Door: "replay", Line: command.Text, Dir: command.Dir, Home: w.home, Files: w.files.read,
		Presume: command.Verdict == nil || command.Verdict.By == ""}
	if j, plumbing = w.policy.Consider(w.session, &request, now); plumbing {
		return j, true
	}
	if !j.Outcome.Runs() {
		j.Assessment.Reasons = w.session.Explain(j.Step, j.Assessment, now)
	}
	return j, false
}

func (w *walker) record(command *transcript.Command, j *gate.Judgement, now time.Time) {
	o := outcome(command, j.Outcome)
	o.Kept = j.OnlyKept()
	w.session.Record(j.Step, j.Assessment, o, now)
	if o.Decision != trust.Denied {
		classify.EachWrittenFile(j.Step.Script, command.Dir, w.files.keep)
	}
}

// clock is the time of the next step: as recorded, but never going back.
func clock(before, recorded time.Time) time.Time {
	switch {
	case recorded.IsZero():
		return before.Add(stepInterval)
	case recorded.Before(before):
		return before
	}
	return recorded
}

// outcome is what became of a command, as the session is to remember it. A
// journal says when a failure was known, in Failures.
func outcome(c *transcript.Command, judged gate.Outcome) trust.Outcome {
	o := trust.Outcome{Failed: c.Outcome == transcript.Failed && c.Verdict == nil}
	switch {
	case c.Outcome == transcript.Denied:
		o.Decision = trust.Denied
	case c.Verdict != nil && c.Verdict.Approved, c.Verdict == nil && !judged.Runs():
		o.Decision = trust.Approved
	}
	return o
}
