package classify

import (
	"fmt"
	"path"
	"strings"
)

// A Mask says what is withheld from what steps print to the agent.
type Mask struct {
	Off bool `toml:"off"` // nothing is: what prints secrets is asked about
	// Show are globs of what the agent may see: names of secrets, or files where
	// they have a slash, which are any below a directory unless they begin with
	// one or with ~.
	Show Words `toml:"show"`
}

// Shows reports a secret that the agent may see.
func (m *Mask) Shows(name, file string) bool {
	for _, glob := range m.Show {
		switch {
		case !strings.Contains(glob, "/"):
			if matchGlob(glob, name, false) {
				return true
			}
		case file != "" && matchPath(rooted(glob), file, false):
			return true
		}
	}
	return false
}

// rooted is a glob of files as it is matched.
func rooted(glob string) string {
	if strings.HasPrefix(glob, "/") {
		return path.Clean(glob)
	}
	return "**/" + strings.TrimPrefix(strings.TrimPrefix(glob, "./"), "~/")
}

// masking checks what is shown.
func (f *file) masking(s *Set) error {
	for _, glob := range s.Mask.Show {
		if strings.Trim(glob, "*?/.~") == "" {
			return f.wrong("mask", 0, "show", fmt.Sprintf("%q shows everything", glob), `name a secret or a file, such as "VITE_*" or "fixtures/.env"`)
		}
	}
	return nil
}
