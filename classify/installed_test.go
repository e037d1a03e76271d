package classify

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/shellparse"
)

// What the session may have written is not installed: it lies elsewhere, behind
// a link, or is too young.
func TestInstalled(t *testing.T) {
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"node_modules/.bin", ".pyenv/shims", "bin"} {
		path := filepath.Join(home, dir, "tool")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, "#!/bin/sh\n")
		if Installed(path, home) {
			t.Errorf("%s is installed, and was written just now", path)
		}
	}
	if Installed(filepath.Join(home, "nothing"), home) {
		t.Error("what is not there is installed")
	}
	for path, want := range map[string]bool{
		home + "/.pyenv/shims/x": true, home + "/.nvm/nvm.sh": true, "/w/node_modules/.bin/x": true, "/w/.venv/bin/x": true,
		home + "/.config/x": false, home + "/bin/x": false, "/w/scripts/x": false,
	} {
		if got := ofTool(path, home); got != want {
			t.Errorf("%s is a tool's: %v, want %v", path, got, want)
		}
	}
}

// TestInstalledProgramsAreNotTheirSource judges the scripts that this machine has:
// what stands in them makes none of them worse than its name and arguments.
func TestInstalledProgramsAreNotTheirSource(t *testing.T) {
	slowtest.Long(t)
	home, _ := os.UserHomeDir()
	var all []string
	for _, pattern := range []string{"/usr/bin/*", "/usr/sbin/*", "/usr/local/bin/*", home + "/.pyenv/shims/*", home + "/.pyenv/libexec/*", home + "/.nvm/*.sh"} {
		found, _ := filepath.Glob(pattern)
		all = append(all, found...)
	}
	read := func(path string) ([]byte, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return io.ReadAll(io.LimitReader(file, 1<<20))
	}
	judged := 0
	for _, path := range all {
		text, err := read(path)
		if err != nil || !bytes.HasPrefix(text, []byte("#!")) || !Installed(path, home) {
			continue
		}
		judged++
		line, _, _ := strings.Cut(string(text[2:]), "\n")
		argv := append(strings.Fields(line), path, "x")
		severity := func(opts shellparse.Options) Severity {
			return Shipped().Classify(shellparse.FromArgv(argv, opts), offline).Severity
		}
		unread := shellparse.Options{Home: home}
		known := shellparse.Options{Home: home, ReadFile: read, Installed: func(p string) bool { return Installed(p, home) }}
		if got, want := severity(known), severity(unread); got > want {
			t.Errorf("%v is %v for its source, %v without", argv, got, want)
		}
	}
	t.Logf("%d scripts", judged)
}
