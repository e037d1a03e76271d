package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"restrain/classify"
	"restrain/gate"
	"restrain/trust"
)

// rulesPath is the user's own rule file.
func rulesPath(getenv func(string) string) string {
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "restrain", "rules.toml")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "restrain", "rules.toml")
	}
	return ""
}

// loadRules gives the shipped rules with the user's on top. A wrong rule file
// is an error: restrain does not start on a guess.
func loadRules(getenv func(string) string) (*classify.Set, error) {
	set := classify.Shipped()
	path := rulesPath(getenv)
	if path == "" {
		return set, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return set, nil
	}
	if err != nil {
		return nil, usagef("rules: %w; make the file readable, or remove it", err)
	}
	user, err := classify.Load(path, text)
	if err != nil {
		return nil, usageError{err}
	}
	return set.Overlay(user), nil
}

// loadPolicy puts together what verdicts rest on.
func loadPolicy(getenv func(string) string, persona string) (*gate.Policy, error) {
	set, err := loadRules(getenv)
	if err != nil {
		return nil, err
	}
	policy, err := gate.NewPolicy(set, trust.Shipped(), persona)
	if err != nil {
		return nil, usageError{err}
	}
	return policy, nil
}
