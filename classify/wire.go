package classify

import (
	"slices"
	"strings"
)

// A Wire says which hosts' connections are looked into, where a session does so.
type Wire struct {
	Open Words `toml:"open"` // besides those that rules name; globs
	Shut Words `toml:"shut"` // never; globs
	Near Words `toml:"near"` // are there for tests and development; globs
	// Unseen leaves alone what programs connect to, where the kernel tells of it.
	Unseen bool `toml:"unseen"`
}

// over are the hosts of both.
func (w Wire) over(more Wire) Wire {
	return Wire{Open: slices.Concat(w.Open, more.Open), Shut: slices.Concat(w.Shut, more.Shut), Near: slices.Concat(w.Near, more.Near), Unseen: w.Unseen || more.Unseen}
}

// OpenHosts are the hosts whose connections are looked into: those by which a
// rule of harm is told, and such as the set adds.
func (s *Set) OpenHosts() []string {
	hosts := slices.Clone(s.Wire.Open)
	add := func(list []string) {
		for _, host := range list {
			if isPublicGlob(host) && !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	for i := range s.Rules {
		rule := &s.Rules[i]
		if rule.Severity < Medium {
			continue
		}
		if rule.HTTP != nil {
			add(rule.HTTP.Host)
		}
		if rule.GraphQL != nil {
			add(rule.GraphQL.Host)
		}
	}
	return hosts
}

// LooksInto reports a host that is looked into where open are OpenHosts.
func (s *Set) LooksInto(host string, open []string) bool {
	return matchAnyFold(open, host) && !s.Wire.IsShut(host)
}

// isPublicGlob reports a pattern for the names of public hosts: not for addresses,
// sockets or names in the local network.
func isPublicGlob(host string) bool {
	name := strings.ReplaceAll(host, "*", "x")
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".sock") && strings.Trim(host, "0123456789.*") != "" && hostScope(name) == scopePublic
}
