package classify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/shellparse"
)

// randomKey looks like what only a machine makes, and is nobody's.
const randomKey = "q7Zt3LmX9vB2nK4wRs8Yc1Hd6PfJ5gTa"

// TestContentCounts reads files whose name says one thing and whose content
// another.
func TestContentCounts(t *testing.T) {
	for _, tt := range []struct{ name, text, way string }{
		{".npmrc", "registry=https://registry.example.com/\nsave-exact=true\n", "-"},
		{".npmrc", "//registry.example.com/:_authToken=" + randomKey + "\n", "R"},
		{".env", "PORT=3000\nNODE_ENV=development\nAPI_URL=http://localhost:8080\n", "-"},
		{".env", "PORT=3000\nAPI_TOKEN=" + randomKey + "\n", "R"},
		{".env.production", "LOG_LEVEL=info\n", "-"},
		{"secrets.yml", "development:\n  log: true\n", "-"},
		{"server.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "-"},
		{"settings.ini", "[api]\nurl = https://api.example.com\ntoken = ghp_" + randomKey + "0000\n", "R"},
		{"settings.ini", "[api]\nurl = https://api.example.com\n", "-"},
		{"config.yaml", "api:\n  secret_key: " + randomKey + "\n", "R"},
		{"deploy.json", `{"host": "example.com", "api_token": "` + randomKey + `"}`, "R"},
		{"package.json", `{"name": "shop", "scripts": {"token": "node token.js"}}`, "-"},
		{"notes.md", "the key is ghp_" + randomKey + "0000\n", "-"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, tt.name), tt.text)
		if got := wayOf(judgeIn(dir, "cat "+tt.name)); got != tt.way {
			t.Errorf("%s %q: %s, want %s", tt.name, strings.ReplaceAll(tt.text, randomKey, "KEY"), got, tt.way)
		}
	}
}

func TestContentThatIsNotKnown(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "big.env"), strings.Repeat("# nothing\n", maxContent/10+1))
	write(t, filepath.Join(dir, "binary.env"), "PORT=1\x00")
	write(t, filepath.Join(dir, "shut.env"), "PORT=1\n")
	if err := os.Symlink("nowhere", filepath.Join(dir, "lost.env")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"big.env", "binary.env", "lost.env", "missing.env"} {
		if got := wayOf(judgeIn(dir, "cat "+name)); got != "R" {
			t.Errorf("%s: %s, want R: what nobody can look into counts by its name", name, got)
		}
	}
	if got := wayOf(judge(Shipped(), "cat .env")); got != "R" {
		t.Errorf("offline: %s, want R", got)
	}
}

// TestContentChanges looks again when a file has changed.
func TestContentChanges(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".env")
	write(t, path, "PORT=3000\n")
	if got := wayOf(judgeIn(dir, "cat .env")); got != "-" {
		t.Fatalf("ports: %s", got)
	}
	write(t, path, "API_TOKEN="+randomKey+"\n")
	if got := wayOf(judgeIn(dir, "cat .env")); got != "R" {
		t.Errorf("a token: %s, want R", got)
	}
}

func TestContentLooksAreBounded(t *testing.T) {
	dir := t.TempDir()
	ctx := &counted{Live: NewLive(dir, func(string) (string, bool) { return "", false })}
	line := "cat"
	for range 4 * maxContents {
		line += " a.json b.yaml"
	}
	Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: dir}), ctx)
	if ctx.looks == 0 || ctx.looks > maxContents {
		t.Errorf("%d looks, want at most %d", ctx.looks, maxContents)
	}
}

// counted counts the looks into files.
type counted struct {
	*Live
	looks int
}

func (c *counted) Content(set *Set, path string) Content {
	c.looks++
	return c.Live.Content(set, path)
}

func judgeIn(dir, line string) Step {
	l := NewLive(dir, func(string) (string, bool) { return "", false })
	return Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"}), l)
}
