package classify

import "strings"

// A Provider is a service whose tools and API the rules know: what reads, what
// changes, what destroys, what prints credentials. It judges nothing; it says
// which rules are about the service.
type Provider struct {
	ID      string `toml:"id"`
	Title   string `toml:"title"`
	Command Words  `toml:"command"` // its programs
	Host    Words  `toml:"host"`    // its API's hosts; globs
	Code    Words  `toml:"code"`    // its client libraries, as code imports them; globs
}

// RulesFor gives the rules that are about a provider's programs or hosts, and
// whose class fits one of the globs. Rules about all programs and all hosts are
// about no provider.
func (s *Set) RulesFor(p *Provider, classes ...string) []*Rule {
	var rules []*Rule
	for i := range s.Rules {
		rule := &s.Rules[i]
		if matchAny(classes, string(rule.Class)) && rule.about(p) {
			rules = append(rules, rule)
		}
	}
	return rules
}

// about reports whether a rule names one of a provider's programs or hosts.
func (rule *Rule) about(p *Provider) bool {
	for _, name := range p.Command {
		if matchAny(rule.programs(), name) {
			return true
		}
	}
	var hosts []string
	switch {
	case rule.HTTP != nil:
		hosts = rule.HTTP.Host
	case rule.GraphQL != nil:
		hosts = rule.GraphQL.Host
	}
	for _, host := range p.Host {
		for _, glob := range hosts {
			if matchAnyFold([]string{glob}, strings.ReplaceAll(host, "*", "x")) {
				return true
			}
		}
	}
	return false
}

// providerOfCode gives the provider whose client library a module is, or nil.
func (s *Set) providerOfCode(module string) *Provider {
	if module == "" {
		return nil
	}
	for i := range s.Providers {
		if p := &s.Providers[i]; matchAny(p.Code, module) {
			return p
		}
	}
	return nil
}

func (f *file) providers(s *Set) error {
	if err := f.ids("provider", len(s.Providers), func(i int) string { return s.Providers[i].ID }); err != nil {
		return err
	}
	for i := range s.Providers {
		switch p := &s.Providers[i]; {
		case p.Title == "":
			return f.wrong("provider", i, "title", "has no title", `give it one, such as title = "Railway"`)
		case len(p.Command) == 0 && len(p.Host) == 0:
			return f.wrong("provider", i, "command", "has no program and no host", "name what it is reached by")
		case len(p.Code) > 0 && len(p.Host) == 0:
			return f.wrong("provider", i, "code", "has a library and no host", "name the host that the library calls")
		}
	}
	return nil
}
