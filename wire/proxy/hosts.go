package proxy

import (
	"path"
	"strings"
	"sync"
)

// hosts say which connections are looked into.
type hosts struct {
	open, shut []string

	mu sync.Mutex
	// asks are hosts that want a certificate of their clients, which only the
	// clients themselves have.
	asks map[string]bool
	// met are hosts that have been looked at for that.
	met map[string]bool
	// refusals count, for a client and a host, the connections that ended before
	// the first request came, or say what has come of it.
	refusals map[refusal]int
}

type refusal struct{ client, host string }

const (
	// maxSilent is after how many connections in a row that ended without a word a
	// client counts as one that refuses the certificate.
	maxSilent = 2
	// maxHosts bounds what is remembered.
	maxHosts = 4096
	never    = -1 // it is looked into
	spoken   = -2 // it has asked for something
)

func newHosts(open, shut []string) *hosts {
	return &hosts{open: open, shut: shut, asks: map[string]bool{}, met: map[string]bool{}, refusals: map[refusal]int{}}
}

// isListed reports a host that is to be looked into.
func (h *hosts) isListed(host string) bool {
	return fits(h.open, host) && !fits(h.shut, host)
}

// opens reports whether a client's connection to a host is looked into.
func (h *hosts) opens(host, client string) bool {
	if !h.isListed(host) {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.asks[host] && h.refusals[refusal{client, host}] != never
}

// isNew reports a listed host that nobody has connected to before.
func (h *hosts) isNew(host string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.met[host] || len(h.met) >= maxHosts {
		return false
	}
	h.met[host] = true
	return true
}

// asksClients notes a host that wants a certificate of its clients.
func (h *hosts) asksClients(host string) (first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first = !h.asks[host] && len(h.asks) < maxHosts
	if first {
		h.asks[host] = true
	}
	return first
}

// refused notes a connection that ended before its first request. sure says that
// the client told why. It reports that the client's are tunnelled from now on.
func (h *hosts) refused(host, client string, sure bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := refusal{client, host}
	n, known := h.refusals[key]
	if n == never || n == spoken && !sure || !known && len(h.refusals) >= maxHosts {
		return false
	}
	if n++; sure || n >= maxSilent {
		n = never
	}
	h.refusals[key] = n
	return n == never
}

// spoke notes a request: the client trusts the session.
func (h *hosts) spoke(host, client string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := refusal{client, host}
	if n, known := h.refusals[key]; n != never && (known || len(h.refusals) < maxHosts) {
		h.refusals[key] = spoken
	}
}

// fits reports a host that one of the globs has. A star stands for dots as well.
func fits(globs []string, host string) bool {
	for _, glob := range globs {
		if glob == host {
			return true
		}
		if ok, err := path.Match(glob, host); ok && err == nil && !strings.Contains(host, "/") {
			return true
		}
	}
	return false
}
