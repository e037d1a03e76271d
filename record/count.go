package record

import (
	"io"
	"slices"
	"strings"

	"restrain/gate"
	"restrain/journal"
	"restrain/trust"
)

// maxEntries bounds the entries that are counted at once: a journal that is longer
// counts with its first ones.
const maxEntries = 50_000

// A Counter counts the entries of one session.
type Counter struct {
	record         *Record
	session        string
	from, last     uint64
	version, model string
	times          map[string]int // how often each token, and each kind of trouble, was counted
	begun          bool
	entries        int
}

// Count begins to count a session, behind what was counted of it.
func (r *Record) Count(session string) *Counter {
	return &Counter{record: r, session: session, from: r.Seq(session), times: map[string]int{}, begun: r.Seq(session) > 0}
}

// Read counts what a journal has.
func (c *Counter) Read(r io.Reader) error {
	err := journal.Read(r, func(e journal.Entry) error {
		if c.entries++; c.entries > maxEntries {
			return io.EOF
		}
		c.Add(&e)
		return nil
	})
	if err == io.EOF {
		err = nil
	}
	c.End()
	return err
}

// End remembers how far the session was counted.
func (c *Counter) End() {
	if c.last > c.from {
		c.record.mark(c.session, c.last)
	}
}

// Add counts an entry.
func (c *Counter) Add(e *journal.Entry) {
	if e.Version != "" {
		c.version = word(e.Version)
	}
	if e.Model != "" {
		c.model = word(e.Model)
	}
	if c.last = max(c.last, e.Seq); e.Seq <= c.from || e.Kind != journal.Step {
		return
	}
	d := c.record.day(e.Time.UTC().Format("2006-01-02"), c.version, c.model)
	if !c.begun {
		c.begun = true
		d.Sessions++
	}
	c.step(d, e)
	for _, s := range e.Met {
		d.Found += c.counts("found "+s.Name, !s.Given)
	}
	kind := strings.Join(e.Classes, " ")
	asked := e.Answer != nil && !gate.Covered(e.Answer.By)
	used := slices.ContainsFunc(e.Used, func(s journal.Secret) bool { return !s.Given })
	d.Outside += c.counts("outside "+kind, e.Outside)
	d.Used += c.counts("used "+kind, used)
	d.Asked += c.counts("asked "+kind, asked)
	d.Denied += c.counts("denied "+kind, gate.SaidNo(e.Answer))
	d.Around += c.counts("around "+kind, e.Around > 0)
}

// step counts a step by its tokens. One that only repeats what the session, or the
// day, has done often enough counts for nothing: no agent earns trust by it.
func (c *Counter) step(d *Day, e *journal.Entry) {
	tokens := e.Tokens
	if len(tokens) == 0 {
		tokens = e.Classes
	}
	counted := false
	for _, token := range tokens {
		token = word(token)
		if c.times[token] >= trust.CountedInSession || d.Tokens[token] >= trust.CountedInDay {
			continue
		}
		counted = true
		c.times[token]++
		d.Tokens.Add(token, 1)
	}
	if counted {
		d.Steps++
	}
}

// counts is 1 for a trouble that is to be counted: of one kind so often in a
// session.
func (c *Counter) counts(trouble string, is bool) int {
	if !is || c.times[trouble] >= trust.CountedInSession {
		return 0
	}
	c.times[trouble]++
	return 1
}

// word is a name of an agent's as it is kept: short, and of plain characters.
func word(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-:/@+", r) {
			return r
		}
		return -1
	}, name)
	return name[:min(len(name), maxWord)]
}
