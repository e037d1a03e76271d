package classify

import (
	"slices"
	"strings"
)

// A Wire says which hosts' connections are looked into, where a session does so.
type Wire struct {
	Open []string `toml:"open"` // besides those that rules name; globs
	Shut []string `toml:"shut"` // never; globs
}

// over are the hosts of both.
func (w Wire) over(more Wire) Wire {
	return Wire{Open: slices.Concat(w.Open, more.Open), Shut: slices.Concat(w.Shut, more.Shut)}
}

// OpenHosts are the hosts whose connections are looked into: those by which a
// rule of harm is told, and such as the set adds.
func (s *Set) OpenHosts() []string {
	hosts := slices.Clone(s.Wire.Open)
	add := func(list []string) {
		for _, host := range list {
			if strings.Contains(host, ".") && hostScope(strings.ReplaceAll(host, "*", "x")) == scopePublic && !slices.Contains(hosts, host) {
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
