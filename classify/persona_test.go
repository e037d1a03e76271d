package classify

import (
	"strings"
	"testing"

	"restrain/shellparse"
)

func TestTheStrictestListCounts(t *testing.T) {
	p := Persona{Allow: []string{"file.*", "infra.*"}, Ask: []string{"*.write"}, Deny: []string{"infra.destroy"}}
	for class, want := range map[Class]Stand{
		"file.read": Inside, "file.write": Asked, "infra.read": Inside, "infra.write": Asked,
		"infra.destroy": Refused, "db.read": Outside,
	} {
		if got := p.Stand(class); got != want {
			t.Errorf("%s: stand %d, want %d", class, got, want)
		}
	}
}

func TestPersonaFor(t *testing.T) {
	set, err := LoadOver(Shipped(), "rules.toml", []byte(`
[[agent]]
id = "deployer"
persona = "ops"
[[agent]]
id = "*"
persona = "data"
`))
	if err != nil {
		t.Fatal(err)
	}
	tight, err := LoadTighter(set, ".restrain.toml", []byte("[[agent]]\nid = \"*\"\npersona = \"read-only\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name          string
		set           *Set
		agent, chosen string
		want          string
		tightened     bool
	}{
		{"nobody says anything", Shipped(), "claude", "", "coding", false},
		{"the user's entry", set, "deployer", "", "ops", false},
		{"the user's entry for all others", set, "claude", "", "data", false},
		{"chosen by hand", set, "deployer", "release", "release", false},
		{"the project tightens", tight, "deployer", "", "read-only", true},
		{"the project tightens what was chosen", tight, "claude", "coding", "read-only", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, tightened, err := test.set.PersonaFor(test.agent, test.chosen)
			if err != nil {
				t.Fatal(err)
			}
			if got.ID != test.want || tightened != test.tightened {
				t.Errorf("got %s, tightened %v; want %s, %v", got.ID, tightened, test.want, test.tightened)
			}
		})
	}
}

// Whatever persona an agent has, a project may make it read-only.
func TestReadOnlyIsTheStrictest(t *testing.T) {
	set := Shipped()
	for i := range set.Personas {
		if p := &set.Personas[i]; !set.asStrict(set.Persona("read-only"), p) {
			t.Errorf("read-only is not as strict as %s", p.ID)
		}
	}
}

// A persona of the project that is neither stricter nor laxer than the one
// chosen by hand is an error, and no guess.
func TestPersonasThatDoNotCompare(t *testing.T) {
	tight, err := LoadTighter(Shipped(), ".restrain.toml", []byte("[[agent]]\nid = \"*\"\npersona = \"data\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := tight.PersonaFor("claude", "release"); err == nil || !strings.Contains(err.Error(), "choose a stricter one") {
		t.Errorf("got %v", err)
	}
}

func TestAProjectMayNotLoosenItsPersona(t *testing.T) {
	strict, err := LoadOver(Shipped(), "rules.toml", []byte("[[agent]]\nid = \"*\"\npersona = \"read-only\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = LoadTighter(strict, ".restrain.toml", []byte("[[agent]]\nid = \"claude\"\npersona = \"coding\"\n"))
	if err == nil || !strings.HasPrefix(err.Error(), ".restrain.toml:3:11: agent.persona: ") {
		t.Errorf("got %v", err)
	}
	if _, err = LoadTighter(strict, ".restrain.toml", []byte("[[persona]]\nid = \"mine\"\nallow = [\"*\"]\n")); err == nil {
		t.Error("a project's file may make a persona of its own")
	}
}

func TestLimits(t *testing.T) {
	hosts := &Limit{Class: "http.*", Hosts: []string{"api.github.com", "*.internal"}}
	spaces := &Limit{Class: "infra.*", Namespaces: []string{"staging-*"}}
	tests := []struct {
		line  string
		limit *Limit
		want  bool
	}{
		{"curl https://api.github.com/user", hosts, true},
		{"curl https://API.GitHub.com:443/user", hosts, true},
		{"curl https://api.github.com.example.org/user", hosts, false},
		{"curl https://api.github.com@example.org/user", hosts, false},
		{"curl https://x.internal/a https://example.org/b", hosts, false},
		{"curl https://$HOST/", hosts, false},
		{"curl", hosts, false},
		{"ssh deploy@db.internal uptime", hosts, true},
		{"kubectl -n staging-web get pods", spaces, true},
		{"kubectl --namespace=staging-web get pods", spaces, true},
		{"kubectl -nstaging-web get pods", spaces, true},
		{"kubectl get pods", spaces, false},
		{"kubectl get pods -A", spaces, false},
		{"kubectl -n staging-web -n production get pods", spaces, false},
		{`kubectl -n "$NS" get pods`, spaces, false},
		{"terraform apply", spaces, false},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			script := shellparse.Parse(test.line, shellparse.Options{})
			reach := Shipped().Reach(script, len(script.Commands)-1)
			if got := test.limit.Holds(&reach); got != test.want {
				t.Errorf("within the limit: %v, want %v; it reaches %+v", got, test.want, reach)
			}
		})
	}
}
