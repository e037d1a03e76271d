package hook

import (
	"testing"

	"restrain/agent"
)

// Each agent's canary is an event that its own schema understands, and each
// agent's own denial is taken for one, unlike what lets a tool through.
func TestCanary(t *testing.T) {
	const line = "restrain-canary"
	for _, name := range agent.Hooks() {
		agent, _ := Of(name)
		speaker, event, err := agent.Read(agent.Canary(line, "/w"))
		if err != nil || speaker.Name != name || event.Dir != "/w" || !event.Execs || len(event.Lines) != 1 || event.Lines[0] != line {
			t.Errorf("%s: %v, of %s: %+v", name, err, speaker.Name, event)
		}
		if reason, denied := agent.Denied(agent.Deny("because of it")); !denied || reason == "" {
			t.Errorf("%s: the denial is none: %q", name, reason)
		}
		if _, denied := agent.Denied(agent.Allow()); denied {
			t.Errorf("%s: what allows is a denial", name)
		}
		// What a shell says of a program that is not there.
		missing := Output{Stderr: "restrain: not found", Status: 127}
		if _, denied := agent.Denied(missing); denied != (name == "copilot" || name == "opencode" || name == "pi") {
			t.Errorf("%s: a hook that is not there: %t", name, denied)
		}
	}
}
