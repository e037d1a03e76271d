package classify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pemOf is a private key's file whose content is nobody's.
func pemOf(kind string) string {
	return "-----BEGIN " + kind + "PRIVATE KEY-----\n" + strings.Repeat(randomKey, 2) + "\n-----END " + kind + "PRIVATE KEY-----\n"
}

// TestPrivateKeysAreStaged commits keys that no name tells.
func TestPrivateKeysAreStaged(t *testing.T) {
	keys := map[string]string{
		"deploy":            pemOf("OPENSSH "),
		"conf/server.key":   pemOf("RSA "),
		"service.json":      fmt.Sprintf(`{"type": "service_account", "private_key": %q}`, pemOf("")),
		"k8s/tls.yaml":      "data:\n  key: |\n    " + strings.ReplaceAll(pemOf("EC "), "\n", "\n    "),
		"old/encrypted.txt": "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n" + randomKey + "\n",
	}
	plain := map[string]string{
		"README.md":            "# shop\n",
		"parse.go":             `const begin = "-----BEGIN RSA PRIVATE KEY-----"` + "\n",
		"conf/server.crt":      "-----BEGIN CERTIFICATE-----\n" + randomKey + randomKey + "\n-----END CERTIFICATE-----\n",
		"doc.txt":              "It begins with -----BEGIN PRIVATE KEY----- and goes on.\n",
		"testdata/server.key":  pemOf("RSA "),
		"src/example.key":      pemOf("RSA "),
		"certs/public_key.pem": "-----BEGIN PUBLIC KEY-----\n" + randomKey + randomKey + "\n-----END PUBLIC KEY-----\n",
	}
	for name, text := range keys {
		for _, line := range []string{"git add " + name, "git add .", "git add -A", "git stage --all", "git commit -qm x -- " + name, "git add -f " + filepath.Dir(name), "cd .. && git -C repo add ."} {
			if !stages(t, map[string]string{name: text}, line) {
				t.Errorf("%s with %s: not told", line, name)
			}
		}
		if stages(t, map[string]string{name: text}, "git add -n .") || stages(t, map[string]string{name: text, "a.txt": "x"}, "git add a.txt") {
			t.Errorf("%s: told where it is not staged", name)
		}
	}
	for name, text := range plain {
		if stages(t, map[string]string{name: text}, "git add "+name) || stages(t, map[string]string{name: text}, "git add -A") {
			t.Errorf("%s: told", name)
		}
	}
}

// TestStagedAreBounded has a key among more files than are looked at, and one that
// is looked at last.
func TestStagedAreBounded(t *testing.T) {
	files := map[string]string{"zz.key2": pemOf("RSA ")}
	for i := range maxStaged - 1 {
		files[fmt.Sprintf("f%03d.txt", i)] = "text\n"
	}
	if !stages(t, files, "git add .") {
		t.Error("the last of the files is not looked at")
	}
	files["f999.txt"] = "text\n"
	if stages(t, files, "git add .") {
		t.Errorf("more than %d files are looked at", maxStaged)
	}
}

// stages reports whether a line in a repository with new files is told to put a key
// into it.
func stages(t *testing.T, files map[string]string, line string) bool {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "repo")
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), text)
	}
	git(t, dir, "init", "-q")
	return slices.ContainsFunc(judgeIn(dir, line).Actions, func(a Action) bool { return a.Finding != nil && a.Finding.Rule == "private-key-staged" })
}
