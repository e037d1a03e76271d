package classify

import (
	"reflect"
	"testing"

	"restrain/internal/slowtest"
)

// What is printed to be pasted is the rule, but for its severity and examples.
func TestRuleText(t *testing.T) {
	slowtest.Alone(t)
	shipped := Shipped()
	for i := range shipped.Rules {
		rule := &shipped.Rules[i]
		text, err := RuleText(rule, Low)
		if err != nil {
			t.Fatal(err)
		}
		set, err := LoadOver(shipped, "own", []byte(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", rule.ID, err, text)
			continue
		}
		want, got := *rule, *set.Rule(rule.ID)
		want.Severity, want.Match, want.NotMatch = Low, nil, nil
		got.Match, got.NotMatch = nil, nil
		want.spelled, got.spelled = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s became another rule:\n%s", rule.ID, text)
		}
	}
}
