package classify

import "strings"

// fileSeverity is a rule's severity for one file, after context.
func (r *reader) fileSeverity(rule *Rule, f *fileFact) Severity {
	if !rule.destroys() {
		return rule.Severity
	}
	return rule.Severity
}

// destroys reports a rule about losing something.
func (rule *Rule) destroys() bool { return strings.HasSuffix(string(rule.Class), ".destroy") }
