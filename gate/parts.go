package gate

import (
	"strings"
	"sync"

	"restrain/journal"
	"restrain/secret"
)

// maxParts bounds the reasons that are counted until the next entry of the
// journal; what comes on top is counted together.
const maxParts = 16

// maxPartText bounds what is kept of a part's command, in bytes.
const maxPartText = 200

// whyOthers is what is counted together.
const whyOthers = "for other reasons"

// parts counts what was let through without being a step, until an entry of the
// journal takes it along: a build starts thousands, and each waits.
type parts struct {
	mu   sync.Mutex
	list []journal.Parts
}

// count adds a request that was let through as a part of the step of an entry.
func (s *Store) count(of uint64, why string, r *Request) {
	s.parts.count(of, why, r.text)
}

// count adds one more for a reason; first is asked for where it is a new one.
func (p *parts) count(of uint64, why string, first func() string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.add(of, why) {
		return
	}
	if len(p.list) >= maxParts {
		if of, why = 0, whyOthers; p.add(of, why) {
			return
		}
	}
	p.list = append(p.list, journal.Parts{Of: of, Reason: why, Count: 1, First: shortened(first())})
}

// shortened is what is kept of a part's text.
func shortened(text string) string {
	first := secret.Redact(text)
	if len(first) > maxPartText {
		first = strings.ToValidUTF8(first[:maxPartText], "") + "…"
	}
	return first
}

// add counts one more for a reason that is there.
func (p *parts) add(of uint64, why string) bool {
	for i := range p.list {
		if p.list[i].Of == of && p.list[i].Reason == why {
			p.list[i].Count++
			return true
		}
	}
	return false
}

// take gives what was counted, and begins anew.
func (p *parts) take() []journal.Parts {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list
	p.list = nil
	return list
}
