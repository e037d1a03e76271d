package classify

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzSettingValue holds what a file may say of itself to plain names: no
// secret and no control character gets into a prompt.
func FuzzSettingValue(f *testing.F) {
	for _, text := range []string{
		"current-context: prod\n", `{"currentContext": "x"}`, "app = 'a' # b\n", "DATABASE_URL=postgres://u:hunter2@h/db\n",
		"# current-context: a\n", "current-context", "current-context:", "export DATABASE_URL=\"mysql://u:p@h\"", "dev\x1b[2J", "a\u202eb",
	} {
		f.Add(text, "current-context", "")
		f.Add(text, "DATABASE_URL", "")
		f.Add(text, "", "x")
	}
	f.Fuzz(func(t *testing.T, text, key, under string) {
		value := keyValue(text, key, under)
		for _, kind := range [...]string{"name", "url"} {
			name := settingName(kind, value)
			if len(name) > maxSettingName || strings.ContainsFunc(name, func(c rune) bool { return c < '!' || c > '~' }) || !utf8.ValidString(name) {
				t.Errorf("%q is shown as %q", text, name)
			}
		}
	})
}

// FuzzMeet holds a made-up path to both of the patterns that it came from.
func FuzzMeet(f *testing.F) {
	f.Add("~/.ss?/id_*", "~/.ssh/*")
	f.Add("/etc/sha*", "/etc/shadow")
	f.Add("~/.a*/c*", "~/.aws/credentials")
	f.Fuzz(func(t *testing.T, pattern, glob string) {
		if path, ok := meet(pattern, glob); ok && !matchPath(glob, path, false) {
			t.Errorf("%q and %q meet in %q", pattern, glob, path)
		}
	})
}

func TestMeet(t *testing.T) {
	for _, c := range []struct{ pattern, glob, want string }{
		{"~/.ss?/id_*", "~/.ssh/*", "~/.ssh/id_x"},
		{"~/.a*/c*", "~/.aws/credentials", "~/.aws/credentials"},
		{"/etc/sha*", "/etc/shadow", "/etc/shadow"},
		{"~/.ssh/*.pub", "~/.ssh/*", "~/.ssh/x.pub"},
		{"~/*", "~/.netrc", ""}, // a shell's * leaves hidden files out
		{"~/.ssh/*", "~/.aws/*", ""},
		{"~/src/*", "~/.ssh/*", ""},
	} {
		if got, _ := meet(c.pattern, c.glob); got != c.want {
			t.Errorf("%s and %s meet in %q, want %q", c.pattern, c.glob, got, c.want)
		}
	}
}
