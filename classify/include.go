package classify

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// LoadFS reads a rules file that stands alone, with the files that it includes,
// each by its path from that file's directory. The parts of all make one set: a
// name may be of any of them, and an id is there once. Errors are *RuleError, or
// those of the file system with the file's name.
func LoadFS(fsys fs.FS, name string) (*Set, error) {
	files, sets, err := decodeAll(fsys, name)
	if err != nil {
		return nil, err
	}
	joined := &Set{Matrix: sets[0].Matrix, Keep: sets[0].Keep, Mask: sets[0].Mask, Net: sets[0].Net}
	for i, s := range sets {
		if err := files[i].onlyNew(joined, s); err != nil {
			return nil, err
		}
		s.spellOut(sets[0]) // for what its classes say
		joined.join(s)
	}
	joined.spellOut(joined)
	joined.Asked.Fold()
	all := (&Set{Asked: joined.Asked}).Overlay(joined)
	for i, s := range sets {
		if err := files[i].validate(s, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// decodeAll reads a file and what it includes. What is included includes nothing.
func decodeAll(fsys fs.FS, name string) ([]*file, []*Set, error) {
	var files []*file
	var sets []*Set
	names := []string{name}
	for i := 0; i < len(names); i++ {
		text, err := fs.ReadFile(fsys, names[i])
		if err != nil {
			return nil, nil, fmt.Errorf("rules: %w; correct the include of %s", err, name)
		}
		f, s, err := decode(&Set{Matrix: neverAsk()}, names[i], text)
		if err != nil {
			return nil, nil, err
		}
		for _, included := range s.Include {
			if i > 0 {
				return nil, nil, f.wrong("", 0, "include", "stands in a file that is included", "name the file in "+name)
			}
			if !fs.ValidPath(included) {
				return nil, nil, f.wrong("", 0, "include", fmt.Sprintf("%q is no path below the file's directory", included), "write it as rules/git.toml")
			}
			names = append(names, path.Join(path.Dir(name), included))
		}
		s.Include = nil
		files, sets = append(files, f), append(sets, s)
	}
	return files, sets, nil
}

// join adds the parts of another file of the same set. What bounds and decides
// for the set as a whole stands in the first.
func (s *Set) join(more *Set) {
	s.Classes = append(s.Classes, more.Classes...)
	s.Programs = append(s.Programs, more.Programs...)
	s.Handlings = append(s.Handlings, more.Handlings...)
	s.Outputs = append(s.Outputs, more.Outputs...)
	s.Rules = append(s.Rules, more.Rules...)
	s.Paths = append(s.Paths, more.Paths...)
	s.Places = append(s.Places, more.Places...)
	s.Words = append(s.Words, more.Words...)
	s.Settings = append(s.Settings, more.Settings...)
	s.Providers = append(s.Providers, more.Providers...)
	s.Issuers = append(s.Issuers, more.Issuers...)
	s.Services = append(s.Services, more.Services...)
	s.Sequences = append(s.Sequences, more.Sequences...)
	s.Personas = append(s.Personas, more.Personas...)
	s.Agents = append(s.Agents, more.Agents...)
	s.Wire = s.Wire.over(more.Wire)
	if !more.Asked.Empty() {
		s.Asked = more.Asked
	}
}

// onlyNew checks that no earlier file of the set has one of this file's ids.
func (f *file) onlyNew(before, s *Set) error {
	if err := once(f, "rule", before.Rules, s.Rules, ruleID); err != nil {
		return err
	}
	if err := once(f, "paths", before.Paths, s.Paths, func(p *PathSet) string { return p.ID }); err != nil {
		return err
	}
	return once(f, "words", before.Words, s.Words, func(w *WordSet) string { return w.ID })
}

func once[T any](f *file, table string, before, more []T, id func(*T) string) error {
	for i := range more {
		if known := id(&more[i]); placeOf(before, known, id) >= 0 {
			return f.wrong(table, i, "id", fmt.Sprintf("id %q is in another file of the set as well", known), "choose another id")
		}
	}
	return nil
}

// aloneOnly refuses includes in a file that is read by itself: a project's and a
// user's are one file, whose content can be vouched for.
func (f *file) aloneOnly(s *Set) error {
	if len(s.Include) > 0 {
		return f.wrong("", 0, "include", "is for the shipped rules", "write all rules into this file")
	}
	return nil
}

// noWords refuses the vocabulary for what humans ask for, of which a file by
// itself could make anything a wish.
func (f *file) noWords() error {
	for _, k := range f.keys {
		if k.table == "asked" || strings.HasPrefix(k.table, "asked.") {
			return f.wrong(k.table, k.index, "", "is for the shipped rules", "leave it out")
		}
	}
	return nil
}
