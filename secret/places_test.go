package secret

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// secretPlaces are commands with a secret at §, whatever it is made of.
func secretPlaces(t *testing.T) []string {
	text, err := os.ReadFile("testdata/places.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		list = append(list, strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "⏎", "\n"))
	}
	return list
}

// anyPlaces take what only its shape tells.
var anyPlaces = []string{
	"curl -H 'X-Acme-Sig: §' http://localhost/a", "curl http://localhost/bot123456789:§/getMe", "./nosuch -p §", "./x §", "curl https://hooks.example.com/services/T0/B0/§", "curl -d § http://h/x",
	"git commit -m 'rotate §'", "cat > notes.txt <<EOF\nthe key is §\nEOF", "grep -r § .", "node -e 'client(\"§\")'",
}

const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func signs(set string, least, most int) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune(set)), least, most, -1)
}

var anySecret = rapid.OneOf(
	signs(alnum, 8, 40), signs("0123456789abcdef", 32, 40), signs(alnum+"+/", 20, 60), signs(alnum+"-_", 20, 60),
	rapid.Map(signs(alnum, 30, 36), func(s string) string { return "ghp_0" + s }),
	rapid.Map(signs("0123456789abcdef", 32, 32), func(s string) string {
		return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
	}),
).Filter(func(s string) bool {
	return hasLetterAndDigits(s) && !looksPort(s) && !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "-")
})

// looksPort reports a password that looks like a port and a path in an address.
func looksPort(s string) bool {
	before, _, ok := strings.Cut(s, "/")
	return ok && strings.Trim(before, "0123456789") == ""
}

func hasLetterAndDigits(s string) bool {
	digits := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 2 && len(s)-digits >= 2
}

func TestNoSecretIsLeftInAPlace(t *testing.T) {
	places := secretPlaces(t)
	rapid.Check(t, func(t *rapid.T) {
		value := anySecret.Draw(t, "secret")
		for _, place := range places {
			text := strings.ReplaceAll(place, "§", value)
			if got := Redact(text); strings.Contains(got, value) {
				t.Errorf("%q leaves %q", text, got)
			}
		}
		value = signs(alnum, 30, 40).Filter(isMixed).Draw(t, "mixed")
		for _, place := range anyPlaces {
			text := strings.ReplaceAll(place, "§", value)
			if got := Redact(text); strings.Contains(got, value) {
				t.Errorf("%q leaves %q", text, got)
			}
		}
	})
}

// What names only look like, and what is no secret in a secret's command, stays.
func TestPlacesKeepTheRest(t *testing.T) {
	for _, text := range []string{
		"gh secret set NPM --repo a/b", "gh secret list", "fly deploy -a app", "heroku config", "vault kv get secret/a", "kubectl create secret generic a --from-file=key.txt",
		"aws configure set region eu-west-1", "mkdir -p src/NewModule2", "ssh -p 2222 h", "docker run -p 8080:80 img", "docker compose -p proj up", "unzip a.zip -d out", "openssl version", "openssl rsa -passin env:PW",
		"mysql -p app", "psql -c \"SELECT password FROM users\"", "grep -n 'IDENTIFIED BY' x.sql", "echo hello | tee a", "echo $TOKEN | docker login --password-stdin",
		"go test -run TestParseHTTP2RequestWithBody3 ./...", "cat src/components/UserProfileCardV2.tsx", "git show 00112233445566778899aabbccddeeff00112233", "npm config set registry https://r.example.com",
		"vercel inspect dpl_5RxJ2kQz9LmN4pVwX7yT3bC6", "railway volume delete --volumeId=aB3dE6gH9jK2mN5pQ8sT1v", "./gradlew assembleDebugAndroidTestV2", "make -p", "ps -p 4242", "curl -s http://localhost/a -H 'Accept: text/html'",
		"helm install -f values.yaml a b", "terraform plan -out tf.plan", "python -m pytest -p no:cacheprovider",
	} {
		if got := Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestPlacesAreInOrder(t *testing.T) {
	if !slices.IsSortedFunc(places[:], func(a, b place) int { return strings.Compare(a.program, b.program) }) {
		t.Error("a program's places are not found when they are out of order")
	}
	for i := range places {
		if n := strings.Count(places[i].verbs, " "); n > 1 {
			t.Errorf("%s: %d verbs, at most 2 are read", places[i].program, n+1)
		}
	}
}
