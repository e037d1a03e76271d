package session

import (
	"context"
	"net/netip"
	"strings"
	"sync"

	"restrain/classify"
	"restrain/gate"
)

// This file is about what goes past the proxy of a session: a client that knows of
// none, or was told not to use it.

// anyService is what a persona's limits on hosts are held against.
var anyService = classify.Service{ID: "tcp", Title: "the host", Web: true}

// pastProxy knows the hosts that the proxy would look into.
type pastProxy struct {
	rules *classify.Set
	all   bool     // the persona limits which hosts are reached
	open  []string // globs

	mu    sync.Mutex
	addrs map[netip.Addr]string // of the hosts that are named in full; nil before they are needed
}

func newPastProxy(p *gate.Policy) *pastProxy {
	return &pastProxy{rules: p.Rules(), all: p.LimitsHosts(), open: p.Rules().OpenHosts()}
}

// concerns reports a connection that is to be asked about. A host that nobody names
// is found by the addresses of those that rules name.
func (p *pastProxy) concerns(ctx context.Context, n *connection, names *hostNames) bool {
	switch host := p.hostAt(ctx, n.Address.Addr(), names); {
	case p.rules.LooksInto(n.host, p.open):
	case host != "":
		n.host = host
	case p.all && n.below && !p.rules.Wire.IsShut(n.host):
		n.service = &anyService // whatever it is, the limit holds
	default:
		return false
	}
	return true
}

// hostAt is the host with an address, among those that are looked into.
func (p *pastProxy) hostAt(ctx context.Context, addr netip.Addr, names *hostNames) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.addrs == nil {
		ctx, cancel := context.WithTimeout(ctx, lookupTime)
		defer cancel()
		p.addrs = p.resolve(ctx, names)
	}
	return p.addrs[addr]
}

// resolve asks for the addresses of all of them at once.
func (p *pastProxy) resolve(ctx context.Context, names *hostNames) map[netip.Addr]string {
	var mu sync.Mutex
	var all sync.WaitGroup
	found := map[netip.Addr]string{}
	for _, host := range p.open {
		if strings.Contains(host, "*") || !p.rules.LooksInto(host, p.open) {
			continue
		}
		all.Go(func() {
			addrs := names.addrs(ctx, host)
			mu.Lock()
			defer mu.Unlock()
			for _, addr := range addrs {
				found[addr] = host
			}
		})
	}
	all.Wait()
	return found
}
