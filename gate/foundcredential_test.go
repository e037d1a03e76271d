//go:build unix

package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/prompt"
)

// A credential that the session came upon is found wherever a step uses it: as a
// value that it has met, as what a command prints, as a variable filled from one,
// as a file that a program or its environment is given.
func TestFoundCredentialsOfAllKinds(t *testing.T) {
	const value = "tok-7c1f0a93be5d4e28"
	for _, c := range []struct {
		line  string
		found bool
	}{
		{"deployer apply --token " + value, true},
		{"deployer apply --token=" + value, true},
		{"mysql -u root -p" + value + " -h db.acme.example shop -e 'DELETE FROM t'", true},
		{"TOKEN=" + value + " deployer apply", true},
		{"TOKEN=$(cat config/tokens.env) deployer apply", true},
		{"TOKEN=$(grep DEPLOY config/tokens.env | cut -d= -f2); deployer apply --token $TOKEN", true},
		{"export TOKEN=$(cat config/tokens.env) && deployer apply --token \"$TOKEN\"", true},
		{"deployer apply --token \"$(sed -n 1p config/tokens.env)\"", true},
		{"deployer apply --token \"$DEPLOY_TOKEN\"", true}, // its name where it lay
		{"psql 'postgres://app:" + value + "@db.acme.example/shop' -c 'DELETE FROM t'", true},
		{"python3 -c \"import requests; requests.delete('https://api.acme.example/x', headers={'Authorization': '" + value + "'})\"", true},
		{"ssh -i config/deploy_key.pem ops@web.acme.example 'systemctl restart web'", true},
		{"kubectl --kubeconfig config/kubeconfig.yaml delete deployment web", true},
		{"KUBECONFIG=config/kubeconfig.yaml kubectl delete deployment web", true},
		{"AWS_SHARED_CREDENTIALS_FILE=config/credentials aws s3 rm s3://bucket/x", true},
		{"GOOGLE_APPLICATION_CREDENTIALS=config/service-account.json gcloud run services delete web", true},
		{"export AWS_SHARED_CREDENTIALS_FILE=config/credentials; aws s3 rm s3://bucket/x", true},
		{"deployer apply --token other-7c1f0a93be5d4e28", false},
		{"TOKEN=$(cat VERSION) deployer apply", false},
		{"deployer apply --file config/app.yaml", false},
		{"ls config", false},
	} {
		g, dir := secretGate(t, &human{answer: prompt.Answer{Approved: true}})
		files := map[string]string{
			"config/tokens.env": "DEPLOY_TOKEN=" + value + "\n", "config/deploy_key.pem": "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n",
			"config/kubeconfig.yaml": "apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: " + value + "x\n", "config/credentials": "[default]\naws_secret_access_key = abcdabcdabcdabcdabcd\n",
			"config/service-account.json": `{"type": "service_account", "private_key": "abcdefghijklmnop"}`, "VERSION": "1.2\n", "config/app.yaml": "a: 1\n",
		}
		for name, text := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		judgeLive(t, g, dir, "cat config/tokens.env")
		d := judgeLive(t, g, dir, c.line)
		var tokens []string
		if err := g.Store.Update(func(turn *Turn) error { tokens = turn.Session.Tokens(d.Step); return nil }); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(tokens, " "), "/found/"); got != c.found {
			t.Errorf("%s: found %v; %v", c.line, got, tokens)
		}
	}
}

// A variable that an earlier line filled from a credential file is one, too.
func TestFoundCredentialInAVariableOfTheShell(t *testing.T) {
	for line, found := range map[string]bool{
		`deployer apply --token "$MINE"`:                   true,
		`sshpass -p "$MINE" ssh web.acme.example 'reboot'`: true,
		`deployer apply --token "$OTHER"`:                  false,
	} {
		g, dir := secretGate(t, &human{answer: prompt.Answer{Approved: true}})
		judgeLive(t, g, dir, "MINE=$(grep RAILWAY scripts/.env | cut -d= -f2)")
		d := judgeLive(t, g, dir, line)
		var tokens []string
		if err := g.Store.Update(func(turn *Turn) error { tokens = turn.Session.Tokens(d.Step); return nil }); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(tokens, " "), "/found/"); got != found {
			t.Errorf("%s: found %v; %v", line, got, tokens)
		}
	}
}
