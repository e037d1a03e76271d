//go:build unix

package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"restrain/internal/slowtest"
)

const (
	madeUp = "mU8zQ1w5Rt7yX3bN6kL0pV4c" // 24 random signs
	slack  = "xoxb-000000000000-0000FAKE"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

var key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq1\nQwErTyUiOpAsDfGhJkLz\n-----END RSA PRIVATE KEY-----\n"

var parseTests = []struct {
	path, text string
	want       []string // "line name=value"
}{
	// dotenv
	{".env", "# c\nPORT=3000\nDEBUG=true\nexport RAILWAY_TOKEN=0f0f0f0f-1111-4222-8333-444444444444 # live\n", []string{"4 RAILWAY_TOKEN=0f0f0f0f-1111-4222-8333-444444444444"}},
	{".env", "DB_PASSWORD=\"two words\"\nPW_FILE=/run/x\nSMTP_PASS='hun#ter'\n", []string{"1 DB_PASSWORD=two words", "3 SMTP_PASS=hun#ter"}},
	{".env.local", "KEY=\"" + key + "\"\nB=1\nC_TOKEN=abcdef12\n", []string{"1 KEY=MIIEowIBAAKCAQEA7bq1\nQwErTyUiOpAsDfGhJkLz", "2 KEY=MIIEowIBAAKCAQEA7bq1", "3 KEY=QwErTyUiOpAsDfGhJkLz", "7 C_TOKEN=abcdef12"}},
	{".env", "DATABASE_URL=postgres://bo:hunter22@db.acme.io/app\nREDIS_URL=redis://localhost:6379\n", []string{"1 DATABASE_URL=hunter22"}},
	{".env", "API_TOKEN=your-token-here\nA_TOKEN=<token>\nB_TOKEN=${OTHER}\nC_TOKEN=changeme\nD_SECRET=xxxxxxxx\nE_PASSWORD=\nTOKEN_FILE=/a/b\nMAX_TOKENS=4096\n", nil},
	{".env", "A=1\nSLACK=" + slack + "\nNODE_ENV=production\nID=" + madeUp + "\n", []string{"2 SLACK=" + slack}},
	{".env", "PLAIN=" + madeUp + "\nNEXT_PUBLIC_KEY=" + madeUp + "x\n", []string{"1 PLAIN=" + madeUp}},
	{".env", "HOOK_URL=https://hooks.acme.io/services/T0/B0/" + madeUp + "\n", []string{"1 HOOK_URL=" + madeUp}},
	{".env", "AZ=DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + madeUp + "==;EndpointSuffix=x\n", []string{"1 AZ=" + madeUp + "=="}},
	{".env.example", "API_TOKEN=" + madeUp, nil},
	{"config.sample.ini", "token=" + madeUp, nil},
	// INI
	{"credentials", "[default]\naws_access_key_id = AKIA0000000000000000\naws_secret_access_key = abc/def+ghi0123\n[profile x]\nregion=eu-west-1\n", []string{"2 default aws_access_key_id=AKIA0000000000000000", "3 default aws_secret_access_key=abc/def+ghi0123"}},
	{"config", "[default]\nregion = eu-west-1\noutput=json\ncredential_process = /opt/x\n", nil},
	{".pypirc", "[pypi]\nusername = __token__\npassword = pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAw\n", []string{"3 pypi password=pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAw"}},
	{"settings.ini", "[a]\nport=80\napi_key = " + madeUp, []string{"3 a api_key=" + madeUp}},
	{".my.cnf", "[client]\nuser=bo\npassword=\"hunter22\"\n", []string{"3 client password=hunter22"}},
	// npmrc
	{".npmrc", "registry=https://packages.example.com/\nalways-auth=true\n//r.acme.io/:_authToken=${NPM_TOKEN}\n", nil},
	{".npmrc", "//r.acme.io:8080/:_authToken=" + madeUp + "\n//r.acme.io/:_password=" + b64("hunter22"), []string{"1 //r.acme.io:8080/:_authToken=" + madeUp, "2 //r.acme.io/:_password=" + b64("hunter22"), "2 //r.acme.io/:_password=hunter22"}},
	// JSON
	{"sa.json", "{\n \"type\": \"service_account\",\n \"private_key_id\": \"0011223344556677889900112233445566778899\",\n \"private_key\": " + fmt.Sprintf("%q", key) + ",\n \"client_email\": \"a@b.iam\"}", []string{"4 private_key=MIIEowIBAAKCAQEA7bq1\nQwErTyUiOpAsDfGhJkLz", "5 private_key=MIIEowIBAAKCAQEA7bq1", "6 private_key=QwErTyUiOpAsDfGhJkLz"}},
	{"config.json", `{"auths":{"r.acme.io":{"auth":"` + b64("bo:hunter22") + `"}},"credsStore":"desktop"}`, []string{"1 auths r.acme.io auth=" + b64("bo:hunter22"), "1 auths r.acme.io auth=hunter22"}},
	{"application_default_credentials.json", "{\n\"client_id\": \"764.apps\",\n\"client_secret\": \"d-FL95Q19q7MQmFpd7hHD0Ty\",\n\"refresh_token\":\"1//0abc-def\"}", []string{"3 client_secret=d-FL95Q19q7MQmFpd7hHD0Ty", "4 refresh_token=1//0abc-def"}},
	{"en.json", `{"password":"Password","token":"Enter your token, please","secret":"none"}`, nil},
	{"package-lock.json", `{"integrity":"sha512-` + madeUp + `"}`, nil},
	{"package.json", `{"name":"x","scripts":{"test":"jest --token"},"integrity":"sha512-` + madeUp + `=="}`, nil},
	{".env", `GCP={"client_secret":"` + madeUp + `"}`, []string{"1 GCP client_secret=" + madeUp}},
	// YAML
	{"hosts.yml", "github.com:\n    user: bo\n    oauth_token: gho_000000000000000000000000000000FAKE\n    git_protocol: ssh\n", []string{"3 github.com oauth_token=gho_000000000000000000000000000000FAKE"}},
	{"kubeconfig", "apiVersion: v1\nusers:\n- name: a\n  user:\n    client-certificate-data: " + b64("-----BEGIN CERTIFICATE-----") + "\n    client-key-data: " + b64(key) + "\n    token: abc.def1\n", []string{
		"6 users user client-key-data=" + b64(key), "6 users user client-key-data=MIIEowIBAAKCAQEA7bq1\nQwErTyUiOpAsDfGhJkLz", "6 users user client-key-data=MIIEowIBAAKCAQEA7bq1", "6 users user client-key-data=QwErTyUiOpAsDfGhJkLz", "7 users user token=abc.def1"}},
	{"s.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  pw: " + b64("hunter22!") + "\n", []string{"4 pw=hunter22!"}},
	{"d.yaml", "env:\n  - name: A\n    valueFrom:\n      secretKeyRef:\n        name: db-secret\n        key: password\n  - {name: x, token: \"" + madeUp + "\"}\n", []string{"7 token=" + madeUp}},
	{"x.yml", "ssh: |\n  " + strings.ReplaceAll(strings.TrimSpace(key), "\n", "\n  ") + "\nport: 80\n", []string{"2 ssh=MIIEowIBAAKCAQEA7bq1\nQwErTyUiOpAsDfGhJkLz", "3 ssh=MIIEowIBAAKCAQEA7bq1", "4 ssh=QwErTyUiOpAsDfGhJkLz"}},
	// TOML
	{"credentials.toml", "[registry]\ntoken = \"cio" + madeUp + "\"\n[registries.a]\nindex = \"https://a.io/\"\n", []string{"2 registry token=cio" + madeUp}},
	{"c.toml", "a = { token = \"" + madeUp + "\" }\nb = '''x\ny'''\n", []string{"1 token=" + madeUp}},
	// netrc and its like
	{".netrc", "machine a.io login bo password hunter22\nmachine b.io\n  login x\n  password p4ssw0rd\n", []string{"1 a.io password=hunter22", "4 b.io password=p4ssw0rd"}},
	{".pgpass", "#c\ndb.io:5432:*:bo:hun\\:ter2\n", []string{"2 db.io password=hun:ter2"}},
	{".git-credentials", "https://bo:" + madeUp + "@github.com\n", []string{"1 github.com=" + madeUp}},
	{"id_rsa", key, []string{"1 rsa private key=MIIEowIBAAKCAQEA7bq1\nQwErTyUiOpAsDfGhJkLz", "2 rsa private key=MIIEowIBAAKCAQEA7bq1", "3 rsa private key=QwErTyUiOpAsDfGhJkLz"}},
	{"id.pub", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDf0000 bo@x", nil},
	{"cert.pem", "-----BEGIN CERTIFICATE-----\nMIIEowIBAAKCAQEA7bq1QwErTyUiOpAsDfGhJkLz\n-----END CERTIFICATE-----\n", nil},
	// others' text
	{".bashrc", "alias a='b'\nexport GITHUB_TOKEN=ghp_000000000000000000000000000000FAKE00\n", []string{"2 GITHUB_TOKEN=ghp_000000000000000000000000000000FAKE00"}},
	{"main.go", "token := getToken()\nif password == \"\" {\nconst apiKey = \"" + madeUp + "\"\n\ttype Token struct{}\n\tpassword string\n", []string{"3 apiKey=" + madeUp}},
	{"run.sh", "curl -H \"Authorization: Bearer " + slack + "\" https://x\n", []string{"1 xoxb… token=" + slack}},
	{"README.md", "Set `API_TOKEN` to your token.\npassword: see the wiki page\n", nil},
	{"access_tokens.db", "SQLite\x00\x01ghp_000000000000000000000000000000FAKE00\x00", []string{"0 ghp_… token=ghp_000000000000000000000000000000FAKE00"}},
}

func TestParse(t *testing.T) {
	for _, tt := range parseTests {
		var got []string
		for _, v := range Parse(tt.path, []byte(tt.text)) {
			if v.Origin.Path != tt.path {
				t.Errorf("%s: the origin is %q", tt.path, v.Origin.Path)
			}
			got = append(got, fmt.Sprintf("%d %s=%s", v.Origin.Line, v.Name, v.value))
		}
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%s: %q\n got %q\nwant %q", tt.path, tt.text, got, tt.want)
		}
	}
}

func TestEnvironment(t *testing.T) {
	got := Environment([]string{"PATH=/bin", "API_TOKEN=" + madeUp, "PWD=/x", "=", "LANG=C", "SSH_AUTH_SOCK=/run/1", "DB=mysql://a:hunter22@h/x"})
	if len(got) != 2 || got[0].String() != "API_TOKEN of the environment" || got[1].value != "hunter22" {
		t.Errorf("got %v", got)
	}
}

func TestReadFileReadsRegularFilesOnly(t *testing.T) {
	dir := t.TempDir()
	pipe, file, link := filepath.Join(dir, "pipe"), filepath.Join(dir, ".env"), filepath.Join(dir, "link")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("A_TOKEN="+madeUp+"\n"+strings.Repeat("x", maxFile)+"\nB_TOKEN="+slack), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, dir, "/dev/zero"} {
		if _, err := ReadFile(path); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v, want %v", path, err, ErrNotRegular)
		}
	}
	for _, path := range []string{file, link} {
		if values, err := ReadFile(path); err != nil || len(values) != 1 || !Holds(path) {
			t.Errorf("%s: %v, %v", path, values, err)
		}
	}
	if Holds(filepath.Join(dir, "none")) || Holds(pipe) {
		t.Error("what is not there, or has no content, holds no secret")
	}
}

// What cannot be read holds a secret as far as anybody knows.
func TestUnreadableHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("x", 300))
	if !Holds(path) {
		t.Error("a file that cannot be read was said to hold none")
	}
}

func TestParseIsBounded(t *testing.T) {
	slowtest.Alone(t)
	for _, piece := range []string{"a=\"\n", "a_token='", "{\"a\":", "[", "a: |\n", "- ", "://", "a://b:c@", "{\"t\":\"{", "machine password ", "a='''\n", "eyJ", "a:b:", "token: {x", " a:\n  "} {
		text := []byte(strings.Repeat(piece, maxFile/len(piece)))
		for _, path := range []string{".env", "a.json", "a.yaml", ".netrc", ".pgpass", "x"} {
			if took := cpuTime(func() { Parse(path, text) }); took > 2*time.Second {
				t.Errorf("1 MB of %q as %s took %v", piece, path, took)
			}
		}
	}
	many := strings.Builder{}
	for i := range 2 * maxValues {
		fmt.Fprintf(&many, "T%d_TOKEN=%s%d\n", i, madeUp, i)
	}
	if n := len(Parse(".env", []byte(many.String()))); n != maxValues {
		t.Errorf("%d values of one file, want %d", n, maxValues)
	}
}

func fuzz(f *testing.F, path string) {
	for _, tt := range parseTests {
		f.Add([]byte(tt.text))
	}
	f.Add([]byte("data:" + b64("-----BEGIN \t\n\t\nPRIVATE KEY-----"))) // in a line of lines
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := 1 + strings.Count(string(text), "\n")
		for _, v := range Parse(path, text) {
			if v.Name == "" || len(v.Name) > maxName || v.Len() < 4 || v.Len() > maxValue || strings.ContainsAny(v.Name, "\n\x1b") || strings.Contains(v.String(), v.value) && len(v.value) > 12 {
				t.Errorf("%v, %d bytes", v, v.Len())
			}
			if v.Origin.Line > lines && !strings.Contains(string(text), `\n`) {
				t.Errorf("line %d of %d", v.Origin.Line, lines)
			}
		}
	})
}

func FuzzDotenv(f *testing.F)         { fuzz(f, ".env") }
func FuzzINI(f *testing.F)            { fuzz(f, "credentials") }
func FuzzJSON(f *testing.F)           { fuzz(f, "a.json") }
func FuzzYAML(f *testing.F)           { fuzz(f, "kube.yaml") }
func FuzzTOML(f *testing.F)           { fuzz(f, "a.toml") }
func FuzzNetrc(f *testing.F)          { fuzz(f, ".netrc") }
func FuzzPgpass(f *testing.F)         { fuzz(f, ".pgpass") }
func FuzzNpmrc(f *testing.F)          { fuzz(f, ".npmrc") }
func FuzzGitCredentials(f *testing.F) { fuzz(f, ".git-credentials") }
func FuzzPEM(f *testing.F)            { fuzz(f, "server.key") }
func FuzzChanges(f *testing.F) {
	f.Add([]byte(changes))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, v := range ParseChanges(text) {
			if v.Len() < 4 || v.Len() > maxValue || v.Origin.Path == "" {
				t.Errorf("%v, %d bytes", v, v.Len())
			}
		}
	})
}
func FuzzText(f *testing.F) { fuzz(f, "README") }
