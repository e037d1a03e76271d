package record

import (
	"fmt"

	"restrain/figure"
)

// Stand takes into a standing what a sum says: how poor the record is, and what a
// human is told of it when a session starts.
func (s *Sum) Stand(agent string, to *Standing) {
	to.Poor, to.Said = s.Poor, ""
	switch {
	case s.Change.Unlike():
		to.Said = fmt.Sprintf("%s %s behaves otherwise than %s: %s", agent, Name(s.Version, s.Model), s.Was, shifted(&s.Change))
	case s.Week.Unlike():
		to.Said = fmt.Sprintf("%s has behaved otherwise in the last 7 days than before: %s", agent, shifted(&s.Week))
	}
	if s.Poor > 0 {
		if to.Said != "" {
			to.Said += "; "
		}
		to.Said += fmt.Sprintf("%s has a poor record here (%s), and is asked about sooner", agent, s.troubles())
	}
}

// shifted names what has changed most.
func shifted(c *Comparison) string {
	if len(c.Shifts) == 0 {
		return "in " + figure.Number(c.Steps, "step")
	}
	return c.Shifts[0].Text() + fmt.Sprintf(", in %s", figure.Number(c.Steps, "step"))
}

// troubles says what makes a record poor.
func (c *Counts) troubles() string {
	text := fmt.Sprintf("%d denied", c.Denied)
	if c.Around > 0 {
		text += fmt.Sprintf(", %d around a denial", c.Around)
	}
	if c.Used > 0 {
		text += fmt.Sprintf(", %d with a found credential", c.Used)
	}
	return text + " of " + figure.Number(c.Steps, "step")
}
