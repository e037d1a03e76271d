package main

import (
	"fmt"
	"strconv"
	"strings"

	"restrain/journal"
	"restrain/report"
)

// A tally counts the secrets of a session as its journal has them, each once.
type tally struct {
	met, found, masked, sent map[string]bool
}

func (t *tally) add(e *journal.Entry) {
	for _, s := range e.Met {
		mark(&t.met, s.Name, s.Where)
		if !s.Given {
			mark(&t.found, s.Name, s.Where)
		}
	}
	for _, m := range e.Masked {
		mark(&t.masked, m.Name, m.Where)
	}
	for _, s := range e.Used {
		if s.Host != "" && e.Ran {
			mark(&t.sent, s.Name, s.Where)
		}
	}
}

func mark(set *map[string]bool, name, where string) {
	if *set == nil {
		*set = make(map[string]bool)
	}
	(*set)[name+"\x00"+where] = true
}

func (t *tally) figures() report.Secrets {
	return report.Secrets{Met: len(t.met), Found: len(t.found), Masked: len(t.masked), Sent: len(t.sent)}
}

// secretsText names secrets and where they lie, never their values.
func secretsText(list []journal.Secret) string {
	const most = 8
	parts := make([]string, 0, most+1)
	for i, s := range list {
		if i == most {
			parts = append(parts, fmt.Sprintf("%d more", len(list)-most))
			break
		}
		text := s.Name
		switch {
		case s.Where == "":
			text += " of the environment"
		case s.Line > 0:
			text += " of " + s.Where + ":" + strconv.Itoa(s.Line)
		default:
			text += " of " + s.Where
		}
		if !s.Given {
			text += " (found)"
		}
		if s.Host != "" {
			text += ", to " + s.Host
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}
