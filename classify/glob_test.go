package classify

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMatchWord(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"push", "push", true},
		{"push", "pushd", false},
		{"push|pull", "pull", true},
		{"delete-*", "delete-stack", true},
		{"delete-*", "undelete-stack", false},
		{"*-db-*", "shop-db-1", true},
		{"p?d", "pod", true},
		{"p?d", "pd", false},
		{"*", "", true},
		{"", "", true},
		{"", "x", false},
		{"a*b*c", "aXbXbXc", true},
		{"a*b*c", "aXbXb", false},
		{"run", "Run", false},
	}
	for _, tt := range tests {
		if got := matchWord(tt.pattern, tt.text); got != tt.want {
			t.Errorf("matchWord(%q, %q) = %v, want %v", tt.pattern, tt.text, got, tt.want)
		}
	}
	if !matchFold("*.Example.com", "API.example.COM") {
		t.Error("matchFold minds the case")
	}
}

func TestMatchPath(t *testing.T) {
	tests := []struct {
		pattern, path string
		below, want   bool
	}{
		{"**/.env", ".env", false, true},
		{"**/.env", "/home/dev/shop/.env", false, true},
		{"**/.env", "shop/.env/x", false, false},
		{"**/.env", "shop/.env/x", true, true},
		{"**/.env", "shop/x.env", false, false},
		{"**/*.pem", "certs/server.pem", false, true},
		{"**/*.pem", "certs/server.pem.txt", false, false},
		{"/etc/*", "/etc/passwd", false, true},
		{"/etc/*", "/etc/ssl/certs", false, false},
		{"/etc/**", "/etc/ssl/certs", false, true},
		{"/etc/**", "/etcetera", false, false},
		{"/a/**/z", "/a/z", false, true},
		{"/a/**/z", "/a/b/c/z", false, true},
		{"/a/**/z", "/a/b/c/zz", false, false},
		{"**/node_modules", "web/node_modules/react/dist", true, true},
		{"**/node_modules", "web/node_modules2", true, false},
		{"/repos/*/*", "/repos/acme/shop", false, true},
		{"/repos/*/*", "/repos/acme/shop/issues", false, false},
		{"**/a/*/c", "x/a/b/d/a/b/c", false, true},
	}
	for _, tt := range tests {
		if got := matchPath(tt.pattern, tt.path, tt.below); got != tt.want {
			t.Errorf("matchPath(%q, %q, %v) = %v, want %v", tt.pattern, tt.path, tt.below, got, tt.want)
		}
	}
}

// Go's regexp is the oracle for both matchers.
func TestGlobsAgreeWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab/")), 0, 12, -1).Draw(t, "text")
		pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab/*?")), 0, 8, -1).Draw(t, "pattern")
		for strings.Contains(pattern, "**") {
			pattern = strings.ReplaceAll(pattern, "**", "*")
		}
		prefix := rapid.SampledFrom([]string{"", "**/"}).Draw(t, "prefix")

		word := strings.NewReplacer("*", ".*", "?", ".").Replace(pattern)
		if got, want := matchGlob(pattern, text, false), regexp.MustCompile(`^(?:`+word+`)$`).MatchString(text); got != want {
			t.Errorf("matchGlob(%q, %q) = %v, want %v", pattern, text, got, want)
		}
		path := strings.NewReplacer("*", "[^/]*", "?", "[^/]").Replace(pattern)
		if prefix != "" {
			path = "(?:[^/]*/)*" + path
		}
		if got, want := matchPath(prefix+pattern, text, false), regexp.MustCompile(`^(?:`+path+`)$`).MatchString(text); got != want {
			t.Errorf("matchPath(%q, %q) = %v, want %v", prefix+pattern, text, got, want)
		}
	})
}

// One pass over the alternatives finds what trying each of them finds.
func TestAlternativesInOnePass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[aB*?|]{0,8}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[abB]{0,5}`).Draw(t, "text")
		for _, fold := range []bool{false, true} {
			want := slices.ContainsFunc(strings.Split(pattern, "|"), func(one string) bool { return matchGlob(one, text, fold) })
			if got := matchOne(pattern, text, fold); got != want {
				t.Fatalf("%q in %q, fold %t: %t, want %t", text, pattern, fold, got, want)
			}
		}
	})
}
