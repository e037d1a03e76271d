package classify

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// RuleText writes a rule as a rules file has it, without its examples, with
// another severity: what a user pastes to have it weigh less, or more.
func RuleText(rule *Rule, severity Severity) (string, error) {
	own := *rule
	own.Severity, own.Match, own.NotMatch = severity, nil, nil
	var text strings.Builder
	encoder := toml.NewEncoder(&text)
	encoder.Indent = ""
	if err := encoder.Encode(map[string][]Rule{"rule": {own}}); err != nil {
		return "", fmt.Errorf("rule %s cannot be written: %w", rule.ID, err)
	}
	var kept strings.Builder
	for line := range strings.Lines(text.String()) {
		if !isUnset(strings.TrimSpace(line)) {
			kept.WriteString(line)
		}
	}
	return strings.TrimLeft(kept.String(), "\n"), nil
}

// isUnset reports a line of TOML that says what its absence says.
func isUnset(line string) bool {
	for _, unset := range [...]string{` = ""`, " = []", " = false"} {
		if strings.HasSuffix(line, unset) && !strings.ContainsAny(strings.TrimSuffix(line, unset), `"' `) {
			return unset != " = false" || line == "shown = false" || line == "in_line = false" // others tell false from not said
		}
	}
	return false
}
