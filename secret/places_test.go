package secret

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// secretPlaces are commands with a secret at §, whatever it is made of.
var secretPlaces = []string{
	"gh secret set NPM --body §", "gh secret set NPM -b '§' --repo a/b", "fly secrets set STRIPE=§ -a app", "flyctl secrets set A=1 B=§",
	"heroku config:set STRIPE=§ --app a", "vault kv put secret/a pw=§", "vault kv put secret/a user=bo code='§'", "vault write auth/x value=§",
	"kubectl create secret generic a --from-literal=pw=§", "kubectl -n x create secret generic a --from-literal k=§",
	"aws configure set aws_secret_access_key § --profile x", "aws ssm put-parameter --name /a/b --value § --type SecureString",
	"aws secretsmanager put-secret-value --secret-id a --secret-string §",
	"psql -c \"ALTER USER bo PASSWORD '§'\"", "psql -c \"CREATE ROLE bo WITH LOGIN ENCRYPTED PASSWORD '§'\"", "mysql -e \"CREATE USER bo@h IDENTIFIED BY '§'\"",
	"mysql -e \"SET PASSWORD FOR bo = '§'\"", "docker login -u bo -p § reg.example.com", "sshpass -p § ssh bo@h", "sshpass -p'§' ssh bo@h", "zip -P § a.zip b", "unzip -P § a.zip",
	"7z a -p§ a.7z b", "openssl enc -aes-256-cbc -k § -in a", "openssl rsa -in k.pem -passin pass:§", "openssl enc -d -pass pass:§ -in a",
	"mysql -uroot -p§ app", "curl -u bo:§ https://h/x", "curl --user bo:§ https://h/x", "curl --user=bo:§ https://h/x", "curl --proxy-user 'bo:§' https://h/x",
	"curl 'https://h/x?X-Amz-Credential=a&X-Amz-Signature=§'", "curl 'https://h/x?access_token=§&a=b'", "curl https://bo:§@h/x",
	"curl -d '{\"user\":\"bo\",\"pw\":\"§\"}' https://h", "curl -d '{\"pass\": \"§\"}' https://h", "curl -d \"{\\\"password\\\":\\\"§\\\"}\" https://h",
	"curl -d 'user=bo&pass=§&x=1' https://h", "curl -F 'secret=§' https://h", "curl -H 'X-Api-Key: §' https://h", "curl -H \"Authorization: Bearer §\" https://h",
	"curl -H 'Cookie: sid=§' https://h", "curl -b 'sid=§' https://h", "http -a bo:§ GET h/x",
	"cat > ~/.netrc <<EOF\nmachine h login bo password §\nEOF", "cat > ~/.netrc <<EOF\nmachine h\n  login bo\n  password §\nEOF",
	"cat > .env <<'EOF'\nPORT=1\nSMTP_PASS=§\nAPI_TOKEN=\"§\"\nEOF", "printf 'DB_PASSWORD=§\\n' >> .env",
	"cat > k.pem <<EOF\n-----BEGIN RSA PRIVATE KEY-----\n§\n-----END RSA PRIVATE KEY-----\nEOF",
	"echo § | docker login --password-stdin -u bo", "echo -n '§' | gh auth login --with-token", "echo § | sudo -S ls", "echo 'bo:§' | chpasswd", "printf '%s' '§' | gh secret set X",
	"gh auth login --with-token <<< §", "az login --service-principal -u x -p § --tenant t", "./nosuch --pass §", "./nosuch --secret-key=§", "./x --api-key §", "docker build --build-arg NPM_TOKEN=§ .",
	"docker run -e DB_PASSWORD=§ img", "npm config set //r.example.com/:_authToken §", "npm config set //r.example.com/:_authToken=§", "netlify env:set STRIPE §", "dotnet user-secrets set Stripe:Key §",
	"redis-cli -h h -a § ping", "mongosh -u bo -p § h/db", "ldapsearch -x -D cn=a -w §", "ssh-keygen -t ed25519 -N § -f k", "rabbitmqctl add_user bo §", "htpasswd -b file bo §",
	"supabase secrets set A=§", "doppler secrets set A=§", "pulumi config set --secret k §", "export TOKEN=§", "TOKEN='§' ./run", "python -c \"import x; x.connect(password='§')\"",
	"terraform apply -var db_password=§", "helm upgrade a b --set auth.password=§", "git clone https://x-access-token:§@github.com/a/b", "psql postgres://bo:§@h/db", "ansible-playbook x -e vault_password=§",
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
	return hasLetterAndDigits(s) && !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "-")
})

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
	rapid.Check(t, func(t *rapid.T) {
		value := anySecret.Draw(t, "secret")
		for _, place := range secretPlaces {
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
