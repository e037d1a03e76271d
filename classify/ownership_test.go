package classify

import (
	"testing"

	"restrain/shellparse"
)

func TestWhose(t *testing.T) {
	tests := []struct {
		line string
		want Whose
	}{
		{"rm -rf src", WhoseProject},
		{"rm -rf /tmp/x", WhoseLocal},
		{"rm -rf ~/Documents/taxes", WhoseForeign},
		{"git push --force origin main", WhoseProduction},
		{"git push --force origin fix-typo", WhoseProject},
		{"git reset --hard HEAD~1", WhoseProject},
		{"kubectl --context kind-dev delete namespace shop", WhoseLocal},
		{"kubectl --context prod-eu delete namespace shop", WhoseProduction},
		{"kubectl --context eu-7 delete namespace shop", WhoseUnknown},
		{"curl -X DELETE http://localhost:8080/v1/users/1", WhoseLocal},
		{"curl -X DELETE https://api.example.com/v1/users/1", WhoseForeign},
		{"aws rds delete-db-instance --db-instance-identifier shop-prod --skip-final-snapshot", WhoseProduction},
		{"psql -h localhost -d app_test -c 'DROP TABLE users'", WhoseLocal},
	}
	offline := Offline{WorkDir: "/home/dev/acme/shop", HomeDir: "/home/dev"}
	for _, tt := range tests {
		script := shellparse.Parse(tt.line, shellparse.Options{Dir: offline.WorkDir, Home: offline.HomeDir})
		step := Shipped().Classify(script, offline)
		strongest := &step.Actions[0]
		for i := range step.Actions {
			if a := &step.Actions[i]; a.Severity > strongest.Severity {
				strongest = a
			}
		}
		if strongest.Whose != tt.want {
			t.Errorf("%s: %s's (%s, %s %q), want %s", tt.line, strongest.Whose, strongest.Class, strongest.Resource.Kind, strongest.Resource.Name, tt.want)
		}
	}
}

// A home in /srv is no less a home, and a server's own is the system's.
func TestHomeBelowTheSystem(t *testing.T) {
	for home, want := range map[string]string{
		"/home/dev": "delete-outside", "/srv/dev": "delete-outside", "/opt/ci/agent": "delete-outside", "/var/lib/jenkins": "delete-system",
	} {
		ctx := Offline{WorkDir: home + "/src/shop", HomeDir: home}
		step := Shipped().Classify(shellparse.Parse("rm -rf ~/notes", shellparse.Options{Dir: ctx.WorkDir, Home: home}), ctx)
		if f := step.Actions[0].Finding; f == nil || f.Rule != want {
			t.Errorf("%s: %+v, want %s", home, f, want)
		}
	}
}
