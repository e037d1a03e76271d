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

// projectRules is the name of a project's rule file. The agent may have written
// it: it may only tighten, unless a human has trusted its content.
const projectRules = ".restrain.toml"

// A layer is the rules as they are with the file at path laid over those below.
type layer struct {
	from string // the file, or "shipped"
	set  *classify.Set
}

// loadRules gives the shipped rules with the user's on top, and the project's
// on top of these. A wrong rule file is an error: restrain does not start on a
// guess.
func loadRules(getenv func(string) string) (*classify.Set, error) {
	layers, err := ruleLayers(getenv)
	if err != nil {
		return nil, err
	}
	return layers[len(layers)-1].set, nil
}

// ruleLayers gives the shipped rules, and one more layer for each file there is.
func ruleLayers(getenv func(string) string) ([]layer, error) {
	layers := []layer{{"shipped", classify.Shipped()}}
	for _, file := range []struct {
		path string
		load func(*classify.Set, string, []byte) (*classify.Set, error)
	}{{rulesPath(getenv), classify.LoadOver}, {findProjectRules(getenv("HOME")), loadProject(getenv)}} {
		below := layers[len(layers)-1].set
		set, err := rulesFile(below, file.path, file.load)
		if err != nil {
			return nil, err
		}
		if set != below {
			layers = append(layers, layer{file.path, set})
		}
	}
	return layers, nil
}

// rulesFile puts the rules of a file, if it is there, on top of a set.
func rulesFile(set *classify.Set, path string, load func(*classify.Set, string, []byte) (*classify.Set, error)) (*classify.Set, error) {
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
	all, err := load(set, path, text)
	if err != nil {
		return nil, usageError{err}
	}
	return all, nil
}

// findProjectRules looks for a project's rules in the working directory and
// above it, short of the home directory.
func findProjectRules(home string) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for dir != home {
		path := filepath.Join(dir, projectRules)
		if _, err := os.Lstat(path); err == nil {
			return path
		}
		above := filepath.Dir(dir)
		if above == dir {
			break
		}
		dir = above
	}
	return ""
}

// loadPolicy puts together what verdicts rest on, for no agent in particular.
func loadPolicy(getenv func(string) string, persona string) (*gate.Policy, error) {
	return loadPolicyOf(getenv, "", persona)
}

// loadPolicyOf puts together what verdicts on an agent rest on. The persona is
// the one that was chosen by hand; empty is the one that the rules have.
func loadPolicyOf(getenv func(string) string, agent, persona string) (*gate.Policy, error) {
	set, err := loadRules(getenv)
	if err != nil {
		return nil, err
	}
	return policyOn(set, getenv, agent, persona)
}

// policyOn is loadPolicyOf with rules that have been loaded.
func policyOn(set *classify.Set, getenv func(string) string, agent, persona string) (*gate.Policy, error) {
	role, tightened, err := set.PersonaFor(agent, persona)
	if err != nil {
		return nil, usageError{err}
	}
	policy, err := gate.NewPolicy(set, trust.Shipped(), role.ID)
	if err != nil {
		return nil, usageError{err}
	}
	if !tightened {
		policy.LeanOnDeclared()
	}
	lessons, err := loadLessons(getenv, projectDir())
	if err != nil {
		return nil, usageError{err}
	}
	if lessons != nil {
		policy.Learn(lessons)
	}
	return policy, nil
}
