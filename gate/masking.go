package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"restrain/classify"
	"restrain/secret"
	"restrain/shellparse"
)

// A step that would only print secrets to the agent runs with the values withheld
// from its output, and then nobody need be asked about it. It counts for the
// session as before: what it reads raises the level and completes sequences.

// A masking is what is to be withheld from the output of a step; nil where it is
// not known what that is, or where the door cannot withhold it.
type masking struct {
	// values are all that the step could print, and printed those that it is read
	// to print.
	values, printed []secret.Value
}

// masking finds out what a step would print of secrets. Whatever of that is not
// known for sure leaves the step as it is.
func (g *Gate) masking(r *Request, step *classify.Step) *masking {
	from := step.Prints
	if from == nil || !r.Live || step.Uncertain || r.Lineage.Of != nil || r.Masks == nil || g.Policy.set.Mask.Off ||
		!slices.ContainsFunc(step.Actions, func(a classify.Action) bool { return a.Maskable }) {
		return nil // below a step, its output is for a program, which may need the values
	}
	lifted, all := g.lifted()
	if all {
		return nil
	}
	m, err := secretsOf(from, r)
	if err != nil {
		return nil
	}
	if can, forms := r.Masks(); !can || !forms && slices.ContainsFunc(m.printed, secret.Value.Unseen) {
		return nil
	}
	m.values, m.printed = slices.DeleteFunc(m.values, lifted), slices.DeleteFunc(m.printed, lifted)
	return m
}

// lifted tells the secrets that the agent may see, by the configuration or because
// the human has said so; all reports that nothing is withheld. Where that cannot be
// read, nothing is lifted.
func (g *Gate) lifted() (lifted func(secret.Value) bool, all bool) {
	shown, err := ReadShown(g.Store.Dir())
	return func(v secret.Value) bool { return g.Policy.set.Mask.Shows(v.Name, v.Origin.Path) || shown.has(v) }, err == nil && shown.All
}

// secretsOf reads the values of what a step prints or loads, and with them those
// of the environment, which any program has.
func secretsOf(from *classify.Prints, r *Request) (*masking, error) {
	m := &masking{}
	for _, path := range from.Files {
		values, err := secretsIn(path)
		if err != nil {
			return nil, err
		}
		m.printed = append(m.printed, values...)
	}
	var environ []string
	if r.Environ != nil {
		environ = r.Environ()
	}
	given := secret.Environment(environ)
	for _, name := range from.Names {
		if value, ok := r.lookup(name); ok && value != "" {
			v := secret.New(name, value, secret.Origin{})
			given, m.printed = append(given, v), append(m.printed, v)
		} else if len(from.Outputs) == 0 && !slices.ContainsFunc(m.printed, func(v secret.Value) bool { return v.Name == name }) {
			return nil, fmt.Errorf("the value of %s is not known", name)
		}
	}
	if from.Environment {
		m.printed = append(m.printed, given...)
	}
	for _, o := range from.Outputs {
		form, _ := secret.FormOf(o.Form) // the loader knows them
		m.printed = append(m.printed, secret.Printed(o.By, form, o.Path))
	}
	m.values = append(slices.Clone(m.printed), given...)
	if slices.ContainsFunc(m.printed, func(v secret.Value) bool { return !v.Maskable() }) {
		return nil, errors.New("a value is too short to be told from other text")
	}
	return m, nil
}

// maxSecrets bounds a file whose secrets are withheld, in bytes: all of it has to
// be read.
const maxSecrets = 1 << 20

// secretsIn reads the secrets of a file, whole. A file that is not there tells
// none; one that is not text could tell any.
func secretsIn(path string) ([]secret.Value, error) {
	text, err := readFile(path, maxSecrets)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !utf8.Valid(text), bytes.IndexByte(text, 0) >= 0:
		return nil, fmt.Errorf("%s is not text", path)
	}
	return secret.Parse(path, text), nil
}

// some reports that there is something to withhold.
func (m *masking) some() bool { return m != nil && len(m.printed) > 0 }

// record is what the journal says of it.
func (m *masking) record() []Masked {
	var list []Masked
	for _, v := range m.printed {
		if k := (Masked{Name: secret.Redact(v.Name), Where: v.Origin.Path}); !slices.Contains(list, k) {
			list = append(list, k)
		}
	}
	return list
}

// Disclosure are the secrets that the human lets the agent of one session see.
type Disclosure struct {
	All bool `json:"all,omitempty"` // nothing is masked, so that what prints secrets is asked about
	// Names are those of secrets, or files as absolute paths.
	Names []string `json:"names,omitempty"`
}

// has reports a secret that may be seen.
func (s *Disclosure) has(v secret.Value) bool {
	return slices.Contains(s.Names, v.Name) || v.Origin.Path != "" && slices.Contains(s.Names, v.Origin.Path)
}

const (
	shownFile  = "shown"
	maxShown   = 64 << 10
	shownNames = 1000
)

// ReadShown reads what may be seen in the session of a directory. Nothing is
// lifted where that cannot be read.
func ReadShown(dir string) (Disclosure, error) {
	text, err := readFile(filepath.Join(dir, shownFile), maxShown)
	if errors.Is(err, fs.ErrNotExist) {
		return Disclosure{}, nil
	}
	var s Disclosure
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return Disclosure{}, fmt.Errorf("what may be seen in the session: %w; remove %s", err, filepath.Join(dir, shownFile))
	}
	return s, nil
}

// Write keeps what may be seen in the session of a directory.
func (s Disclosure) Write(dir string) error {
	slices.Sort(s.Names)
	s.Names = slices.Compact(s.Names)
	if len(s.Names) > shownNames {
		return fmt.Errorf("%d secrets are too many to be named; use restrain mask off", len(s.Names))
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, shownFile)
	if err = os.WriteFile(path+".new", text, 0o600); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("what may be seen in the session: %w; check the state directory", err)
	}
	return nil
}

// forShown is what a human adds to an approval so that nothing is withheld.
const forShown = "show"

// show lifts the secrets of a step that was approved so: for it, and for the session.
func (g *Gate) show(d *Decision) error {
	if !d.Answer.Approved || d.Answer.Scope != forShown || len(d.Masked) == 0 {
		return nil
	}
	shown, err := ReadShown(g.Store.Dir())
	if err != nil {
		return err
	}
	for _, m := range d.Masked {
		shown.Names = append(shown.Names, m.Name)
	}
	d.Values, d.Masked = nil, nil
	return shown.Write(g.Store.Dir())
}

// WithheldLine is the one line that an agent sees below output from which secrets
// were withheld; empty where none was.
func WithheldLine(list []secret.Withheld) string {
	if len(list) == 0 {
		return ""
	}
	var names []string
	for i, w := range list {
		if i == 4 {
			names = append(names, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		names = append(names, w.Value.Name)
	}
	load := "they are in the environment"
	if path := list[0].Value.Origin.Path; list[0].Value.Unseen() {
		load = "as in: X=$(COMMAND)"
	} else if path != "" {
		load = "as in: . " + path + "; COMMAND"
	}
	return fmt.Sprintf("restrain: note: withheld from this output: %s; programs may use the values (%s); only the user can show them, with: restrain mask %s",
		strings.Join(names, ", "), load, shellparse.Quote([]string{list[0].Value.Name}))
}
