package session

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"restrain/agent"
	"restrain/figure"
	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/prompt"
	"restrain/record"
	"restrain/secret"
	"restrain/shellparse"
	"restrain/trust"
)

// This file keeps the record of an agent over its sessions: it is counted when a
// session ends. A session at a door has no end that anybody is told of, and is
// counted when the agent's next one begins.

// recorded reports an agent that has a record: a shell is a person's.
func recorded(agent string) bool { return agent != "" && !shellparse.IsShell(agent) }

// agentStanding is what is known of an agent in the project of the working directory.
func agentStanding(getenv func(string) string, agent string) record.Standing {
	stateDir, err := gate.StateDir(getenv)
	if err != nil || !recorded(agent) {
		return record.Standing{}
	}
	return record.Stand(stateDir, agent, ProjectDir())
}

// told adds to the start of a session what its agent's program and command line
// tell of the agent.
func withAgentDetails(start journal.Entry, argv []string) journal.Entry {
	if path, err := exec.LookPath(argv[0]); err == nil {
		start.Version = agent.Version(path)
	}
	start.Model = secret.Redact(agent.Model(argv))
	return start
}

// count adds sessions to the record of their agent and gives the record in short.
func count(stateDir, agent, project string, b *trust.Baseline, more func(*record.Standing), sessions ...string) (*journal.Record, error) {
	var short *journal.Record
	var unread error
	err := record.Update(stateDir, agent, project, func(r *record.Record, s *record.Standing) {
		for _, id := range sessions {
			unread = errors.Join(unread, countJournal(r, id, gate.JournalPath(stateDir, id)))
		}
		now := time.Now()
		r.Prune(now)
		sum := r.Sum(b, now)
		sum.Stand(prompt.Escape(agent), s)
		short = shortRecord(&sum)
		if more != nil {
			more(s)
		}
	})
	return short, errors.Join(err, unread)
}

func countJournal(r *record.Record, id, path string) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // it was pruned
	}
	if err != nil {
		return fmt.Errorf("record: %w; check the state directory", err)
	}
	defer file.Close()
	var broken *journal.BrokenError
	if err := r.Count(id).Read(file); err != nil && !errors.As(err, &broken) { // what stands before it counts
		return fmt.Errorf("record: %w; check the state directory", err)
	}
	return nil
}

func shortRecord(s *record.Sum) *journal.Record {
	return &journal.Record{
		Sessions: s.Sessions, Steps: s.Steps, Outside: s.Outside, Found: s.Found, Used: s.Used,
		Asked: s.Asked, Denied: s.Denied, Around: s.Around, Poor: s.Poor, Week: s.Week.Percentile, Change: s.Change.Percentile,
	}
}

// recordText is a record in short in words.
func recordText(r *journal.Record) string {
	text := fmt.Sprintf("%s in %s, %d asked, %d denied", figure.Number(r.Steps, "step"), figure.Number(r.Sessions, "session"), r.Asked, r.Denied)
	if r.Poor > 0 {
		text += "; a poor record"
	}
	return text
}

// keepRecord counts a session that has ended, and journals what the agent's record is
// then. The session is as it was where that fails, and it is said.
func (h *Host) keepRecord(store *gate.Store, stateDir, agent, project string, b *trust.Baseline) {
	if !recorded(agent) {
		return
	}
	short, err := count(stateDir, agent, project, b, nil, store.ID())
	if err == nil && short.Steps > 0 {
		err = note(store, journal.Entry{Kind: journal.AgentRecord, Agent: agent, Record: short, Reason: recordText(short)})
	}
	if err != nil {
		h.Fail(Hint(err, "the session itself is whole; restrain record --rebuild makes the record anew"))
	}
}

// keepRecord does so for a session with a human; a pipeline's begins anew each time.
func (s *guardedSession) keepRecord() {
	stateDir, err := gate.StateDir(s.host.Getenv)
	if err != nil || s.options.CI != nil {
		return
	}
	s.host.keepRecord(s.store, stateDir, s.judge.agent, ProjectDir(), s.options.Policy.Baseline())
}

// beginRecord counts the sessions of an agent that had no end of their own, when
// the next one begins, which has none either.
func beginRecord(stateDir, agent, id string, b *trust.Baseline) error {
	if !recorded(agent) {
		return nil
	}
	project := ProjectDir()
	open := record.Stand(stateDir, agent, project).Open
	_, err := count(stateDir, agent, project, b, func(s *record.Standing) { s.Open = append(s.Open[:0], id) }, open...)
	return err
}

// sayRecord tells a human what is worth knowing of the agent before it starts.
func (s *guardedSession) sayRecord() {
	if said := agentStanding(s.host.Getenv, s.judge.agent).Said; said != "" {
		fmt.Fprintf(s.host.Stderr, "restrain: note: %s; restrain record %s shows it\n", prompt.Escape(said), prompt.Escape(s.judge.agent))
	}
}

// RebuildRecords makes all records anew from the journals there are.
func RebuildRecords(getenv func(string) string, b *trust.Baseline) error {
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		return err
	}
	if err := record.Clear(stateDir); err != nil {
		return err
	}
	return countAll(getenv, stateDir, b, func(string) bool { return true })
}

// AgentRecords gives the records of all agents. Sessions that nobody has counted
// are counted first.
func AgentRecords(getenv func(string) string, b *trust.Baseline) ([]*record.Record, error) {
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		return nil, err
	}
	list, err := record.All(stateDir)
	if err != nil {
		return nil, Hint(err, "restrain record --rebuild makes them anew from the journals")
	}
	known := map[string]bool{}
	for _, r := range list {
		for _, m := range r.Counted {
			known[m.Session] = true
		}
	}
	if err := countAll(getenv, stateDir, b, func(id string) bool { return !known[id] }); err != nil {
		return nil, err
	}
	return record.All(stateDir)
}

// maxRecordAge is how old a journal is that counts no longer.
const maxRecordAge = 90 * 24 * time.Hour

// countAll counts the sessions that wanted names, oldest first.
func countAll(getenv func(string) string, stateDir string, b *trust.Baseline, wanted func(id string) bool) error {
	sessions, err := Records(getenv, "")
	if err != nil {
		return err
	}
	type owner struct{ agent, project string }
	var owners []owner
	of := map[owner][]string{}
	for i := len(sessions) - 1; i >= 0; i-- {
		s := &sessions[i]
		if !wanted(s.ID) || time.Since(s.Latest) > maxRecordAge {
			continue
		}
		summary, err := Summarize(*s)
		if err != nil {
			return err
		}
		o := owner{filepath.Base(summary.Agent), ProjectRoot(summary.Dir)}
		if summary.Steps == 0 || summary.Running || !recorded(summary.Agent) {
			continue
		}
		if of[o] == nil {
			owners = append(owners, o)
		}
		of[o] = append(of[o], s.ID)
	}
	for _, o := range owners {
		if _, err := count(stateDir, o.agent, o.project, b, nil, of[o]...); err != nil {
			return err
		}
	}
	return nil
}

// heed takes the agent's record into what its steps are held to.
func heed(policy *gate.Policy, getenv func(string) string, agent string) {
	policy.Heed(agentStanding(getenv, agent).Poor)
}

// beginsAlone is what a session at a door does when it begins.
func (h *Host) beginsAlone(store *gate.Store, stateDir string, policy *gate.Policy, agent intercept.Agent) func() []secret.Value {
	values := suppliedSecrets(os.Environ(), h.Getenv("HOME"))
	return func() []secret.Value {
		if err := beginRecord(stateDir, agent.Name, store.ID(), policy.Baseline()); err != nil {
			h.Fail(Hint(err, "the session goes on; restrain record --rebuild makes the record anew"))
		}
		return values()
	}
}
