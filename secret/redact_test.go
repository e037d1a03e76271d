package secret

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

// Secrets in these tests are made up; none was ever valid.
const (
	fakeGitHub = "ghp_000000000000000000000000000000FAKE00"
	fakeUUID   = "0f0f0f0f-1111-4222-8333-444444444444"
	fakeHex    = "00112233445566778899aabbccddeeff00112233"
)

var redactTests = []struct{ text, want string }{
	// by header
	{`curl -H 'Authorization: Bearer abc123def' https://x`, `curl -H 'Authorization: Bearer [redacted]' https://x`},
	{`curl -H "Authorization: Basic dXNlcjpwYXNzd29yZA==" https://x`, `curl -H "Authorization: Basic [redacted:16+]" https://x`},
	{`curl -H "Authorization: token ` + fakeGitHub + `"`, `curl -H "Authorization: token ghp_[redacted:32+]"`},
	{`curl -H 'X-Api-Key: hunter22'`, `curl -H 'X-Api-Key: [redacted]'`},
	{`curl -H 'PRIVATE-TOKEN: hunter22' x`, `curl -H 'PRIVATE-TOKEN: [redacted]' x`},
	{`curl -H 'Cookie: sid=abc; csrf=def' x`, `curl -H 'Cookie: [redacted:16+]' x`},
	{`{"Authorization": "Bearer abc123def"}`, `{"Authorization": "Bearer [redacted]"}`},
	{`-d "{\"password\": \"hunter2\", \"user\": \"bo\"}"`, `-d "{\"password\": \"[redacted]\", \"user\": \"bo\"}"`},
	{`{"password":"hunter2","id":"7"}`, `{"password":"[redacted]","id":"7"}`},
	// by name
	{`API_TOKEN=hunter2 ./run`, `API_TOKEN=[redacted] ./run`},
	{`export DB_PASSWORD="two words"`, `export DB_PASSWORD="[redacted]"`},
	{`RAILWAY_TOKEN=` + fakeUUID, `RAILWAY_TOKEN=[redacted:32+]`},
	{`HEROKU_API_KEY='` + fakeUUID + `'`, `HEROKU_API_KEY='[redacted:32+]'`},
	{`AWS_SECRET_ACCESS_KEY=abc/def+ghi`, `AWS_SECRET_ACCESS_KEY=[redacted]`},
	{`password: hunter`, `password: [redacted]`},
	{`x?access_token=abc&page=2`, `x?access_token=[redacted]&page=2`},
	{`cmd --token hunter2 --page 2`, `cmd --token [redacted] --page 2`},
	{`cmd --password=hunter2`, `cmd --password=[redacted]`},
	{`//npm.example.com/:_authToken=hunter2`, `//npm.example.com/:_authToken=[redacted]`},
	{`STRIPE_KEY=abcdef0123456789zz`, `STRIPE_KEY=[redacted:16+]`},
	{`SMTP_PASS=hunter2`, `SMTP_PASS=[redacted]`},
	{`${API_TOKEN:-hunter2}`, `${API_TOKEN:-[redacted]}`},
	// by program
	{`curl -u admin:hunter2 https://x`, `curl -u admin:[redacted] https://x`},
	{`curl -uadmin:hunter2 https://x`, `curl -uadmin:[redacted] https://x`},
	{`mysql -uroot -phunter2 app`, `mysql -uroot -p[redacted] app`},
	{`redis-cli -a hunter2 ping`, `redis-cli -a [redacted] ping`},
	{`docker login -u bo -p hunter2`, `docker login -u bo -p [redacted]`},
	{`sshpass -p hunter2 ssh bo@host`, `sshpass -p [redacted] ssh bo@host`},
	{`curl -b 'sid=abc' https://x`, `curl -b '[redacted]' https://x`},
	// in URLs
	{`psql postgres://bo:hunter2@db.example.com/app`, `psql postgres://bo:[redacted]@db.example.com/app`},
	{`psql postgres://bo:hun#ter2@db.example.com/app`, `psql postgres://bo:[redacted]@db.example.com/app`},
	{`://token:#0&@`, `://token:[redacted]@`},
	{`git clone https://x-access-token:hunter2@github.com/a/b`, `git clone https://x-access-token:[redacted]@github.com/a/b`},
	{`https://bo:p@ss@db/x`, `https://bo:[redacted]@db/x`},
	{`https://` + fakeHex + `@o1.ingest.example.com/2`, `https://[redacted:32+]@o1.ingest.example.com/2`},
	// by shape
	{`echo ` + fakeGitHub, `echo ghp_[redacted:32+]`},
	{`echo sk-ant-api03-0000000000000000FAKE`, `echo sk-[redacted:32+]`},
	{`echo xoxb-000000000000-fake`, `echo xoxb[redacted:16+]`},
	{`AKIA0000000000000000 abcdEFGH0123/abcdEFGH0123+abcdEFGH012345`, `AKIA[redacted:16+] [redacted:32+]`},
	{`eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIwIn0.c2lnbmF0dXJl is it`, `eyJ[redacted:32+] is it`},
	{"-----BEGIN RSA PRIVATE KEY-----\nAAAA\nBBBB\n-----END RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----"},
	{"echo '-----BEGIN PRIVATE KEY-----\nAAAA", "echo '-----BEGIN PRIVATE KEY-----[redacted]"},
	{`railway token "` + fakeUUID + `"`, `railway token "[redacted:32+]"`},
}

// kept are texts without a secret: they come back as they are.
var kept = []string{
	``,
	`grep -rniE 'railway.*token' .`,
	`grep -rn "TOKEN=" src`,
	`grep -rn 'API_KEY=\|TOKEN=' .`,
	`grep -E "password[:=]" -r .`,
	`curl -H "Authorization: Bearer $TOKEN" https://x`,
	`curl -H "Authorization: Bearer ${API_TOKEN}" https://x`,
	`TOKEN=$(cat token.txt) ./run`,
	`TOKEN="$OTHER_TOKEN" ./run`,
	"TOKEN=`cat x`",
	`curl -u "$USER:$PASS" https://x`,
	`curl -d '{"query":"mutation { volumeDelete(volumeId: \"` + fakeUUID + `\") }"}' https://x`,
	`curl -H "Authorization: Bearer $TOKEN" -d '{"query":"mutation { volumeDelete(volumeId: \"` + fakeUUID + `\") }"}'`,
	`git show ` + fakeHex,
	`git push -u origin main:main2/x`[:21],
	`docker run -u 1000:1000 -p 8080:80 x`,
	`sudo -u postgres psql`,
	`mkdir -p a/b`,
	`ssh -p 22 git@github.com`,
	`cat secrets.json tokens.txt password_file`,
	`--password-stdin < pw`,
	`PWD=/home/bo OLDPWD=/`,
	`max_tokens=4096`,
	`const token = process.env.API_TOKEN;`,
	`token = get_token()`,
	`token: string`,
	`if token == "x" {`,
	`postgres://$USER:$PASS@host/db`,
	`TOKEN=<your token>`,
	`echo ${API_TOKEN:0:4} ${API_TOKEN:+set}`,
	`lexer.Token{Kind: 1}`,
	`sk-circle-fade-animation-in`,
	`secretKeyRef: name`,
	`kubectl get secret db -o yaml`,
	"curl -H 'Authorization: Bearer \uFFFC' x",
}

func TestRedact(t *testing.T) {
	for _, tt := range redactTests {
		if got := Redact(tt.text); got != tt.want {
			t.Errorf("Redact(%q)\n got %q\nwant %q", tt.text, got, tt.want)
		}
		if got := Redact(tt.want); got != tt.want {
			t.Errorf("twice: Redact(%q) = %q", tt.want, got)
		}
	}
	for _, text := range kept {
		if got := Redact(text); got != text {
			t.Errorf("Redact(%q) = %q, want it kept", text, got)
		}
	}
}

func TestRedactKeepsWithoutAllocation(t *testing.T) {
	for _, text := range kept {
		if n := testing.AllocsPerRun(10, func() { Redact(text) }); n != 0 {
			t.Errorf("%v allocations for %q, want none", n, text)
		}
	}
}

func TestRedactTwice(t *testing.T) {
	pieces := []string{
		"token", "TOKEN", "=", ":", "\"", "'", "\\\"", " ", "$", "{", "-u ", "a:b", "https://", "@", "/", "curl ", "mysql -p",
		fakeGitHub, fakeHex, "AKIA0000000000000000", "[redacted]", "[redacted:32+]", "ghp_", "Authorization: ", "Bearer ",
		"-----BEGIN RSA PRIVATE KEY-----", "-----END", "\n", ";", "|", "x", "1", "-", "--password ", "Cookie: ", "\\n", "(", "sk-", "eyJ",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
		once := Redact(text)
		if twice := Redact(once); twice != once {
			t.Fatalf("Redact(%q)\n once %q\ntwice %q", text, once, twice)
		}
	})
}

func TestRedactIsLinear(t *testing.T) {
	slowtest.Alone(t)
	for _, piece := range []string{
		"token=$", "token='$", "token=\"$", "a_key=", "eyJ.", "token/", "-u ", "-u '", "-----BEGIN PRIVATE KEY-----[redacted]",
		"://", "://a@", "token ", "Authorization: Bearer ", "Cookie: $", "[redacted", "AKIA", "\\", "token\\\"", "${token:",
	} {
		text := strings.Repeat(piece, 256<<10/len(piece))
		if took := cpuTime(func() { Redact(text) }); took > 2*time.Second {
			t.Errorf("256 KB of %q took %v", piece, took)
		}
	}
}

func FuzzRedact(f *testing.F) {
	for _, tt := range redactTests {
		f.Add(tt.text)
	}
	for _, text := range kept {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := Redact(text)
		if twice := Redact(once); twice != once {
			t.Errorf("Redact(%q)\n once %q\ntwice %q", text, once, twice)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	text := strings.Repeat(`curl -s -H "Authorization: Bearer $TOKEN" https://api.example.com/v1/things?page=2 | jq -r .items[].id ; `, 10)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Redact(text)
	}
}
