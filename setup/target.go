package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// A Target is a file that leads an agent to restrain: a JSON file with parts of
// ours in it, a TOML file with tables of ours, or a file that is all ours.
type Target struct {
	Path   string      // absolute
	Parts  []Part      // what stands in a JSON file
	Tables string      // what stands in a TOML file
	Whole  string      // the text of a file that is all ours
	Mode   fs.FileMode // of a file that is all ours
	// Unused reports that another file of the agent's is the one to use:
	// nothing of restrain is to be in this one.
	Unused bool
	// Forgets are the hooks whose trust goes when the target's file loses
	// restrain; only in Codex's config.toml.
	Forgets []CodexHook

	reader *Agent // whose file it is
}

// A Part is one value in a JSON file.
type Part struct {
	Path  []string // names from the top
	Value string   // compact JSON
	// List reports that the path leads to a list, which others may have
	// entries in.
	List bool
	// Needed reports a value, such as the version of the format, that any
	// other value at its place does for and that stays when ours are removed.
	Needed bool
}

// mark stands in every file that is all ours.
const mark = "Written by restrain init"

// With gives the text of the target's file with restrain in it. It is the text
// itself when there is nothing to do.
func (t *Target) With(text []byte) ([]byte, error) {
	if t.Whole != "" {
		if len(text) > 0 && !strings.Contains(string(text), mark) {
			return nil, errors.New("there is another one already, and only one can be")
		}
		return []byte(t.Whole), nil
	}
	if t.Tables != "" {
		after, err := t.withTables(string(text))
		return []byte(after), err
	}
	d, err := newDocument(text)
	if err != nil {
		return nil, err
	}
	if fault := t.reader.unread(d); fault != "" {
		return nil, errors.New(fault)
	}
	for i := range t.Parts {
		if err := t.Parts[i].put(d); err != nil {
			return nil, err
		}
	}
	return d.bytes(text), nil
}

// Without gives the text of the target's file without what is restrain's, and
// whether nothing is left of it. before is what the file was when restrain came
// into it, if that is known.
func (t *Target) Without(text, before []byte) (left []byte, gone bool, err error) {
	if t.Whole != "" {
		if !strings.Contains(string(text), mark) {
			return text, false, nil
		}
		return nil, true, nil
	}
	if before != nil {
		if again, err := t.With(before); err == nil && string(again) == string(text) {
			return before, false, nil
		}
	}
	if again, err := t.With(nil); err == nil && string(again) == string(text) {
		return nil, true, nil
	}
	if t.Tables != "" {
		without, err := withoutGroups(string(text))
		return []byte(without), false, err
	}
	d, err := newDocument(text)
	if err != nil {
		return nil, false, err
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return text, false, nil
	}
	for i := range t.Parts {
		if err := t.Parts[i].take(d); err != nil {
			return nil, false, err
		}
	}
	return d.bytes(text), false, nil
}

// bytes is the document as a file; was is what the file had.
func (d *document) bytes(was []byte) []byte {
	if strings.HasPrefix(string(was), byteOrderMark) {
		return []byte(byteOrderMark + d.text)
	}
	return []byte(d.text)
}

// put writes the part into a document.
func (p *Part) put(d *document) error {
	at, err := d.find(p.Path...)
	if err != nil {
		return err
	}
	if at == nil {
		return d.add(p.Path, p.Value, p.List)
	}
	switch {
	case p.Needed:
		return nil
	case !p.List:
		if d.same(at, p.Value) {
			return nil
		}
		if !p.isOurs(at) {
			return fmt.Errorf("%q has another value already", strings.Join(p.Path, "."))
		}
		if err := p.take(d); err != nil {
			return err
		}
		return d.add(p.Path, p.Value, false)
	}
	list, ok := at.Value.(*hujson.Array)
	if !ok {
		return fmt.Errorf("%q is no list", strings.Join(p.Path, "."))
	}
	if slices.ContainsFunc(list.Elements, func(e hujson.Value) bool { return d.same(&e, p.Value) }) {
		return nil
	}
	if err := p.take(d); err != nil {
		return err
	}
	return d.add(p.Path, p.Value, true)
}

// take removes the part from a document, whatever version of restrain wrote it,
// and what has become empty by that.
func (p *Part) take(d *document) error {
	if p.Needed {
		return nil
	}
	at, err := d.find(p.Path...)
	if at == nil || err != nil {
		return err
	}
	if !p.List {
		if !p.isOurs(at) && !d.same(at, p.Value) {
			return nil
		}
		if err := d.removeAt(p.Path); err != nil {
			return err
		}
		return d.prune(p.Path[:len(p.Path)-1])
	}
	list, ok := at.Value.(*hujson.Array)
	if !ok {
		return nil // nothing of ours
	}
	removed := false
	for i := len(list.Elements) - 1; i >= 0; i-- {
		if allOurs(&list.Elements[i]) {
			if err := d.remove(p.Path, i); err != nil {
				return err
			}
			removed = true
		}
	}
	if !removed {
		return nil
	}
	return d.prune(p.Path)
}

// prune removes the lists and objects at a path that are empty, from within.
func (d *document) prune(path []string) error {
	for ; len(path) > 0; path = path[:len(path)-1] {
		at, err := d.find(path...)
		if err != nil {
			return err
		}
		if d.text[at.StartOffset+1:at.EndOffset-1] != "" {
			return nil
		}
		if err := d.removeAt(path); err != nil {
			return err
		}
	}
	return nil
}

// removeAt removes the member at a path.
func (d *document) removeAt(path []string) error {
	outer := path[:len(path)-1]
	at, err := d.find(outer...)
	if err != nil {
		return err
	}
	object, ok := at.Value.(*hujson.Object)
	if !ok {
		return fmt.Errorf("%q is no object", strings.Join(outer, "."))
	}
	for i := range object.Members {
		if literal, ok := object.Members[i].Name.Value.(hujson.Literal); ok && literal.String() == path[len(path)-1] {
			return d.remove(outer, i)
		}
	}
	return nil
}

// isOurs reports a setting that restrain wrote: it starts restrain.
func (p *Part) isOurs(at *hujson.Value) bool {
	object, ok := at.Value.(*hujson.Object)
	if !ok {
		return false
	}
	path, err := member(object, "path")
	if path == nil || err != nil {
		return false
	}
	literal, ok := path.Value.(hujson.Literal)
	return ok && isRestrain(literal.String())
}

// allOurs reports an entry of a list whose commands all are restrain's hook.
func allOurs(at *hujson.Value) bool {
	commands := commandsIn(at, nil)
	for _, command := range commands {
		if !IsHook(command) {
			return false
		}
	}
	return len(commands) > 0
}

// commandsIn collects the commands that hooks of any agent's file have.
func commandsIn(at *hujson.Value, list []string) []string {
	switch container := at.Value.(type) {
	case *hujson.Object:
		for i := range container.Members {
			m := &container.Members[i]
			name, _ := m.Name.Value.(hujson.Literal)
			if text, ok := m.Value.Value.(hujson.Literal); ok && (name.String() == "command" || name.String() == "bash") {
				list = append(list, text.String())
			}
			list = commandsIn(&m.Value, list)
		}
	case *hujson.Array:
		for i := range container.Elements {
			list = commandsIn(&container.Elements[i], list)
		}
	}
	return list
}

// IsHook reports a command that starts restrain as a hook.
func IsHook(command string) bool {
	words := strings.Fields(strings.NewReplacer(`'`, "", `"`, "").Replace(command))
	at := slices.IndexFunc(words, isRestrain)
	return at >= 0 && at+1 < len(words) && words[at+1] == "hook"
}

func isRestrain(path string) bool {
	switch filepath.Base(path) {
	case "restrain", "restrain-bash", "restrain-zsh":
		return true
	}
	return false
}

// Advice is what a human can write by hand where the file cannot be changed.
func (t *Target) Advice() string {
	if t.Whole != "" {
		return t.Whole
	}
	if t.Tables != "" {
		return t.Tables
	}
	alone, err := t.With(nil)
	if err != nil || !json.Valid(alone) {
		return "" // the parts are ours: they go into an empty file
	}
	return string(alone)
}
