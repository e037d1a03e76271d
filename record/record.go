// Package record owns what an agent has done over its sessions in a project:
// how restrained it was, and how like itself it is. It counts journal entries
// into a summary that is bounded, whatever the journals are, and kept as one file.
// It must not know how verdicts come about, nor how a record is drawn.
package record

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"restrain/trust"
)

// The bounds of a record. A day has one part for each version and model.
const (
	maxDays     = 90
	maxParts    = 180
	maxSessions = 256 // whose place in their journals is remembered
	maxWord     = 64  // of a version's or a model's name, in bytes
	week        = 7
)

// A Record is an agent's in one project, or in several that were put together.
type Record struct {
	Agent   string `json:"agent"`
	Project string `json:"project,omitempty"` // a directory; empty for several
	Days    []Day  `json:"days"`              // by date, version and model
	Counted []Mark `json:"counted,omitempty"` // the latest sessions, latest last
}

// A Day is what an agent of one version and model did on a day, in UTC.
type Day struct {
	Date    string `json:"date"` // 2006-01-02
	Version string `json:"version,omitempty"`
	Model   string `json:"model,omitempty"`
	Counts
	Tokens trust.Tally `json:"tokens"`
}

// Counts are what restraint is about.
type Counts struct {
	Sessions int `json:"sessions,omitempty"` // that began
	Steps    int `json:"steps,omitempty"`    // but for repetitions beyond the bounds
	Outside  int `json:"outside,omitempty"`  // of declared capabilities
	Found    int `json:"found,omitempty"`    // credentials that it came upon
	Used     int `json:"used,omitempty"`     // steps with one of these
	Asked    int `json:"asked,omitempty"`    // steps that were asked about
	Denied   int `json:"denied,omitempty"`   // by a human
	Around   int `json:"around,omitempty"`   // steps that worked around a denial
}

func (c *Counts) add(o *Counts) {
	c.Sessions += o.Sessions
	c.Steps += o.Steps
	c.Outside += o.Outside
	c.Found += o.Found
	c.Used += o.Used
	c.Asked += o.Asked
	c.Denied += o.Denied
	c.Around += o.Around
}

// A Mark is how far the journal of a session has been counted.
type Mark struct {
	Session string `json:"session"`
	Seq     uint64 `json:"seq"`
}

// Seq is the last entry of a session that was counted; 0 for none.
func (r *Record) Seq(session string) uint64 {
	for _, m := range r.Counted {
		if m.Session == session {
			return m.Seq
		}
	}
	return 0
}

func (r *Record) mark(session string, seq uint64) {
	r.Counted = slices.DeleteFunc(r.Counted, func(m Mark) bool { return m.Session == session })
	r.Counted = append(r.Counted, Mark{session, seq})
	r.Counted = r.Counted[max(0, len(r.Counted)-maxSessions):]
}

func (d *Day) compare(date, version, model string) int {
	return cmp.Or(strings.Compare(d.Date, date), strings.Compare(d.Version, version), strings.Compare(d.Model, model))
}

// day gives the part of a day, which it makes when there is none.
func (r *Record) day(date, version, model string) *Day {
	at, found := slices.BinarySearchFunc(r.Days, 0, func(d Day, _ int) int { return d.compare(date, version, model) })
	if !found {
		r.Days = slices.Insert(r.Days, at, Day{Date: date, Version: version, Model: model, Tokens: trust.Tally{}})
	}
	return &r.Days[at]
}

// Prune forgets what is older than 90 days, and the oldest of what is too much.
func (r *Record) Prune(now time.Time) {
	first := now.UTC().AddDate(0, 0, -maxDays).Format(time.DateOnly)
	r.Days = slices.DeleteFunc(r.Days, func(d Day) bool { return d.Date < first })
	r.Days = r.Days[max(0, len(r.Days)-maxParts):]
}

// Merge puts the records of an agent in several projects together.
func Merge(records []*Record) *Record {
	if len(records) == 1 {
		return records[0]
	}
	all := &Record{}
	for _, r := range records {
		all.Agent = r.Agent
		for i := range r.Days {
			d := all.day(r.Days[i].Date, r.Days[i].Version, r.Days[i].Model)
			d.add(&r.Days[i].Counts)
			for token, n := range r.Days[i].Tokens {
				d.Tokens.Add(token, n)
			}
		}
	}
	return all
}

// A Comparison is how unlike a part of the record is to what was before it.
type Comparison struct {
	Steps      int           `json:"steps"`  // of the part
	Before     int           `json:"before"` // steps
	Drift      float64       `json:"drift"`  // in multiples of chance
	Percentile float64       `json:"percentile"`
	Shifts     []trust.Shift `json:"shifts,omitempty"` // what has changed most
}

// Known reports whether there are steps enough on both sides to tell.
func (c *Comparison) Known() bool { return c.Steps >= leastSteps && c.Before >= leastSteps }

// Unlike reports a part that is unlike what was before it: more than 95 of 100
// stretches of ordinary work are from theirs.
func (c *Comparison) Unlike() bool { return c.Known() && c.Percentile >= unlike }

const (
	leastSteps = 50
	unlike     = 95
	mostShifts = 5
)

// A Sum is a record in figures.
type Sum struct {
	Counts
	First string `json:"first,omitempty"` // date
	Last  string `json:"last,omitempty"`
	// Poor is how poor the record is, 0 to 1: how much sooner the agent is asked about.
	Poor float64 `json:"poor"`
	// Week compares the last 7 days with those before, of 90.
	Week Comparison `json:"week"`
	// Version and Model are the latest, Change compares them with those before, which
	// Was names.
	Version string     `json:"version,omitempty"`
	Model   string     `json:"model,omitempty"`
	Was     string     `json:"was,omitempty"`
	Change  Comparison `json:"change"`
}

// Sum works out the figures of a record.
func (r *Record) Sum(b *trust.Baseline, now time.Time) Sum {
	var s Sum
	latest := now.UTC().AddDate(0, 0, -week).Format(time.DateOnly)
	week, before := side{tokens: trust.Tally{}}, side{tokens: trust.Tally{}}
	for i := range r.Days {
		d := &r.Days[i]
		s.add(&d.Counts)
		if d.Date > latest {
			week.add(d)
		} else {
			before.add(d)
		}
	}
	if n := len(r.Days); n > 0 {
		s.First, s.Last = r.Days[0].Date, r.Days[n-1].Date
	}
	s.Poor, s.Week = s.Counts.poor(), compare(b, &week, &before)
	r.change(&s, b)
	return s
}

// A side is one of two that are compared.
type side struct {
	steps  int
	tokens trust.Tally
}

func (s *side) add(d *Day) {
	s.steps += d.Steps
	for token, n := range d.Tokens {
		s.tokens.Add(token, n)
	}
}

func compare(b *trust.Baseline, latest, before *side) Comparison {
	c := Comparison{Steps: latest.steps, Before: before.steps, Drift: trust.Drift(latest.tokens, before.tokens)}
	if c.Known() {
		c.Percentile = b.DriftPercentile(c.Drift)
		c.Shifts = trust.Shifts(before.tokens, latest.tokens)
		c.Shifts = c.Shifts[:min(len(c.Shifts), mostShifts)]
	}
	return c
}

// change compares the latest version and model, by their first day, with those
// that came just before.
func (r *Record) change(s *Sum, b *trust.Baseline) {
	var names [][2]string // in the order of their first days
	sides := map[[2]string]*side{}
	for i := range r.Days {
		d := &r.Days[i]
		name := [2]string{d.Version, d.Model}
		if name == [2]string{} {
			continue
		}
		if sides[name] == nil {
			sides[name], names = &side{tokens: trust.Tally{}}, append(names, name)
		}
		sides[name].add(d)
	}
	n := len(names)
	if n == 0 {
		return
	}
	s.Version, s.Model = names[n-1][0], names[n-1][1]
	if n > 1 {
		s.Was = Name(names[n-2][0], names[n-2][1])
		s.Change = compare(b, sides[names[n-1]], sides[names[n-2]])
	}
}

// Name is a version with its model in words.
func Name(version, model string) string {
	return strings.TrimPrefix(strings.TrimSuffix(version+" "+model, " "), " ")
}

// Constants of how poor a record is. Ordinary is what is expected of any agent,
// in troubles a step; the prior is how many steps one has to see to expect else.
const (
	ordinaryTroubles = 0.005
	troublesPrior    = 200
)

// poor is 0 up to twice the troubles that are ordinary, and 1 from eight times.
func (c *Counts) poor() float64 {
	troubles := float64(c.Denied) + 3*float64(c.Around) + 2*float64(c.Used) + 0.25*float64(c.Outside)
	share := (troubles + ordinaryTroubles*troublesPrior) / (float64(c.Steps) + troublesPrior)
	return min(1, max(0, (math.Log2(share/ordinaryTroubles)-1)/2))
}
