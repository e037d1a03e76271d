package secret

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// A differ withholds from changes, as git prints them, what is secret in the files
// that were changed: of a file that by its name has settings or keys in it, what
// Parse finds in its lines. All else it passes on as it comes, in whole lines.
type differ struct {
	f    *formed
	path string // of the file whose lines come; empty for one without secrets
	line []byte // the beginning of one
	held []byte // the lines of that file
	over bool   // there are too many of them to be read: all are withheld
}

// Write passes on p up to its last whole line.
func (d *differ) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n') + 1
		if end == 0 {
			d.line = append(d.line, rest...)
			if len(d.line) <= maxFormedLine {
				break
			}
			end, rest, d.line = len(d.line), slices.Clone(d.line), d.line[:0]
		}
		line := rest[:end]
		if len(d.line) > 0 {
			d.line = append(d.line, line...)
			line = d.line
		}
		if err := d.add(line); err != nil {
			return 0, err
		}
		d.line, rest = d.line[:0], rest[end:]
	}
	return len(p), nil
}

// add takes a whole line.
func (d *differ) add(line []byte) error {
	if path, begins := changedFile(line); begins {
		if err := d.end(); err != nil {
			return err
		}
		d.path = path
	} else if d.path != "" && bytes.HasPrefix(line, []byte("commit ")) {
		if err := d.end(); err != nil {
			return err
		}
	}
	switch {
	case d.path == "":
		_, err := d.f.w.Write(line)
		return err
	case len(d.held)+len(line) > maxFormed:
		d.over = true
	default:
		d.held = append(d.held, line...)
	}
	return nil
}

// end passes on the lines of a file.
func (d *differ) end() error {
	text, path := d.held, d.path
	d.held, d.path = nil, ""
	if path == "" {
		return nil
	}
	if d.over {
		d.over = false
		_, err := io.WriteString(d.f.w, d.f.mark(string(text))+"\n")
		return err
	}
	values := Parse(path, contentOf(text, '+'))
	values = append(values, Parse(path, contentOf(text, '-'))...)
	m := NewMasker(d.f.w, values)
	_, _ = m.Write(text) // its error comes again
	err := m.Close()
	for i := range m.marks {
		d.f.times += m.marks[i].withheld
	}
	return err
}

// close passes on what is left.
func (d *differ) close() error {
	line := d.line
	d.line = nil
	if err := d.add(line); err != nil {
		return err
	}
	return d.end()
}

// changedFile gives the file of a line that begins its changes; an empty path where
// it has no secrets by its name.
func changedFile(line []byte) (path string, begins bool) {
	text := strings.TrimRight(plainText(line), "\r\n")
	rest, ok := strings.CutPrefix(text, "diff --")
	if !ok {
		return "", false
	}
	_, rest, _ = strings.Cut(rest, " ") // git, cc, combined
	path = strings.Trim(rest[strings.LastIndexByte(rest, ' ')+1:], `"`)
	if !IsSettings(path) && !isKeyFile(path) {
		path = ""
	}
	return path, true
}

// isKeyFile tells a file of keys or tokens by its name.
func isKeyFile(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	if holdsNone(base) {
		return false
	}
	switch filepath.Ext(base) {
	case ".pem", ".key", ".p8", ".ppk":
		return true
	}
	switch base {
	case ".netrc", "_netrc", ".pgpass", "pgpass.conf", "kubeconfig", "auth.json", ".mcp.json", "hosts.yml", ".dockerconfigjson", "local.settings.json":
		return true
	}
	for _, part := range [...]string{"secret", "credential", "id_rsa", "id_ed25519", "id_ecdsa", "service-account", "service_account", "adminsdk", "vault_pass"} {
		if strings.Contains(base, part) {
			return true
		}
	}
	return false
}

// ChangedFiles are git's patterns for the files of which changes may have secrets.
func ChangedFiles() []string {
	list := []string{"*.env", "*.env.*", "*.secret*", "*.dev.vars*", "*.ini", "*.cnf", "*.cfg", "*.conf", "*.toml", "*.properties", "*.tfvars", "*.npmrc", "*.pypirc", "*.envrc",
		"*.pem", "*.key", "*.p8", "*.ppk", "*netrc", "*.pgpass", "*auth.json", "*.mcp.json", "*secret*", "*credential*", "*id_rsa*", "*id_ed25519*", "*service-account*", "*service_account*", "*adminsdk*"}
	for i, pattern := range list {
		list[i] = ":(top)" + pattern
	}
	return list
}

// ParseChanges gives the secrets of files in their changes, as git prints them.
func ParseChanges(text []byte) (values []Value) {
	path := ""
	var held []byte
	read := func() {
		if path != "" {
			values = append(append(values, Parse(path, contentOf(held, '+'))...), Parse(path, contentOf(held, '-'))...)
		}
		held = held[:0]
	}
	for line := range bytes.Lines(text) {
		if next, begins := changedFile(line); begins {
			read()
			path = next
		}
		held = append(held, line...)
	}
	read()
	return values
}

// contentOf is what a file has on one side of its changes, with what has not changed.
func contentOf(text []byte, side byte) []byte {
	var content []byte
	for line := range bytes.Lines(text) {
		plain := plainText(line)
		switch {
		case strings.HasPrefix(plain, "+++ "), strings.HasPrefix(plain, "--- "), plain == "":
		case plain[0] == side || plain[0] == ' ':
			plain = strings.TrimLeft(plain[:1], "+- ") + plain[1:]
			content = append(content, plain...)
		}
	}
	return content
}

// plainText is a line without colours.
func plainText(line []byte) string {
	if bytes.IndexByte(line, 0x1b) < 0 {
		return string(line)
	}
	var plain []byte
	for i := 0; i < len(line); i++ {
		if line[i] == 0x1b && i+1 < len(line) && line[i+1] == '[' {
			for i += 2; i < len(line) && (line[i] < '@' || line[i] > '~'); i++ {
			}
			continue
		}
		plain = append(plain, line[i])
	}
	return string(plain)
}
