//go:build unix

package gate

import (
	"context"
	"testing"

	"restrain/classify"
	"restrain/trust"
)

// What an agent runs for itself is judged, and a step only when it says
// something about the session.
func TestOwnExecs(t *testing.T) {
	for _, tt := range []struct {
		name    string
		persona string
		argv    []string
		own     bool
		steps   int
		verdict Outcome
	}{
		{"looks at the repository", "", []string{"git", "rev-parse", "HEAD"}, true, 0, Run},
		{"the same by a command", "", []string{"git", "rev-parse", "HEAD"}, false, 1, Run},
		{"does harm", "", []string{"curl", "-X", "DELETE", "https://api.acme.example/v1/databases/prod"}, true, 1, Deny},
		{"reads a secret", "", []string{"cat", "/home/dev/.aws/credentials"}, true, 1, Deny},
		{"is more than the persona may", "read-only", []string{"git", "commit", "-m", "x"}, true, 1, Deny},
	} {
		policy, err := NewPolicy(classify.Shipped(), trust.Shipped(), tt.persona)
		if err != nil {
			t.Fatal(err)
		}
		g := testGate(t, nil)
		g.Policy = policy
		role := Command
		if tt.own {
			role = Own
		}
		d, err := g.Judge(context.Background(), Request{Door: "exec", Argv: tt.argv, Role: role, Dir: "/home/dev/app", Home: "/home/dev"})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(entries(t, g)); got != tt.steps || d.Outcome == Run != (tt.verdict == Run) {
			t.Errorf("%s: %d steps, %s; want %d, %s", tt.name, got, d.Outcome, tt.steps, tt.verdict)
		}
	}
}
