package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"
)

// What is read of a file, and kept of it.
const (
	maxFile   = 1 << 20
	maxValues = 1000     // of one file
	maxValue  = 16 << 10 // bytes of one value
	maxName   = 120
	maxNested = 4 // a JSON in a dotenv in a YAML
)

// ErrNotRegular is the error of a file that has no content of its own: a
// device, a pipe, a directory. Reading one could block or do something.
var ErrNotRegular = errors.New("not a regular file")

// ReadFile gives the secrets that lie in a file. Of a file of more than 1 MB it
// reads the first.
func ReadFile(path string) ([]Value, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		return nil, fmt.Errorf("read the secrets of %s: %w", path, err)
	}
	// What was a file may be a pipe by now: O_NONBLOCK so that opening it returns.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("read the secrets of a file: %w", err)
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(f, maxFile))
	}
	if err != nil {
		return nil, fmt.Errorf("read the secrets of %s: %w", path, err)
	}
	return Parse(path, text), nil
}

// Holds reports whether a file has a secret in it: its content counts, and not
// its name. A file that cannot be read holds one as far as anybody knows.
func Holds(path string) bool {
	values, err := ReadFile(path)
	if err != nil {
		return !errors.Is(err, os.ErrNotExist) && !errors.Is(err, ErrNotRegular)
	}
	return len(values) > 0
}

// Parse gives the secrets in the text of a file. The path says what kind of
// file it is, where the content does not; nothing is opened.
//
// A value is a secret when its name says so, when it has the shape of a token
// or of something random, or when it is the password of an address. Settings,
// paths, references to other places and what stands for a value that is still to
// be filled in are none.
func Parse(path string, text []byte) []Value {
	c := collector{path: path}
	c.file(text)
	return c.values
}

// A collector gathers the secrets of one file.
type collector struct {
	path   string
	lax    bool // the text is not known to be settings: words are no values
	nested int
	looked int // bytes that were searched for the end of a quote
	values []Value
	seen   map[string]bool
}

func (c *collector) file(text []byte) {
	base := strings.ToLower(filepath.Base(c.path))
	if len(text) > maxFile {
		text = text[:maxFile]
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if holdsNone(base) || len(text) == 0 {
		return
	}
	if bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text) && strings.HasSuffix(base, ".db") {
		c.tokens(string(text), 0) // a database of a cloud's CLI
		return
	}
	t := string(text)
	switch {
	case base == ".netrc" || base == "_netrc" || base == "netrc":
		c.netrc(t)
	case base == ".pgpass" || base == "pgpass.conf":
		c.pgpass(t)
	case looksJSON(t) && c.json(t, 1, ""):
	case strings.HasSuffix(base, ".yaml"), strings.HasSuffix(base, ".yml"), strings.HasPrefix(t, "apiVersion:"),
		strings.HasPrefix(t, "---\n"), strings.HasPrefix(t, "kind:"):
		c.lax = true
		c.yaml(t)
	default:
		c.lax = !isSettings(base)
		c.lines(t, 1)
	}
}

// holdsNone tells by its name a file whose values are for show, or public.
func holdsNone(base string) bool {
	for _, part := range strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		switch part {
		case "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "lock", "pub":
			return true
		}
	}
	switch base {
	case "go.sum", "known_hosts", "authorized_keys", "pnpm-lock.yaml", "npm-shrinkwrap.json", "sha256sums", "checksums.txt":
		return true
	}
	return false
}

// IsSettings reports a file that by its name holds settings, and may hold secrets.
func IsSettings(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	return isSettings(base) && !holdsNone(base)
}

// isSettings tells a file that holds settings, one a line: any value of a
// secret's name is a secret there, though it be a word.
func isSettings(base string) bool {
	if strings.HasPrefix(base, ".env") || strings.HasSuffix(base, ".env") || strings.HasPrefix(base, ".secret") || strings.HasPrefix(base, ".dev.vars") {
		return true
	}
	switch filepath.Ext(base) {
	case ".ini", ".cnf", ".cfg", ".conf", ".toml", ".properties", ".tfvars", ".env":
		return true
	}
	switch base {
	case "credentials", "config", ".npmrc", ".yarnrc", ".pypirc", ".boto", ".s3cfg", ".git-credentials", ".flaskenv", ".envrc",
		".bashrc", ".zshrc", ".profile", ".bash_profile", ".zshenv", ".zprofile", "environment", "environ":
		return true
	}
	return false
}

// add keeps a secret.
func (c *collector) add(name, value string, line int) {
	if len(c.values) >= maxValues || len(value) < 4 || len(value) > maxValue {
		return
	}
	name = cleanName(name)
	if c.seen == nil {
		c.seen = make(map[string]bool)
	}
	if c.seen[value] {
		return
	}
	c.seen[value] = true
	c.values = append(c.values, New(name, value, Origin{Path: c.path, Line: line}))
}

// cleanName is a name as it may be shown: short, and without control signs.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	for len(name) > maxName {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	if name == "" || Redact(name) != name {
		return "secret"
	}
	return name
}

// Environment gives the secrets of an environment, NAME=VALUE each.
func Environment(env []string) []Value {
	var c collector
	for _, entry := range env {
		if name, value, ok := strings.Cut(entry, "="); ok && len(value) <= maxFile {
			c.field(name, value, 0)
		}
	}
	return c.values
}
