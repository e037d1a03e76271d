package classify

import (
	"testing"

	"restrain/shellparse"
)

func TestWhose(t *testing.T) {
	tests := []struct {
		line string
		want Owner
	}{
		{"rm -rf src", OwnerProject},
		{"rm -rf /tmp/x", OwnerLocal},
		{"rm -rf ~/Documents/taxes", OwnerForeign},
		{"git push --force origin main", OwnerProduction},
		{"git push --force origin fix-typo", OwnerProject},
		{"git reset --hard HEAD~1", OwnerProject},
		{"kubectl --context kind-dev delete namespace shop", OwnerLocal},
		{"kubectl --context prod-eu delete namespace shop", OwnerProduction},
		{"kubectl --context eu-7 delete namespace shop", OwnerUnknown},
		{"curl -X DELETE http://localhost:8080/v1/users/1", OwnerLocal},
		{"curl -X DELETE https://api.example.com/v1/users/1", OwnerForeign},
		{"aws rds delete-db-instance --db-instance-identifier shop-prod --skip-final-snapshot", OwnerProduction},
		{"psql -h localhost -d app_test -c 'DROP TABLE users'", OwnerLocal},
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
		if strongest.Owner != tt.want {
			t.Errorf("%s: %s's (%s, %s %q), want %s", tt.line, strongest.Owner, strongest.Class, strongest.Resource.Kind, strongest.Resource.Name, tt.want)
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
