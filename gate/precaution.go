package gate

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"restrain/classify"
	"restrain/journal"
	"restrain/secret"
)

// What a step could print of secrets without its line saying so, as a search below
// a directory that has a .env in it, is withheld as a precaution. The step is
// judged as it is without: as a rule it prints none. What was withheld in the end is
// journalled then.

// Withheld journals what was withheld from the output of a step, where its own entry
// does not say it.
func (s *Store) Withheld(d *Decision, list []secret.Withheld) error {
	e := journal.Entry{Time: time.Now(), Kind: journal.Note, Of: d.Of}
	if d.Permit != nil {
		_, e.Of, _ = d.Permit.Step()
	}
	var names []string
	for _, w := range list {
		m := Masked{Name: secret.Redact(w.Value.Name), Where: w.Value.Origin.Path}
		if !slices.Contains(d.Masked, m) && !slices.Contains(e.Masked, m) && len(e.Masked) < lookFiles {
			e.Masked, names = append(e.Masked, m), append(names, m.Name)
		}
	}
	if len(e.Masked) == 0 {
		return nil
	}
	e.Reason = fmt.Sprintf("withheld from what the step of entry %d printed: %s", e.Of, strings.Join(names, ", "))
	return s.Update(func(t *Turn) error { return t.Append(e) })
}

// precaution is what is withheld from the output of a step that runs, beside what it
// is known to print.
func (g *Gate) precaution(r *Request, step *classify.Step) []secret.Value {
	if step == nil || step.BulkRead == nil && step.Prints == nil || !r.Live || r.Lineage.Of != nil || r.Masks == nil || g.Policy.set.Mask.Off {
		return nil
	}
	can, forms := r.Masks()
	if !can && !r.Gathered {
		return nil
	}
	if r.Door == doorHook && r.Line != "" && !searchesCredentials(step) {
		return nil // a hook would have to deny it
	}
	lifted, all := g.lifted()
	if all {
		return nil
	}
	found := lookup{set: g.Policy.set, home: r.Home, known: g.Surroundings}
	if found.known == nil {
		found.known = NewSurroundings()
	}
	found.known.mu.Lock()
	defer found.known.mu.Unlock()
	var values []secret.Value
	if step.Prints != nil {
		for _, path := range step.Prints.Files {
			found.file(path)
		}
	}
	if step.BulkRead != nil {
		for _, dir := range step.BulkRead.Dirs {
			found.below(dir)
		}
		if looks := r.context().Looks(); (step.BulkRead.History || step.BulkRead.Diffs && !forms) && looks != nil {
			found.history(looks, step.BulkRead.Dirs)
		}
		if step.BulkRead.Diffs && forms {
			values = append(values, secret.Printed("git", secret.Diff, ""))
		}
	}
	if r.Environ != nil {
		found.values = append(found.values, secret.Environment(r.Environ())...)
	}
	for _, v := range found.values {
		if !lifted(v) {
			values = append(values, precautious(v)...)
		}
	}
	return values
}

// doorHook is the door that cannot withhold anything itself.
const doorHook = "hook"

// searchesCredentials reports a step that searches for credentials.
func searchesCredentials(step *classify.Step) bool {
	return slices.ContainsFunc(step.Actions, func(a classify.Action) bool { return a.Class == "credential.search" })
}

// readsCredentials reports a step that is known to read credentials.
func readsCredentials(step *classify.Step) bool {
	return step != nil && slices.ContainsFunc(step.Actions, func(a classify.Action) bool { return a.Class == "credential.read" })
}

// precautious is how a value is known in text that has nothing to do with it as a
// rule: a password that is a word only where it stands with its name.
func precautious(v secret.Value) []secret.Value {
	const long = 12
	if v.Len() >= long || v.Contains(unicode.IsDigit) && v.Contains(unicode.IsLetter) {
		return []secret.Value{v}
	}
	return v.WithName()
}

// How far is looked for files that hold secrets. No time bounds it, or a busy machine
// would print what an idle one withholds.
const (
	lookNames = 20_000
	lookFiles = 200
)

// A lookup collects the secrets in the files below directories, nearest first, until
// one of the bounds.
type lookup struct {
	set    *classify.Set
	home   string
	known  *Surroundings
	files  []string
	values []secret.Value
	whole  []string // directories that were looked at to their ends
}

// file reads the secrets of one file.
func (l *lookup) file(path string) {
	if len(l.files) >= lookFiles || slices.Contains(l.files, path) {
		return
	}
	l.files = append(l.files, path)
	l.values = append(l.values, l.known.secrets(path)...)
}

// below reads the secrets of the files below a directory, or of a file.
func (l *lookup) below(root string) {
	info, err := os.Stat(root)
	switch {
	case err != nil:
	case !info.IsDir() && l.holds(root):
		l.file(root)
	case info.IsDir() && !slices.ContainsFunc(l.whole, func(dir string) bool { return seenFrom(dir, root) }):
		files, whole := l.known.below(l, root)
		for _, path := range files {
			l.file(path)
		}
		if whole {
			l.whole = append(l.whole, root)
		}
	}
}

// seenFrom reports that a look below one directory has seen another.
func seenFrom(dir, other string) bool {
	rest, ok := strings.CutPrefix(other, dir)
	return ok && (rest == "" || rest[0] == '/' && !slices.ContainsFunc(strings.Split(rest, "/"), isMade))
}

// historyCommits is how far is looked at what was committed. historyTime only ends a
// git that hangs.
const (
	historyTime    = 30 * time.Second
	historyCommits = "-n200"
)

// history reads the secrets of files that were committed once. Where git does not
// tell, none are known.
func (l *lookup) history(looks classify.Looks, dirs []string) {
	ctx, cancel := context.WithTimeout(context.Background(), historyTime)
	defer cancel()
	for _, dir := range dirs {
		text, err := looks.Git(ctx, dir, append([]string{"log", "--all", historyCommits, "-p", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--format=", "--"},
			secret.ChangedFiles()...)...)
		if err == nil && len(text) > 0 {
			l.values = append(l.values, secret.ParseChanges(text)...)
			return // it is one repository, as a rule
		}
	}
}

// holds reports a file that by its name has credentials or settings in it.
func (l *lookup) holds(path string) bool {
	return secret.IsSettings(path) || l.set.IsCredential(path, l.home)
}

// isMade reports a directory of what was installed or built.
func isMade(name string) bool {
	switch name {
	case ".git", "node_modules", "vendor", "target", "__pycache__", ".venv", "venv", ".cache", ".tox", ".gradle":
		return true
	}
	return strings.HasSuffix(name, ".noindex")
}
