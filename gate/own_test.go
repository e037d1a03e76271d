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
		verdict Verdict
	}{
		{"looks at the repository", "", []string{"git", "rev-parse", "HEAD"}, true, 0, Allow},
		{"the same by a command", "", []string{"git", "rev-parse", "HEAD"}, false, 1, Allow},
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
		d, err := g.Judge(context.Background(), Request{Door: "exec", Argv: tt.argv, Own: tt.own, Dir: "/home/dev/app", Home: "/home/dev"})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(entries(t, g)); got != tt.steps || d.Verdict == Allow != (tt.verdict == Allow) {
			t.Errorf("%s: %d steps, %s; want %d, %s", tt.name, got, d.Verdict, tt.steps, tt.verdict)
		}
	}
}
